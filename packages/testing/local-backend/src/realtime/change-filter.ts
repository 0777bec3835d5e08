/** Who may see a change, and who asked for it. */
import pg from 'pg';
import type { Caller } from '../http/caller.js';
import type { Change } from './change-feed.js';

/** What a channel asked for, and got a number for. */
export interface Subscription {
  readonly id: number;
  readonly event: string;
  readonly schema: string;
  readonly table: string | undefined;
  /** `column=eq.value`. */
  readonly filter: string | undefined;
}

const OPERATORS: Readonly<Record<string, string>> = { eq: '=', neq: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' };

interface Condition {
  readonly column: string;
  readonly operator: string;
  readonly value: string;
}

/** @throws RangeError for what isn't offered */
export function parseFilter(filter: string): Condition {
  const [, column, operator, value] = /^([^=]+)=([a-z]+)\.(.*)$/s.exec(filter) ?? [];
  if (column === undefined || operator === undefined || value === undefined) {
    throw new RangeError(`The filter "${filter}" isn't column=operator.value`);
  }
  const isList = operator === 'in' && /^\(.*\)$/s.test(value);
  if (OPERATORS[operator] === undefined && !isList) throw new RangeError(`The filter "${filter}" isn't offered`);
  return { column, operator, value };
}

/** Whether a change is what was asked for, apart from rights. */
export async function matches(
  admin: pg.Pool,
  { event, schema, table, filter }: Subscription,
  change: Change,
): Promise<boolean> {
  if (event !== '*' && event !== change.type) return false;
  if (schema !== '*' && schema !== change.schema) return false;
  if (table !== undefined && table !== '*' && table !== change.table) return false;
  if (filter === undefined) return true;
  const { column, operator, value } = parseFilter(filter);
  const row = change.type === 'DELETE' ? change.oldRecord : change.record;
  const type = change.columns.find(({ name }) => name === column)?.type;
  if (type === undefined || row[column] === undefined || row[column] === null) return false;
  // `unknown` of the catalogue's own name, so that PostgreSQL compares as the column would.
  const found = `jsonb_populate_record(null::${pg.escapeIdentifier(change.schema)}.${pg.escapeIdentifier(change.table)}, $1)`;
  const left = `(${found}).${pg.escapeIdentifier(column)}`;
  const isList = operator === 'in';
  const right = isList ? 'any ($2)' : '$2';
  const { rows } = await admin.query<{ fits: boolean | null }>(
    `select ${left} ${OPERATORS[operator] ?? '='} ${right} as fits`,
    [JSON.stringify(row), isList ? value.slice(1, -1).split(',') : value],
  );
  return rows[0]?.fits === true;
}

/** What somebody gets to see of a change, or `undefined`. */
export type Sight =
  | { readonly record: Readonly<Record<string, unknown>>; readonly errors: null; readonly columns: Change['columns'] }
  | {
      readonly record: Readonly<Record<string, never>>;
      readonly errors: readonly string[];
      readonly columns: Change['columns'];
    };

/**
 * Asks the row security of the table as whoever listens: the row is selected by its key. Deleted rows can't be asked
 * any more: their keys go to everybody who listens, as on the platform.
 */
export async function see(pool: pg.Pool, { role, claims }: Caller, change: Change): Promise<Sight | undefined> {
  const name = `${pg.escapeIdentifier(change.schema)}.${pg.escapeIdentifier(change.table)}`;
  const client = await pool.connect();
  try {
    await client.query('begin read only');
    await client.query(`select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`, [
      role,
      JSON.stringify({ ...claims, role }),
    ]);
    const { rows: allowed } = await client.query<{ name: string }>(
      `select name from unnest($2::text[]) as name where has_column_privilege($1::regclass, name, 'select')`,
      [name, change.columns.map((column) => column.name)],
    );
    const visible = new Set(allowed.map((column) => column.name));
    if (!change.primaryKey.every((key) => visible.has(key)) || visible.size === 0) {
      return { record: {}, errors: ['Error 401: Unauthorized'], columns: [] };
    }
    const columns = change.columns.filter((column) => visible.has(column.name));
    const record = Object.fromEntries(Object.entries(change.record).filter(([key]) => visible.has(key)));
    if (change.type === 'DELETE' || !change.isSecured) return { record, errors: null, columns };
    if (change.primaryKey.length === 0) {
      return { record: {}, errors: ['Error 400: Bad Request, no primary key'], columns: [] };
    }
    const keys = change.primaryKey.map((key) => pg.escapeIdentifier(key));
    const { rowCount } = await client.query(
      `select from ${name} as t join jsonb_populate_record(null::${name}, $1) as k on ` +
        keys.map((key) => `t.${key} = k.${key}`).join(' and '),
      [JSON.stringify(change.record)],
    );
    return rowCount === 0 ? undefined : { record, errors: null, columns };
  } finally {
    await client.query('rollback');
    client.release();
  }
}
