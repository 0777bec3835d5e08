import type { FrameRate } from '@lectern/timeline';
import type { SoundBlock } from '../worker/protocol.js';
import { frameToSample } from '../sound/mixer.js';

/** Mixes a block of the timeline: samples at the context's rate. */
export type MixSound = (
  startSample: number,
  length: number,
  sampleRate: number,
  restart: boolean,
) => Promise<SoundBlock>;

const blockSeconds = 0.25;
const aheadSeconds = 1;
const pollMilliseconds = 80;
/** What is about to be heard can't be changed any more. */
const commitSeconds = 0.15;

/** Keeps a second of mixed sound scheduled on the sound card's clock. */
export class SoundPlayer {
  readonly #context: AudioContext;
  readonly #gain: GainNode;
  readonly #mix: MixSound;
  readonly #nodes = new Map<AudioBufferSourceNode, number>();
  /** The next block: its first sample on the timeline, and when it is heard by the context's clock. */
  #next: { sample: number; time: number } | null = null;
  #rate = 1;
  #lastSample = 0;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: AudioContext, gain: GainNode, mix: MixSound) {
    this.#context = context;
    this.#gain = gain;
    this.#mix = mix;
  }

  /**
   * Starts at a frame. Resolves with the context time at which that frame is heard, once its first block is mixed.
   */
  async start(frame: number, endFrame: number, frameRate: FrameRate, rate: number): Promise<number> {
    this.stop();
    const turn = this.#turn;
    const sampleRate = this.#context.sampleRate;
    const sample = frameToSample(frame, frameRate, sampleRate);
    this.#rate = rate;
    this.#lastSample = frameToSample(endFrame, frameRate, sampleRate);
    const first = await this.#block(sample, true);
    const time = this.#context.currentTime + 0.03;
    if (turn !== this.#turn) return time;
    this.#next = { sample, time };
    if (first) this.#schedule(first);
    this.#poll(turn, false);
    return time;
  }

  /** The document is another: what isn't heard yet is mixed anew. */
  refresh(endFrame: number, frameRate: FrameRate): void {
    const next = this.#next;
    if (!next) return;
    this.#lastSample = frameToSample(endFrame, frameRate, this.#context.sampleRate);
    const from = this.#context.currentTime + commitSeconds;
    let again = next.time;
    for (const [node, time] of this.#nodes) {
      if (time < from) continue;
      again = Math.min(again, time);
      node.stop();
      this.#nodes.delete(node);
    }
    const back = Math.round((next.time - again) * this.#context.sampleRate * this.#rate);
    this.#next = { sample: next.sample - back, time: again };
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#poll(this.#turn, true);
  }

  stop(): void {
    this.#turn += 1;
    this.#next = null;
    clearTimeout(this.#timer);
    for (const node of this.#nodes.keys()) node.stop();
    this.#nodes.clear();
  }

  async #block(sample: number, restart: boolean): Promise<SoundBlock | null> {
    const { sampleRate } = this.#context;
    const length = Math.min(Math.round(blockSeconds * sampleRate * this.#rate), this.#lastSample - sample);
    return length > 0 ? this.#mix(sample, length, sampleRate, restart) : null;
  }

  #schedule({ left, right }: SoundBlock): void {
    const next = this.#next;
    if (!next) return;
    const context = this.#context;
    const buffer = context.createBuffer(2, left.length, context.sampleRate);
    buffer.copyToChannel(left, 0);
    buffer.copyToChannel(right, 1);
    const node = context.createBufferSource();
    node.buffer = buffer;
    node.playbackRate.value = this.#rate;
    node.connect(this.#gain);
    const late = context.currentTime - next.time;
    // A block that comes late is cut at its start, so that the rest is in time.
    if (late > 0) node.start(0, late * this.#rate);
    else node.start(next.time);
    this.#nodes.set(node, next.time);
    node.addEventListener('ended', () => {
      node.disconnect();
      this.#nodes.delete(node);
    });
    this.#next = {
      sample: next.sample + left.length,
      time: next.time + left.length / context.sampleRate / this.#rate,
    };
  }

  #poll(turn: number, restart: boolean): void {
    const step = async (): Promise<void> => {
      let again = restart;
      while (turn === this.#turn && this.#next && this.#next.time < this.#context.currentTime + aheadSeconds) {
        const block = await this.#block(this.#next.sample, again);
        if (turn !== this.#turn || !block) return;
        again = false;
        this.#schedule(block);
      }
      if (turn === this.#turn) {
        this.#timer = setTimeout(() => {
          this.#poll(turn, false);
        }, pollMilliseconds);
      }
    };
    // Sound that can't be mixed is silence; the pictures go on and tell what is wrong.
    step().catch(() => undefined);
  }
}
