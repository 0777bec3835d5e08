/** What PostgREST calls its schema cache: tables, columns, foreign keys and functions, as they are in the database. */
import type pg from 'pg';

export interface Column {
  readonly name: string;
  /** The type as SQL writes it: `character varying(10)[]`. */
  readonly type: string;
}

/** A table or a view; also the rows of a function. */
export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly isView: boolean;
  readonly columns: ReadonlyMap<string, Column>;
  readonly primaryKey: readonly string[];
  /** Sets of columns that no two rows have alike; the primary key is one of them. */
  readonly uniques: readonly (readonly string[])[];
}

export interface ForeignKey {
  readonly name: string;
  /** `schema.table` that has the key, and its columns. */
  readonly from: string;
  readonly fromColumns: readonly string[];
  readonly to: string;
  readonly toColumns: readonly string[];
}

export interface FunctionArgument {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

export interface DatabaseFunction {
  readonly schema: string;
  readonly name: string;
  readonly arguments: readonly FunctionArgument[];
  /** Why it can't be called here, or `undefined`. */
  readonly refusal: string | undefined;
  readonly returnsSet: boolean;
  /** `void`, one value, or rows. */
  readonly returns: 'void' | 'value' | 'row';
  /** The rows it gives: columns of a table, or of its own. */
  readonly rows: Relation | undefined;
  readonly isVolatile: boolean;
}

export interface Catalogue {
  /** By `schema.name`. */
  readonly relations: ReadonlyMap<string, Relation>;
  readonly foreignKeys: readonly ForeignKey[];
  readonly functions: readonly DatabaseFunction[];
}

interface RelationRow {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly columns: readonly Column[];
  readonly uniques: readonly { readonly columns: readonly string[]; readonly primary: boolean }[];
}

const RELATIONS = `
  select n.nspname as schema, c.relname as name, c.relkind as kind,
    coalesce((
      select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ), '[]') as columns,
    coalesce((
      select json_agg(json_build_object('primary', i.indisprimary, 'columns', (
        select json_agg(a.attname order by k.place)
        from unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
        where k.place <= i.indnkeyatts
      )))
      from pg_index i where i.indrelid = c.oid and i.indisunique and i.indpred is null and i.indexprs is null
    ), '[]') as uniques
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any ($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

const FOREIGN_KEYS = `
  select k.conname as name, format('%s.%s', fn.nspname, f.relname) as "from",
    format('%s.%s', tn.nspname, t.relname) as "to",
    (select json_agg(a.attname order by u.place) from unnest(k.conkey) with ordinality as u (attnum, place)
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum) as "fromColumns",
    (select json_agg(a.attname order by u.place) from unnest(k.confkey) with ordinality as u (attnum, place)
      join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum) as "toColumns"
  from pg_constraint k
  join pg_class f on f.oid = k.conrelid join pg_namespace fn on fn.oid = f.relnamespace
  join pg_class t on t.oid = k.confrelid join pg_namespace tn on tn.oid = t.relnamespace
  where k.contype = 'f' and k.conparentid = 0 and fn.nspname = any ($1) and tn.nspname = any ($1)
  order by 1`;

interface FunctionRow {
  readonly schema: string;
  readonly name: string;
  readonly names: readonly string[] | null;
  readonly modes: readonly string[] | null;
  readonly types: readonly string[];
  readonly defaults: number;
  readonly returnsSet: boolean;
  readonly returnType: string;
  readonly returnKind: string;
  readonly returnRelation: string | null;
  readonly returnColumns: readonly Column[] | null;
  readonly volatility: string;
}

const FUNCTIONS = `
  select n.nspname as schema, p.proname as name, to_json(p.proargnames) as names, to_json(p.proargmodes::text[]) as modes,
    (select coalesce(json_agg(format_type(u.type, null) order by u.place), '[]')
      from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as u (type, place)) as types,
    p.pronargdefaults as defaults, p.proretset as "returnsSet", format_type(t.oid, null) as "returnType",
    t.typtype as "returnKind",
    (select format('%s.%s', rn.nspname, r.relname) from pg_class r join pg_namespace rn on rn.oid = r.relnamespace
      where r.oid = t.typrelid and r.relkind in ('r', 'p', 'v', 'm', 'f')) as "returnRelation",
    (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by attnum)
      from pg_attribute a where t.typrelid <> 0 and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) as "returnColumns",
    p.provolatile as volatility
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_type t on t.oid = p.prorettype
  where n.nspname = any ($1) and p.prokind = 'f' and t.typname not in ('trigger', 'event_trigger', 'internal')`;

function byName(columns: readonly Column[]): ReadonlyMap<string, Column> {
  return new Map(columns.map((column) => [column.name, column]));
}

function describeFunction(row: FunctionRow, relations: ReadonlyMap<string, Relation>): DatabaseFunction {
  const all = row.types.map((type, index) => ({
    type,
    name: row.names?.[index] ?? '',
    mode: row.modes?.[index] ?? 'i',
  }));
  const inputs = all.filter(({ mode }) => mode === 'i' || mode === 'b');
  const outputs = all.filter(({ mode }) => mode === 'o' || mode === 'b' || mode === 't');
  const { schema, name, returnsSet } = row;
  const own = (columns: readonly Column[]): Relation => ({
    schema,
    name,
    isView: true,
    columns: byName(columns),
    primaryKey: [],
    uniques: [],
  });

  let refusal: string | undefined;
  if (all.some(({ mode }) => mode === 'v')) refusal = 'functions with a variadic argument';
  else if (inputs.some((input) => input.name === '')) refusal = 'functions with an argument without a name';

  let returns: DatabaseFunction['returns'] = 'value';
  let rows: Relation | undefined;
  if (outputs.length > 0) {
    returns = 'row';
    rows = own(outputs);
  } else if (row.returnType === 'void') returns = 'void';
  else if (row.returnRelation !== null || row.returnColumns !== null) {
    returns = 'row';
    rows = relations.get(row.returnRelation ?? '') ?? own(row.returnColumns ?? []);
  } else if (row.returnType === 'record') refusal ??= 'functions that return an undeclared record';
  else if (row.returnKind === 'p') refusal ??= 'functions with a polymorphic result';

  return {
    schema,
    name,
    returnsSet,
    returns,
    rows,
    refusal,
    isVolatile: row.volatility === 'v',
    arguments: inputs.map((input, index) => ({
      name: input.name,
      type: input.type,
      required: index < inputs.length - row.defaults,
    })),
  };
}

/** Reads the catalogue of the exposed schemas. @param pool of a superuser */
export async function readCatalogue(pool: pg.Pool, schemas: readonly string[]): Promise<Catalogue> {
  const client = await pool.connect();
  try {
    // Types are then written with their schemas, which means the same under every search path.
    await client.query("begin read only; set local search_path = ''");
    const tables = await client.query<RelationRow>(RELATIONS, [schemas]);
    const { rows: foreignKeys } = await client.query<ForeignKey>(FOREIGN_KEYS, [schemas]);
    const { rows: functions } = await client.query<FunctionRow>(FUNCTIONS, [schemas]);
    const relations = new Map<string, Relation>(
      tables.rows.map(({ schema, name, kind, columns, uniques }) => [
        `${schema}.${name}`,
        {
          schema,
          name,
          isView: kind === 'v' || kind === 'm',
          columns: byName(columns),
          primaryKey: uniques.find(({ primary }) => primary)?.columns ?? [],
          uniques: uniques.map((unique) => unique.columns),
        },
      ]),
    );
    return { relations, foreignKeys, functions: functions.map((row) => describeFunction(row, relations)) };
  } finally {
    await client.query('rollback');
    client.release();
  }
}
