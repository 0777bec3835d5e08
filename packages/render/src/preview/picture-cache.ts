/** A decoded picture that is kept. Times are those of the file, in seconds. */
export interface KeptPicture<P> {
  readonly picture: P;
  readonly start: number;
  /** Where the next picture begins; infinite for the last. */
  readonly end: number;
  readonly pixels: number;
}

/**
 * Decoded pictures of several files by time, within a budget of pixels: what was used longest ago goes first. It owns
 * what is put into it.
 */
export class PictureCache<P> {
  readonly #budget: number;
  readonly #close: (picture: P) => void;
  /** By file, each ascending in time. */
  readonly #files = new Map<string, KeptPicture<P>[]>();
  readonly #lastUse = new Map<KeptPicture<P>, number>();
  #pixels = 0;
  #clock = 0;

  constructor(budget: number, close: (picture: P) => void) {
    this.#budget = budget;
    this.#close = close;
  }

  get pixels(): number {
    return this.#pixels;
  }

  put(file: string, kept: KeptPicture<P>): void {
    const list = this.#files.get(file) ?? [];
    this.#files.set(file, list);
    const at = indexAfter(list, kept.start);
    const before = list[at - 1];
    if (before?.start === kept.start) {
      this.#forget(before);
      list[at - 1] = kept;
    } else {
      list.splice(at, 0, kept);
    }
    this.#pixels += kept.pixels;
    this.#use(kept);
    this.#shrink(kept);
  }

  /** The picture that is shown at a time, if it is here. */
  at(file: string, time: number): KeptPicture<P> | null {
    const list = this.#files.get(file) ?? [];
    const kept = list[indexAfter(list, time) - 1];
    if (!kept || time >= kept.end) return null;
    this.#use(kept);
    return kept;
  }

  /** Whether a picture that begins at a time is here. */
  has(file: string, start: number): boolean {
    const list = this.#files.get(file) ?? [];
    return list[indexAfter(list, start) - 1]?.start === start;
  }

  /** The picture nearest to a time: better than none. */
  nearest(file: string, time: number): KeptPicture<P> | null {
    const list = this.#files.get(file) ?? [];
    const after = indexAfter(list, time);
    const [before, next] = [list[after - 1], list[after]];
    if (!before || !next) return before ?? next ?? null;
    return time - before.start <= next.start - time ? before : next;
  }

  /** Forgets the files that aren't among these. */
  keepOnly(files: ReadonlySet<string>): void {
    for (const [file, list] of this.#files) {
      if (files.has(file)) continue;
      list.forEach((kept) => {
        this.#forget(kept);
      });
      this.#files.delete(file);
    }
  }

  clear(): void {
    this.keepOnly(new Set());
  }

  #use(kept: KeptPicture<P>): void {
    this.#clock += 1;
    // Taken out and put back: a map keeps the order, so the first key is the one used longest ago.
    this.#lastUse.delete(kept);
    this.#lastUse.set(kept, this.#clock);
  }

  #shrink(newest: KeptPicture<P>): void {
    for (const kept of this.#lastUse.keys()) {
      if (this.#pixels <= this.#budget) return;
      if (kept === newest) continue;
      for (const list of this.#files.values()) {
        const at = indexAfter(list, kept.start) - 1;
        if (list[at] === kept) list.splice(at, 1);
      }
      this.#forget(kept);
    }
  }

  #forget(kept: KeptPicture<P>): void {
    this.#lastUse.delete(kept);
    this.#pixels -= kept.pixels;
    this.#close(kept.picture);
  }
}

/** The index of the first that begins after a time. */
function indexAfter<P>(list: readonly KeptPicture<P>[], time: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as KeptPicture<P>).start <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
