import { type Resampling, neededFor, resample, resamplingFor } from './resampler.js';
import { SampleWindow } from './sample-window.js';
import type { Stereo } from './stereo.js';

/** Brings sound that comes in blocks from one rate to another, without seams: for a file whose rate changes midway. */
export class RateConverter {
  readonly from: number;
  readonly #filter: Resampling;
  #window: SampleWindow | null = null;
  /** The next sample that comes out. */
  #next = 0;

  /** Both in Hz. */
  constructor(from: number, to: number) {
    this.from = from;
    this.#filter = resamplingFor(from, to);
  }

  /** The position that follows what was added, in samples of the rate that goes in; null before anything was. */
  get end(): number | null {
    return this.#window?.to ?? null;
  }

  /** @param position samples from the start of the source, at the rate that goes in */
  append(block: Stereo, position: number): void {
    if (!this.#window) {
      this.#window = new SampleWindow(position, 4 * this.from);
      this.#next = Math.ceil(position / this.#filter.ratio);
    }
    this.#window.append(block, position);
  }

  /** What can be told by now, or with `all` everything; its position is in samples of the rate that comes out. */
  take(all: boolean): { readonly sound: Stereo; readonly position: number } | null {
    const window = this.#window;
    if (!window) return null;
    const { ratio, reach } = this.#filter;
    const position = this.#next;
    const count = Math.ceil((window.to - (all ? 0 : reach + 3)) / ratio) - position;
    if (count <= 0) return null;
    const { start, length } = neededFor(this.#filter, 0, position, count);
    const raw = window.view(start, length);
    const left = new Float32Array(count);
    resample(this.#filter, raw.left, start, 0, position, left, 0, count);
    const right = raw.left === raw.right ? left : new Float32Array(count);
    if (right !== left) resample(this.#filter, raw.right, start, 0, position, right, 0, count);
    this.#next += count;
    window.dropBefore(start);
    return { sound: { left, right }, position };
  }
}
