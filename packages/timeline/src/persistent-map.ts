/**
 * An immutable map by string that shares nearly everything with the maps it was made from. Each key has a slot, the same
 * in all maps of one family; the values lie in small arrays by slot. An edit copies the arrays that it touches, which is
 * a few hundred bytes for one entry and plain copying for many: no entry is ever hashed anew because another one changed.
 * Iterates in no particular order.
 */
export class PersistentMap<K extends string, V extends object> implements ReadonlyMap<K, V> {
  readonly #slots: Slots<K>;
  readonly #chunks: readonly Chunk<V>[];
  readonly size: number;

  /** @internal */
  constructor(slots: Slots<K>, chunks: readonly Chunk<V>[], size: number) {
    this.#slots = slots;
    this.#chunks = chunks;
    this.size = size;
  }

  static from<K extends string, V extends object>(entries: Iterable<readonly [K, V]>): PersistentMap<K, V> {
    const editor = new PersistentMapEditor<K, V>(new Slots(), [], 0);
    for (const [key, value] of entries) editor.set(key, value);
    return editor.finish();
  }

  get(key: K): V | undefined {
    const slot = this.#slots.byKey.get(key);
    return slot === undefined ? undefined : this.#chunks[slot >>> chunkBits]?.[slot & chunkMask];
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  /** A changeable copy; this map stays as it is. */
  edit(): PersistentMapEditor<K, V> {
    return new PersistentMapEditor(this.#slots, this.#chunks, this.size);
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }

  *entries(): Generator<[K, V], undefined, unknown> {
    for (const [index, chunk] of this.#chunks.entries()) {
      for (let at = 0; at < chunk.length; at += 1) {
        const value = chunk[at];
        if (value !== undefined) yield [this.#slots.keys[(index << chunkBits) + at] as K, value];
      }
    }
  }

  *keys(): Generator<K, undefined, unknown> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): Generator<V, undefined, unknown> {
    for (const chunk of this.#chunks) for (const value of chunk) if (value !== undefined) yield value;
  }

  [Symbol.iterator](): Generator<[K, V], undefined, unknown> {
    return this.entries();
  }
}

/** Collects edits for one new map; not to be used after `finish`. */
export class PersistentMapEditor<K extends string, V extends object> {
  readonly #slots: Slots<K>;
  readonly #chunks: Chunk<V>[];
  /** The chunks that this editor has copied, and may write to. */
  readonly #own: boolean[] = [];
  #size: number;

  constructor(slots: Slots<K>, chunks: readonly Chunk<V>[], size: number) {
    this.#slots = slots;
    this.#chunks = chunks.slice();
    this.#size = size;
  }

  get(key: K): V | undefined {
    const slot = this.#slots.byKey.get(key);
    return slot === undefined ? undefined : this.#chunks[slot >>> chunkBits]?.[slot & chunkMask];
  }

  /** Puts a value, and says what was there. */
  set(key: K, value: V): V | undefined {
    const slot = this.#slots.claim(key);
    const chunk = this.#writable(slot >>> chunkBits);
    const before = chunk[slot & chunkMask];
    chunk[slot & chunkMask] = value;
    if (before === undefined) this.#size += 1;
    return before;
  }

  /** Removes an entry, and says what was there. */
  delete(key: K): V | undefined {
    const before = this.get(key);
    const slot = this.#slots.byKey.get(key);
    if (before === undefined || slot === undefined) return undefined;
    this.#writable(slot >>> chunkBits)[slot & chunkMask] = undefined;
    this.#size -= 1;
    return before;
  }

  finish(): PersistentMap<K, V> {
    const map = new PersistentMap(this.#slots, this.#chunks, this.#size);
    // Keys that came and went keep their slots; when they outnumber those in use, a new family begins.
    const wasted = this.#slots.keys.length - this.#size;
    return wasted > 1024 && wasted > 2 * this.#size ? PersistentMap.from(map) : map;
  }

  #writable(index: number): Chunk<V> {
    const existing = this.#chunks[index];
    if (existing && this.#own[index] === true) return existing;
    while (this.#chunks.length < index) this.#chunks.push(emptyChunk);
    const copy = (existing ?? emptyChunk).slice();
    this.#chunks[index] = copy;
    this.#own[index] = true;
    return copy;
  }
}

/** The slots of a family of maps. Only ever grows, so maps that share it don't disturb each other. */
class Slots<K extends string> {
  readonly byKey: Map<K, number> = new Map();
  readonly keys: K[] = [];

  claim(key: K): number {
    let slot = this.byKey.get(key);
    if (slot === undefined) {
      slot = this.keys.length;
      this.keys.push(key);
      this.byKey.set(key, slot);
    }
    return slot;
  }
}

type Chunk<V> = (V | undefined)[];

const chunkBits = 7;
const chunkMask = (1 << chunkBits) - 1;
const emptyChunk: Chunk<never> = new Array<undefined>(1 << chunkBits).fill(undefined);
