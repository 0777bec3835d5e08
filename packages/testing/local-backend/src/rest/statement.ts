/** SQL from a query. Every value is a parameter; every name is quoted and known to the catalogue. */
import pg from 'pg';
import { ApiError, NotOfferedError } from '../http/api-error.js';
import type { Catalogue, Column, DatabaseFunction, Relation } from './catalogue.js';
import type { Clauses, Condition, Field, OrderTerm, Query, SelectItem } from './parse-query.js';
import { findRelationship } from './relationships.js';

const quote = (name: string): string => pg.escapeIdentifier(name);

/** `"schema"."table"`. */
function qualified({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${quote(schema)}.${quote(name)}`;
}

/** Names that no table or column has. */
const SOURCE = '"lectern source"';
const PAYLOAD = '"lectern payload"';
const CALL = '"lectern call"';

/** A statement in the making. */
export class Statement {
  readonly values: unknown[] = [];
  #embeds = 0;

  parameter(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  nextEmbed(): string {
    this.#embeds += 1;
    return quote(`lectern embed ${this.#embeds}`);
  }
}

function columnOf(relation: Relation, name: string): Column {
  const column = relation.columns.get(name);
  if (column === undefined) throw new ApiError(400, '42703', `column ${relation.name}.${name} does not exist`);
  return column;
}

const JSON_TYPES = new Set(['json', 'jsonb']);

function fieldSql(statement: Statement, relation: Relation, alias: string, { column, path }: Field): string {
  const { type } = columnOf(relation, column);
  let sql = `${alias}.${quote(column)}`;
  if (path.length > 0 && !JSON_TYPES.has(type)) throw new NotOfferedError(`json paths into a column of type ${type}`);
  for (const { key, asText } of path) {
    const kind = /^-?\d+$/.test(key) ? 'int' : 'text';
    sql += `${asText ? '->>' : '->'}${statement.parameter(key)}::${kind}`;
  }
  return path.length > 0 ? `(${sql})` : sql;
}

const COMPARISONS = {
  eq: '=',
  neq: '<>',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  ilike: 'ilike',
  cs: '@>',
  ov: '&&',
} as const;

function conditionSql(statement: Statement, relation: Relation, alias: string, condition: Condition): string {
  const not = condition.negated ? 'not ' : '';
  if (condition.kind !== 'compare') {
    const parts = condition.conditions.map((inner) => conditionSql(statement, relation, alias, inner));
    return `${not}(${parts.join(` ${condition.kind} `)})`;
  }
  const left = fieldSql(statement, relation, alias, condition.field);
  switch (condition.operator) {
    case 'in':
      return `${not}(${left} = any (${statement.parameter(condition.values)}))`;
    case 'is':
      return `${not}(${left} is ${condition.value === 'not_null' ? 'not null' : condition.value})`;
    case 'ilike':
      return `${not}(${left} ilike ${statement.parameter(condition.value.replaceAll('*', '%'))})`;
    default:
      return `${not}(${left} ${COMPARISONS[condition.operator]} ${statement.parameter(condition.value)})`;
  }
}

function whereSql(
  statement: Statement,
  relation: Relation,
  alias: string,
  clauses: Clauses | undefined,
  joins: readonly string[] = [],
): string {
  const conditions = clauses?.conditions.map((condition) => conditionSql(statement, relation, alias, condition)) ?? [];
  const all = [...joins, ...conditions];
  return all.length === 0 ? '' : ` where ${all.join(' and ')}`;
}

function orderSql(statement: Statement, relation: Relation, alias: string, order: readonly OrderTerm[]): string {
  if (order.length === 0) return '';
  const terms = order.map(
    ({ field, descending, nulls }) =>
      `${fieldSql(statement, relation, alias, field)}${descending ? ' desc' : ''}${nulls ? ` nulls ${nulls}` : ''}`,
  );
  return ` order by ${terms.join(', ')}`;
}

/** Where rows come from. */
interface From {
  readonly relation: Relation;
  /** What stands after `from`, with its alias. */
  readonly sql: string;
  readonly alias: string;
}

interface ReadOptions {
  readonly catalogue: Catalogue;
  readonly query: Query;
  readonly maxRows: number;
}

interface SelectParts {
  readonly from: From;
  readonly items: readonly SelectItem[];
  /** The embedded names that lead here. */
  readonly path: readonly string[];
  readonly joins?: readonly string[];
}

/** A select of one table and what is embedded in it. `page` is without order and limit for counting. */
function selectSql(
  statement: Statement,
  options: ReadOptions,
  { from, items, path, joins = [] }: SelectParts,
  page: 'page' | 'all rows',
): string {
  const { catalogue, query } = options;
  const { relation, alias } = from;
  const clauses = query.clauses.get(path.join('.'));
  const columns: string[] = [];
  let source = from.sql;

  for (const item of items) {
    if (item.kind === 'all') columns.push(`${alias}.*`);
    else if (item.kind === 'field') {
      const { column, path: steps } = item.field;
      const label = item.alias ?? [...steps].reverse().find(({ key }) => !/^-?\d+$/.test(key))?.key ?? column;
      columns.push(`${fieldSql(statement, relation, alias, item.field)} as ${quote(label)}`);
    } else {
      const label = item.alias ?? item.target;
      const { target, pairs, toMany } = findRelationship(catalogue, relation, item.target, item.hint);
      const joined = statement.nextEmbed();
      const inside = statement.nextEmbed();
      const inner = selectSql(
        statement,
        options,
        {
          from: { relation: target, sql: `${qualified(target)} as ${inside}`, alias: inside },
          items: item.items,
          path: [...path, label],
          joins: pairs.map(([own, foreign]) => `${inside}.${quote(foreign)} = ${alias}.${quote(own)}`),
        },
        'page',
      );
      const join = item.inner ? 'inner join' : 'left join';
      if (toMany) {
        const rows = statement.nextEmbed();
        source +=
          ` ${join} lateral (select json_agg(${rows}) as ${rows} from (${inner}) as ${rows}) as ${joined}` +
          ` on ${item.inner ? `${joined}.${rows} is not null` : 'true'}`;
        if (item.items.length > 0) columns.push(`coalesce(${joined}.${rows}, '[]') as ${quote(label)}`);
      } else {
        source += ` ${join} lateral (${inner}) as ${joined} on true`;
        if (item.items.length > 0) columns.push(`row_to_json(${joined}.*) as ${quote(label)}`);
      }
    }
  }

  let sql = `select ${columns.join(', ')} from ${source}${whereSql(statement, relation, alias, clauses, joins)}`;
  if (page === 'page') {
    sql += orderSql(statement, relation, alias, clauses?.order ?? []);
    const limit = Math.min(clauses?.limit ?? Infinity, options.maxRows);
    if (limit !== Infinity) sql += ` limit ${statement.parameter(limit)}`;
    if (clauses !== undefined && clauses.offset > 0) sql += ` offset ${statement.parameter(clauses.offset)}`;
  }
  return sql;
}

/** Conditions on a table that isn't embedded would be forgotten. */
function refuseStrayClauses(query: Query): void {
  const known = new Set(['']);
  const walk = (items: readonly SelectItem[], path: readonly string[]): void => {
    for (const item of items) {
      if (item.kind !== 'embed') continue;
      const inner = [...path, item.alias ?? item.target];
      if (known.has(inner.join('.'))) throw new NotOfferedError(`two embeds called ${inner.join('.')}`);
      known.add(inner.join('.'));
      walk(item.items, inner);
    }
  };
  walk(query.select, []);
  for (const key of query.clauses.keys()) {
    if (known.has(key)) continue;
    const name = key.split('.').at(-1) ?? key;
    throw new ApiError(
      400,
      'PGRST108',
      `'${name}' is not an embedded resource in this request`,
      null,
      `Verify that '${name}' is included in the 'select' query parameter.`,
    );
  }
}

/** The rows of a source as one text, and how many they are. `body` is `null` when nobody wants it. */
function answerSql(withSql: string, bodySql: string): string {
  return (
    `with ${withSql} select ${bodySql} as body, count(*)::int as rows, ` +
    `nullif(current_setting('response.headers', true), '') as headers, ` +
    `nullif(current_setting('response.status', true), '') as status from ${SOURCE}`
  );
}

const ALL_ROWS = `coalesce(json_agg(${SOURCE}), '[]')::text`;
const FIRST_ROW = `(json_agg(${SOURCE}) -> 0)::text`;

export interface BuiltStatement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** What the first row of {@link BuiltStatement} has. */
export interface Answer {
  readonly body: string | null;
  readonly rows: number;
  readonly headers: string | null;
  readonly status: string | null;
}

function tableFrom(relation: Relation): From {
  return { relation, sql: `${qualified(relation)} as ${quote(relation.name)}`, alias: quote(relation.name) };
}

/** A page of rows. `one` gives the first row alone as an object. */
export function buildRead(options: ReadOptions, relation: Relation, one: boolean): BuiltStatement {
  refuseStrayClauses(options.query);
  const statement = new Statement();
  const parts = { from: tableFrom(relation), items: options.query.select, path: [] };
  const sql = selectSql(statement, options, parts, 'page');
  return { sql: answerSql(`${SOURCE} as (${sql})`, one ? FIRST_ROW : ALL_ROWS), values: statement.values };
}

/** How many rows there are in all: counted, or as the planner thinks. */
export function buildCount(options: ReadOptions, relation: Relation, kind: 'exact' | 'planned'): BuiltStatement {
  const statement = new Statement();
  const parts = { from: tableFrom(relation), items: options.query.select, path: [] };
  const sql = selectSql(statement, { ...options, maxRows: Infinity }, parts, 'all rows');
  return {
    sql:
      kind === 'exact' ? `select count(*)::float8 as total from (${sql}) as ${SOURCE}` : `explain (format json) ${sql}`,
    values: statement.values,
  };
}

/** The columns that a representation needs: nobody may be asked for rights that the answer doesn't take. */
function returningSql(options: ReadOptions, relation: Relation, representation: boolean): string {
  const { query, catalogue } = options;
  if (!representation) return 'returning 1';
  const alias = quote(relation.name);
  const needed = new Set<string>();
  for (const item of query.select) {
    if (item.kind === 'all') return `returning ${alias}.*`;
    if (item.kind === 'field') needed.add(columnOf(relation, item.field.column).name);
    else {
      const { pairs } = findRelationship(catalogue, relation, item.target, item.hint);
      for (const [own] of pairs) needed.add(own);
    }
  }
  for (const { field } of query.clauses.get('')?.order ?? []) needed.add(columnOf(relation, field.column).name);
  if (needed.size === 0) return 'returning 1';
  return `returning ${[...needed].map((name) => `${alias}.${quote(name)}`).join(', ')}`;
}

interface WriteOptions extends ReadOptions {
  readonly relation: Relation;
  readonly representation: boolean;
  readonly one: boolean;
}

/** The statement that writes, and the representation of what it wrote. */
function written(statement: Statement, options: WriteOptions, writing: string): BuiltStatement {
  const { relation, query, representation, one } = options;
  const clauses = query.clauses.get('');
  if (clauses?.limit !== undefined || (clauses?.offset ?? 0) > 0) throw new NotOfferedError('limits of a change');
  refuseStrayClauses(query);
  const changed = '"lectern changed"';
  if (!representation) {
    return { sql: answerSql(`${SOURCE} as (${writing})`, 'null::text'), values: statement.values };
  }
  // The conditions chose the rows that were changed; they may not hold any more.
  const shown = new Map(query.clauses);
  if (clauses !== undefined) shown.set('', { ...clauses, conditions: [] });
  const sql = selectSql(
    statement,
    { ...options, query: { ...query, clauses: shown }, maxRows: Infinity },
    {
      from: { relation, sql: `${changed} as ${quote(relation.name)}`, alias: quote(relation.name) },
      items: query.select,
      path: [],
    },
    'page',
  );
  return {
    sql: answerSql(`${changed} as (${writing}), ${SOURCE} as (${sql})`, one ? FIRST_ROW : ALL_ROWS),
    values: statement.values,
  };
}

function payloadColumns(relation: Relation, names: readonly string[]): readonly Column[] {
  return names.map((name) => {
    const column = relation.columns.get(name);
    if (column !== undefined) return column;
    throw new ApiError(
      400,
      'PGRST204',
      `Could not find the '${name}' column of '${relation.name}' in the schema cache`,
    );
  });
}

/** A definition list for `json_to_record`. */
function definitions(columns: readonly Column[]): string {
  return columns.map(({ name, type }) => `${quote(name)} ${type}`).join(', ');
}

export interface Upsert {
  readonly resolution: 'merge-duplicates' | 'ignore-duplicates';
}

/**
 * @param names the columns that are given
 * @param payload a JSON array of objects, as text, so that numbers stay as they were written
 */
export function buildInsert(
  options: WriteOptions,
  names: readonly string[],
  payload: string,
  upsert: Upsert | undefined,
): BuiltStatement {
  const { relation, query } = options;
  if (query.isFiltered) throw new NotOfferedError('conditions on an insert');
  const statement = new Statement();
  const columns = payloadColumns(relation, names);
  const list = columns.map(({ name }) => quote(name)).join(', ');
  let writing = `insert into ${qualified(relation)} as ${quote(relation.name)} `;
  if (columns.length > 0) {
    const rows = `json_to_recordset(${statement.parameter(payload)}::json) as ${PAYLOAD} (${definitions(columns)})`;
    writing += `(${list}) select ${list} from ${rows}`;
  } else {
    const count = (JSON.parse(payload) as readonly unknown[]).length;
    if (count > 1) throw new NotOfferedError('several rows without a column');
    writing += count === 1 ? 'default values' : `select from generate_series(1, 0)`;
  }
  if (upsert !== undefined) {
    const target = query.onConflict ?? relation.primaryKey;
    if (target.length > 0) {
      const by = payloadOrTable(relation, target);
      const sets = columns.map(({ name }) => `${quote(name)} = excluded.${quote(name)}`).join(', ');
      const action = upsert.resolution === 'ignore-duplicates' || sets === '' ? 'do nothing' : `do update set ${sets}`;
      writing += ` on conflict (${by}) ${action}`;
    }
  } else if (query.onConflict !== undefined) throw new NotOfferedError('on_conflict without a resolution');
  return written(statement, options, `${writing} ${returningSql(options, relation, options.representation)}`);
}

function payloadOrTable(relation: Relation, names: readonly string[]): string {
  return names.map((name) => quote(columnOf(relation, name).name)).join(', ');
}

/** @param payload a JSON object, as text */
export function buildUpdate(options: WriteOptions, names: readonly string[], payload: string): BuiltStatement {
  const { relation, query } = options;
  const statement = new Statement();
  const alias = quote(relation.name);
  const columns = payloadColumns(relation, names);
  const returning = returningSql(options, relation, options.representation);
  if (columns.length === 0) {
    const nothing = returning.replace(/^returning/, 'select');
    return written(statement, options, `${nothing} from ${qualified(relation)} as ${alias} where false`);
  }
  const sets = columns.map(({ name }) => `${quote(name)} = ${PAYLOAD}.${quote(name)}`).join(', ');
  const row = `json_to_record(${statement.parameter(payload)}::json) as ${PAYLOAD} (${definitions(columns)})`;
  const where = whereSql(statement, relation, alias, query.clauses.get(''));
  return written(
    statement,
    options,
    `update ${qualified(relation)} as ${alias} set ${sets} from ${row}${where} ${returning}`,
  );
}

export function buildDelete(options: WriteOptions): BuiltStatement {
  const { relation, query } = options;
  const statement = new Statement();
  const alias = quote(relation.name);
  const where = whereSql(statement, relation, alias, query.clauses.get(''));
  const returning = returningSql(options, relation, options.representation);
  return written(statement, options, `delete from ${qualified(relation)} as ${alias}${where} ${returning}`);
}

/**
 * A call of a function.
 *
 * @param given the names of the arguments in the payload
 * @param payload a JSON object, as text
 */
export function buildCall(
  options: ReadOptions,
  called: DatabaseFunction,
  given: readonly string[],
  payload: string,
  one: boolean,
): BuiltStatement {
  const statement = new Statement();
  const passed = called.arguments.filter(({ name }) => given.includes(name));
  const values = passed.map(({ name }) => `${quote(name)} := ${PAYLOAD}.${quote(name)}`).join(', ');
  let from = `${qualified(called)}(${values}) as ${CALL}`;
  if (called.rows === undefined) from += ' (value)';
  if (passed.length > 0) {
    const row = `json_to_record(${statement.parameter(payload)}::json) as ${PAYLOAD} (${definitions(passed)})`;
    from = `${row}, lateral ${from}`;
  }
  if (called.rows === undefined) {
    const { clauses, select } = options.query;
    if (clauses.size > 0 || select.some(({ kind }) => kind !== 'all')) {
      throw new NotOfferedError('select and conditions on a function that gives no rows');
    }
    const value = `json_agg(${SOURCE}.value)`;
    let body = called.returnsSet ? `coalesce(${value}, '[]')::text` : `(${value} -> 0)::text`;
    if (called.returns === 'void') body = 'null::text';
    return { sql: answerSql(`${SOURCE} as (select ${CALL}.value from ${from})`, body), values: statement.values };
  }
  refuseStrayClauses(options.query);
  const result = '"lectern result"';
  const sql = selectSql(
    statement,
    options,
    {
      from: { relation: called.rows, sql: `${result} as ${quote(called.name)}`, alias: quote(called.name) },
      items: options.query.select,
      path: [],
    },
    'page',
  );
  const calling = `${result} as (select ${CALL}.* from ${from})`;
  const body = one || !called.returnsSet ? FIRST_ROW : ALL_ROWS;
  return { sql: answerSql(`${calling}, ${SOURCE} as (${sql})`, body), values: statement.values };
}
