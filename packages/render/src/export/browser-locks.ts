import { LecternError } from '@lectern/ports';
import { defer, throwIfAborted } from '../cancelling.js';

/** A lock that is held; calling it lets go. */
export type Release = () => void;

const waiting = new Map<string, Promise<void>>();

function browserLocks(): LockManager | undefined {
  return (navigator as { readonly locks?: LockManager }).locks;
}

/**
 * Takes a lock of the browser, or of this page where the browser has none; first come, first served.
 *
 * @param onWaiting called when somebody else has it
 * @throws LecternError `aborted`
 */
export async function takeLock(
  name: string,
  signal: AbortSignal | undefined,
  onWaiting: () => void = () => undefined,
): Promise<Release> {
  throwIfAborted(signal);
  const locks = browserLocks();
  const held = defer<undefined>();
  const release = (): void => {
    held.resolve(undefined);
  };
  if (!locks) {
    const before = waiting.get(name);
    if (before) onWaiting();
    waiting.set(
      name,
      (before ?? Promise.resolve()).then(() => held.promise),
    );
    await before;
    if (signal?.aborted) release();
    throwIfAborted(signal);
    return release;
  }
  const granted = defer<undefined>();
  let isGranted = false;
  locks
    .request(name, signal ? { signal } : {}, () => {
      isGranted = true;
      granted.resolve(undefined);
      return held.promise;
    })
    .catch((error: unknown) => {
      // A document in a sandbox has locks that refuse: then there is nobody to share with.
      if (signal?.aborted) granted.reject(new LecternError('aborted', { cause: error }));
      else granted.resolve(undefined);
    });
  const soon = locks.query().then(
    ({ pending = [] }) => {
      if (!isGranted && pending.some((request) => request.name === name)) onWaiting();
    },
    () => undefined,
  );
  await Promise.race([granted.promise, soon]);
  await granted.promise;
  return release;
}

/** Does something while a lock is held, if it is free right now; false when it isn't. */
export async function ifFree(name: string, act: () => Promise<void>): Promise<boolean> {
  const locks = browserLocks();
  if (!locks) {
    await act();
    return true;
  }
  const outcome = { free: false };
  try {
    await locks.request(name, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      outcome.free = true;
      await act();
    });
  } catch (error) {
    if (outcome.free) throw error;
    // A document in a sandbox: nobody else is there.
    await act();
    outcome.free = true;
  }
  return outcome.free;
}
