/** Bits of a byte string, highest first, with the Exp-Golomb codes of H.264 (clause 9.1). */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** The next bit. */
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws RangeError past the end */
  bit(): number {
    const byte = this.#bytes[this.position >> 3];
    if (byte === undefined)
      throw new RangeError(`no bit ${String(this.position)} in ${String(this.#bytes.length)} bytes`);
    const bit = (byte >> (7 - (this.position & 7))) & 1;
    this.position += 1;
    return bit;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  /** An unsigned number of up to 32 bits. */
  bits(count: number): number {
    let value = 0;
    for (let n = 0; n < count; n += 1) value = value * 2 + this.bit();
    return value;
  }

  /** ue(v) */
  unsigned(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      zeros += 1;
      if (zeros > 32) throw new RangeError('an Exp-Golomb code of more than 32 bits');
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v) */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}

/** Writes what `BitReader` reads. */
export class BitWriter {
  readonly #bits: number[] = [];

  bit(value: number | boolean): void {
    this.#bits.push(Number(value));
  }

  bits(count: number, value: number): void {
    for (let n = count - 1; n >= 0; n -= 1) this.bit(Math.floor(value / 2 ** n) % 2);
  }

  unsigned(value: number): void {
    const length = Math.floor(Math.log2(value + 1));
    this.bits(length, 0);
    this.bits(length + 1, value + 1);
  }

  /** The bits of some bytes from `start` to `end`. */
  copy(bytes: Uint8Array, end: number, start?: number): void {
    const reader = new BitReader(bytes);
    reader.position = start ?? 0;
    while (reader.position < end) this.bit(reader.bit());
  }

  /** The bytes, with H.264's stop bit and zeros to a whole byte. */
  finish(): Uint8Array {
    this.bit(1);
    while (this.#bits.length % 8 > 0) this.bit(0);
    const bytes = new Uint8Array(this.#bits.length / 8);
    this.#bits.forEach((bit, index) => {
      if (bit) bytes[index >> 3] = (bytes[index >> 3] as number) | (128 >> (index & 7));
    });
    return bytes;
  }
}
