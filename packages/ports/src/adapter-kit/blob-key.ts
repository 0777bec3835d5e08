import { LecternError } from '../errors.js';

/** Whether bytes can be kept under it: printable ASCII in steps parted by "/", without "..", 512 characters at most. */
export function isBlobKey(key: string): boolean {
  if (!/^[!-~]{1,512}$/.test(key) || key.includes('\\')) return false;
  return key.split('/').every((step) => step !== '' && step !== '.' && step !== '..');
}

/** @throws `invalid-input` for what is no key */
export function requireBlobKey(key: string): void {
  if (isBlobKey(key)) return;
  throw new LecternError('invalid-input', {
    message: 'The key is not one',
    details: { path: 'key', expected: 'printable ASCII in steps parted by "/", without "..", 512 characters at most' },
  });
}
