/**
 * An immutable map by string that shares its parts with the maps it was made from. Entries are spread over a fixed number
 * of small maps; an edit copies only those it touches: a few microseconds at ten thousand entries, where copying one
 * `Map` costs half a millisecond at every pointer move. Iterates in no particular order.
 */
export class PersistentMap<K extends string, V> implements ReadonlyMap<K, V> {
  readonly #shards: readonly ReadonlyMap<K, V>[];
  readonly size: number;

  /** @internal */
  constructor(shards: readonly ReadonlyMap<K, V>[], size: number) {
    this.#shards = shards;
    this.size = size;
  }

  static from<K extends string, V>(entries: Iterable<readonly [K, V]>): PersistentMap<K, V> {
    const editor = new PersistentMapEditor<K, V>(emptyShards as unknown as readonly ReadonlyMap<K, V>[], 0);
    for (const [key, value] of entries) editor.set(key, value);
    return editor.finish();
  }

  get(key: K): V | undefined {
    return this.#shards[shardOf(key)]?.get(key);
  }

  has(key: K): boolean {
    return this.#shards[shardOf(key)]?.has(key) === true;
  }

  /** A changeable copy; this map stays as it is. */
  edit(): PersistentMapEditor<K, V> {
    return new PersistentMapEditor(this.#shards, this.size);
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const shard of this.#shards) {
      shard.forEach((value, key) => {
        visit(value, key, this);
      });
    }
  }

  *entries(): Generator<[K, V], undefined, unknown> {
    for (const shard of this.#shards) yield* shard.entries();
  }

  *keys(): Generator<K, undefined, unknown> {
    for (const shard of this.#shards) yield* shard.keys();
  }

  *values(): Generator<V, undefined, unknown> {
    for (const shard of this.#shards) yield* shard.values();
  }

  [Symbol.iterator](): Generator<[K, V], undefined, unknown> {
    return this.entries();
  }
}

/** Collects edits for one new map; not to be used after `finish`. */
export class PersistentMapEditor<K extends string, V> {
  readonly #base: readonly ReadonlyMap<K, V>[];
  /** The shards that this editor has copied, and may write to. */
  readonly #own: (Map<K, V> | undefined)[] = [];
  #size: number;

  constructor(base: readonly ReadonlyMap<K, V>[], size: number) {
    this.#base = base;
    this.#size = size;
  }

  get(key: K): V | undefined {
    const index = shardOf(key);
    return (this.#own[index] ?? this.#base[index])?.get(key);
  }

  set(key: K, value: V): void {
    const shard = this.#writable(shardOf(key));
    const before = shard.size;
    shard.set(key, value);
    this.#size += shard.size - before;
  }

  delete(key: K): void {
    const index = shardOf(key);
    if ((this.#own[index] ?? this.#base[index])?.has(key) !== true) return;
    this.#writable(index).delete(key);
    this.#size -= 1;
  }

  finish(): PersistentMap<K, V> {
    const shards = this.#base.map((shard, index) => this.#own[index] ?? shard);
    return new PersistentMap(shards, this.#size);
  }

  #writable(index: number): Map<K, V> {
    const own = this.#own[index];
    if (own) return own;
    const copy = new Map(this.#base[index]);
    this.#own[index] = copy;
    return copy;
  }
}

const shardCount = 64;
const emptyShards: readonly ReadonlyMap<string, never>[] = Array.from(
  { length: shardCount },
  () => new Map<string, never>(),
);

/** Any spread is correct, so the last characters will do: those differ both in UUIDs and in counted ids. */
function shardOf(key: string): number {
  let hash = 0;
  for (let index = Math.max(0, key.length - 8); index < key.length; index += 1) {
    hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  }
  return (hash ^ (hash >>> 12)) & (shardCount - 1);
}
