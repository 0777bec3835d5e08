import { type Stereo, createStereo } from './stereo.js';

/**
 * A stretch of decoded sound that moves along a file. It knows `[from, to)`; what wasn't decoded in there is silence.
 * Positions are samples from the start of the source.
 */
export class SampleWindow {
  #from: number;
  #to: number;
  /** The part of it that is held, `[#heldFrom, #to)`; all before is silence. */
  #heldFrom: number;
  #held: Stereo = createStereo(0);
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
    if (start > this.#to) {
      this.#held.left.fill(0, this.#to - this.#heldFrom, start - this.#heldFrom);
      this.#held.right.fill(0, this.#to - this.#heldFrom, start - this.#heldFrom);
    }
    this.#held.left.set(block.left.subarray(skip), start - this.#heldFrom);
    this.#held.right.set(block.right.subarray(skip), start - this.#heldFrom);
    this.#to = start + length;
  }

  #makeRoom(to: number): void {
    const needed = to - this.#heldFrom;
    if (needed <= this.#held.left.length) return;
    const room = createStereo(Math.max(needed, this.#held.left.length * 2, 16_384));
    const used = this.#to - this.#heldFrom;
    room.left.set(this.#held.left.subarray(0, used));
    room.right.set(this.#held.right.subarray(0, used));
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
    this.#held.right.copyWithin(0, unused, this.#to - this.#heldFrom);
    this.#heldFrom = this.#from;
  }

  /** A copy of `[start, start + length)`; silence outside of what is known. */
  copy(start: number, length: number): Stereo {
    const block = createStereo(length);
    const from = Math.max(start, this.#heldFrom);
    const to = Math.min(start + length, this.#to);
    if (to > from) {
      block.left.set(this.#held.left.subarray(from - this.#heldFrom, to - this.#heldFrom), from - start);
      block.right.set(this.#held.right.subarray(from - this.#heldFrom, to - this.#heldFrom), from - start);
    }
    return block;
  }
}
