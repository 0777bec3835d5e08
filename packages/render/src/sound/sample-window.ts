import { type Stereo, createStereo } from './stereo.js';

/** Silence that is one array for both sides until something else comes. */
function monoRoom(length: number): Stereo {
  const left = new Float32Array(length);
  return { left, right: left };
}

function isMono({ left, right }: Stereo): boolean {
  return left === right;
}

/**
 * A stretch of decoded sound that moves along a file. It knows `[from, to)`; what wasn't decoded in there is silence.
 * Positions are samples from the start of the source.
 */
export class SampleWindow {
  #from: number;
  #to: number;
  /** The part of it that is held, `[#heldFrom, #to)`; all before is silence. */
  #heldFrom: number;
  #held: Stereo = monoRoom(0);
  #empty = true;
  readonly #longestGap: number;

  /** @param longestGap a silence that is longer isn't stored sample by sample */
  constructor(start: number, longestGap: number) {
    this.#from = start;
    this.#to = start;
    this.#heldFrom = start;
    this.#longestGap = longestGap;
  }

  get from(): number {
    return this.#from;
  }

  get to(): number {
    return this.#to;
  }

  /** Adds the block that follows. A gap before it becomes silence; of what is there already, the older stays. */
  append(block: Stereo, position: number): void {
    if (this.#empty) this.#from = Math.min(this.#from, position);
    if (this.#empty || position - this.#to > this.#longestGap) {
      this.#empty = false;
      this.#heldFrom = position;
      this.#to = position;
    }
    const start = Math.max(position, this.#to);
    const skip = start - position;
    const length = block.left.length - skip;
    if (length <= 0) return;
    this.#makeRoom(start + length);
    // One channel is kept once, and so resampled once, for as long as there is no other.
    if (isMono(this.#held) && !isMono(block)) this.#held = { left: this.#held.left, right: this.#held.left.slice() };
    this.#write(this.#held.left, block.left, start, skip);
    if (!isMono(this.#held)) this.#write(this.#held.right, block.right, start, skip);
    this.#to = start + length;
  }

  #write(side: Float32Array, samples: Float32Array, start: number, skip: number): void {
    if (start > this.#to) side.fill(0, this.#to - this.#heldFrom, start - this.#heldFrom);
    side.set(samples.subarray(skip), start - this.#heldFrom);
  }

  #makeRoom(to: number): void {
    const needed = to - this.#heldFrom;
    if (needed <= this.#held.left.length) return;
    const length = Math.max(needed, this.#held.left.length * 2, 16_384);
    const room = isMono(this.#held) ? monoRoom(length) : createStereo(length);
    const used = this.#to - this.#heldFrom;
    room.left.set(this.#held.left.subarray(0, used));
    if (!isMono(room)) room.right.set(this.#held.right.subarray(0, used));
    this.#held = room;
  }

  /** Forgets all before a position. */
  dropBefore(position: number): void {
    if (position <= this.#from) return;
    this.#from = Math.min(position, this.#to);
    const unused = this.#from - this.#heldFrom;
    // Moving the rest is only worth it when that frees a good part.
    if (unused < 16_384 || unused < (this.#to - this.#heldFrom) / 2) return;
    this.#held.left.copyWithin(0, unused, this.#to - this.#heldFrom);
    if (!isMono(this.#held)) this.#held.right.copyWithin(0, unused, this.#to - this.#heldFrom);
    this.#heldFrom = this.#from;
  }

  /**
   * The samples `[start, start + length)`; silence outside of what is known. They hold until something is added or
   * dropped.
   */
  view(start: number, length: number): Stereo {
    const from = Math.max(start, this.#heldFrom);
    const to = Math.min(start + length, this.#to);
    const mono = isMono(this.#held);
    const left = this.#held.left.subarray(from - this.#heldFrom, Math.max(from, to) - this.#heldFrom);
    const right = mono ? left : this.#held.right.subarray(from - this.#heldFrom, Math.max(from, to) - this.#heldFrom);
    if (left.length === length) return { left, right };
    const block = mono ? monoRoom(length) : createStereo(length);
    if (left.length === 0) return block;
    block.left.set(left, from - start);
    if (!mono) block.right.set(right, from - start);
    return block;
  }
}
