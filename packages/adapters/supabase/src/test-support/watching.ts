import { isLecternError, type LecternError, type LecternErrorCode, type Unsubscribe } from '@lectern/ports';

/** What a subscription tells, to be waited for. */
export class Heard<N> {
  readonly all: N[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #stop: Unsubscribe;

  constructor(subscribe: (listener: (notice: N) => void) => Unsubscribe) {
    this.#stop = subscribe((notice) => {
      this.all.push(notice);
      for (const wake of this.#waiting) wake();
    });
  }

  /** Resolves with the first notice that fits, of those from now on and those that were told already. */
  async one(fits: (notice: N) => boolean): Promise<N> {
    for (;;) {
      const found = this.all.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  forget(): void {
    this.all.length = 0;
  }

  stop(): void {
    this.#stop();
  }
}

/** For `assert.rejects`: an error of ours with this code. */
export const coded =
  (code: LecternErrorCode) =>
  (error: unknown): error is LecternError =>
    isLecternError(error) && error.code === code;

/** Requests that `fetch` was asked for while it was watched. */
export interface WatchedRequest {
  readonly url: string;
  readonly init: RequestInit;
}

/** Notes every request that is made by `fetch` while the work goes on. */
export async function watchingFetch<T>(work: (requests: readonly WatchedRequest[]) => Promise<T>): Promise<T> {
  const { fetch } = globalThis;
  const requests: WatchedRequest[] = [];
  globalThis.fetch = (input, init = {}) => {
    requests.push({ url: input instanceof Request ? input.url : String(input), init });
    return fetch(input, init);
  };
  try {
    return await work(requests);
  } finally {
    globalThis.fetch = fetch;
  }
}
