/** Time and chance as transfers see them. */
export interface Clock {
  now(): Date;
  /** Calls back once, after so many milliseconds; the returned function calls that off. */
  after(ms: number, callback: () => void): () => void;
  /** 0 ≤ random < 1 */
  random(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  random: Math.random,
};
