import { LecternError, toLecternError } from '@lectern/ports';
import { broadcastTabChannel, memoryTabChannels, type TabChannel } from './tab-channel.js';

/** The right to edit one project, while it is held. */
export interface ProjectLock {
  /** Resolves when others can have it. */
  release(): Promise<void>;
}

/** Which of several tabs may edit a project. */
export interface ProjectLocks {
  /** At once: the lock, or null when another tab has it. `onLost` is called when it is taken away. */
  tryAcquire(name: string, onLost: () => void): Promise<ProjectLock | null>;
  /** Whether any tab has it. */
  isHeld(name: string): Promise<boolean>;
  /** Waits for it. Rejects with `aborted` when the signal fires. */
  acquire(name: string, onLost: () => void, signal: AbortSignal): Promise<ProjectLock>;
  /** Takes it from whoever has it. */
  steal(name: string, onLost: () => void): Promise<ProjectLock>;
  /** The way to the other tabs that want this lock. */
  channel(name: string): TabChannel;
}

/** Web Locks and broadcast channels: one editor among all tabs of an origin. Null where the browser has no locks. */
export function webProjectLocks(): ProjectLocks | null {
  const manager = (globalThis as { readonly navigator?: { readonly locks?: LockManager } }).navigator?.locks;
  if (manager === undefined) return null;

  const hold = (name: string, options: LockOptions, onLost: () => void): Promise<ProjectLock | null> =>
    new Promise((resolve, reject) => {
      let held = false;
      let released = false;
      const request: Promise<unknown> = manager.request(name, options, (lock) => {
        if (lock === null) {
          resolve(null);
          return undefined;
        }
        held = true;
        return new Promise<void>((end) => {
          resolve({
            async release() {
              released = true;
              end();
              // The browser gives it on only after the request has ended.
              await request.catch(() => undefined);
            },
          });
        });
      });
      request.catch((error: unknown) => {
        // A stolen lock rejects the request that held it.
        if (held) {
          if (!released) onLost();
        } else reject(toLecternError(error));
      });
    });

  const waited = async (name: string, options: LockOptions, onLost: () => void): Promise<ProjectLock> => {
    const lock = await hold(name, options, onLost);
    if (lock === null) throw new LecternError('conflict', { message: `the lock ${name} was not given` });
    return lock;
  };

  return {
    tryAcquire: (name, onLost) => hold(name, { ifAvailable: true }, onLost),
    async isHeld(name) {
      const { held = [] } = await manager.query();
      return held.some((lock) => lock.name === name);
    },
    acquire: (name, onLost, signal) => waited(name, { signal }, onLost),
    steal: (name, onLost) => waited(name, { steal: true }, onLost),
    channel: broadcastTabChannel,
  };
}

/** Locks among the sessions that share this object: for tests, and for where the browser has none. */
export function memoryProjectLocks(): ProjectLocks {
  interface Holder {
    readonly onLost: () => void;
  }
  const holders = new Map<string, Holder>();
  const waiting = new Map<string, (() => void)[]>();

  const take = (name: string, onLost: () => void): ProjectLock => {
    const holder: Holder = { onLost };
    holders.set(name, holder);
    return {
      release() {
        if (holders.get(name) === holder) {
          holders.delete(name);
          waiting.get(name)?.shift()?.();
        }
        return Promise.resolve();
      },
    };
  };

  return {
    isHeld: (name) => Promise.resolve(holders.has(name)),
    tryAcquire: (name, onLost) => Promise.resolve(holders.has(name) ? null : take(name, onLost)),
    acquire: (name, onLost, signal) =>
      new Promise((resolve, reject) => {
        if (!holders.has(name)) {
          resolve(take(name, onLost));
          return;
        }
        const queue = waiting.get(name) ?? [];
        waiting.set(name, queue);
        const turn = (): void => {
          resolve(take(name, onLost));
        };
        queue.push(turn);
        signal.addEventListener('abort', () => {
          const index = queue.indexOf(turn);
          if (index !== -1) queue.splice(index, 1);
          reject(new LecternError('aborted'));
        });
      }),
    steal(name, onLost) {
      const former = holders.get(name);
      const lock = take(name, onLost);
      former?.onLost();
      return Promise.resolve(lock);
    },
    channel: memoryTabChannels(),
  };
}
