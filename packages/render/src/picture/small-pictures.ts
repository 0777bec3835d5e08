import type { VideoSample } from 'mediabunny';
import { isPlain, planesOfSample } from './plane-compositor.js';
import { PlaneScaler, type Planes, createPlanes, pixelsFromPlanes } from './planes.js';

/**
 * Draws decoded pictures small. Where their planes can be had as they are, these are shrunk and only what is left is
 * turned into pixels; a canvas would first turn all of the picture into them.
 */
export class SmallPictures {
  readonly #height: number;
  readonly #scaler: PlaneScaler = new PlaneScaler();
  #source: Planes | null = null;
  #small: Planes | null = null;

  /** @param height pixels */
  constructor(height: number) {
    this.#height = height;
  }

  async draw(sample: VideoSample): Promise<ImageBitmap> {
    const height = this.#height;
    const width = Math.max(1, Math.round((sample.displayWidth / sample.displayHeight) * height));
    if (isPlain(sample) && sample.rotation === 0 && !sample.flip && sample.visibleRect.height >= 2 * height) {
      const small = await this.#shrink(sample, width, height).catch(() => null);
      if (small) return createImageBitmap(small);
    }
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new TypeError('this browser has no 2D canvas in workers');
    sample.draw(context, 0, 0, width, height);
    return canvas.transferToImageBitmap();
  }

  async #shrink(sample: VideoSample, width: number, height: number): Promise<ImageData> {
    const { visibleRect } = sample;
    const [evenWidth, evenHeight] = [width + (width % 2), height + (height % 2)];
    if (this.#source?.width !== visibleRect.width || this.#source.height !== visibleRect.height) {
      this.#source = createPlanes(visibleRect.width, visibleRect.height);
    }
    if (this.#small?.width !== evenWidth || this.#small.height !== evenHeight) {
      this.#small = createPlanes(evenWidth, evenHeight);
    }
    await planesOfSample(sample, this.#source);
    const from = { x: 0, y: 0, width: visibleRect.width, height: visibleRect.height };
    this.#scaler.draw(this.#source, from, this.#small, { x: 0, y: 0, width: evenWidth, height: evenHeight }, 1);
    return pixelsFromPlanes(this.#small, width, height);
  }
}
