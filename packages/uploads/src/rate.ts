const halfLifeMs = 3000;
const tellAfterMs = 1000;
/** Shorter steps than this are gathered: bytes come in bursts. */
const stepMs = 250;

/** Bytes per second, smoothed over the last seconds, and how long the rest will take. */
export class Rate {
  #startedAt: number | null = null;
  #lastAt = 0;
  #lastBytes = 0;
  #bytesPerSecond: number | null = null;

  /** @param at milliseconds; @param bytes how many there are in all by now */
  add(at: number, bytes: number): void {
    if (this.#startedAt === null || bytes < this.#lastBytes) {
      this.#start(at, bytes);
      return;
    }
    const ms = at - this.#lastAt;
    if (ms < stepMs) return;
    const now = ((bytes - this.#lastBytes) * 1000) / ms;
    const weight = 0.5 ** (ms / halfLifeMs);
    this.#bytesPerSecond = this.#bytesPerSecond === null ? now : this.#bytesPerSecond * weight + now * (1 - weight);
    this.#lastAt = at;
    this.#lastBytes = bytes;
  }

  /** Begins anew: after a pause, what was before says nothing. */
  reset(): void {
    this.#startedAt = null;
    this.#bytesPerSecond = null;
  }

  /** Null until it has been watched for a second. */
  get bytesPerSecond(): number | null {
    if (this.#startedAt === null || this.#lastAt - this.#startedAt < tellAfterMs) return null;
    return this.#bytesPerSecond;
  }

  /** Null until it can be told, and while nothing moves. */
  secondsLeft(bytesLeft: number): number | null {
    const rate = this.bytesPerSecond;
    return rate === null || rate <= 0 ? null : bytesLeft / rate;
  }

  #start(at: number, bytes: number): void {
    this.#startedAt = at;
    this.#lastAt = at;
    this.#lastBytes = bytes;
    this.#bytesPerSecond = null;
  }
}
