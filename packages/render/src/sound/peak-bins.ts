import type { PeaksChunk } from '@lectern/ports';

/**
 * Collects the lowest and highest sample of each bin. Samples come in order, one channel of a block after the other;
 * what lies before 0 isn't counted.
 */
export class PeakBins {
  readonly #perSecond: number;
  readonly #runLength: number;
  #startBin = 0;
  #low: Float32Array;
  #high: Float32Array;
  /** Bins that have begun, from `#startBin` on. */
  #begun = 0;

  /** @param runLength bins that are handed out together */
  constructor(perSecond: number, runLength: number) {
    this.#perSecond = perSecond;
    this.#runLength = runLength;
    this.#low = new Float32Array(runLength * 2);
    this.#high = new Float32Array(runLength * 2);
  }

  add(samples: Float32Array, length: number, start: number, sampleRate: number): void {
    const perSample = this.#perSecond / sampleRate;
    let n = Math.max(0, -start);
    while (n < length) {
      const bin = Math.floor((start + n) * perSample);
      const end = Math.min(length, Math.max(n + 1, Math.ceil((bin + 1) / perSample) - start));
      let low = samples[n] as number;
      let high = low;
      for (; n < end; n += 1) {
        const value = samples[n] as number;
        if (value < low) low = value;
        else if (value > high) high = value;
      }
      this.#widen(bin - this.#startBin, low, high);
    }
  }

  #widen(at: number, low: number, high: number): void {
    if (at < 0) return;
    if (at >= this.#low.length) this.#grow(at + this.#runLength);
    if (at >= this.#begun) {
      // Bins that were skipped are silence.
      this.#begun = at + 1;
      this.#low[at] = low;
      this.#high[at] = high;
      return;
    }
    if (low < (this.#low[at] as number)) this.#low[at] = low;
    if (high > (this.#high[at] as number)) this.#high[at] = high;
  }

  #grow(length: number): void {
    const low = new Float32Array(length);
    const high = new Float32Array(length);
    low.set(this.#low);
    high.set(this.#high);
    this.#low = low;
    this.#high = high;
  }

  /** A run of bins that nothing can be added to any more, when there is one: the newest bin may still grow. */
  takeFull(): PeaksChunk | null {
    return this.#begun > this.#runLength ? this.#take(this.#begun - 1) : null;
  }

  takeRest(): PeaksChunk | null {
    return this.#begun > 0 ? this.#take(this.#begun) : null;
  }

  #take(count: number): PeaksChunk {
    const chunk = { startBin: this.#startBin, min: this.#low.slice(0, count), max: this.#high.slice(0, count) };
    this.#low.copyWithin(0, count, this.#begun);
    this.#high.copyWithin(0, count, this.#begun);
    this.#low.fill(0, this.#begun - count);
    this.#high.fill(0, this.#begun - count);
    this.#startBin += count;
    this.#begun -= count;
    return chunk;
  }
}
