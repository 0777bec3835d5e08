import { LecternError } from '@lectern/ports';

/** Time and chance as saving sees them. Nothing is decided by the wall clock; it is for people to read. */
export interface Clock {
  now(): Date;
  /** Calls back once, after so many milliseconds; the returned function calls that off. */
  after(ms: number, callback: () => void): () => void;
  /** 0 ≤ random < 1 */
  random(): number;
}

export function systemClock(now: () => Date = () => new Date()): Clock {
  return {
    now,
    after(ms, callback) {
      const timer = setTimeout(callback, ms);
      return () => {
        clearTimeout(timer);
      };
    },
    random: Math.random,
  };
}

/** Resolves after so many milliseconds. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** What `work` gives, if it does in time. @throws `timeout`, and what `work` throws */
export async function within<T>(clock: Clock, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let stop: () => void = () => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    stop = clock.after(ms, () => {
      // Before the work hears of it, or its own error would be told.
      reject(new LecternError('timeout'));
      controller.abort();
    });
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    stop();
  }
}
