/** The signer's settings; README.md of `supabase` says where each comes from. */
import { Environment } from '../_shared/environment.ts';
import type { ReadVariable } from '../_shared/environment.ts';
import type { B2UploadsConfig } from './handler.ts';

/** @throws Error with the names of what isn't set */
export function configFromEnvironment(read: ReadVariable): B2UploadsConfig {
  const environment = new Environment(read);
  // Secrets belong to all functions of a project; this one takes the key that deletes only where that is wanted.
  const deletesAtOnce = environment.optional('LECTERN_DELETE_AT_ONCE') === 'true';
  const [allowedTypes, maxBytes] = [environment.list('LECTERN_ALLOWED_TYPES'), environment.count('LECTERN_MAX_BYTES')];
  const config: B2UploadsConfig = {
    project: environment.project(),
    store: environment.store('B2_KEY_ID', 'B2_APPLICATION_KEY'),
    allowedOrigins: environment
      .required('LECTERN_ALLOWED_ORIGINS')
      .split(',')
      .map((origin) => origin.trim()),
    ...(deletesAtOnce
      ? {
          deleteKey: {
            keyId: environment.required('B2_DELETE_KEY_ID'),
            applicationKey: environment.required('B2_DELETE_APPLICATION_KEY'),
          },
        }
      : {}),
    ...(allowedTypes === undefined ? {} : { allowedTypes }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
  environment.check();
  return config;
}
