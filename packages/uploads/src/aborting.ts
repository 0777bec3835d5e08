import { LecternError } from '@lectern/ports';

/** Rejects with `aborted` as soon as the signal fires, whatever the work does then. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(new LecternError('aborted'));
    };
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
    if (signal.aborted) stop();
  });
}

/** @throws `aborted` when the signal has fired */
export function assertGoing(signal: AbortSignal): void {
  if (signal.aborted) throw new LecternError('aborted');
}
