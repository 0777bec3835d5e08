/** A database with everything in `supabase/migrations`, and people who use it. */
import { randomUUID } from 'node:crypto';
import { openTestDatabases, type TestDatabase, type TestDatabases } from '@lectern/testing/local-backend';
import pg from 'pg';

/** Who asks, as REST would say it. */
export interface Caller {
  readonly role: 'anon' | 'authenticated' | 'service_role';
  readonly userId?: string;
}

export type Row = Readonly<Record<string, unknown>>;

export const anonymous: Caller = { role: 'anon' };
export const service: Caller = { role: 'service_role' };
export const user = (userId: string): Caller => ({ role: 'authenticated', userId });

/** What PostgreSQL said, as adapters see it. */
export interface Refusal {
  /** SQLSTATE. */
  readonly code: string;
  /** The code of `LecternError`, when the error is one of ours. */
  readonly hint: string | undefined;
  readonly details: Row;
  readonly message: string;
}

export class Database {
  readonly #server: TestDatabases;
  readonly #database: TestDatabase;
  readonly #pool: pg.Pool;
  /** The owner of the tables: passes row security, and changes the schema. */
  readonly owner: pg.Client;

  private constructor(server: TestDatabases, database: TestDatabase, owner: pg.Client) {
    this.#server = server;
    this.#database = database;
    this.owner = owner;
    this.#pool = new pg.Pool({ connectionString: database.authenticatorUrl, max: 8, idleTimeoutMillis: 0 });
  }

  static async open(): Promise<Database> {
    const server = await openTestDatabases();
    const database = await server.create();
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    return new Database(server, database, owner);
  }

  get ownerUrl(): string {
    return this.#database.ownerUrl;
  }

  async close(): Promise<void> {
    // The pool's end is told before its connections are closed, and one that is cut off while it closes is an error.
    let open = this.#pool.totalCount;
    const closed = new Promise<void>((resolve) => {
      if (open === 0) resolve();
      this.#pool.on('remove', () => {
        open -= 1;
        if (open === 0) resolve();
      });
    });
    await this.#pool.end();
    await closed;
    await this.owner.end();
    await this.#database.drop();
    await this.#server.stop();
  }

  /** One statement in a transaction of its own, as a request is. */
  async ask(caller: Caller, text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.transaction(caller, async (client) => (await client.query<Row>(text, [...values])).rows);
  }

  /** Calls a function of the API with named arguments, and returns its one value. */
  async call(caller: Caller, name: string, args: Row = {}): Promise<unknown> {
    const names = Object.keys(args);
    const list = names.map((arg, index) => `${arg} => $${String(index + 1)}`).join(', ');
    const values = names.map((arg) => {
      const value = args[arg];
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : value;
    });
    const [row] = await this.ask(caller, `select public.${name}(${list}) as value`, values);
    return row?.['value'];
  }

  async transaction<T>(caller: Caller, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      await client.query('begin');
      await become(client, caller);
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  /** As the owner, without row security. */
  async rows(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.owner.query<Row>(text, [...values])).rows;
  }

  /** Room for a blob and its bytes: what finishing an upload leaves. Returns its key. */
  async storeBlob(userId: string, assetId: string, sizeBytes = 7): Promise<string> {
    const key = `assets/${assetId}/${randomUUID()}`;
    const session = (await this.call(user(userId), 'reserve_upload', {
      p_id: randomUUID(),
      p_key: key,
      p_size_bytes: sizeBytes,
      p_mime_type: 'video/mp4',
    })) as { readonly object_name: string };
    await this.putObject(session.object_name, sizeBytes);
    return key;
  }

  /** What the storage service writes once it has all bytes. */
  async putObject(objectName: string, sizeBytes: number): Promise<void> {
    await this.ask(service, 'insert into storage.objects (bucket_id, name, metadata) values ($1, $2, $3)', [
      'media',
      objectName,
      JSON.stringify({ size: sizeBytes, mimetype: 'video/mp4' }),
    ]);
  }

  /** An asset of that user's, made as an adapter makes it. Returns its id. */
  async storeAsset(userId: string, fields: Row = {}): Promise<string> {
    const id = (fields['id'] as string | undefined) ?? randomUUID();
    const row: Row = {
      id,
      name: 'Lecture.mp4',
      kind: 'video',
      mime_type: 'video/mp4',
      size_bytes: 7,
      source_type: 'upload',
      blob_key: await this.storeBlob(userId, id),
      ...fields,
    };
    await this.insert(user(userId), 'public.media_files', row);
    return id;
  }

  async insert(caller: Caller, table: string, row: Row): Promise<readonly Row[]> {
    const names = Object.keys(row);
    const places = names.map((_, index) => `$${String(index + 1)}`).join(', ');
    return this.ask(
      caller,
      `insert into ${table} (${names.join(', ')}) values (${places}) returning *`,
      names.map((name) => row[name]),
    );
  }
}

/** For the rest of the transaction. */
export async function become(client: pg.ClientBase, caller: Caller): Promise<void> {
  const claims = JSON.stringify({ role: caller.role, ...(caller.userId ? { sub: caller.userId } : {}) });
  await client.query("select set_config('request.jwt.claims', $1, true)", [claims]);
  await client.query(`set local role ${caller.role}`);
}

/** How something was refused. @throws when it wasn't */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  let answer: unknown;
  try {
    answer = await work;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    let details: Row = {};
    try {
      details = JSON.parse(error.detail ?? '{}') as Row;
    } catch {
      // PostgreSQL's own words.
    }
    return { code: error.code ?? '', hint: error.hint, details, message: error.message };
  }
  throw new Error(`This should have been refused, and was answered ${JSON.stringify(answer)}`);
}
