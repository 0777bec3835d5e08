import { type FrameRate, type SoundSpan, roundScaled } from '@lectern/timeline';
import { Limiter, limiterSettleSamples } from './limiter.js';
import { type Resampling, neededFor, resample, resamplingFor } from './resampler.js';
import { type Stereo, createStereo, panMatrix } from './stereo.js';
import { stretchedSound } from './stretched-sound.js';
import { keepsPitchAt } from './time-stretch.js';

/** Decoded sound of a file. Sample 0 is at the source's start; what lies outside the sound is silence. */
export interface PcmSource {
  /** Hz. */
  readonly sampleRate: number;
  /**
   * What is read holds until the next read, and isn't the reader's to change. Both sides may be one array.
   *
   * @param start the first sample, may be negative
   */
  read(start: number, length: number): Promise<Stereo>;
}

/** What is mixed: the spans of a document, its frame rate, and the rate of the mix in Hz. */
export interface MixSettings {
  readonly spans: readonly SoundSpan[];
  readonly frameRate: FrameRate;
  readonly sampleRate: number;
  /** A span's sound. Null stands for silence: a source without a sound track. */
  readonly sourceOf: (span: SoundSpan) => Promise<PcmSource | null>;
  /** Linear, of the whole mix before the limiter; 1 when left out. See `loudnessGain`. */
  readonly gain?: number;
}

/** The sample at which a frame starts, to the nearest; exact over any length. */
export function frameToSample(frame: number, frameRate: FrameRate, sampleRate: number): number {
  return roundScaled(frame, { num: frameRate.den * sampleRate, den: frameRate.num });
}

/** How the samples of the timeline are found in a source: sample n is at `base + n · ratio`, in source samples. */
interface SourceLine {
  readonly filter: Resampling;
  readonly source: PcmSource;
  readonly base: number;
}

/**
 * Worked out from the start of the timeline, not from that of the span: a span that is cut at another frame, because
 * another range is mixed, falls on the same places of the source.
 */
function lineOf({ frameRate, sampleRate }: MixSettings, span: SoundSpan, raw: PcmSource): SourceLine {
  const { speed } = span;
  const stretches = span.keepPitch && keepsPitchAt(speed);
  const source = stretches ? stretchedSound(raw, speed) : raw;
  const startSeconds = (span.startFrame * frameRate.den) / frameRate.num;
  const base = stretches
    ? span.sourceStartSeconds / speed - startSeconds
    : span.sourceStartSeconds - startSeconds * speed;
  const filter = resamplingFor(source.sampleRate, sampleRate, stretches ? 1 : speed);
  return { filter, source, base: base * source.sampleRate };
}

/**
 * Adds one span's part of a block to it. Exact to the sample: the block may begin anywhere, and two blocks that follow
 * each other join without a seam.
 */
async function addSpan(settings: MixSettings, span: SoundSpan, start: number, block: Stereo): Promise<void> {
  const { frameRate, sampleRate } = settings;
  const spanStart = frameToSample(span.startFrame, frameRate, sampleRate);
  const spanEnd = frameToSample(span.endFrame, frameRate, sampleRate);
  const from = Math.max(start, spanStart);
  const to = Math.min(start + block.left.length, spanEnd);
  if (to <= from || isSilent(span)) return;
  const raw = await settings.sourceOf(span);
  if (!raw) return;
  const sound = await readLine(lineOf(settings, span, raw), from, to - from);
  addWithGain(settings, span, spanStart, from - spanStart, sound, block, from - start);
}

/** Samples of the timeline `[from, from + count)` as a source has them. */
async function readLine({ filter, source, base }: SourceLine, from: number, count: number): Promise<Stereo> {
  if (filter.ratio === 1 && filter.step === 1) return source.read(Math.floor(base + 0.5001) + from, count);
  const { start, length } = neededFor(filter, base, from, count);
  const raw = await source.read(start, length);
  const left = new Float32Array(count);
  resample(filter, raw.left, start, base, from, left, 0, count);
  if (raw.left === raw.right) return { left, right: left };
  const right = new Float32Array(count);
  resample(filter, raw.right, start, base, from, right, 0, count);
  return { left, right };
}

function isSilent(span: SoundSpan): boolean {
  return span.envelope.every(({ gain }) => gain === 0);
}

/** Adds `sound`, which begins `offset` samples into the span, to the block at `at`: the gain is linear between breakpoints. */
function addWithGain(
  { frameRate, sampleRate }: MixSettings,
  span: SoundSpan,
  spanStart: number,
  offset: number,
  sound: Stereo,
  block: Stereo,
  at: number,
): void {
  const { leftToLeft, rightToLeft, leftToRight, rightToRight } = panMatrix(span.pan);
  const points = span.envelope.map(({ frame, gain }) => ({
    sample: frameToSample(span.startFrame + frame, frameRate, sampleRate) - spanStart,
    gain,
  }));
  const count = sound.left.length;
  let n = 0;
  let next = 0;
  while (n < count) {
    const place = offset + n;
    while (next < points.length && (points[next]?.sample ?? 0) <= place) next += 1;
    const before = points[next - 1];
    const after = points[next];
    const until = after ? Math.min(count, after.sample - offset) : count;
    const base = before?.gain ?? after?.gain ?? 1;
    const slope = before && after ? (after.gain - before.gain) / (after.sample - before.sample) : 0;
    const ramp = { from: n, until, gain: base, slope, origin: (before?.sample ?? 0) - offset };
    addRamp(sound.left, block.left, at, ramp, leftToLeft);
    addRamp(sound.right, block.right, at, ramp, rightToRight);
    addRamp(sound.right, block.left, at, ramp, rightToLeft);
    addRamp(sound.left, block.right, at, ramp, leftToRight);
    n = until;
  }
}

/** Samples `[from, until)` of a sound, whose gain is `gain` at `origin` and rises by `slope` with each. */
interface Ramp {
  readonly from: number;
  readonly until: number;
  readonly gain: number;
  readonly slope: number;
  readonly origin: number;
}

function addRamp(sound: Float32Array, into: Float32Array, at: number, ramp: Ramp, share: number): void {
  const { from, until } = ramp;
  const gain = ramp.gain * share;
  const slope = ramp.slope * share;
  if (gain === 0 && slope === 0) return;
  if (slope === 0) {
    for (let n = from; n < until; n += 1) into[at + n] = (into[at + n] as number) + (sound[n] as number) * gain;
    return;
  }
  // Counted from the breakpoint: the same gain for a sample in whatever block it is.
  const { origin } = ramp;
  for (let n = from; n < until; n += 1) {
    into[at + n] = (into[at + n] as number) + (sound[n] as number) * (gain + slope * (n - origin));
  }
}

/**
 * The sum of everything that sounds in `[start, start + length)` samples of the timeline, before gain and limiter. A
 * sample is the same to the last bit, whatever block it is in.
 */
export async function mixBlock(settings: MixSettings, start: number, length: number): Promise<Stereo> {
  const block = createStereo(length);
  for (const span of settings.spans) await addSpan(settings, span, start, block);
  return block;
}

/**
 * Samples of the timeline that are mixed before the first one of a stream, so that its limiter is as it would be had
 * everything been mixed: a stream that begins anywhere equals that part of the stream of the whole to the last bit.
 */
export function mixLeadSamples(sampleRate: number): number {
  return limiterSettleSamples(sampleRate);
}

/** Mixes from a place on, block after block, through a soft limiter. Constant memory, whatever the length. */
export class MixStream {
  readonly #settings: MixSettings;
  readonly #limiter: Limiter;
  /** The sample of the timeline that `next` begins with. */
  #position: number;
  #primed = false;

  constructor(settings: MixSettings, startSample: number) {
    this.#settings = settings;
    this.#limiter = new Limiter(settings.sampleRate);
    this.#position = startSample;
  }

  get position(): number {
    return this.#position;
  }

  /** The next `length` samples. */
  async next(length: number): Promise<Stereo> {
    const { latency } = this.#limiter;
    if (!this.#primed) {
      this.#primed = true;
      // Before the start of the timeline there is nothing.
      const lead = Math.max(0, Math.min(this.#position, mixLeadSamples(this.#settings.sampleRate)));
      this.#limiter.process(await this.#mix(this.#position - lead, lead + latency));
    }
    const block = await this.#mix(this.#position + latency, length);
    this.#limiter.process(block);
    this.#position += length;
    return block;
  }

  async #mix(start: number, length: number): Promise<Stereo> {
    const block = await mixBlock(this.#settings, start, length);
    const { gain = 1 } = this.#settings;
    if (gain !== 1) {
      for (const side of [block.left, block.right]) {
        for (let n = 0; n < length; n += 1) side[n] = (side[n] as number) * gain;
      }
    }
    return block;
  }
}
