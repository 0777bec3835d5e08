import { throwIfAborted } from '../cancelling.js';
import { limiterCeiling } from './limiter.js';
import { type MixSettings, MixStream, mixBlock } from './mixer.js';
import type { Stereo } from './stereo.js';

/** The loudness of a stretch of sound. */
export interface Loudness {
  /** In LUFS over the whole, pauses left out (EBU R 128, ITU-R BS.1770-4); −Infinity where there is nothing to hear. */
  readonly integrated: number;
  /** The highest sample, linear. */
  readonly peak: number;
}

/** A quarter of a gating block: blocks of 400 ms overlap by three quarters. */
const stepSeconds = 0.1;
const absoluteGate = -70;
const relativeGate = -10;
/** Blocks are counted by hundredths of a loudness unit, so that an hour takes as much memory as a second. */
const binsPerUnit = 100;
const loudestBin = 20;
const binCount = (loudestBin - absoluteGate) * binsPerUnit;

/**
 * Measures loudness as sound streams by, in constant memory. K weighting and two gates as in ITU-R BS.1770-4:
 * https://www.itu.int/rec/R-REC-BS.1770
 */
export class LoudnessMeter {
  readonly #left: KWeighting;
  readonly #right: KWeighting;
  readonly #step: number;
  /** Energies of the last four steps, each the sum over both sides. */
  readonly #steps = new Float64Array(4);
  #stepsSeen = 0;
  #energy = 0;
  #inStep = 0;
  #peak = 0;
  readonly #counts = new Float64Array(binCount);
  readonly #energies = new Float64Array(binCount);

  /** @param sampleRate Hz */
  constructor(sampleRate: number) {
    this.#left = new KWeighting(sampleRate);
    this.#right = new KWeighting(sampleRate);
    this.#step = Math.round(stepSeconds * sampleRate);
  }

  add({ left, right }: Stereo): void {
    for (let from = 0; from < left.length;) {
      const to = Math.min(left.length, from + this.#step - this.#inStep);
      this.#energy += this.#left.energyOf(left, from, to) + this.#right.energyOf(right, from, to);
      this.#peak = Math.max(this.#peak, peakIn(left, from, to), peakIn(right, from, to));
      this.#inStep += to - from;
      from = to;
      if (this.#inStep === this.#step) this.#finishStep();
    }
  }

  #finishStep(): void {
    this.#steps[this.#stepsSeen % 4] = this.#energy;
    this.#stepsSeen += 1;
    this.#energy = 0;
    this.#inStep = 0;
    this.#left.settle();
    this.#right.settle();
    if (this.#stepsSeen < 4) return;
    const [a, b, c, d] = this.#steps as unknown as readonly [number, number, number, number];
    this.#count((a + b + c + d) / (4 * this.#step));
  }

  #count(power: number): void {
    const loudness = loudnessOf(power);
    if (loudness < absoluteGate) return;
    const bin = Math.min(binCount - 1, Math.floor((loudness - absoluteGate) * binsPerUnit));
    this.#counts[bin] = (this.#counts[bin] as number) + 1;
    this.#energies[bin] = (this.#energies[bin] as number) + power;
  }

  result(): Loudness {
    const gate = loudnessOf(this.#meanFrom(0)) + relativeGate;
    const first = Number.isFinite(gate) ? Math.max(0, Math.floor((gate - absoluteGate) * binsPerUnit)) : 0;
    return { integrated: loudnessOf(this.#meanFrom(first)), peak: this.#peak };
  }

  /** The mean power of the blocks from a bin on. */
  #meanFrom(first: number): number {
    let count = 0;
    let energy = 0;
    for (let bin = first; bin < binCount; bin += 1) {
      count += this.#counts[bin] as number;
      energy += this.#energies[bin] as number;
    }
    return count > 0 ? energy / count : 0;
  }
}

function loudnessOf(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

function peakIn(samples: Float32Array, from: number, to: number): number {
  let high = 0;
  let low = 0;
  for (let n = from; n < to; n += 1) {
    const value = samples[n] as number;
    if (value > high) high = value;
    else if (value < low) low = value;
  }
  return Math.max(high, -low);
}

/**
 * The two filters of BS.1770 for one channel: a shelf for the head and a high pass. Worked out for any rate from the
 * analogue filters behind the coefficients that the standard gives for 48 kHz (as libebur128 does).
 */
class KWeighting {
  readonly #shelf: Float64Array;
  readonly #pass: Float64Array;
  #s1 = 0;
  #s2 = 0;
  #p1 = 0;
  #p2 = 0;

  constructor(sampleRate: number) {
    const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
    const q = 0.7071752369554196;
    const high = 10 ** (3.999843853973347 / 20);
    const band = high ** 0.4996667741545416;
    const a0 = 1 + k / q + k * k;
    this.#shelf = Float64Array.of(
      (high + (band * k) / q + k * k) / a0,
      (2 * (k * k - high)) / a0,
      (high - (band * k) / q + k * k) / a0,
      (2 * (k * k - 1)) / a0,
      (1 - k / q + k * k) / a0,
    );
    const h = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
    const r = 0.5003270373238773;
    const c0 = 1 + h / r + h * h;
    this.#pass = Float64Array.of((2 * (h * h - 1)) / c0, (1 - h / r + h * h) / c0);
  }

  /** The energy of the weighted samples `[from, to)`. */
  energyOf(samples: Float32Array, from: number, to: number): number {
    const [b0, b1, b2, a1, a2] = this.#shelf as unknown as readonly [number, number, number, number, number];
    const [c1, c2] = this.#pass as unknown as readonly [number, number];
    let s1 = this.#s1;
    let s2 = this.#s2;
    let p1 = this.#p1;
    let p2 = this.#p2;
    let energy = 0;
    for (let n = from; n < to; n += 1) {
      const input = samples[n] as number;
      const shelved = b0 * input + s1;
      s1 = b1 * input - a1 * shelved + s2;
      s2 = b2 * input - a2 * shelved;
      const output = shelved + p1;
      p1 = p2 - 2 * shelved - c1 * output;
      p2 = shelved - c2 * output;
      energy += output * output;
    }
    this.#s1 = s1;
    this.#s2 = s2;
    this.#p1 = p1;
    this.#p2 = p2;
    return energy;
  }

  /** After silence, numbers too small to be heard would make every step slow. */
  settle(): void {
    if (Math.abs(this.#s1) + Math.abs(this.#s2) < 1e-20) this.#s1 = this.#s2 = 0;
    if (Math.abs(this.#p1) + Math.abs(this.#p2) < 1e-20) this.#p1 = this.#p2 = 0;
  }
}

export interface MeasuringOptions {
  readonly signal: AbortSignal;
  /** 0…1 */
  readonly onProgress?: (share: number) => void;
}

/**
 * Mixes samples `[from, to)` of a timeline and measures them: as they come out of the limiter where the settings name a
 * gain, as they are mixed where they don't. Constant memory; as fast as decoding and mixing are.
 *
 * @throws LecternError `aborted`, and what the sources throw
 */
export async function measureLoudness(
  settings: MixSettings,
  from: number,
  to: number,
  { signal, onProgress }: MeasuringOptions,
): Promise<Loudness> {
  const meter = new LoudnessMeter(settings.sampleRate);
  const limited = settings.gain === undefined ? null : new MixStream(settings, from);
  for (let at = from; at < to;) {
    throwIfAborted(signal);
    const length = Math.min(settings.sampleRate, to - at);
    meter.add(limited ? await limited.next(length) : await mixBlock(settings, at, length));
    at += length;
    onProgress?.((at - from) / (to - from));
  }
  return meter.result();
}

/** What brings a mix to a loudness. */
export interface LoudnessGain {
  /** Linear, for `MixSettings.gain`. */
  readonly gain: number;
  /** Of the mix as it is, and as it becomes. LUFS; −Infinity where there is nothing to hear. */
  readonly before: number;
  readonly after: number;
}

/** Quieter than this is the noise of a room: nothing that anybody would want louder. */
const leastLoudness = -60;
/** A recording that is quieter by more than this has noise that would come up with it, in dB. */
const mostBoost = 20;
/** What may be added for what the limiter takes away, in dB: beyond, it would only squeeze. */
const mostMakeUp = 4;
/** Passes through the limiter, at most, and the difference in loudness units that nobody would make another one for. */
const mostPasses = 3;
const nearEnough = 0.15;

/** The gain in dB that brings a loudness to another, within reason. 0 where there is hardly any sound. */
export function loudnessDecibels({ integrated }: Loudness, target: number): number {
  return integrated < leastLoudness ? 0 : Math.min(mostBoost, target - integrated);
}

/**
 * Finds the gain that brings samples `[from, to)` of a timeline to a loudness. One pass over the mix; where peaks would
 * then be far over what the limiter lets pass, a few more, so that what it takes away is made up for.
 *
 * @param target LUFS
 * @throws LecternError `aborted`, and what the sources throw
 */
export async function findLoudnessGain(
  settings: Omit<MixSettings, 'gain'>,
  from: number,
  to: number,
  target: number,
  { signal, onProgress }: MeasuringOptions,
): Promise<LoudnessGain> {
  let done = 0;
  const pass = async (mix: MixSettings): Promise<Loudness> => {
    // Nobody knows how many there will be: each is half of what is left.
    const share = (1 - done) / 2;
    const start = done;
    const loudness = await measureLoudness(mix, from, to, {
      signal,
      onProgress: (part) => onProgress?.(start + share * part),
    });
    done += share;
    return loudness;
  };
  const mixed = await pass(settings);
  const wanted = loudnessDecibels(mixed, target);
  const before = mixed.integrated;
  let decibels = wanted;
  let after = before + wanted;
  // A few dB off single peaks change nothing that could be heard, or measured to a tenth.
  if (mixed.peak * linear(wanted) > limiterCeiling * 1.2) {
    let last = { decibels: wanted, loudness: after };
    for (let passes = 1; passes <= mostPasses; passes += 1) {
      after = (await pass({ ...settings, gain: linear(decibels) })).integrated;
      const missing = before + wanted - after;
      if (passes === mostPasses || missing < nearEnough || decibels >= wanted + mostMakeUp) break;
      // The more is limited, the less comes of a decibel.
      const yields = passes === 1 ? 0.75 : Math.max(0.3, (after - last.loudness) / (decibels - last.decibels));
      last = { decibels, loudness: after };
      decibels = Math.min(wanted + mostMakeUp, decibels + missing / yields);
    }
  }
  onProgress?.(1);
  return { gain: linear(decibels), before, after };
}

function linear(decibels: number): number {
  return 10 ** (decibels / 20);
}
