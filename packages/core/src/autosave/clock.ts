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
