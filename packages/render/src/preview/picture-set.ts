import type { VideoSample } from 'mediabunny';
import type { LayerPicture, PictureSize } from '../picture/canvas-compositor.js';

/** The pictures of a frame's layers, each its own: nobody else closes them while they are drawn. */
export class PictureSet {
  readonly pictures: Map<string, LayerPicture> = new Map<string, LayerPicture>();
  readonly #held: VideoSample[] = [];
  #lag = 0;
  /** Whether any of them is a proxy's. */
  isProxied = false;
  /** Whether what was asked for is here, but for what has failed; not when it was given up on the way. */
  isWhole = true;

  /**
   * Seconds from the end of the picture that is farthest off to the time that was asked for; negative, to its start, when
   * it comes after it; 0 when each is the one that shows then.
   */
  get lag(): number {
    return this.#lag;
  }

  /** Notes that a picture that shows from `start` to `end` stands in for that of `time`. */
  standsIn(time: number, start: number, end: number): void {
    const lag = time < start ? time - start : Math.max(0, time - end);
    if (Math.abs(lag) > Math.abs(this.#lag)) this.#lag = lag;
  }

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
