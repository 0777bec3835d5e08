import type { Preview } from '@lectern/ports';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * The canvas that a preview draws on. Control of a canvas can be handed over only once, so each preview, and each time
 * the host comes back to the page, gets a fresh one. Its size in device pixels follows its box.
 */
export class PreviewSurface implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #observer: ResizeObserver;
  #canvas: HTMLCanvasElement | null = null;
  #preview: Preview | null = null;
  #connected = false;
  #width = 0;
  #height = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    this.#observer = new ResizeObserver((entries) => {
      const entry = entries.at(-1);
      if (entry) this.#onResize(entry);
    });
    host.addController(this);
  }

  /** The canvas to render, or null while there is no preview. */
  get canvas(): HTMLCanvasElement | null {
    return this.#canvas;
  }

  setPreview(preview: Preview | null): void {
    if (preview === this.#preview) return;
    this.#release();
    this.#preview = preview;
    if (this.#connected) this.#attach();
  }

  hostConnected(): void {
    this.#connected = true;
    this.#attach();
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#release();
  }

  #attach(): void {
    if (!this.#preview || this.#canvas) return;
    const canvas = document.createElement('canvas');
    canvas.className = 'canvas';
    canvas.setAttribute('part', 'canvas');
    canvas.setAttribute('role', 'img');
    this.#canvas = canvas;
    this.#width = 0;
    this.#height = 0;
    this.#preview.attach(canvas.transferControlToOffscreen());
    this.#observer.observe(canvas);
    this.#host.requestUpdate();
  }

  #release(): void {
    if (!this.#canvas) return;
    this.#observer.unobserve(this.#canvas);
    this.#canvas.remove();
    this.#canvas = null;
    this.#host.requestUpdate();
  }

  #onResize(entry: ResizeObserverEntry): void {
    // Safari has no device-pixel box, whatever the types say.
    const boxes = entry.devicePixelContentBoxSize as readonly ResizeObserverSize[] | undefined;
    const box = boxes?.[0];
    const width = box?.inlineSize ?? Math.round(entry.contentRect.width * devicePixelRatio);
    const height = box?.blockSize ?? Math.round(entry.contentRect.height * devicePixelRatio);
    if (width < 1 || height < 1 || (width === this.#width && height === this.#height)) return;
    this.#width = width;
    this.#height = height;
    this.#preview?.resize(width, height);
  }
}
