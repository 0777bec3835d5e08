import type { FrameGraph } from '@lectern/timeline';
import { CanvasCompositor, type LayerPictures } from '../picture/canvas-compositor.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The canvas that a preview shows its frames on. */
export class Surface {
  readonly #compositor = new CanvasCompositor();
  readonly #software: boolean;
  #context: OffscreenCanvasRenderingContext2D | null = null;
  #size: Size | null = null;

  /** @param software whether drawing is done by a program and not by a graphics processor */
  constructor(software: boolean) {
    this.#software = software;
  }

  attach(canvas: OffscreenCanvas): void {
    this.#context = this.#contextOf(canvas);
  }

  /** The size that is drawn at, in device pixels. */
  resize({ width, height }: Size): void {
    this.#size = { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) };
  }

  /** Gives the canvas its size: the one it was told, or else the document's. */
  fit(document: Size): void {
    const canvas = this.#context?.canvas;
    if (!canvas) return;
    const { width, height } = this.#size ?? document;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
  }

  draw(graph: FrameGraph, pictures: LayerPictures): void {
    const context = this.#context;
    if (context) this.#compositor.drawFrame(context, graph, pictures, context.canvas.width / graph.width);
  }

  /** A frame at the project's own size, whatever the canvas shows. */
  still(graph: FrameGraph, pictures: LayerPictures): ImageBitmap {
    const canvas = new OffscreenCanvas(graph.width, graph.height);
    const context = this.#contextOf(canvas);
    if (!context) throw new TypeError('this browser has no 2D canvas in workers');
    this.#compositor.drawFrame(context, graph, pictures, 1);
    return canvas.transferToImageBitmap();
  }

  #contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D | null {
    // Without a graphics processor a canvas in ordinary memory is the faster one.
    return canvas.getContext('2d', { alpha: false, willReadFrequently: this.#software });
  }
}
