import type { Unsubscribe } from '@lectern/ports';

/**
 * Tells listeners in this page, and those of every other tab on the same store. Without a channel (in memory, where
 * tabs share nothing) it stays in the page.
 */
export class Notices<N> {
  readonly #listeners = new Set<(notice: N) => void>();
  readonly #channel: BroadcastChannel | null;

  constructor(channelName: string | null) {
    this.#channel = channelName === null ? null : openChannel(channelName);
    this.#channel?.addEventListener('message', (event: MessageEvent<N>) => {
      this.#tell(event.data);
    });
  }

  send(notice: N): void {
    this.#channel?.postMessage(notice);
    // After the caller's own promise has settled: a listener that reads again must not run inside the write.
    queueMicrotask(() => {
      this.#tell(notice);
    });
  }

  subscribe(listener: (notice: N) => void): Unsubscribe {
    // The same function may be subscribed twice, and each ends alone.
    const own = (notice: N): void => {
      listener(notice);
    };
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  close(): void {
    this.#listeners.clear();
    this.#channel?.close();
  }

  #tell(notice: N): void {
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
  }
}

function openChannel(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}
