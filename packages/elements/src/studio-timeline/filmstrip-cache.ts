import type { RenderEngine } from '@lectern/ports';

/** The pictures of one asset that are there, ascending by time, and what is being asked for. */
interface Strip {
  readonly times: number[];
  readonly pictures: Map<number, ImageBitmap>;
  wanted: ReadonlySet<number>;
  running: AbortController | null;
  failed: unknown;
}

export interface FilmstripCacheOptions {
  readonly render: RenderEngine;
  /** A picture came, or an asset turned out to have none. */
  readonly onChange: (assetId: string) => void;
  /** Height of the pictures in device pixels. */
  readonly height: number;
  /** How many pictures are kept; those looked at longest ago are closed first. */
  readonly capacity?: number;
  /** How many assets are read at a time. */
  readonly lanes?: number;
}

/**
 * Small pictures of videos along their time. Times are multiples of powers of two of a second, so that a coarse strip's
 * pictures serve the finer one too, and zooming shows what is there until the rest has come.
 */
export class FilmstripCache {
  readonly #options: FilmstripCacheOptions;
  readonly #strips = new Map<string, Strip>();
  /** Key of each kept picture, least recently used first. */
  readonly #recency = new Map<string, { readonly assetId: string; readonly time: number }>();
  #disposed = false;

  constructor(options: FilmstripCacheOptions) {
    this.#options = options;
  }

  /** The distance of pictures, in seconds, that gives at least one to a stretch of `seconds`. */
  static step(seconds: number): number {
    return 2 ** Math.floor(Math.log2(Math.max(seconds, 1 / 32)));
  }

  /** Why an asset gives no pictures, or null. */
  failure(assetId: string): unknown {
    return this.#strips.get(assetId)?.failed ?? null;
  }

  /** The picture nearest to a time, or null while there is none at all. It stays the cache's own. */
  nearest(assetId: string, seconds: number): ImageBitmap | null {
    const strip = this.#strips.get(assetId);
    if (!strip || strip.times.length === 0) return null;
    const after = insertionPoint(strip.times, seconds);
    const before = strip.times[after - 1];
    const next = strip.times[after];
    const time = before === undefined || (next !== undefined && next - seconds < seconds - before) ? next : before;
    if (time === undefined) return null;
    this.#touch(assetId, time);
    return strip.pictures.get(time) ?? null;
  }

  /** What is looked at now: asks for what is missing and lets go of requests for what is out of sight. */
  want(wanted: ReadonlyMap<string, ReadonlySet<number>>): void {
    for (const [assetId, times] of wanted) {
      const strip = this.#strip(assetId);
      const missing = new Set([...times].filter((time) => !strip.pictures.has(time)));
      if (strip.running && ![...missing].every((time) => strip.wanted.has(time))) {
        strip.running.abort();
        strip.running = null;
      }
      if (!strip.running) strip.wanted = missing;
    }
    for (const [assetId, strip] of this.#strips) {
      if (wanted.has(assetId)) continue;
      strip.running?.abort();
      strip.running = null;
      strip.wanted = new Set();
    }
    this.#advance();
  }

  /** Closes every picture. */
  dispose(): void {
    this.#disposed = true;
    for (const strip of this.#strips.values()) {
      strip.running?.abort();
      for (const picture of strip.pictures.values()) picture.close();
    }
    this.#strips.clear();
    this.#recency.clear();
  }

  /** Forgets failures, so that assets which were away are asked for again. */
  retry(): void {
    for (const strip of this.#strips.values()) strip.failed = null;
  }

  #strip(assetId: string): Strip {
    let strip = this.#strips.get(assetId);
    if (!strip) {
      strip = { times: [], pictures: new Map(), wanted: new Set(), running: null, failed: null };
      this.#strips.set(assetId, strip);
    }
    return strip;
  }

  #advance(): void {
    if (this.#disposed) return;
    const strips = [...this.#strips];
    let running = strips.filter(([, strip]) => strip.running).length;
    for (const [assetId, strip] of strips) {
      if (running >= (this.#options.lanes ?? 2)) return;
      if (strip.running || strip.failed !== null || strip.wanted.size === 0) continue;
      running += 1;
      void this.#read(assetId, strip);
    }
  }

  async #read(assetId: string, strip: Strip): Promise<void> {
    const controller = new AbortController();
    strip.running = controller;
    const asked = [...strip.wanted].sort((a, b) => a - b);
    try {
      let index = 0;
      const pictures = this.#options.render.filmstrip(
        { assetId, timesSeconds: asked, height: this.#options.height },
        { signal: controller.signal },
      );
      for await (const { timeSeconds, bitmap } of pictures) {
        if (controller.signal.aborted) {
          bitmap.close();
          return;
        }
        // An engine answers in order with the time it was asked for; what it rounds is put back on our grid.
        const time = nearestOf(asked, timeSeconds, index);
        index += 1;
        this.#keep(assetId, strip, time, bitmap);
        this.#options.onChange(assetId);
      }
    } catch (error) {
      if (controller.signal.aborted) return;
      strip.failed = error;
      this.#options.onChange(assetId);
    } finally {
      if (strip.running === controller) {
        strip.running = null;
        strip.wanted = new Set();
      }
      this.#advance();
    }
  }

  #keep(assetId: string, strip: Strip, time: number, bitmap: ImageBitmap): void {
    const former = strip.pictures.get(time);
    if (former) former.close();
    else strip.times.splice(insertionPoint(strip.times, time), 0, time);
    strip.pictures.set(time, bitmap);
    this.#touch(assetId, time);
    while (this.#recency.size > (this.#options.capacity ?? 400)) {
      const oldest = this.#recency.entries().next().value;
      if (!oldest) return;
      const [key, entry] = oldest;
      this.#recency.delete(key);
      const owner = this.#strips.get(entry.assetId);
      owner?.pictures.get(entry.time)?.close();
      owner?.pictures.delete(entry.time);
      owner?.times.splice(owner.times.indexOf(entry.time), 1);
    }
  }

  #touch(assetId: string, time: number): void {
    const key = `${assetId}@${String(time)}`;
    this.#recency.delete(key);
    this.#recency.set(key, { assetId, time });
  }
}

/** How many of the ascending numbers are smaller than `value`. */
function insertionPoint(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nearestOf(asked: readonly number[], time: number, index: number): number {
  if (asked.includes(time)) return time;
  const after = asked[insertionPoint(asked, time)];
  const before = asked[insertionPoint(asked, time) - 1];
  if (after === undefined) return before ?? asked[index] ?? time;
  if (before === undefined) return after;
  return after - time < time - before ? after : before;
}
