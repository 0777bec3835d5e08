/** The clean-up's settings; README.md of `supabase` says where each comes from. */
import { Environment } from '../_shared/environment.ts';
import type { ReadVariable } from '../_shared/environment.ts';
import type { B2CleanupConfig } from './handler.ts';

/** @throws Error with the names of what isn't set */
export function configFromEnvironment(read: ReadVariable): B2CleanupConfig {
  const environment = new Environment(read);
  const config: B2CleanupConfig = {
    project: environment.project(),
    store: environment.store('B2_DELETE_KEY_ID', 'B2_DELETE_APPLICATION_KEY'),
    jobSecret: environment.required('LECTERN_JOB_SECRET'),
  };
  environment.check();
  return config;
}
