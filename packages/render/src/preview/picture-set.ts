import type { VideoSample } from 'mediabunny';
import type { LayerPicture, PictureSize } from '../picture/canvas-compositor.js';

/** The pictures of a frame's layers, each its own: nobody else closes them while they are drawn. */
export class PictureSet {
  readonly pictures: Map<string, LayerPicture> = new Map<string, LayerPicture>();
  readonly #held: VideoSample[] = [];
  /** Seconds by which the one that is farthest off stands before or after what was asked for. */
  off = 0;
  /** Whether any of them is a proxy's. */
  isProxied = false;
  /** Whether what was asked for is here, but for what has failed; not when it was given up on the way. */
  isWhole = true;

  /** Takes a picture over. */
  addVideo(clipId: string, sample: VideoSample, nominal: PictureSize): void {
    this.#held.push(sample);
    this.pictures.set(clipId, { kind: 'video', sample, nominal });
  }

  addStill(clipId: string, bitmap: ImageBitmap, nominal: PictureSize): void {
    this.pictures.set(clipId, { kind: 'image', bitmap, nominal });
  }

  close(): void {
    for (const sample of this.#held.splice(0)) sample.close();
    this.pictures.clear();
  }
}
