import { LecternError } from '../errors.js';

/** @throws `aborted` for a signal that has fired */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new LecternError('aborted', { cause: signal.reason });
}
