/** What is committed to published tables, from logical replication. */
import { randomBytes } from 'node:crypto';
import { LogicalReplicationService, PgoutputPlugin } from 'pg-logical-replication';
import type { Pgoutput } from 'pg-logical-replication';
import pg from 'pg';

/** One row that was written. Values are PostgreSQL's own JSON of them. */
export interface Change {
  readonly schema: string;
  readonly table: string;
  readonly type: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly commitTimestamp: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly primaryKey: readonly string[];
  /** Whether the table has row security. */
  readonly isSecured: boolean;
  /** The new row; a large value that the update left alone isn't there. */
  readonly record: Readonly<Record<string, unknown>>;
  /** The old row's key, or the whole old row with `replica identity full`. */
  readonly oldRecord: Readonly<Record<string, unknown>>;
}

interface TableShape {
  readonly isSecured: boolean;
  readonly primaryKey: readonly string[];
  /** Types as SQL writes them, by column. */
  readonly casts: Readonly<Record<string, string>>;
  /** Types as the wire names them, by column. */
  readonly types: Readonly<Record<string, string>>;
}

const SHAPE = `
  select c.relrowsecurity as "isSecured",
    coalesce((select json_agg(a.attname) from pg_index i
      join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])
      where i.indrelid = c.oid and i.indisprimary), '[]') as "primaryKey",
    json_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)) as casts,
    json_object_agg(a.attname, t.typname) as types
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  where c.oid = $1 group by c.oid, c.relrowsecurity`;

type Texts = Readonly<Record<string, string | null | undefined>>;

export class ChangeFeed {
  readonly #url: string;
  readonly #admin: pg.Pool;
  readonly #slot: string = `lectern_${randomBytes(8).toString('hex')}`;
  readonly #onChange: (change: Change) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #service: LogicalReplicationService | undefined;
  #starting: Promise<void> | undefined;
  #work: Promise<void> = Promise.resolve();
  #committed = '';

  /**
   * @param url of a superuser
   * @param admin connections of a superuser
   * @param onChange one after the other, in the order of the commits
   */
  constructor(
    url: string,
    admin: pg.Pool,
    onChange: (change: Change) => Promise<void>,
    onError: (error: unknown) => void,
  ) {
    this.#url = url;
    this.#admin = admin;
    this.#onChange = onChange;
    this.#onError = onError;
  }

  /** Resolves when whatever is committed from now on will be seen; twice is once. */
  start(): Promise<void> {
    return (this.#starting ??= this.#start());
  }

  async #start(): Promise<void> {
    await this.#admin.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [this.#slot]);
    const service = new LogicalReplicationService({ connectionString: this.#url });
    this.#service = service;
    service.on('data', (_lsn: string, message: Pgoutput.Message) => this.#take(message));
    service.on('error', this.#onError);
    const started = new Promise<void>((resolve, reject) => {
      service.once('start', () => resolve());
      service.once('error', reject);
    });
    const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: ['supabase_realtime'] });
    service.subscribe(plugin, this.#slot).catch(this.#onError);
    await started;
  }

  /** Ends the replication and lets the server forget it. */
  async stop(): Promise<void> {
    if (this.#starting === undefined) return;
    await this.#starting.catch(() => undefined);
    await this.#service?.destroy();
    await this.#work;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#admin.query(
          'select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1',
          [this.#slot],
        );
        return;
      } catch (error) {
        // Its process on the server takes a moment to end.
        if (attempt === 100 || !(error instanceof pg.DatabaseError) || error.code !== '55006') throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  #take(message: Pgoutput.Message): void {
    if (message.tag === 'begin') {
      this.#committed = new Date(Number((message.commitTime as bigint) / 1000n)).toISOString();
    } else if (message.tag === 'relation') {
      // Values stay as PostgreSQL wrote them; it makes the JSON of them itself.
      for (const column of message.columns) column.parser = (raw: unknown): unknown => raw;
    } else if (message.tag === 'insert' || message.tag === 'update' || message.tag === 'delete') {
      const committed = this.#committed;
      this.#work = this.#work.then(() => this.#describe(message, committed)).catch(this.#onError);
    }
  }

  async #describe(
    message: Pgoutput.MessageInsert | Pgoutput.MessageUpdate | Pgoutput.MessageDelete,
    commitTimestamp: string,
  ): Promise<void> {
    const { relation } = message;
    const client = await this.#admin.connect();
    let change: Change;
    try {
      await client.query("begin read only; set local search_path = ''");
      const { rows } = await client.query<TableShape>(SHAPE, [relation.relationOid]);
      const [shape] = rows;
      // Dropped in the meantime.
      if (shape === undefined) return;
      const old = message.tag === 'insert' ? null : (message.old ?? message.key);
      change = {
        schema: relation.schema,
        table: relation.name,
        type: ({ insert: 'INSERT', update: 'UPDATE', delete: 'DELETE' } as const)[message.tag],
        commitTimestamp,
        columns: relation.columns.map(({ name }) => ({ name, type: shape.types[name] ?? 'text' })),
        primaryKey: shape.primaryKey,
        isSecured: shape.isSecured,
        record: message.tag === 'delete' ? {} : await toJson(client, message.new as Texts, shape),
        oldRecord: old === null ? {} : await toJson(client, keyOf(old as Texts, relation), shape),
      };
    } finally {
      await client.query('rollback');
      client.release();
    }
    await this.#onChange(change);
  }
}

/** The columns that identify a row, unless the table sends whole old rows: the others are sent as null. */
function keyOf(old: Texts, { replicaIdentity, keyColumns }: Pgoutput.MessageRelation): Texts {
  if (replicaIdentity === 'full') return old;
  return Object.fromEntries(Object.entries(old).filter(([name]) => keyColumns.includes(name)));
}

async function toJson(
  client: pg.PoolClient,
  texts: Texts,
  { casts }: TableShape,
): Promise<Readonly<Record<string, unknown>>> {
  const known = Object.entries(texts).filter(([name, value]) => value !== undefined && casts[name] !== undefined);
  if (known.length === 0) return {};
  const columns = known.map(
    ([name], index) => `$${index + 1}::text::${casts[name] ?? 'text'} as ${pg.escapeIdentifier(name)}`,
  );
  const { rows } = await client.query<{ json: Record<string, unknown> }>(
    `select to_jsonb(r) as json from (select ${columns.join(', ')}) as r`,
    known.map(([, value]) => value),
  );
  return rows[0]?.json ?? {};
}
