/** A decoded picture that is kept. Times are those of the file, in seconds. */
export interface KeptPicture<P> {
  readonly picture: P;
  readonly start: number;
  /** Where the next picture begins; infinite for the last. */
  readonly end: number;
  readonly pixels: number;
}

/** A place in a file that somebody looks at, and which way they go from there. */
export interface Focus {
  readonly file: string;
  /** Seconds. */
  readonly time: number;
  readonly direction: 1 | -1;
}

/** A picture behind counts as far as one twice as far ahead: so two thirds of the budget lie ahead. */
const behindWeight = 2;

/**
 * Decoded pictures of several files by time, within a budget of pixels. What lies farthest from where somebody looks goes
 * first, and before that what nobody looks at, longest unused first. It owns what is put into it.
 */
export class PictureCache<P> {
  readonly #budget: number;
  readonly #close: (picture: P) => void;
  /** By file, each ascending in time. */
  readonly #files = new Map<string, KeptPicture<P>[]>();
  readonly #lastUse = new Map<KeptPicture<P>, number>();
  #focus: readonly Focus[] = [];
  #pixels = 0;
  #clock = 0;

  constructor(budget: number, close: (picture: P) => void) {
    this.#budget = budget;
    this.#close = close;
  }

  get pixels(): number {
    return this.#pixels;
  }

  /** Tells where somebody looks from now on. */
  focusOn(focus: readonly Focus[]): void {
    this.#focus = focus;
  }

  /** Takes a picture; false when it was farther away than all that fills the budget, and is closed again. */
  put(file: string, kept: KeptPicture<P>): boolean {
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
    return this.#shrink(kept);
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
    this.#lastUse.set(kept, this.#clock);
  }

  /** Whether `newest` is still here afterwards. */
  #shrink(newest: KeptPicture<P>): boolean {
    let stays = true;
    while (this.#pixels > this.#budget && this.#lastUse.size > 1) {
      let worst: { readonly list: KeptPicture<P>[]; readonly kept: KeptPicture<P>; readonly distance: number } | null =
        null;
      for (const [file, list] of this.#files) {
        for (const kept of list) {
          const distance = this.#distance(file, kept);
          const isWorse =
            !worst ||
            distance > worst.distance ||
            (distance === worst.distance && this.#lastUseOf(kept) < this.#lastUseOf(worst.kept));
          if (isWorse) worst = { list, kept, distance };
        }
      }
      if (!worst) break;
      worst.list.splice(worst.list.indexOf(worst.kept), 1);
      this.#forget(worst.kept);
      if (worst.kept === newest) stays = false;
    }
    return stays;
  }

  /** Seconds to where somebody looks, counting what is behind more; infinite where nobody does. */
  #distance(file: string, { start, end }: KeptPicture<P>): number {
    let least = Infinity;
    for (const focus of this.#focus) {
      if (focus.file !== file) continue;
      const ahead = (start - focus.time) * focus.direction;
      const isHere = start <= focus.time && focus.time < end;
      least = Math.min(least, isHere ? 0 : ahead >= 0 ? ahead : -ahead * behindWeight);
    }
    return least;
  }

  #lastUseOf(kept: KeptPicture<P>): number {
    return this.#lastUse.get(kept) ?? 0;
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
