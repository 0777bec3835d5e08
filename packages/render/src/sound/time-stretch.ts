import type { Stereo } from './stereo.js';
import { createStereo } from './stereo.js';

/**
 * Plays sound faster or slower without changing its pitch: the source runs at its own speed, and every few hundredths
 * of a second it jumps, forwards to get ahead or back to fall behind (the family of WSOLA: Verhelst and Roelands, "An
 * overlap-add technique based on waveform similarity", ICASSP 1993).
 *
 * WSOLA looks for each jump from where the one before led to, so that a place can't be computed without everything
 * before it. Here the output is made of chunks of a second: at the start of each the source is exactly where its time
 * says. In between, all jumps of a chunk are chosen together, by dynamic programming, so that they fit best *and* end
 * where the next chunk begins. A chunk is a function of its part of the source alone, nothing drifts, and a tone that
 * doesn't fit the second is bent by a fraction of a period over all of it instead of being cut at the seam.
 */
export interface StretchPlan {
  /** Source samples per output sample. */
  readonly speed: number;
  /** Samples of output in a chunk. */
  readonly chunk: number;
  /** Source samples that have to be known before and after the stretch that a chunk covers. */
  readonly margin: number;
  readonly fade: number;
  /** Source samples that the coarse search sees as one, and how far it looks, in those. */
  readonly coarse: number;
  readonly reach: number;
  readonly shortest: number;
  readonly usualJump: number;
  readonly frame: number;
}

const chunkSeconds = 1;
/** How long a jump is faded over. */
const fadeSeconds = 0.008;
/** How far the source may be from where its time says, besides the jumps themselves: a period of 50 Hz. */
const reachSeconds = 0.02;
/** Longer than a period of the lowest voice, shorter than a syllable. */
const jumpSeconds = 0.02;
/** The least between two jumps. */
const shortestSeconds = 0.014;
/** At least so many jumps in a chunk have a choice, also where few are needed. */
const fewestJumps = 12;
const coarseRate = 4000;
/** Beyond these, words are gone anyway, and the pitch follows. */
export const pitchKeepingSpeeds: { readonly least: number; readonly most: number } = { least: 0.25, most: 4 };

export function keepsPitchAt(speed: number): boolean {
  return speed !== 1 && speed >= pitchKeepingSpeeds.least && speed <= pitchKeepingSpeeds.most;
}

export function planStretch(sampleRate: number, speed: number): StretchPlan {
  const coarse = Math.max(1, Math.round(sampleRate / coarseRate));
  const fade = Math.round(fadeSeconds * sampleRate);
  const reach = Math.round((reachSeconds * sampleRate) / coarse);
  return {
    speed,
    chunk: Math.round(chunkSeconds * sampleRate),
    margin: (reach + 4) * coarse + 3 * fade + Math.round(0.02 * sampleRate),
    fade,
    coarse,
    reach,
    shortest: Math.round(shortestSeconds * sampleRate),
    usualJump: Math.round(jumpSeconds * sampleRate),
    frame: Math.max(1, Math.round(sampleRate / 1000)),
  };
}

/** Where in the source a chunk begins: rounded once, so that it never drifts. */
export function chunkStart({ chunk, speed }: StretchPlan, index: number): number {
  return Math.round(index * chunk * speed);
}

/** Source samples that a chunk is made of: `[start, start + length)`. */
export function chunkNeeds(plan: StretchPlan, index: number): { readonly start: number; readonly length: number } {
  const start = chunkStart(plan, index) - plan.margin;
  return { start, length: chunkStart(plan, index + 1) + plan.margin - start };
}

/**
 * Makes a chunk of `plan.chunk` samples out of the source samples that `chunkNeeds` names. The same part of the source
 * gives the same samples, whatever was made before.
 */
export function stretchChunk(plan: StretchPlan, index: number, source: Stereo): Stereo {
  const mono = source.left === source.right;
  const heard = analysed(source);
  const jumps = chooseJumps(plan, index, heard);
  const left = new Float32Array(plan.chunk);
  joinPieces(plan, source.left, heard, jumps, left);
  if (mono) return { left, right: left };
  const block: Stereo = { left, right: createStereo(plan.chunk).right };
  joinPieces(plan, source.right, heard, jumps, block.right);
  return block;
}

/** A place where the output goes on elsewhere in the source: faded from `from` to `to` over `plan.fade` samples. */
interface Jump {
  /** Samples of the chunk. */
  readonly at: number;
  /** Samples of what is given. */
  readonly from: number;
  readonly to: number;
}

/** One signal for both sides, so that they stay together; weighed so that opposite ones don't cancel out. */
function analysed({ left, right }: Stereo): Float32Array {
  if (left === right) return left;
  const sum = new Float32Array(left.length);
  for (let n = 0; n < sum.length; n += 1) sum[n] = (left[n] as number) + 0.6 * (right[n] as number);
  return sum;
}

function joinPieces(
  { chunk, fade, margin }: StretchPlan,
  source: Float32Array,
  heard: Float32Array,
  jumps: readonly Jump[],
  output: Float32Array,
): void {
  let offset = margin;
  let done = 0;
  for (const { at, from, to } of jumps) {
    if (from === to) continue;
    output.set(source.subarray(offset + done, offset + at), done);
    // Alike sounds add up as they are, unlike ones would be too quiet in the middle of the fade.
    let outgoing = 1e-12;
    let incoming = 1e-12;
    let both = 0;
    for (let n = 0; n < fade; n += 1) {
      const a = heard[from + n] as number;
      const b = heard[to + n] as number;
      outgoing += a * a;
      incoming += b * b;
      both += a * b;
    }
    const shared = Math.max(0, both);
    for (let n = 0; n < fade; n += 1) {
      const share = 0.5 - 0.5 * Math.cos((Math.PI * (n + 0.5)) / fade);
      const rest = 1 - share;
      const power = rest * rest * outgoing + share * share * incoming + 2 * share * rest * shared;
      const wanted = rest * outgoing + share * incoming;
      const gain = Math.min(1.5, Math.max(1, Math.sqrt(wanted / power)));
      output[at + n] = (rest * (source[from + n] as number) + share * (source[to + n] as number)) * gain;
    }
    offset = to - at;
    done = at + fade;
  }
  output.set(source.subarray(offset + done, offset + chunk), done);
}

/** All jumps of a chunk: roughly first, at a few thousand samples a second, then to the sample. */
function chooseJumps(plan: StretchPlan, index: number, heard: Float32Array): Jump[] {
  const { chunk, margin, coarse, reach, fade } = plan;
  const total = chunkStart(plan, index + 1) - chunkStart(plan, index) - chunk;
  const fewest = Math.max(fewestJumps, Math.round(Math.abs(total) / plan.usualJump));
  const count = Math.max(1, Math.min(fewest, Math.floor(chunk / plan.shortest)));
  const outgoing: number[] = [];
  const incoming: number[] = [];
  const places: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const at = Math.max(0, Math.round(((n + 0.5) * chunk) / count - fade / 2));
    places.push(at);
    outgoing.push(margin + at + Math.round((total * n) / count));
    incoming.push(margin + at + Math.round((total * (n + 1)) / count));
  }
  const level = meanSquare(heard);
  if (level < 1e-12) {
    return places.map((at, n) => ({ at, from: outgoing[n] as number, to: incoming[n] as number }));
  }
  const roughly = findPath({
    signal: thinned(heard, coarse),
    step: coarse,
    outgoing,
    incoming,
    centres: new Array<number>(count + 1).fill(0),
    reach,
    window: Math.round((fade * 1.5) / coarse),
    lead: Math.round((fade * 0.25) / coarse),
    onsets: onsetsIn(heard, plan.frame, level),
    frame: plan.frame,
    fade,
  });
  const exactly = findPath({
    signal: heard,
    step: 1,
    outgoing,
    incoming,
    centres: roughly.map((error) => error * coarse),
    reach: Math.ceil(coarse * 0.75),
    window: fade,
    lead: 0,
    onsets: null,
    frame: plan.frame,
    fade,
  });
  return places.map((at, n) => ({
    at,
    from: (outgoing[n] as number) + (exactly[n] as number),
    to: (incoming[n] as number) + (exactly[n + 1] as number),
  }));
}

interface Search {
  readonly signal: Float32Array;
  /** Samples of the source for one of the signal. */
  readonly step: number;
  /** Where each jump leaves and arrives when the source is exactly where its time says, in samples of the source. */
  readonly outgoing: readonly number[];
  readonly incoming: readonly number[];
  /** Around which deviations to look before each jump and after the last, in steps; the first and last stay at 0. */
  readonly centres: readonly number[];
  readonly reach: number;
  /** Samples of the signal that are compared, and how many of them lie before the jump. */
  readonly window: number;
  readonly lead: number;
  /** What begins abruptly, summed up by frames: not to be heard twice, nor left out. */
  readonly onsets: Float64Array | null;
  readonly frame: number;
  readonly fade: number;
}

/** How much a whole onset weighs against a jump that doesn't fit at all. */
const onsetWeight = 10;
const deviationWeight = 0.02;

/**
 * The deviations before each jump and after the last, in steps, whose jumps fit best together: from none to none. Cost
 * of a jump: how much what goes on differs from what would have come, where it is loud more than where it is quiet.
 */
function findPath(search: Search): number[] {
  const { signal, step, outgoing, incoming, centres, reach, window, lead } = search;
  const count = outgoing.length;
  const width = 2 * reach + 1;
  const level = meanSquare(signal) * window * 2 + 1e-12;
  const last = centres.length - 1;
  let costs = new Float64Array(width).fill(Infinity);
  costs[reach] = 0;
  const origins: Int16Array[] = [];
  const products = new Float64Array(width * width);
  const before = new Float64Array(width);
  const after = new Float64Array(width);
  for (let n = 0; n < count; n += 1) {
    const from = Math.round((outgoing[n] as number) / step) + (centres[n] as number) - reach - lead;
    const to = Math.round((incoming[n] as number) / step) + (centres[n + 1] as number) - reach - lead;
    energies(signal, from, window, before);
    energies(signal, to, window, after);
    correlate(signal, from, to, window, width, products);
    const next = new Float64Array(width).fill(Infinity);
    const origin = new Int16Array(width);
    const [low, high] = n + 1 === last ? [reach, reach] : [0, width - 1];
    for (let q = low; q <= high; q += 1) {
      let best = Infinity;
      let bestFrom = reach;
      for (let p = 0; p < width; p += 1) {
        const known = costs[p] as number;
        if (known >= best) continue;
        const energy = (before[p] as number) + (after[q] as number);
        const difference = Math.max(0, energy - 2 * (products[p * width + q] as number));
        let cost = known + difference / Math.sqrt(energy * level + 1e-18);
        if (cost >= best) continue;
        if (search.onsets) cost += onsetCost(search, (from + lead + p) * step, (to + lead + q) * step);
        if (cost < best) {
          best = cost;
          bestFrom = p;
        }
      }
      const deviation = (q - reach) / reach;
      next[q] = best + (search.onsets ? deviationWeight * deviation * deviation : 0);
      origin[q] = bestFrom;
    }
    costs = next;
    origins.push(origin);
  }
  const path = new Array<number>(count + 1).fill(0);
  let at = reach;
  for (let n = count; n > 0; n -= 1) {
    path[n] = (centres[n] as number) + at - reach;
    at = origins[n - 1]?.[at] ?? reach;
  }
  path[0] = 0;
  path[count] = 0;
  return path;
}

/** What a jump from one place to another repeats or leaves out of the onsets. */
function onsetCost({ onsets, frame, fade }: Search, from: number, to: number): number {
  if (!onsets) return 0;
  const distance = Math.abs(to - from);
  const low = Math.floor((Math.min(from, to) - frame) / frame);
  const high = Math.ceil((Math.max(from, to) + fade) / frame);
  const last = onsets.length - 1;
  const sum =
    (onsets[Math.max(0, Math.min(last, high))] as number) - (onsets[Math.max(0, Math.min(last, low))] as number);
  return sum > 0 ? onsetWeight * sum * Math.min(1, distance / frame) : 0;
}

/** The energy of each of `into.length` windows that begin one sample after the other. */
function energies(signal: Float32Array, from: number, window: number, into: Float64Array): void {
  let sum = 0;
  for (let n = 0; n < window; n += 1) sum += squareAt(signal, from + n);
  for (let n = 0; n < into.length; n += 1) {
    into[n] = Math.max(0, sum);
    sum += squareAt(signal, from + n + window) - squareAt(signal, from + n);
  }
}

function squareAt(signal: Float32Array, at: number): number {
  const value = signal[at] ?? 0;
  return value * value;
}

/** The products of every window at `from + p` with every one at `to + q`, into `products[p · width + q]`. */
function correlate(
  signal: Float32Array,
  from: number,
  to: number,
  window: number,
  width: number,
  products: Float64Array,
): void {
  for (let p = 0; p < width; p += 1) products[p * width] = dot(signal, from + p, to, window);
  for (let q = 1; q < width; q += 1) products[q] = dot(signal, from, to + q, window);
  // Along a diagonal both windows move by one sample.
  for (let p = 1; p < width; p += 1) {
    const oldFrom = signal[from + p - 1] as number;
    const newFrom = signal[from + p - 1 + window] as number;
    const row = p * width;
    for (let q = 1; q < width; q += 1) {
      products[row + q] =
        (products[row - width + q - 1] as number) -
        oldFrom * (signal[to + q - 1] as number) +
        newFrom * (signal[to + q - 1 + window] as number);
    }
  }
}

function dot(signal: Float32Array, a: number, b: number, length: number): number {
  let sum = 0;
  for (let n = 0; n < length; n += 1) sum += (signal[a + n] as number) * (signal[b + n] as number);
  return sum;
}

/** The mean of every `step` samples. */
function thinned(signal: Float32Array, step: number): Float32Array {
  const thin = new Float32Array(Math.floor(signal.length / step));
  for (let n = 0; n < thin.length; n += 1) {
    let sum = 0;
    for (let k = n * step; k < (n + 1) * step; k += 1) sum += signal[k] as number;
    thin[n] = sum / step;
  }
  return thin;
}

function meanSquare(signal: Float32Array): number {
  let sum = 0;
  for (const value of signal) sum += value * value;
  return sum / Math.max(1, signal.length);
}

/** Times louder than the hundredth of a second before, from which on it is an onset; and at how many times it is a whole one. */
const onsetFrom = 8;
const onsetWhole = 64;

/**
 * The onsets before each frame, summed up, so that those between two frames are one subtraction. What begins abruptly
 * is bright: the differences of neighbouring samples show it better than the samples.
 */
function onsetsIn(signal: Float32Array, frame: number, level: number): Float64Array {
  const count = Math.floor((signal.length - 1) / frame);
  const sharpness = new Float64Array(count);
  let mean = 0;
  for (let n = 0; n < count; n += 1) {
    let sum = 0;
    for (let k = n * frame; k < (n + 1) * frame; k += 1) {
      const difference = (signal[k + 1] as number) - (signal[k] as number);
      sum += difference * difference;
    }
    sharpness[n] = sum;
    mean += sum / count;
  }
  const sums = new Float64Array(count + 1);
  const floor = mean * 0.02 + level * 1e-6 * frame;
  for (let n = 0; n < count; n += 1) {
    let before = floor;
    for (let k = Math.max(0, n - 12); k < n - 1; k += 1) before += (sharpness[k] as number) / 10;
    const times = (sharpness[n] as number) / before;
    const rising = n === 0 || (sharpness[n] as number) > 2 * (sharpness[n - 1] as number);
    const strength =
      rising && times > onsetFrom ? Math.min(1, Math.log(times / onsetFrom) / Math.log(onsetWhole / onsetFrom)) : 0;
    sums[n + 1] = (sums[n] as number) + strength;
  }
  return sums;
}
