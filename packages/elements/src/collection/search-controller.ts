import type { ReactiveController, ReactiveControllerHost } from 'lit';

const pauseMs = 200;

export interface SearchOptions {
  /** What is searched for now. */
  readonly value: () => string;
  /** Called when the typing pauses. */
  readonly search: (text: string) => void;
}

/** The text in a search field until it becomes a question: that is when the typing pauses, and at once when it is emptied. */
export class SearchController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: SearchOptions;
  #typed: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(host: ReactiveControllerHost, options: SearchOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** What stands in the field. */
  get typed(): string {
    return this.#typed ?? this.#options.value();
  }

  readonly type = (text: string): void => {
    this.#typed = text;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#typed = null;
        this.#options.search(text.trim());
        this.#host.requestUpdate();
      },
      text === '' ? 0 : pauseMs,
    );
    this.#host.requestUpdate();
  };

  hostDisconnected(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#typed = null;
  }
}
