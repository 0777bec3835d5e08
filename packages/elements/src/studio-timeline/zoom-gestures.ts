import type { ViewportController } from './viewport-controller.js';

/** Zooms by wheel and by two fingers, at the place where they are. */
export class ZoomGestures {
  readonly #viewport: ViewportController;
  #pinch: { readonly distance: number } | null = null;

  constructor(viewport: ViewportController) {
    this.#viewport = viewport;
  }

  /** Not passive: the page must not zoom, and not scroll, while the timeline does. */
  readonly wheel: { handleEvent(event: WheelEvent): void; readonly passive: false } = {
    passive: false,
    handleEvent: (event) => {
      // A pinch on a trackpad arrives as a wheel with Control.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
      this.#viewport.zoomAt(Math.exp(-Math.max(-120, Math.min(120, pixels)) / 220), event.clientX);
    },
  };

  /** Two fingers zoom. */
  readonly touchMove: { handleEvent(event: TouchEvent): void; readonly passive: false } = {
    passive: false,
    handleEvent: (event) => {
      const [first, second] = event.touches;
      if (!first || !second) {
        this.#pinch = null;
        return;
      }
      event.preventDefault();
      const distance = Math.hypot(first.clientX - second.clientX, first.clientY - second.clientY);
      const x = (first.clientX + second.clientX) / 2;
      if (this.#pinch && this.#pinch.distance > 0) this.#viewport.zoomAt(distance / this.#pinch.distance, x);
      this.#pinch = { distance };
    },
  };

  readonly handleTouchEnd = (): void => {
    this.#pinch = null;
  };
}
