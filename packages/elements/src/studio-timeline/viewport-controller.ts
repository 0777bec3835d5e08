import type { Editor } from '@lectern/core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { frameToX, leadPixels, type PixelWindow } from './timeline-geometry.js';

/**
 * The scrolled view of the lanes: how wide it is, which part is drawn, and the zoom and place that it shares with the
 * editor. What is drawn reaches beyond what is seen, so that most scrolling moves pixels and renders nothing.
 */
export class ViewportController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #editor: () => Editor | null;
  readonly #onScroll: () => void;
  #scroller: HTMLElement | null = null;
  #resize: ResizeObserver | null = null;
  #window: PixelWindow = { from: 0, to: 0 };
  #rows: PixelWindow = { from: 0, to: 0 };
  /** Width of the whole element, for what folds. */
  hostWidth = 0;
  /** Width of the lanes' visible part. */
  width = 0;
  height = 0;
  /** When a person last scrolled, so that following the playhead doesn't fight them. */
  scrolledAt: number = Number.NEGATIVE_INFINITY;
  #expected = -1;
  #zoom = 0;

  constructor(host: ReactiveControllerHost & HTMLElement, editor: () => Editor | null, onScroll: () => void) {
    this.#host = host;
    this.#editor = editor;
    this.#onScroll = onScroll;
    host.addController(this);
  }

  /** The drawn part of the lanes, in pixels from their left edge. */
  get window(): PixelWindow {
    return this.#window;
  }

  /** The drawn part from the top of the first row. */
  get rowWindow(): PixelWindow {
    return this.#rows;
  }

  get scrollLeft(): number {
    return this.#scroller?.scrollLeft ?? 0;
  }

  /** The lanes' visible part in client coordinates. */
  lanesBox(): DOMRect | null {
    const scroller = this.#scroller;
    const corner = scroller?.querySelector<HTMLElement>('.corner');
    if (!scroller || !corner) return null;
    const box = scroller.getBoundingClientRect();
    const head = corner.getBoundingClientRect();
    const rtl = head.left > box.left + 1;
    const left = rtl ? box.left : head.right;
    return new DOMRect(
      left,
      head.bottom,
      Math.max(0, scroller.clientWidth - head.width),
      Math.max(0, scroller.clientHeight - head.height),
    );
  }

  /** Pixels from the lanes' left edge, and from the top of the first row. */
  toLanes(clientX: number, clientY: number): { readonly x: number; readonly y: number } {
    const box = this.lanesBox();
    return {
      x: clientX - (box?.left ?? 0) + this.scrollLeft,
      y: clientY - (box?.top ?? 0) + (this.#scroller?.scrollTop ?? 0),
    };
  }

  scrollBy(x: number, y: number): void {
    this.#scroller?.scrollBy(x, y);
  }

  /** Brings a stretch of frames into view, moving as little as possible. */
  reveal(fromFrame: number, toFrame: number = fromFrame): void {
    const editor = this.#editor();
    if (!editor || !this.#scroller || this.width === 0) return;
    const { zoom } = editor.store.getState();
    const margin = Math.min(48, this.width / 6);
    const from = frameToX(fromFrame, zoom) - margin;
    const to = Math.min(frameToX(toFrame, zoom) + margin, from + this.width);
    const left = this.scrollLeft;
    if (from >= left && to <= left + this.width) return;
    this.#scrollTo(from < left ? from : to - this.width);
  }

  /** Turns the page when the playhead has left it, unless somebody has just scrolled elsewhere. */
  follow(frame: number, playing: boolean): void {
    const editor = this.#editor();
    if (!editor || this.width === 0) return;
    if (playing && performance.now() - this.scrolledAt < 2500) return;
    const x = frameToX(frame, editor.store.getState().zoom);
    const left = this.scrollLeft;
    if (x >= left + 8 && x <= left + this.width - 24) return;
    if (playing) this.#scrollTo(x - this.width * 0.1);
    else this.reveal(frame);
  }

  revealRow(y: number, height: number): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    if (y < scroller.scrollTop) scroller.scrollTop = y;
    else if (y + height > scroller.scrollTop + this.height) scroller.scrollTop = y + height - this.height;
  }

  /** Zooms and keeps what is at a place of the screen where it is. */
  zoomAt(factor: number, clientX: number): void {
    const editor = this.#editor();
    if (!editor) return;
    const { zoom } = editor.store.getState();
    const { x } = this.toLanes(clientX, 0);
    editor.setZoom(zoom * factor, (x - leadPixels) / zoom);
  }

  /** Whether the editor wants to look somewhere else than the scroller does. */
  isElsewhere({ scrollFrame, zoom }: { readonly scrollFrame: number; readonly zoom: number }): boolean {
    return this.#scroller !== null && Math.abs(scrollFrame * zoom - this.#scroller.scrollLeft) > 1;
  }

  hostConnected(): void {
    this.#resize ??= new ResizeObserver(() => {
      this.#measure();
    });
    this.#resize.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#resize?.disconnect();
    this.#resize = null;
    this.#attach(null);
  }

  hostUpdate(): void {
    const state = this.#editor()?.store.getState();
    if (!state || this.width === 0) return;
    // The scroller follows after rendering; what is drawn has to fit where it will be.
    const zoomed = state.zoom !== this.#zoom;
    this.#zoom = state.zoom;
    this.#cover(state.scrollFrame * state.zoom, zoomed);
  }

  hostUpdated(): void {
    const scroller = this.#host.shadowRoot?.querySelector<HTMLElement>('.scroller') ?? null;
    this.#attach(scroller);
    const state = this.#editor()?.store.getState();
    if (!scroller || !state || this.width === 0) return;
    const wanted = state.scrollFrame * state.zoom;
    if (Math.abs(wanted - scroller.scrollLeft) > 1) {
      scroller.scrollLeft = wanted;
      this.#expected = scroller.scrollLeft;
      this.#onScroll();
    }
  }

  #scrollTo(left: number): void {
    if (!this.#scroller) return;
    this.#scroller.scrollLeft = Math.max(0, left);
    this.#expected = this.#scroller.scrollLeft;
    this.#tellEditor();
    this.#refresh();
  }

  #tellEditor(): void {
    const editor = this.#editor();
    if (!editor || !this.#scroller) return;
    const { zoom, scrollFrame } = editor.store.getState();
    if (Math.abs(scrollFrame * zoom - this.#scroller.scrollLeft) > 0.5)
      editor.setScrollFrame(this.#scroller.scrollLeft / zoom);
  }

  #attach(scroller: HTMLElement | null): void {
    if (scroller === this.#scroller) return;
    this.#scroller?.removeEventListener('scroll', this.#handleScroll);
    if (this.#scroller) this.#resize?.unobserve(this.#scroller);
    this.#scroller = scroller;
    if (!scroller) return;
    scroller.addEventListener('scroll', this.#handleScroll, { passive: true });
    this.#resize?.observe(scroller);
    this.#measure();
  }

  readonly #handleScroll = (): void => {
    if (this.#scroller && Math.abs(this.#scroller.scrollLeft - this.#expected) > 1) this.scrolledAt = performance.now();
    this.#expected = -1;
    this.#tellEditor();
    this.#refresh();
    this.#onScroll();
  };

  #measure(): void {
    const box = this.lanesBox();
    const width = Math.round(box?.width ?? 0);
    const height = Math.round(box?.height ?? 0);
    const hostWidth = this.#host.clientWidth;
    const changed = width !== this.width || height !== this.height || hostWidth !== this.hostWidth;
    this.width = width;
    this.height = height;
    this.hostWidth = hostWidth;
    if (width > 0) this.#editor()?.setViewWidth(Math.max(1, width - leadPixels * 2));
    this.#refresh(changed);
    if (changed) this.#host.requestUpdate();
  }

  #refresh(force = false): void {
    if (this.#cover(this.scrollLeft, force)) this.#host.requestUpdate();
  }

  /** Moves the drawn part when what is seen comes near its end; says whether it did. */
  #cover(left: number, force: boolean): boolean {
    const top = this.#scroller?.scrollTop ?? 0;
    const { from, to } = this.#window;
    const near = this.width / 8;
    const sideways = left + this.width + near > to || (from > 0 && left - near < from);
    const down = top + this.height > this.#rows.to || top < this.#rows.from;
    if (!force && !sideways && !down) return false;
    const over = Math.max(200, this.width / 2);
    this.#window = { from: Math.max(0, Math.floor(left - over)), to: Math.ceil(left + this.width + over) };
    this.#rows = { from: Math.max(0, top - 160), to: top + this.height + 160 };
    return true;
  }
}
