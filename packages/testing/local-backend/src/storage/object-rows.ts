/** Rows of `storage.objects`: every access is a row operation under the role of whoever asks. */
import type { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Caller } from '../http/caller.js';
import type { ObjectFiles } from './object-files.js';
import { bucketNotFound, fromRow, StorageError } from './storage-error.js';

type Json = Readonly<Record<string, unknown>>;

export interface Bucket {
  readonly id: string;
  readonly name: string;
  readonly public: boolean;
  /** Bytes, or no limit of its own. */
  readonly file_size_limit: string | null;
  readonly allowed_mime_types: readonly string[] | null;
  readonly owner: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface ObjectRow {
  readonly id: string;
  readonly bucket_id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly owner_id: string | null;
  readonly version: string;
  readonly metadata: Json | null;
  readonly user_metadata: Json | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly last_accessed_at: Date;
}

/** What is known of bytes that are there. */
export interface StoredBytes {
  readonly version: string;
  readonly size: number;
  readonly mimetype: string;
  readonly cacheControl: string;
  readonly eTag: string;
  readonly userMetadata: Json | undefined;
}

export interface ObjectName {
  readonly bucket: string;
  readonly name: string;
}

/** Who asks, and with what. */
export interface Asking extends Caller {
  readonly method: string;
  readonly path: string;
  readonly headers: Json;
  /** Such as `storage.object.upload`; policies can read it. */
  readonly operation: string;
}

/** The characters that keys may have; the platform's own list, with ASCII's letters. */
const KEY = /^[\w/!\-.*'() &$@=;:+,?]+$/;

/** @throws StorageError `InvalidKey` */
export function checkName(name: string): void {
  if (!KEY.test(name) || name.length > 1024) throw new StorageError(400, 'InvalidKey', `Invalid key: ${name}`);
}

/** @throws StorageError `invalid_mime_type` */
export function checkType(bucket: Bucket, type: string): void {
  const allowed = bucket.allowed_mime_types;
  if (allowed === null || allowed.length === 0) return;
  const bare = type.split(';')[0]?.trim().toLowerCase() ?? '';
  const fits = allowed.some((each) => {
    const wanted = each.toLowerCase();
    return wanted === '*/*' || wanted === bare || (wanted.endsWith('/*') && bare.startsWith(wanted.slice(0, -1)));
  });
  if (!fits) throw new StorageError(415, 'invalid_mime_type', `mime type ${type} is not supported`);
}

export function eTagOf(md5: ReturnType<typeof createHash>): string {
  return `"${md5.digest('hex')}"`;
}

/** Thrown to undo what only asked for permission. */
class Undo extends Error {}

export class ObjectRows {
  readonly #pool: pg.Pool;
  readonly #admin: pg.Pool;
  readonly #files: ObjectFiles;

  /**
   * @param pool connections of `authenticator`
   * @param admin connections of a superuser
   */
  constructor(pool: pg.Pool, admin: pg.Pool, files: ObjectFiles) {
    this.#pool = pool;
    this.#admin = admin;
    this.#files = files;
  }

  /** @throws StorageError when there is none */
  async bucket(id: string): Promise<Bucket> {
    const { rows } = await this.#admin.query<Bucket>('select * from storage.buckets where id = $1', [id]);
    const [bucket] = rows;
    if (bucket === undefined) throw bucketNotFound();
    return bucket;
  }

  /** Runs row operations as whoever asks. @throws StorageError for what the database refuses */
  async as<Result>(asking: Asking, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const { role, claims, method, path, headers, operation } = asking;
    const subject = typeof claims['sub'] === 'string' ? claims['sub'] : '';
    const settings: readonly (readonly [string, string])[] = [
      ['search_path', 'storage, public, extensions'],
      ['role', role],
      ['request.jwt.claim.role', role],
      ['request.jwt.claim.sub', subject],
      ['request.jwt.claims', JSON.stringify({ ...claims, role })],
      ['request.method', method],
      ['request.path', path],
      ['request.headers', JSON.stringify(headers)],
      ['storage.operation', operation],
      ['storage.allow_delete_query', 'true'],
    ];
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const calls = settings.map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, true)`);
      await client.query(`select ${calls.join(', ')}`, settings.flat());
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error(String(failure));
      });
      throw fromRow(error);
    } finally {
      client.release(broken);
    }
  }

  /**
   * Whether an upload may be: the row is really written, and the writing undone. Triggers and policies see it, with
   * metadata that have no `size` yet.
   *
   * @throws StorageError 403 from a policy, 409 when the name is taken and `upsert` isn't asked for
   */
  async mayUpload(
    asking: Asking,
    { bucket, name }: ObjectName,
    upsert: boolean,
    metadata: Json,
    userMetadata: Json | undefined,
  ): Promise<void> {
    try {
      await this.as(asking, async (client) => {
        await client.query(
          `insert into storage.objects (bucket_id, name, version, owner, owner_id, metadata, user_metadata)
            values ($1, $2, '1', $3, $4, $5, $6)${upsert ? MERGE : ''}`,
          [bucket, name, ownerOf(asking), subjectOf(asking), metadata, userMetadata ?? null],
        );
        throw new Undo();
      });
    } catch (error) {
      if (!(error instanceof Undo)) throw error;
    }
  }

  /** Makes the row say what bytes there are, passing row security, and forgets the bytes it had before. */
  async complete(asking: Asking, { bucket, name }: ObjectName, bytes: StoredBytes): Promise<ObjectRow> {
    const { version, size, mimetype, cacheControl, eTag, userMetadata } = bytes;
    const metadata = {
      eTag,
      size,
      mimetype,
      cacheControl,
      lastModified: new Date().toISOString(),
      contentLength: size,
      httpStatusCode: 200,
    };
    const service = { ...asking, role: 'service_role', claims: { role: 'service_role' } };
    const { row, before } = await this.as(service, async (client) => {
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${bucket}/${name}`]);
      const existing = await client.query<{ version: string }>(
        'select version from storage.objects where bucket_id = $1 and name = $2 for update',
        [bucket, name],
      );
      const { rows } = await client.query<ObjectRow>(
        `insert into storage.objects (bucket_id, name, version, owner, owner_id, metadata, user_metadata)
          values ($1, $2, $3, $4, $5, $6, $7)${MERGE} returning *`,
        [bucket, name, version, ownerOf(asking), subjectOf(asking), metadata, userMetadata ?? null],
      );
      return { row: rows[0], before: existing.rows[0]?.version };
    });
    if (row === undefined) throw new Error('The row of an object was not written.');
    if (before !== undefined && before !== version && before !== '') await this.#files.remove(before);
    return row;
  }

  /** The row of an object that whoever asks may see. */
  async find(asking: Asking, { bucket, name }: ObjectName): Promise<ObjectRow | undefined> {
    const { rows } = await this.as(asking, (client) =>
      client.query<ObjectRow>('select * from storage.objects where bucket_id = $1 and name = $2', [bucket, name]),
    );
    return rows[0];
  }

  /** The row of an object, passing row security: for public buckets and signed addresses. */
  async findAny({ bucket, name }: ObjectName): Promise<ObjectRow | undefined> {
    const { rows } = await this.#admin.query<ObjectRow>(
      'select * from storage.objects where bucket_id = $1 and name = $2',
      [bucket, name],
    );
    return rows[0];
  }

  /** The rows whose names begin with a text. */
  async below(asking: Asking, bucket: string, prefix: string): Promise<readonly ObjectRow[]> {
    const { rows } = await this.as(asking, (client) =>
      client.query<ObjectRow>(
        'select * from storage.objects where bucket_id = $1 and starts_with(name, $2) order by name collate "C"',
        [bucket, prefix],
      ),
    );
    return rows;
  }

  /** Removes the rows that whoever asks may remove, and then their bytes. A refused one is simply not among them. */
  async remove(asking: Asking, bucket: string, names: readonly string[]): Promise<readonly ObjectRow[]> {
    const { rows } = await this.as(asking, (client) =>
      client.query<ObjectRow>('delete from storage.objects where bucket_id = $1 and name = any ($2) returning *', [
        bucket,
        names,
      ]),
    );
    for (const { version } of rows) await this.#files.remove(version);
    return rows;
  }
}

const MERGE = ` on conflict (bucket_id, name) do update set version = excluded.version, owner = excluded.owner,
  owner_id = excluded.owner_id, metadata = excluded.metadata, user_metadata = excluded.user_metadata`;

function subjectOf({ claims }: Asking): string | null {
  return typeof claims['sub'] === 'string' ? claims['sub'] : null;
}

/** The old column is a UUID; other subjects have only the new one. */
function ownerOf(asking: Asking): string | null {
  const subject = subjectOf(asking);
  return subject !== null && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(subject) ? subject : null;
}
