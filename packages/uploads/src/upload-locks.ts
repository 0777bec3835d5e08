import { LecternError, toLecternError } from '@lectern/ports';

/** The right to send one upload, while it is held. */
export interface UploadLock {
  release(): void;
}

/** Which of several tabs sends an upload. */
export interface UploadLocks {
  /** At once: the lock, or null when another tab has it. */
  tryAcquire(name: string): Promise<UploadLock | null>;
  /** Waits until no other tab has it; that may be for ever. @throws `aborted` when the signal fires */
  acquire(name: string, signal: AbortSignal): Promise<UploadLock>;
}

/** Web Locks, which end with the tab that holds them. Null where the browser has none. */
export function webUploadLocks(): UploadLocks | null {
  const manager = (globalThis as { readonly navigator?: { readonly locks?: LockManager } }).navigator?.locks;
  // A frame without an origin of its own has the object, and every request of it fails.
  if (manager === undefined || globalThis.origin === 'null') return null;
  const hold = (name: string, options: LockOptions): Promise<UploadLock | null> =>
    new Promise((resolve, reject) => {
      manager
        .request(name, options, (lock) => {
          if (lock === null) {
            resolve(null);
            return undefined;
          }
          return new Promise<void>((release) => {
            resolve({ release });
          });
        })
        .catch((error: unknown) => {
          reject(toLecternError(error));
        });
    });
  return {
    tryAcquire: (name) => hold(name, { ifAvailable: true }),
    async acquire(name, signal) {
      const lock = await hold(name, { signal });
      if (lock === null) throw new LecternError('conflict', { message: `the lock ${name} was not given` });
      return lock;
    },
  };
}

/** Locks among the engines that share this object. */
export function memoryUploadLocks(): UploadLocks {
  const held = new Set<string>();
  const waiting = new Map<string, (() => void)[]>();
  const take = (name: string): UploadLock => {
    held.add(name);
    let mine = true;
    return {
      release() {
        if (!mine) return;
        mine = false;
        held.delete(name);
        waiting.get(name)?.shift()?.();
      },
    };
  };
  return {
    tryAcquire: (name) => Promise.resolve(held.has(name) ? null : take(name)),
    acquire: (name, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(new LecternError('aborted'));
          return;
        }
        if (!held.has(name)) {
          resolve(take(name));
          return;
        }
        const queue = waiting.get(name) ?? [];
        waiting.set(name, queue);
        const leave = (): void => {
          queue.splice(queue.indexOf(turn), 1);
          reject(new LecternError('aborted'));
        };
        const turn = (): void => {
          signal.removeEventListener('abort', leave);
          resolve(take(name));
        };
        signal.addEventListener('abort', leave, { once: true });
        queue.push(turn);
      }),
  };
}
