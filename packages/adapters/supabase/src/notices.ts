import type { Unsubscribe } from '@lectern/ports';

/** Tells listeners in this page, and says when the first comes and the last goes. */
export class Notices<N> {
  readonly #listeners = new Set<(notice: N) => void>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  send(notice: N): void {
    // After the caller's own promise has settled: a listener that reads again must not run inside the write.
    queueMicrotask(() => {
      for (const listener of [...this.#listeners]) {
        try {
          listener(notice);
        } catch (error) {
          // One listener's fault is not another's; it still has to be heard of.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    });
  }

  subscribe(listener: (notice: N) => void): Unsubscribe {
    // The same function may be subscribed twice, and each ends alone.
    const own = (notice: N): void => {
      listener(notice);
    };
    this.#listeners.add(own);
    this.#onChange();
    return () => {
      if (this.#listeners.delete(own)) this.#onChange();
    };
  }

  close(): void {
    this.#listeners.clear();
  }
}
