import { throwIfAborted } from '@lectern/ports/adapter-kit';

/** A caller's signal and a clock beside it; whichever is first ends the request. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  #timedOut = false;

  /** @throws `aborted` for a signal that has fired already */
  constructor(caller: AbortSignal | undefined, ms: number | undefined) {
    throwIfAborted(caller);
    this.#caller = caller;
    caller?.addEventListener('abort', this.#abort, { once: true });
    if (ms !== undefined) {
      this.#timer = setTimeout(() => {
        this.#timedOut = true;
        this.#controller.abort();
      }, ms);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get aborted(): boolean {
    return this.#caller?.aborted === true;
  }

  get timedOut(): boolean {
    return this.#timedOut;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => {
    this.#controller.abort();
  };
}
