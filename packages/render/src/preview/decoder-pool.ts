/** How much a decoder is needed just now: what shows, what will show in a moment, what may be wanted. */
export type Need = 'shown' | 'next' | 'spare';

const rank: Readonly<Record<Need, number>> = { shown: 2, next: 1, spare: 0 };

export interface DecoderPoolOptions<D> {
  /** Decoders open at once; more only while more clips than that show at the same time. */
  readonly limit: number;
  /** Unused for longer than this, a decoder is let go of. */
  readonly idleMilliseconds: number;
  readonly close: (decoder: D) => Promise<void>;
  /** Milliseconds. */
  readonly now: () => number;
}

interface Seat<D> {
  readonly opening: Promise<D>;
  need: Need;
  lastUse: number;
}

/**
 * Decoders by the clip that they are for. Few are open at once: browsers have a limited number, and take them away from
 * pages that hold many. Whoever is needed least, and of those the one unused longest, makes room.
 */
export class DecoderPool<D> {
  readonly #options: DecoderPoolOptions<D>;
  readonly #seats = new Map<string, Seat<D>>();

  constructor(options: DecoderPoolOptions<D>) {
    this.#options = options;
  }

  get size(): number {
    return this.#seats.size;
  }

  has(key: string): boolean {
    return this.#seats.has(key);
  }

  /** The keys of all that are open or being opened. */
  keys(): readonly string[] {
    return [...this.#seats.keys()];
  }

  /**
   * The decoder of a clip, opened when it isn't. Null when all are needed more than this one would be: what shows is never
   * refused.
   */
  async use(key: string, need: Need, open: () => Promise<D>): Promise<D | null> {
    let seat = this.#seats.get(key);
    if (!seat) {
      if (!this.#makeRoom(need)) return null;
      seat = { opening: open(), need, lastUse: this.#options.now() };
      this.#seats.set(key, seat);
      const opened = seat;
      // What couldn't be opened is tried anew the next time.
      seat.opening.catch(() => {
        if (this.#seats.get(key) === opened) this.#seats.delete(key);
      });
    }
    seat.need = need;
    seat.lastUse = this.#options.now();
    return seat.opening;
  }

  /** All that are not among these are no longer needed for what shows. */
  demote(shown: ReadonlySet<string>): void {
    for (const [key, seat] of this.#seats) if (!shown.has(key) && seat.need === 'shown') seat.need = 'spare';
  }

  /** Those that are open or being opened, as they become ready. */
  each(act: (decoder: D) => void): void {
    for (const { opening } of this.#seats.values()) opening.then(act).catch(() => undefined);
  }

  /** Lets go of those that nobody has used for a while. */
  releaseIdle(): void {
    const since = this.#options.now() - this.#options.idleMilliseconds;
    for (const [key, { lastUse }] of this.#seats) if (lastUse < since) void this.release(key);
  }

  async release(key: string): Promise<void> {
    const seat = this.#seats.get(key);
    this.#seats.delete(key);
    await seat?.opening.then(this.#options.close).catch(() => undefined);
  }

  async releaseAll(): Promise<void> {
    await Promise.all(this.keys().map((key) => this.release(key)));
  }

  #makeRoom(need: Need): boolean {
    if (this.#seats.size < this.#options.limit) return true;
    let least: { readonly key: string; readonly seat: Seat<D> } | null = null;
    for (const [key, seat] of this.#seats) {
      const isLess =
        !least ||
        rank[seat.need] < rank[least.seat.need] ||
        (seat.need === least.seat.need && seat.lastUse < least.seat.lastUse);
      if (isLess) least = { key, seat };
    }
    if (least && (rank[least.seat.need] < rank[need] || (least.seat.need === need && need !== 'shown'))) {
      void this.release(least.key);
      return true;
    }
    return need === 'shown';
  }
}
