import { type FrameRate, type SoundSpan, roundScaled } from '@lectern/timeline';
import { Limiter } from './limiter.js';
import { resample, resamplingFor } from './resampler.js';
import { type Stereo, createStereo, panMatrix } from './stereo.js';

/** Decoded sound of a file. Sample 0 is at the source's start; what lies outside the sound is silence. */
export interface PcmSource {
  /** Hz. */
  readonly sampleRate: number;
  /** @param start the first sample, may be negative */
  read(start: number, length: number): Promise<Stereo>;
}

/** What is mixed: the spans of a document, its frame rate, and the rate of the mix in Hz. */
export interface MixSettings {
  readonly spans: readonly SoundSpan[];
  readonly frameRate: FrameRate;
  readonly sampleRate: number;
  /** A span's sound. Null stands for silence: a source without a sound track. */
  readonly sourceOf: (span: SoundSpan) => Promise<PcmSource | null>;
}

/** The sample at which a frame starts, to the nearest; exact over any length. */
export function frameToSample(frame: number, frameRate: FrameRate, sampleRate: number): number {
  return roundScaled(frame, { num: frameRate.den * sampleRate, den: frameRate.num });
}

/** Source time of an output sample, in source samples (a fraction of one is kept only where there is no whole one). */
function sourcePosition(span: SoundSpan, sourceRate: number, ratio: number, fromStart: number): number {
  const start = span.sourceStartSeconds * sourceRate;
  const position = (ratio === 1 ? Math.round(start) : start) + fromStart * ratio;
  return position;
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
  const source = await settings.sourceOf(span);
  if (!source) return;

  const count = to - from;
  const resampling = resamplingFor(source.sampleRate, sampleRate, span.speed);
  const position = sourcePosition(span, source.sampleRate, resampling.ratio, from - spanStart);
  let sound: Stereo;
  if (resampling.ratio === 1) {
    sound = await source.read(position, count);
  } else {
    const first = Math.floor(position) - resampling.reach;
    const last = Math.ceil(position + (count - 1) * resampling.ratio) + resampling.reach + 1;
    const raw = await source.read(first, last - first);
    sound = createStereo(count);
    resample(resampling, raw.left, position - first, sound.left, 0, count);
    resample(resampling, raw.right, position - first, sound.right, 0, count);
  }
  addWithGain(settings, span, spanStart, from - spanStart, sound, block, from - start);
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
    const origin = before?.sample ?? 0;
    for (; n < until; n += 1) {
      const gain = base + slope * (offset + n - origin);
      const left = (sound.left[n] as number) * gain;
      const right = (sound.right[n] as number) * gain;
      block.left[at + n] = (block.left[at + n] as number) + left * leftToLeft + right * rightToLeft;
      block.right[at + n] = (block.right[at + n] as number) + left * leftToRight + right * rightToRight;
    }
  }
}

/** The sum of everything that sounds in `[start, start + length)` samples of the timeline, before the limiter. */
export async function mixBlock(settings: MixSettings, start: number, length: number): Promise<Stereo> {
  const block = createStereo(length);
  for (const span of settings.spans) await addSpan(settings, span, start, block);
  return block;
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
      this.#limiter.process(await mixBlock(this.#settings, this.#position, latency));
    }
    const block = await mixBlock(this.#settings, this.#position + latency, length);
    this.#limiter.process(block);
    this.#position += length;
    return block;
  }
}
