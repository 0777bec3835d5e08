/** PostgREST's query parameters, read into a tree. Only what the frozen list has; see the README. */
import { ApiError, NotOfferedError } from '../http/api-error.js';
import { TextReader } from './text-reader.js';

/** A column, and a way into it when it holds JSON. */
export interface Field {
  readonly column: string;
  readonly path: readonly PathStep[];
}

/** One step into JSON: a key or an index, as JSON (`->`) or as text (`->>`). */
export interface PathStep {
  readonly key: string;
  readonly asText: boolean;
}

export type SelectItem =
  | { readonly kind: 'all' }
  | { readonly kind: 'field'; readonly field: Field; readonly alias: string | undefined }
  | {
      readonly kind: 'embed';
      readonly target: string;
      readonly alias: string | undefined;
      /** A foreign key's name or column that says which relationship is meant. */
      readonly hint: string | undefined;
      /** Whether rows without a partner are left out. */
      readonly inner: boolean;
      readonly items: readonly SelectItem[];
    };

export type Operator = 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte' | 'ilike' | 'is' | 'in' | 'cs' | 'ov';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly negated: boolean; readonly conditions: readonly Condition[] }
  | ({ readonly kind: 'compare'; readonly negated: boolean; readonly field: Field } & Comparison);

type Comparison =
  | { readonly operator: Exclude<Operator, 'in'>; readonly value: string }
  | { readonly operator: 'in'; readonly values: readonly string[] };

export interface OrderTerm {
  readonly field: Field;
  readonly descending: boolean;
  readonly nulls: 'first' | 'last' | undefined;
}

/** What is asked of one table: of the request's own, or of an embedded one. */
export interface Clauses {
  readonly conditions: Condition[];
  order: readonly OrderTerm[];
  limit: number | undefined;
  offset: number;
}

export interface Query {
  readonly select: readonly SelectItem[];
  /** By the path of embedded names joined with dots; the request's own table is `''`. */
  readonly clauses: ReadonlyMap<string, Clauses>;
  /** The columns of an insert. */
  readonly columns: readonly string[] | undefined;
  readonly onConflict: readonly string[] | undefined;
  /** Whether there was a condition on the request's own table. */
  readonly isFiltered: boolean;
}

const OPERATORS: ReadonlySet<string> = new Set<Operator>([
  ...(['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'ilike', 'is', 'in', 'cs', 'ov'] as const),
]);
/** What PostgREST knows besides. */
const OTHER_OPERATORS = new Set('like match imatch isdistinct fts plfts phfts wfts cd sl sr nxr nxl adj'.split(' '));

function isOperator(name: string): name is Operator {
  return OPERATORS.has(name);
}

function path(reader: TextReader): readonly PathStep[] {
  const steps: PathStep[] = [];
  while (reader.sees('->')) {
    const asText = reader.takes('->>');
    if (!asText) reader.expect('->');
    if (steps.at(-1)?.asText === true) reader.refuse('nothing can follow ->>');
    const key = reader.next === '"' ? reader.quoted() : reader.take(/-?[^\s,.:()\->"]+(?:-(?!>)[^\s,.:()\->"]+)*/y);
    steps.push({ key: key ?? reader.refuse('expected a key'), asText });
  }
  return steps;
}

function field(reader: TextReader): Field {
  return { column: reader.name(), path: path(reader) };
}

function selectItem(reader: TextReader): SelectItem {
  if (reader.takes('*')) return { kind: 'all' };
  if (reader.sees('...')) throw new NotOfferedError('spread embeds');
  let alias: string | undefined;
  let first = reader.name();
  if (reader.sees(':') && !reader.sees('::')) {
    reader.expect(':');
    alias = first;
    first = reader.name();
  }
  let hint: string | undefined;
  let inner = false;
  let hasModifier = false;
  while (reader.takes('!')) {
    hasModifier = true;
    const modifier = reader.name();
    if (modifier === 'inner') inner = true;
    else if (modifier !== 'left') hint = modifier;
  }
  if (reader.takes('(')) {
    const items = reader.sees(')') ? [] : selectList(reader);
    reader.expect(')');
    if (first === 'count' && items.length === 0) throw new NotOfferedError('aggregates');
    return { kind: 'embed', target: first, alias, hint, inner, items };
  }
  if (hasModifier) reader.refuse('expected "("');
  const found: Field = { column: first, path: path(reader) };
  if (reader.sees('::')) throw new NotOfferedError('casts in select');
  if (reader.sees('.')) throw new NotOfferedError('aggregates');
  return { kind: 'field', field: found, alias };
}

function selectList(reader: TextReader): readonly SelectItem[] {
  const items = [selectItem(reader)];
  while (reader.takes(',')) items.push(selectItem(reader));
  return items;
}

function parseSelect(text: string): readonly SelectItem[] {
  if (text === '') return [];
  const reader = new TextReader(text, 'select parameter');
  const items = selectList(reader);
  if (!reader.isAtEnd) reader.refuse('unexpected text');
  return items;
}

function parseOrder(text: string): readonly OrderTerm[] {
  const reader = new TextReader(text, 'order');
  const terms: OrderTerm[] = [];
  do {
    const by = field(reader);
    if (reader.sees('(')) throw new NotOfferedError('order by a column of an embedded table');
    const descending = reader.takes('.desc') || (reader.takes('.asc'), false);
    const nulls = reader.takes('.nullsfirst') ? 'first' : reader.takes('.nullslast') ? 'last' : undefined;
    terms.push({ field: by, descending, nulls });
  } while (reader.takes(','));
  if (!reader.isAtEnd) reader.refuse('unexpected text');
  return terms;
}

/** `(a,"b,c")`, as `in` has it. */
function list(reader: TextReader): readonly string[] {
  reader.expect('(');
  if (reader.takes(')')) return [];
  const values: string[] = [];
  do {
    values.push(reader.next === '"' ? reader.quoted() : (reader.take(/[^,()"]*/y) ?? ''));
  } while (reader.takes(','));
  reader.expect(')');
  return values;
}

const IS_VALUES = new Set(['null', 'not_null', 'true', 'false', 'unknown']);

/**
 * `not.eq.value` and the like.
 *
 * @param nested whether it stands in an `or=(…)`, where a value ends at a comma
 */
function comparison(reader: TextReader, of: Field, nested: boolean): Condition {
  const negated = reader.takes('not.');
  const name = reader.take(/[a-z]+/y) ?? reader.refuse('expected an operator');
  if (OTHER_OPERATORS.has(name)) throw new NotOfferedError(`the operator ${name}`);
  if (!isOperator(name)) return reader.refuse(`unknown operator ${name}`);
  if (reader.sees('(')) throw new NotOfferedError('any and all');
  reader.expect('.');
  const base = { kind: 'compare', negated, field: of } as const;
  if (name === 'in') {
    const values = list(reader);
    return { ...base, operator: name, values };
  }
  let value: string;
  if (!nested) value = reader.take(/[^]*/y) ?? '';
  else if (reader.next === '"') value = reader.quoted();
  else if (reader.next === '{')
    value = reader.take(/\{(?:"(?:[^"\\]|\\.)*"|[^{}"])*\}/y) ?? reader.refuse('expected "}"');
  else value = reader.take(/[^,()"]*/y) ?? '';
  if (name === 'is') {
    value = value.toLowerCase();
    if (!IS_VALUES.has(value)) reader.refuse('expected null, not_null, true, false or unknown');
  }
  return { ...base, operator: name, value };
}

function logic(reader: TextReader, kind: 'and' | 'or', negated: boolean): Condition {
  reader.expect('(');
  const conditions: Condition[] = [];
  do {
    const nested = reader.take(/(?:not\.)?(?:and|or)(?=\()/y);
    if (nested !== undefined) {
      conditions.push(logic(reader, nested.endsWith('and') ? 'and' : 'or', nested.startsWith('not.')));
      continue;
    }
    const of = field(reader);
    reader.expect('.');
    conditions.push(comparison(reader, of, true));
  } while (reader.takes(','));
  reader.expect(')');
  return { kind, negated, conditions };
}

function parseLogic(text: string, kind: 'and' | 'or', negated: boolean): Condition {
  const reader = new TextReader(text, 'logic tree');
  const found = logic(reader, kind, negated);
  if (!reader.isAtEnd) reader.refuse('unexpected text');
  return found;
}

function parseCount(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new ApiError(400, 'PGRST100', `"failed to parse ${name} parameter (${text})"`);
  return Number(text);
}

/** `a.b.name->key`: where a condition belongs, and what it is about. */
function parseKey(text: string): { readonly embed: readonly string[]; readonly last: Field } {
  const reader = new TextReader(text, 'tree path');
  const names: string[] = [];
  for (;;) {
    const name = reader.name();
    if (reader.takes('.')) {
      names.push(name);
      continue;
    }
    const last = { column: name, path: path(reader) };
    if (!reader.isAtEnd) reader.refuse('unexpected text');
    return { embed: names, last };
  }
}

function parseNames(text: string): readonly string[] {
  const reader = new TextReader(text, 'columns parameter');
  const names = [reader.name()];
  while (reader.takes(',')) names.push(reader.name());
  if (!reader.isAtEnd) reader.refuse('unexpected text');
  return names;
}

/**
 * Reads the parameters of a request.
 *
 * @throws ApiError `PGRST100` for what PostgREST can't read either, {@link NotOfferedError} for what only it can
 */
export function parseQuery(parameters: Iterable<readonly [string, string]>): Query {
  const clauses = new Map<string, Clauses>();
  const at = (embed: readonly string[]): Clauses => {
    const key = embed.join('.');
    const known = clauses.get(key) ?? { conditions: [], order: [], limit: undefined, offset: 0 };
    clauses.set(key, known);
    return known;
  };
  let select: readonly SelectItem[] = [{ kind: 'all' }];
  let columns: readonly string[] | undefined;
  let onConflict: readonly string[] | undefined;

  for (const [key, value] of parameters) {
    if (key === 'select') {
      select = parseSelect(value);
      continue;
    }
    if (key === 'columns') {
      columns = parseNames(value);
      continue;
    }
    if (key === 'on_conflict') {
      onConflict = parseNames(value);
      continue;
    }
    const { embed, last } = parseKey(key);
    const named = last.path.length === 0 ? last.column : '';
    if (named === 'order') at(embed).order = parseOrder(value);
    else if (named === 'limit') at(embed).limit = parseCount('limit', value);
    else if (named === 'offset') at(embed).offset = parseCount('offset', value);
    else if (named === 'and' || named === 'or') {
      const negated = embed.at(-1) === 'not';
      at(negated ? embed.slice(0, -1) : embed).conditions.push(parseLogic(value, named, negated));
    } else {
      const reader = new TextReader(value, 'filter');
      const condition = comparison(reader, last, false);
      if (!reader.isAtEnd) reader.refuse('unexpected text');
      at(embed).conditions.push(condition);
    }
  }
  const isFiltered = (clauses.get('')?.conditions.length ?? 0) > 0;
  return { select, clauses, columns, onConflict, isFiltered };
}
