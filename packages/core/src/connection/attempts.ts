import { type Attempt, LecternError, toLecternError } from '@lectern/ports';

export interface AttemptOptions {
  readonly signal?: AbortSignal | undefined;
  /** How often it is tried again after a failure that may pass; progress begins the count anew. */
  readonly retries: number;
  /** Before the first further try, in milliseconds; doubled each time, up to half a minute. */
  readonly waitMs: number;
  /** A try in which nothing moves for so long is given up and counts as one that timed out. */
  readonly stallMs: number;
}

const longestWaitMs = 30_000;

/** Runs something again as long as its error is one that may pass. @throws the last error; `aborted` for a fired signal */
export async function attempts<T>(work: (attempt: Attempt) => Promise<T>, options: AttemptOptions): Promise<T> {
  let left = options.retries;
  let waitMs = options.waitMs;
  for (;;) {
    const stalled = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stalled.signal]) : stalled.signal;
    let watch: ReturnType<typeof setTimeout> | undefined;
    const progressed = (): void => {
      clearTimeout(watch);
      watch = setTimeout(() => stalled.abort(), options.stallMs);
    };
    const moved = (): void => {
      left = options.retries;
      waitMs = options.waitMs;
      progressed();
    };
    progressed();
    try {
      return await work({ signal, progressed: moved });
    } catch (thrown) {
      const stuck = stalled.signal.aborted && options.signal?.aborted !== true;
      const error = stuck ? new LecternError('timeout', { cause: thrown }) : toLecternError(thrown);
      if (options.signal?.aborted === true) throw new LecternError('aborted', { cause: error });
      if (!error.retryable || left === 0) throw error;
      left -= 1;
    } finally {
      clearTimeout(watch);
    }
    await pause(waitMs * (0.5 + Math.random() / 2), options.signal);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }
}

/** @throws `aborted` when the signal fires meanwhile */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new LecternError('aborted'));
    };
    if (signal?.aborted === true) {
      reject(new LecternError('aborted'));
      return;
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
