import type { UploadItem, Unsubscribe } from '@lectern/ports';
import { type Clock, systemClock } from './clock.js';

const everyMs = 100;

/** Tells listeners of changes: the first at once, then at most every 100 ms, and the last one always. */
export class ChangeSignal {
  readonly #read: () => readonly UploadItem[];
  readonly #listeners = new Set<(items: readonly UploadItem[]) => void>();
  readonly #clock: Clock;
  #callOff: (() => void) | null = null;
  #pending = false;

  constructor(read: () => readonly UploadItem[], clock: Clock = systemClock) {
    this.#read = read;
    this.#clock = clock;
  }

  send(): void {
    if (this.#callOff !== null) {
      this.#pending = true;
      return;
    }
    if (this.#listeners.size === 0) return;
    this.#callOff = this.#clock.after(everyMs, () => {
      this.#callOff = null;
      if (!this.#pending) return;
      this.#pending = false;
      this.send();
    });
    const items = this.#read();
    for (const listener of [...this.#listeners]) {
      try {
        listener(items);
      } catch (error) {
        // One listener's fault must not stop a transfer; it still has to be heard of.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  subscribe(listener: (items: readonly UploadItem[]) => void): Unsubscribe {
    const own = (items: readonly UploadItem[]): void => {
      listener(items);
    };
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  close(): void {
    this.#callOff?.();
    this.#listeners.clear();
  }
}
