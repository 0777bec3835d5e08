import type { FrameRate } from '@lectern/timeline';
import { frameToSample } from '../sound/mixer.js';
import type { SoundBlock } from '../worker/protocol.js';

/**
 * Mixes the next block as it is heard at a rate.
 *
 * @param from where it begins anew, in samples of the timeline; null goes on from the block before
 * @param length samples to be heard
 */
export type MixSound = (from: number | null, length: number, sampleRate: number, rate: number) => Promise<SoundBlock>;

const blockSeconds = 0.25;
const aheadSeconds = 1;
const pollMilliseconds = 80;
/** What is about to be heard can't be changed any more. */
const commitSeconds = 0.15;
/** From the first mixed block to its first sample, in seconds. */
const leadSeconds = 0.03;

/** One way through the timeline. */
interface Run {
  readonly rate: number;
  /** The context time at which it is heard from its start, and the sample of the timeline there. */
  readonly time: number;
  readonly sample: number;
  /** Samples of the timeline that it stays in. */
  last: number;
  /** When the next block is heard, by the context's clock. */
  next: number;
}

/** Keeps a second of mixed sound scheduled on the sound card's clock. */
export class SoundPlayer {
  readonly #context: AudioContext;
  readonly #gain: GainNode;
  readonly #mix: MixSound;
  readonly #nodes = new Map<AudioBufferSourceNode, number>();
  #run: Run | null = null;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: AudioContext, gain: GainNode, mix: MixSound) {
    this.#context = context;
    this.#gain = gain;
    this.#mix = mix;
  }

  /**
   * Starts at a frame. Resolves with the context time at which that frame is heard, once its first block is mixed.
   *
   * @param endFrame the timeline's length
   * @param rate of playback; negative is heard backwards
   */
  async start(frame: number, endFrame: number, frameRate: FrameRate, rate: number): Promise<number> {
    this.stop();
    const turn = this.#turn;
    const { sampleRate } = this.#context;
    const sample = frameToSample(frame, frameRate, sampleRate);
    const last = rate > 0 ? frameToSample(endFrame, frameRate, sampleRate) : 0;
    const length = blockLength({ rate, last }, sample, sampleRate);
    const first = length > 0 ? await this.#mix(sample, length, sampleRate, rate) : null;
    const time = this.#context.currentTime + leadSeconds;
    if (turn !== this.#turn) return time;
    this.#run = { rate, time, sample, last, next: time };
    if (first) this.#schedule(first, this.#run);
    this.#poll(turn, false);
    return time;
  }

  /** The document is another: what isn't heard yet is mixed anew. */
  refresh(endFrame: number, frameRate: FrameRate): void {
    const run = this.#run;
    if (!run) return;
    if (run.rate > 0) run.last = frameToSample(endFrame, frameRate, this.#context.sampleRate);
    const from = this.#context.currentTime + commitSeconds;
    for (const [node, time] of this.#nodes) {
      if (time < from) continue;
      run.next = Math.min(run.next, time);
      node.stop();
      this.#nodes.delete(node);
    }
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#poll(this.#turn, true);
  }

  stop(): void {
    this.#turn += 1;
    this.#run = null;
    clearTimeout(this.#timer);
    for (const node of this.#nodes.keys()) node.stop();
    this.#nodes.clear();
  }

  #schedule({ left, right }: SoundBlock, run: Run): void {
    const context = this.#context;
    const buffer = context.createBuffer(2, left.length, context.sampleRate);
    buffer.copyToChannel(left, 0);
    buffer.copyToChannel(right, 1);
    const node = context.createBufferSource();
    node.buffer = buffer;
    node.connect(this.#gain);
    const late = context.currentTime - run.next;
    // A block that comes late is cut at its start, so that the rest is in time.
    if (late > 0) node.start(0, late);
    else node.start(run.next);
    this.#nodes.set(node, run.next);
    node.addEventListener('ended', () => {
      node.disconnect();
      this.#nodes.delete(node);
    });
    run.next += left.length / context.sampleRate;
  }

  #poll(turn: number, restart: boolean): void {
    const step = async (): Promise<void> => {
      let again = restart;
      const { sampleRate } = this.#context;
      for (let run = this.#run; turn === this.#turn && run; run = this.#run) {
        if (run.next >= this.#context.currentTime + aheadSeconds) break;
        const place = Math.round(run.sample + (run.next - run.time) * sampleRate * run.rate);
        const length = blockLength(run, place, sampleRate);
        if (length <= 0) return;
        const block = await this.#mix(again ? place : null, length, sampleRate, run.rate);
        if (turn !== this.#turn) return;
        again = false;
        this.#schedule(block, run);
      }
      if (turn !== this.#turn) return;
      this.#timer = setTimeout(() => {
        this.#poll(turn, false);
      }, pollMilliseconds);
    };
    // Sound that can't be mixed is silence; the pictures go on and tell what is wrong.
    step().catch(() => undefined);
  }
}

/** Samples of the next block, up to the end of the timeline. */
function blockLength({ rate, last }: Pick<Run, 'rate' | 'last'>, place: number, sampleRate: number): number {
  return Math.min(Math.round(blockSeconds * sampleRate), Math.ceil((last - place) / rate));
}
