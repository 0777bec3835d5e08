import { type CallOptions, LecternError, toLecternError } from '@lectern/ports';
import { isBlobKey } from '@lectern/ports/adapter-kit';
import type { Connection } from './connection.js';

/** Where the bytes of a key lie. Never changes while they are there: a key isn't used again, nor is an object's name. */
export interface BlobPlace {
  readonly key: string;
  readonly objectName: string;
  readonly store: 'supabase' | 'b2';
  readonly sizeBytes: number;
  readonly mimeType: string;
}

interface BlobRow {
  readonly key: string;
  readonly object_name: string;
  readonly store: BlobPlace['store'];
  readonly size_bytes: number;
  readonly mime_type: string;
}

const columns = 'key,object_name,store,size_bytes,mime_type';
/** What goes into one address: so many keys, and so many characters of them. */
const batchSize = 50;
const batchCharacters = 4000;

interface Waiting {
  readonly key: string;
  readonly resolve: (place: BlobPlace | null) => void;
  readonly reject: (error: LecternError) => void;
}

/** Answers which object a key means. Keys that are asked for in one go are asked of the server in one go. */
export class BlobDirectory {
  readonly #connection: Connection;
  readonly #places = new Map<string, BlobPlace>();
  readonly #owners = new Map<string, string>();
  #waiting: Waiting[] = [];
  #userId = '';

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Notes whose a key is: an administrator sees rows whose bytes are other people's. */
  noteOwner(ownerId: string, ...keys: readonly (string | null)[]): void {
    const own = this.#connection.lastSession()?.identity.userId ?? '';
    this.#changeUser(own);
    if (ownerId === own) return;
    for (const key of keys) if (key !== null) this.#owners.set(key, ownerId);
  }

  /** @throws `not-found` */
  async place(key: string, options?: CallOptions): Promise<BlobPlace> {
    await this.#checkUser(options);
    const place = this.#places.get(key) ?? (await this.find(key, options));
    if (!place) throw missingBlob(key);
    return place;
  }

  /** The place as the server knows it now, or null. */
  async find(key: string, options?: CallOptions): Promise<BlobPlace | null> {
    await this.#checkUser(options);
    if (!isBlobKey(key)) return null;
    const signal = options?.signal;
    let leave: () => void = () => undefined;
    return new Promise<BlobPlace | null>((resolve, reject) => {
      // The request is many callers': one who goes leaves it to the others.
      leave = () => {
        reject(new LecternError('aborted'));
      };
      signal?.addEventListener('abort', leave, { once: true });
      if (this.#waiting.length === 0) queueMicrotask(() => void this.#ask());
      this.#waiting.push({ key, resolve, reject });
    }).finally(() => {
      signal?.removeEventListener('abort', leave);
    });
  }

  forget(key: string): void {
    this.#places.delete(key);
  }

  async #checkUser(options: CallOptions | undefined): Promise<void> {
    const { identity } = await this.#connection.session(options);
    this.#changeUser(identity.userId);
  }

  /** What one user has seen is nothing to the next. */
  #changeUser(userId: string): void {
    if (userId === this.#userId) return;
    this.#userId = userId;
    this.#places.clear();
    this.#owners.clear();
  }

  async #ask(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const owners = new Set(waiting.map(({ key }) => this.#ownerOf(key)));
    const batches = [...owners].flatMap((owner) => {
      const own = waiting.filter(({ key }) => this.#ownerOf(key) === owner);
      return batchesOf([...new Set(own.map(({ key }) => key))]).map((keys) => ({
        owner,
        keys,
        waiting: own.filter(({ key }) => keys.has(key)),
      }));
    });
    await Promise.all(batches.map((batch) => this.#askBatch(batch.owner, batch.keys, batch.waiting)));
  }

  #ownerOf(key: string): string {
    return this.#owners.get(key) ?? this.#userId;
  }

  async #askBatch(owner: string, keys: ReadonlySet<string>, waiting: readonly Waiting[]): Promise<void> {
    try {
      const { data } = await this.#connection.rest(undefined, (client) =>
        client
          .from('media_blobs')
          .select(columns)
          .eq('owner_id', owner)
          .in('key', [...keys]),
      );
      const found = new Map((data as readonly BlobRow[]).map((row) => [row.key, placeOf(row)]));
      for (const key of keys) {
        const place = found.get(key);
        if (place) this.#places.set(key, place);
        else this.#places.delete(key);
      }
      for (const { key, resolve } of waiting) resolve(found.get(key) ?? null);
    } catch (error) {
      for (const { reject } of waiting) reject(toLecternError(error));
    }
  }
}

export const missingBlob = (key: string): LecternError =>
  new LecternError('not-found', { message: `Nothing is stored under ${key}`, details: { what: 'blob', id: key } });

function batchesOf(keys: readonly string[]): readonly ReadonlySet<string>[] {
  const batches: Set<string>[] = [];
  let room = 0;
  for (const key of keys) {
    const last = batches.at(-1);
    room -= key.length;
    if (last && last.size < batchSize && room >= 0) {
      last.add(key);
      continue;
    }
    batches.push(new Set([key]));
    room = batchCharacters - key.length;
  }
  return batches;
}

function placeOf(row: BlobRow): BlobPlace {
  return {
    key: row.key,
    objectName: row.object_name,
    store: row.store,
    sizeBytes: row.size_bytes,
    mimeType: row.mime_type,
  };
}
