import type { LecternError } from '@lectern/ports';

/** Tries of one request until it is given up, when nothing moves. */
export const mostTries = 6;
/**
 * Tries of one request in all, however much moves in between: a server that takes every part and then fails would be
 * sent the same bytes for ever.
 */
export const mostTriesInAll = 30;
const firstDelayMs = 1000;
const longestDelayMs = 30_000;
const longestRetryAfterMs = 3_600_000;

/** Counts the failures of one request, and says how long to wait before the next try. */
export class Retries {
  readonly #random: () => number;
  #inRow = 0;
  #inAll = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /**
   * Milliseconds until the next try: full jitter under a ceiling that doubles from 1 s to 30 s, and never sooner than the
   * far side asked for (`details.retryAfterMs`). Null when it is to be given up.
   */
  failed(error: LecternError, moved: boolean): number | null {
    if (!error.retryable) return null;
    this.#inRow = moved ? 1 : this.#inRow + 1;
    this.#inAll += 1;
    if (this.#inRow >= mostTries || this.#inAll >= mostTriesInAll) return null;
    const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** (this.#inRow - 1));
    return Math.max(this.#random() * ceiling, retryAfterOf(error));
  }
}

function retryAfterOf({ details }: LecternError): number {
  const asked = details['retryAfterMs'];
  return typeof asked === 'number' && asked > 0 ? Math.min(asked, longestRetryAfterMs) : 0;
}
