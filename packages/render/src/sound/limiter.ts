import type { Stereo } from './stereo.js';
import { createStereo } from './stereo.js';

/** Peaks stay below this (−0.3 dBFS), with room for what a lossy codec adds. */
export const limiterCeiling: number = 10 ** (-0.3 / 20);
const lookaheadSeconds = 0.005;
const releaseSeconds = 0.12;

/**
 * A look-ahead limiter: sound below the ceiling passes bit for bit, a peak is turned down smoothly before it comes, and
 * the gain recovers over about a tenth of a second. Both sides share one gain, so that the image doesn't wander.
 *
 * The gain is the smallest that a window ahead asks for, smoothed by the mean over that window: it has reached what a
 * peak needs exactly when the peak arrives, and never jumps.
 */
export class Limiter {
  /** Samples by which what comes out lags behind what goes in. */
  readonly latency: number;
  readonly #release: number;
  readonly #delayed: Stereo;
  /** Gains asked for by the samples in the window, and the running mean of the held minimum. */
  readonly #wanted: Float64Array;
  readonly #held: Float64Array;
  #heldSum: number;
  #envelope = 1;
  #at = 0;
  /** Samples since the gain was last under 1 anywhere; from two windows on nothing is turned down. */
  #calm: number;

  constructor(sampleRate: number) {
    this.latency = Math.max(1, Math.round(lookaheadSeconds * sampleRate));
    this.#release = 1 - Math.exp(-1 / (releaseSeconds * sampleRate));
    this.#delayed = createStereo(this.latency);
    this.#wanted = new Float64Array(this.latency).fill(1);
    this.#held = new Float64Array(this.latency).fill(1);
    this.#heldSum = this.latency;
    this.#calm = 2 * this.latency;
  }

  /** Replaces a block, in place, by what went in `latency` samples earlier, limited. */
  process({ left, right }: Stereo): void {
    for (let n = 0; n < left.length; n += 1) {
      const inLeft = left[n] as number;
      const inRight = right[n] as number;
      const peak = Math.max(Math.abs(inLeft), Math.abs(inRight));
      const wanted = peak > limiterCeiling ? limiterCeiling / peak : 1;
      const at = this.#at;
      let gain = 1;
      if (wanted < 1 || this.#envelope < 1 || this.#calm < 2 * this.latency) {
        gain = this.#nextGain(wanted, at);
      } else {
        this.#wanted[at] = 1;
      }
      const outLeft = this.#delayed.left[at] as number;
      const outRight = this.#delayed.right[at] as number;
      this.#delayed.left[at] = inLeft;
      this.#delayed.right[at] = inRight;
      left[n] = gain === 1 ? outLeft : outLeft * gain;
      right[n] = gain === 1 ? outRight : outRight * gain;
      this.#at = at + 1 === this.latency ? 0 : at + 1;
    }
  }

  #nextGain(wanted: number, at: number): number {
    this.#wanted[at] = wanted;
    let least = 1;
    for (const each of this.#wanted) if (each < least) least = each;
    const recovered = this.#envelope + (1 - this.#envelope) * this.#release;
    // Close enough to 1 is 1: otherwise the limiter would never let go.
    this.#envelope = Math.min(least, recovered > 0.9999 ? 1 : recovered);
    this.#calm = this.#envelope < 1 ? 0 : this.#calm + 1;
    this.#heldSum += this.#envelope - (this.#held[at] as number);
    this.#held[at] = this.#envelope;
    if (this.#calm >= 2 * this.latency) {
      // Rounding must not be left behind in the running sum.
      this.#held.fill(1);
      this.#heldSum = this.latency;
      return 1;
    }
    return Math.min(1, this.#heldSum / this.latency);
  }
}
