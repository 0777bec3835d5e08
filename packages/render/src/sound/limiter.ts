import type { Stereo } from './stereo.js';
import { createStereo } from './stereo.js';

/** Peaks stay below this (−1 dBFS), those between samples included: what EBU R 128 asks for, with room for a lossy codec. */
export const limiterCeiling: number = 10 ** (-1 / 20);
/** A gain that has to fall to nothing does so in this time. */
const attackSeconds = 0.006;
/** A gain that was turned down to nothing is back in this time; one of −3 dB in a third of it. */
const releaseSeconds = 0.4;

/** Points between two samples at which peaks are looked for, and samples on either side that say what is there. */
const between = 3;
const taps = 6;
const interpolation = designInterpolation();
/** Between samples a signal may be higher than at them; never, in practice, by as much as this (6 dB). */
const overshoot = 0.5;
const stretch = 32;

/** Samples of a mix after which a limiter knows nothing any more of what was before: its state is that of the whole mix. */
export function limiterSettleSamples(sampleRate: number): number {
  return Math.ceil(releaseSeconds * sampleRate) + 4 * taps;
}

/**
 * A look-ahead limiter: sound below the ceiling passes bit for bit, a peak is turned down before it comes along a
 * straight line, and the gain recovers along a flatter one. Both sides share one gain, so that the image doesn't wander.
 *
 * Lines rather than exponentials, because they end: whatever went in more than `limiterSettleSamples` before doesn't
 * matter to the last bit. A section of a mix that is begun so much earlier equals that section of the whole.
 */
export class Limiter {
  /** Samples by which what comes out lags behind what goes in. */
  readonly latency: number;
  readonly #attack: number;
  readonly #release: number;
  readonly #lookahead: number;
  /** What went in last: `latency` samples that wait, and before them what the interpolation still looks at. */
  readonly #past: Stereo;
  /** The gain that may be had at each sample that waits, as far as it is known: the released envelope. */
  readonly #waiting: Float64Array;
  #envelope = 1;
  /** The highest point between the last sample that was judged and the next. */
  #lastBetween = 0;
  /** Samples since anything had to be turned down. */
  #calm: number;

  constructor(sampleRate: number) {
    this.#lookahead = Math.max(1, Math.round(attackSeconds * sampleRate));
    this.latency = this.#lookahead + taps;
    this.#attack = 1 / this.#lookahead;
    this.#release = 1 / Math.ceil(releaseSeconds * sampleRate);
    this.#past = createStereo(this.latency + taps);
    this.#waiting = new Float64Array(this.#lookahead).fill(1);
    this.#calm = this.#lookahead;
  }

  /** Replaces a block, in place, by what went in `latency` samples earlier, limited. */
  process(block: Stereo): void {
    const length = block.left.length;
    if (length === 0) return;
    const lead = this.#past.left.length;
    const left = joined(this.#past.left, block.left);
    const right = joined(this.#past.right, block.right);
    const loudest = Math.max(peakOf(left, this.latency, left.length), peakOf(right, this.latency, right.length));
    if (loudest < limiterCeiling * overshoot && this.#envelope === 1 && this.#calm >= this.#lookahead) {
      block.left.set(left.subarray(taps, taps + length));
      block.right.set(right.subarray(taps, taps + length));
      this.#lastBetween = 0;
    } else {
      this.#turnDown(left, right, block);
    }
    this.#past.left.set(left.subarray(left.length - lead));
    this.#past.right.set(right.subarray(right.length - lead));
  }

  #turnDown(left: Float32Array, right: Float32Array, block: Stereo): void {
    const length = block.left.length;
    const lookahead = this.#lookahead;
    const gains = new Float64Array(lookahead + length);
    gains.set(this.#waiting);
    const judged = gains.subarray(lookahead);
    this.#judge(left, right, judged);
    this.#recover(judged);
    this.#waiting.set(gains.subarray(length));
    // Backwards: the gain falls towards what is coming, never steeper than the attack.
    let gain = 1;
    for (let n = gains.length - 1; n >= 0; n -= 1) {
      gain = Math.min(gains[n] as number, gain + this.#attack);
      gains[n] = gain;
    }
    for (let n = 0; n < length; n += 1) {
      const factor = gains[n] as number;
      block.left[n] = (left[taps + n] as number) * factor;
      block.right[n] = (right[taps + n] as number) * factor;
    }
  }

  /** Writes the gain that each sample could have alone. The first one is `latency` samples after the start of `left`. */
  #judge(left: Float32Array, right: Float32Array, gains: Float64Array): void {
    const quiet = limiterCeiling * overshoot;
    let before = this.#lastBetween;
    for (let from = 0; from < gains.length; from += stretch) {
      const to = Math.min(from + stretch, gains.length);
      const start = this.latency + from;
      // With the samples that say what lies between.
      const low = start - taps;
      const high = this.latency + to + taps;
      if (Math.max(peakOf(left, low, high), peakOf(right, low, high)) < quiet) {
        gains.fill(1, from, to);
        before = 0;
        continue;
      }
      for (let n = from; n < to; n += 1) {
        const at = this.latency + n;
        const after = Math.max(highestBetween(left, at), highestBetween(right, at));
        const peak = Math.max(Math.abs(left[at] as number), Math.abs(right[at] as number), before, after);
        gains[n] = peak > limiterCeiling ? limiterCeiling / peak : 1;
        before = after;
      }
    }
    this.#lastBetween = before;
  }

  /** Makes each gain at most a little higher than the one before. */
  #recover(gains: Float64Array): void {
    let envelope = this.#envelope;
    let calm = this.#calm;
    for (let n = 0; n < gains.length; n += 1) {
      envelope = Math.min(gains[n] as number, envelope + this.#release, 1);
      gains[n] = envelope;
      calm = envelope < 1 ? 0 : calm + 1;
    }
    this.#envelope = envelope;
    this.#calm = calm;
  }
}

function joined(past: Float32Array, next: Float32Array): Float32Array {
  const all = new Float32Array(past.length + next.length);
  all.set(past);
  all.set(next, past.length);
  return all;
}

function peakOf(samples: Float32Array, from: number, to: number): number {
  let high = 0;
  let low = 0;
  for (let n = Math.max(0, from), end = Math.min(to, samples.length); n < end; n += 1) {
    const value = samples[n] as number;
    if (value > high) high = value;
    else if (value < low) low = value;
  }
  return Math.max(high, -low);
}

/** The highest point of the signal between a sample and the next, as in ITU-R BS.1770, annex 2. */
function highestBetween(samples: Float32Array, at: number): number {
  let highest = 0;
  for (let point = 0; point < between; point += 1) {
    const row = point * taps * 2;
    let sum = 0;
    for (let tap = 0; tap < taps * 2; tap += 1) {
      sum += (interpolation[row + tap] as number) * (samples[at + 1 - taps + tap] as number);
    }
    const height = Math.abs(sum);
    if (height > highest) highest = height;
  }
  return highest;
}

/** A sinc in a Hann window, for a quarter, half and three quarters of the way to the next sample. */
function designInterpolation(): Float64Array {
  const weights = new Float64Array(between * taps * 2);
  for (let point = 0; point < between; point += 1) {
    const place = (point + 1) / (between + 1);
    for (let tap = 0; tap < taps * 2; tap += 1) {
      const x = tap + 1 - taps - place;
      const angle = Math.PI * x;
      weights[point * taps * 2 + tap] = (Math.sin(angle) / angle) * Math.cos(angle / (taps * 2)) ** 2;
    }
  }
  return weights;
}
