import type { PcmSource } from './mixer.js';
import { type Stereo, createStereo } from './stereo.js';
import { type StretchPlan, chunkNeeds, planStretch, stretchChunk } from './time-stretch.js';

/** Chunks that are kept: a block of a mix seldom touches more than two. */
const chunksKept = 3;

/**
 * A source at another speed, its pitch kept: sample n is what is heard `n / sampleRate` seconds after the source's start
 * when it is played at that speed. It doesn't depend on what was read before, nor on where a clip begins.
 */
export class StretchedSound implements PcmSource {
  readonly sampleRate: number;
  readonly #source: PcmSource;
  readonly #plan: StretchPlan;
  readonly #chunks = new Map<number, Stereo>();

  constructor(source: PcmSource, speed: number) {
    this.sampleRate = source.sampleRate;
    this.#source = source;
    this.#plan = planStretch(source.sampleRate, speed);
  }

  async read(start: number, length: number): Promise<Stereo> {
    const size = this.#plan.chunk;
    const first = Math.floor(start / size);
    const last = Math.floor((start + length - 1) / size);
    const block = createStereo(length);
    let mono = true;
    for (let index = first; index <= last; index += 1) {
      const chunk = await this.#chunk(index);
      if (chunk.left !== chunk.right) mono = false;
      const from = Math.max(start, index * size);
      const to = Math.min(start + length, (index + 1) * size);
      block.left.set(chunk.left.subarray(from - index * size, to - index * size), from - start);
      block.right.set(chunk.right.subarray(from - index * size, to - index * size), from - start);
    }
    return mono ? { left: block.left, right: block.left } : block;
  }

  async #chunk(index: number): Promise<Stereo> {
    let chunk = this.#chunks.get(index);
    if (chunk) {
      this.#chunks.delete(index);
    } else {
      const { start, length } = chunkNeeds(this.#plan, index);
      chunk = stretchChunk(this.#plan, index, await this.#source.read(start, length));
    }
    this.#chunks.set(index, chunk);
    for (const oldest of this.#chunks.keys()) {
      if (this.#chunks.size <= chunksKept) break;
      this.#chunks.delete(oldest);
    }
    return chunk;
  }
}

const stretched = new WeakMap<PcmSource, Map<number, StretchedSound>>();

/** A source at a speed with its pitch kept; the same one for the same source and speed. */
export function stretchedSound(source: PcmSource, speed: number): StretchedSound {
  let speeds = stretched.get(source);
  if (!speeds) {
    speeds = new Map();
    stretched.set(source, speeds);
  }
  let sound = speeds.get(speed);
  if (!sound) {
    sound = new StretchedSound(source, speed);
    speeds.set(speed, sound);
  }
  return sound;
}
