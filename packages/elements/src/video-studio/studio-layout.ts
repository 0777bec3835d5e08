import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Three columns, two with tabs in the side one, or one with tabs. */
export type StudioLayout = 'wide' | 'medium' | 'narrow';

/** Follows the element's own size: what the window measures says nothing about the column that a page gives us. */
export class StudioLayoutController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #onSize: (width: number, height: number) => void;
  #observer: ResizeObserver | null = null;
  #width = 0;

  constructor(host: ReactiveControllerHost & HTMLElement, onSize: (width: number, height: number) => void) {
    this.#host = host;
    this.#onSize = onSize;
    host.addController(this);
  }

  /** CSS pixels. */
  get width(): number {
    return this.#width;
  }

  get layout(): StudioLayout {
    if (this.#width >= 1100) return 'wide';
    return this.#width >= 700 ? 'medium' : 'narrow';
  }

  hostConnected(): void {
    this.#width = this.#host.clientWidth;
    this.#onSize(this.#width, this.#host.clientHeight);
    this.#observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.#host;
      const before = this.layout;
      const crossed = this.#width < 860 !== clientWidth < 860;
      this.#width = clientWidth;
      this.#onSize(clientWidth, clientHeight);
      if (before !== this.layout || crossed) this.#host.requestUpdate();
    });
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = null;
  }
}
