/** A stream of chance that a seed decides: sfc32, public domain, of Chris Doty-Humphrey's PractRand. */
export class Dice {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = 0;
    this.#b = seed | 0;
    this.#c = Math.floor(seed / 2 ** 32) | 0;
    for (let round = 0; round < 12; round += 1) this.#next32();
  }

  /** 0 ≤ next < 1 */
  next(): number {
    return this.#next32() / 2 ** 32;
  }

  /** A whole number, 0 ≤ int < below. */
  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** Between two numbers of milliseconds; short ones are likelier than long ones. */
  ms(shortest: number, longest: number): number {
    return Math.round(shortest + (longest - shortest) * this.next() ** 3);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[this.int(list.length)];
    if (picked === undefined) throw new RangeError('There is nothing to pick from');
    return picked;
  }

  /** A stream of its own, so that more rolls here don't change those there. */
  fork(): Dice {
    return new Dice(this.#next32() * 2 ** 20 + (this.#next32() >>> 12));
  }

  #next32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }
}
