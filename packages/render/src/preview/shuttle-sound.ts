import { Limiter } from '../sound/limiter.js';
import { type MixSettings, type PcmSource, mixBlock } from '../sound/mixer.js';
import { StretchedSound } from '../sound/stretched-sound.js';
import { type Stereo, createStereo } from '../sound/stereo.js';
import { pitchKeepingSpeeds } from '../sound/time-stretch.js';

/** Read at once while it goes backwards, in seconds: the sources' decoders start anew for each piece. */
const backwardPieceSeconds = 1;

/** Whether anything is heard at a rate of playback: faster, words are gone anyway. */
export function isHeardAt(rate: number): boolean {
  const speed = Math.abs(rate);
  return speed >= pitchKeepingSpeeds.least && speed <= pitchKeepingSpeeds.most;
}

/** The mix of a timeline from a place on, in one direction or the other, as a source of its own: sample 0 is at that place. */
class DirectedMix implements PcmSource {
  readonly sampleRate: number;
  readonly #settings: MixSettings;
  readonly #origin: number;
  readonly #isBackward: boolean;

  constructor(settings: MixSettings, origin: number, isBackward: boolean) {
    this.sampleRate = settings.sampleRate;
    this.#settings = settings;
    this.#origin = origin;
    this.#isBackward = isBackward;
  }

  async read(start: number, length: number): Promise<Stereo> {
    if (!this.#isBackward) return mixBlock(this.#settings, this.#origin + start, length);
    const block = await mixBlock(this.#settings, this.#origin - start - length, length);
    block.left.reverse();
    block.right.reverse();
    return block;
  }
}

/** What a preview hears: a timeline from a place on at a rate, block after block. Other speeds keep the pitch. */
export class ShuttleSound {
  readonly #source: PcmSource;
  readonly #limiter: Limiter;
  readonly #pieceLength: number;
  #position = 0;
  #piece: Stereo = createStereo(0);
  #used = 0;

  /** @param rate of playback; negative is heard backwards */
  constructor(settings: MixSettings, startSample: number, rate: number) {
    const mix = new DirectedMix(settings, startSample, rate < 0);
    const speed = Math.abs(rate);
    this.#source = speed === 1 ? mix : new StretchedSound(mix, speed);
    this.#limiter = new Limiter(settings.sampleRate);
    this.#pieceLength = rate < 0 ? Math.round(backwardPieceSeconds * settings.sampleRate) : 0;
  }

  /** The next `length` samples; silence beyond either end of the timeline. */
  async next(length: number): Promise<Stereo> {
    const block = createStereo(length);
    let filled = 0;
    while (filled < length) {
      if (this.#used === this.#piece.left.length) await this.#read(length - filled);
      const { left, right } = this.#piece;
      const count = Math.min(length - filled, left.length - this.#used);
      block.left.set(left.subarray(this.#used, this.#used + count), filled);
      block.right.set(right.subarray(this.#used, this.#used + count), filled);
      this.#used += count;
      filled += count;
    }
    return block;
  }

  async #read(wanted: number): Promise<void> {
    const { latency } = this.#limiter;
    const isFirst = this.#position === 0;
    const length = Math.max(wanted, this.#pieceLength) + (isFirst ? latency : 0);
    const { left, right } = await this.#source.read(this.#position, length);
    this.#position += length;
    // A source may give one array for both sides.
    this.#piece = { left, right: right === left ? right.slice() : right };
    this.#limiter.process(this.#piece);
    // What the limiter was empty with isn't part of the timeline.
    this.#used = isFirst ? latency : 0;
  }
}
