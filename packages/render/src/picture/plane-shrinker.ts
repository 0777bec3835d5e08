import { everyOther, halves, wordsOf } from './pixel-words.js';
import type { Plane, Rectangle } from './planes.js';

/** Which source pixels a drawn pixel covers, and in what parts of 256. */
export interface BoxWeights {
  readonly first: Int32Array;
  readonly counts: Int32Array;
  /** From the third to the last but one they are all the same; beyond the count they are 0. */
  readonly weights: Uint16Array;
  /** Room for each drawn pixel in `weights`: three, or five and more. */
  readonly taps: number;
}

/** Whether means are the way: neither as it is nor grown, and not so small that parts of 256 are too coarse. */
export function shrinkable(scale: number): boolean {
  return scale > 1 && scale <= 32;
}

/** Weights for drawing `sourceLength` pixels from `sourceStart` on as fewer: each drawn pixel is the mean of what it covers. */
export function boxWeights(sourceStart: number, sourceLength: number, length: number, available: number): BoxWeights {
  const scale = sourceLength / length;
  const taps = scale <= 2 ? 3 : Math.max(5, Math.ceil(scale) + 1);
  const first = new Int32Array(length);
  const counts = new Int32Array(length);
  const weights = new Uint16Array(length * taps);
  for (let n = 0; n < length; n += 1) {
    // Beyond the picture its edge goes on.
    const from = Math.max(0, Math.min(available - 1e-6, sourceStart + n * scale));
    const to = Math.max(from + 1e-6, Math.min(available, sourceStart + (n + 1) * scale));
    const start = Math.floor(from);
    const count = Math.min(taps, available - start, Math.ceil(to) - start);
    first[n] = start;
    counts[n] = count;
    // Many that are all rounded up may be more than there is: none must weigh less than nothing.
    const round = Math.round(256 / (to - from)) * (to - from - 1) > 255 ? Math.floor : Math.round;
    let left = 256;
    let heaviest = 0;
    for (let tap = 0; tap < count; tap += 1) {
      const covered = Math.min(to, start + tap + 1) - Math.max(from, start + tap);
      const weight = round((covered / (to - from)) * 256);
      weights[n * taps + tap] = weight;
      left -= weight;
      if (weight > (weights[n * taps + heaviest] as number)) heaviest = tap;
    }
    // Of several it is the first, so that it is one of the first two pixels.
    weights[n * taps + heaviest] = (weights[n * taps + heaviest] as number) + left;
  }
  return { first, counts, weights, taps };
}

/** Draws planes smaller; keeps the room in between. The width of the sources is a multiple of four. */
export class PlaneShrinker {
  #upper: Int32Array = new Int32Array(0);
  #lower: Int32Array = new Int32Array(0);
  #pairs: Int32Array = new Int32Array(0);

  /**
   * Means of the pixels that each drawn one covers: rows first, four pixels at once, then along two drawn rows at once.
   *
   * @param box where it goes in the target, which it may jut out of
   * @param strength of the drawn pixels, in parts of 256
   */
  draw(
    source: Plane,
    { across, down }: { readonly across: BoxWeights; readonly down: BoxWeights },
    target: Plane,
    box: Rectangle,
    strength: number,
  ): void {
    const top = Math.max(0, box.y);
    const bottom = Math.min(target.height, box.y + box.height);
    const left = Math.max(0, box.x) - box.x;
    const right = Math.min(target.width, box.x + box.width) - box.x;
    if (bottom <= top || right <= left) return;
    const words = wordsOf(source.data);
    const perRow = source.width >> 2;
    // Only the columns that are drawn.
    const fromWord = (across.first[left] as number) >> 2;
    const toWord = (((across.first[right - 1] as number) + (across.counts[right - 1] as number) - 1) >> 2) + 1;
    // Pixels without weight are read beyond the end of a row.
    if (this.#pairs.length < source.width + across.taps) this.#pairs = new Int32Array(source.width + across.taps);
    if (this.#upper.length < perRow) {
      this.#upper = new Int32Array(perRow);
      this.#lower = new Int32Array(perRow);
    }
    for (let y = top; y < bottom; y += 2) {
      // The last row of an odd number is its own partner.
      const next = y + 1 < bottom ? 1 : 0;
      meanOfRows(words, perRow, down, y - box.y, fromWord, toWord, this.#upper);
      meanOfRows(words, perRow, down, y - box.y + next, fromWord, toWord, this.#lower);
      pairRows(this.#upper, this.#lower, fromWord, toWord, this.#pairs);
      const into = y * target.width + box.x;
      drawPairs(this.#pairs, across, left, right, target.data, into, next * target.width, strength);
    }
  }
}

/** The mean of the rows that drawn row `n` covers. Which is the quickest way depends on how many these are. */
function meanOfRows(
  words: Int32Array,
  perRow: number,
  { first, counts, weights, taps }: BoxWeights,
  n: number,
  from: number,
  to: number,
  into: Int32Array,
): void {
  const count = counts[n] as number;
  const row0 = (first[n] as number) * perRow;
  const row1 = row0 + (count > 1 ? perRow : 0);
  const row2 = row1 + perRow;
  const last = row0 + (count - 1) * perRow;
  const weight0 = weights[n * taps] as number;
  const weight1 = weights[n * taps + 1] as number;
  const weight2 = weights[n * taps + 2] as number;
  const lastWeight = weights[n * taps + count - 1] as number;
  if (count <= 2) {
    for (let word = from; word < to; word += 1) {
      const a = words[row0 + word] as number;
      const b = words[row1 + word] as number;
      const even = Math.imul(a & everyOther, weight0) + Math.imul(b & everyOther, weight1);
      const odd = Math.imul((a >>> 8) & everyOther, weight0) + Math.imul((b >>> 8) & everyOther, weight1);
      into[word] = joinWord((even + halves) | 0, (odd + halves) | 0);
    }
  } else if (count === 3) {
    for (let word = from; word < to; word += 1) {
      const a = words[row0 + word] as number;
      const b = words[row1 + word] as number;
      const c = words[row2 + word] as number;
      const even =
        Math.imul(a & everyOther, weight0) + Math.imul(b & everyOther, weight1) + Math.imul(c & everyOther, weight2);
      const odd =
        Math.imul((a >>> 8) & everyOther, weight0) +
        Math.imul((b >>> 8) & everyOther, weight1) +
        Math.imul((c >>> 8) & everyOther, weight2);
      into[word] = joinWord((even + halves) | 0, (odd + halves) | 0);
    }
  } else if (count === 4) {
    for (let word = from; word < to; word += 1) {
      const a = words[row0 + word] as number;
      const b = words[row1 + word] as number;
      const c = words[row2 + word] as number;
      const d = words[last + word] as number;
      const even =
        Math.imul(a & everyOther, weight0) +
        Math.imul(b & everyOther, weight1) +
        Math.imul(c & everyOther, weight2) +
        Math.imul(d & everyOther, lastWeight);
      const odd =
        Math.imul((a >>> 8) & everyOther, weight0) +
        Math.imul((b >>> 8) & everyOther, weight1) +
        Math.imul((c >>> 8) & everyOther, weight2) +
        Math.imul((d >>> 8) & everyOther, lastWeight);
      into[word] = joinWord((even + halves) | 0, (odd + halves) | 0);
    }
  } else {
    // Those that weigh the same are added up first.
    for (let word = from; word < to; word += 1) {
      let even = 0;
      let odd = 0;
      for (let at = row2 + word; at < last + word; at += perRow) {
        const c = words[at] as number;
        even += c & everyOther;
        odd += (c >>> 8) & everyOther;
      }
      const a = words[row0 + word] as number;
      const b = words[row1 + word] as number;
      const d = words[last + word] as number;
      even =
        Math.imul(a & everyOther, weight0) +
        Math.imul(b & everyOther, weight1) +
        Math.imul(even, weight2) +
        Math.imul(d & everyOther, lastWeight);
      odd =
        Math.imul((a >>> 8) & everyOther, weight0) +
        Math.imul((b >>> 8) & everyOther, weight1) +
        Math.imul(odd, weight2) +
        Math.imul((d >>> 8) & everyOther, lastWeight);
      into[word] = joinWord((even + halves) | 0, (odd + halves) | 0);
    }
  }
}

/** Four pixels from two times two in parts of 256. */
function joinWord(even: number, odd: number): number {
  return ((even >>> 8) & everyOther) | (odd & ~everyOther);
}

/** Puts the pixels of two rows into one word each, so that what follows computes both at once. */
function pairRows(upper: Int32Array, lower: Int32Array, from: number, to: number, pairs: Int32Array): void {
  for (let word = from; word < to; word += 1) {
    const a = upper[word] as number;
    const b = lower[word] as number;
    const at = word * 4;
    pairs[at] = (a & 0xff) | ((b & 0xff) << 16);
    pairs[at + 1] = ((a >>> 8) & 0xff) | ((b & 0xff00) << 8);
    pairs[at + 2] = ((a >>> 16) & 0xff) | (b & 0xff0000);
    pairs[at + 3] = (a >>> 24) | ((b >>> 8) & 0xff0000);
  }
}

/** Draws two rows, the second of them `below` bytes further on. Weights of 0 cost less here than asking how many there are. */
function drawPairs(
  pairs: Int32Array,
  { first, weights, taps }: BoxWeights,
  from: number,
  to: number,
  target: Uint8Array,
  into: number,
  below: number,
  strength: number,
): void {
  for (let n = from; n < to; n += 1) {
    const start = first[n] as number;
    const weight = n * taps;
    let sum =
      (halves +
        Math.imul(pairs[start] as number, weights[weight] as number) +
        Math.imul(pairs[start + 1] as number, weights[weight + 1] as number) +
        Math.imul(pairs[start + 2] as number, weights[weight + 2] as number)) |
      0;
    if (taps > 3) {
      sum =
        (sum +
          Math.imul(pairs[start + 3] as number, weights[weight + 3] as number) +
          Math.imul(pairs[start + 4] as number, weights[weight + 4] as number)) |
        0;
    }
    for (let tap = 5; tap < taps; tap += 1) {
      sum = (sum + Math.imul(pairs[start + tap] as number, weights[weight + tap] as number)) | 0;
    }
    const upper = (sum >>> 8) & 0xff;
    const lower = sum >>> 24;
    const at = into + n;
    if (strength === 256) {
      target[at + below] = lower;
      target[at] = upper;
    } else {
      const oldUpper = target[at] as number;
      const oldLower = target[at + below] as number;
      target[at + below] = oldLower + (((lower - oldLower) * strength + 128) >> 8);
      target[at] = oldUpper + (((upper - oldUpper) * strength + 128) >> 8);
    }
  }
}
