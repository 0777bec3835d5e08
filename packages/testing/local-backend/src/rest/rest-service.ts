/** PostgREST's protocol: each request is one transaction of role, claims and statement. */
import pg from 'pg';
import { ApiError, NotOfferedError } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { readCatalogue } from './catalogue.js';
import type { Catalogue, DatabaseFunction, Relation } from './catalogue.js';
import { parseQuery } from './parse-query.js';
import type { Query } from './parse-query.js';
import { fromDatabase } from './sql-error.js';
import { buildCall, buildCount, buildDelete, buildInsert, buildRead, buildUpdate } from './statement.js';
import type { Answer, BuiltStatement } from './statement.js';

export interface RestRequest {
  readonly method: string;
  /** After `/rest/v1/`. */
  readonly path: string;
  readonly parameters: Iterable<readonly [string, string]>;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly caller: Caller;
}

export interface RestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RestOptions {
  /** Connections of `authenticator`. */
  readonly pool: pg.Pool;
  /** Connections of a superuser, who reads the catalogue. */
  readonly admin: pg.Pool;
  /** The exposed schemas; the first is the usual one. */
  readonly schemas: readonly string[];
  /** No answer has more rows: the platform's `max_rows`. */
  readonly maxRows: number;
}

interface Preferences {
  readonly representation: boolean;
  readonly count: 'exact' | 'planned' | undefined;
  readonly resolution: 'merge-duplicates' | 'ignore-duplicates' | undefined;
}

function parsePreferences(header: string | undefined): Preferences {
  let representation = false;
  let count: Preferences['count'];
  let resolution: Preferences['resolution'];
  for (const part of (header ?? '').split(',').map((text) => text.trim())) {
    if (part === '' || part === 'return=minimal') continue;
    if (part === 'return=representation') representation = true;
    else if (part === 'count=exact') count = 'exact';
    else if (part === 'count=planned') count = 'planned';
    else if (part === 'resolution=merge-duplicates') resolution = 'merge-duplicates';
    else if (part === 'resolution=ignore-duplicates') resolution = 'ignore-duplicates';
    else throw new NotOfferedError(`the preference ${part}`);
  }
  return { representation, count, resolution };
}

const ONE = 'application/vnd.pgrst.object+json';

/** Whether exactly one row is asked for, as an object. */
function parseAccept(header: string | undefined): boolean {
  const wanted = (header ?? '*/*').split(',').map((text) => text.trim());
  if (wanted.includes(ONE)) return true;
  if (wanted.some((type) => type === '*/*' || type === 'application/json')) return false;
  throw new NotOfferedError(`answers of type ${wanted.join(', ')}`);
}

interface Payload {
  readonly value: unknown;
  /** As it was sent: numbers keep digits that JavaScript would lose. */
  readonly text: string;
}

function parsePayload({ body, headers }: RestRequest): Payload {
  const type = headers['content-type'];
  if (type !== undefined && !type.startsWith('application/json')) throw new NotOfferedError(`bodies of type ${type}`);
  try {
    return { value: JSON.parse(body), text: body };
  } catch {
    throw new ApiError(400, 'PGRST102', 'Empty or invalid json');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function contentRange(offset: number, rows: number, total: number | undefined): string {
  const range = rows === 0 ? '*' : `${offset}-${offset + rows - 1}`;
  return `${range}/${total ?? '*'}`;
}

function notOneRow(rows: number): ApiError {
  const details = `The result contains ${rows} rows`;
  return new ApiError(406, 'PGRST116', 'Cannot coerce the result to a single JSON object', details);
}

/** What a request does inside its transaction. */
interface Work {
  readonly readOnly: boolean;
  readonly run: (client: pg.PoolClient) => Promise<RestReply>;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** Codes of what isn't in the catalogue. */
const MISSING = new Set(['PGRST200', 'PGRST202', 'PGRST204', 'PGRST205', '42703']);

/** The settings of roles that a request takes over. */
const ROLE_SETTINGS = `
  select r.rolname as role, split_part(s.setting, '=', 1) as name, substr(s.setting, strpos(s.setting, '=') + 1) as value
  from pg_roles r join pg_db_role_setting d on d.setrole = r.oid and d.setdatabase = 0, unnest(d.setconfig) as s (setting)
  where split_part(s.setting, '=', 1) in ('statement_timeout', 'lock_timeout')`;

export class RestService {
  readonly #options: RestOptions;
  #catalogue: Promise<Catalogue> | undefined;
  #roleSettings: Promise<readonly { role: string; name: string; value: string }[]> | undefined;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  /** Reads the catalogue again at the next request. */
  forgetCatalogue(): void {
    this.#catalogue = undefined;
  }

  /** @throws ApiError whatever goes wrong */
  async answer(request: RestRequest): Promise<RestReply> {
    try {
      const work = await this.#planAgain(request);
      return await this.#transact(request, work);
    } catch (error) {
      if (error instanceof pg.DatabaseError) throw fromDatabase(error, request.caller.role === 'anon');
      throw error;
    }
  }

  /** A change of the schema tells of itself a moment later: what isn't found is looked for once more. */
  async #planAgain(request: RestRequest): Promise<Work> {
    const wasKnown = this.#catalogue;
    try {
      return await this.#plan(request);
    } catch (error) {
      const isMissing = error instanceof ApiError && MISSING.has(error.code);
      if (!isMissing || wasKnown === undefined) throw error;
      if (this.#catalogue === wasKnown) this.forgetCatalogue();
      return this.#plan(request);
    }
  }

  async #readCatalogue(): Promise<Catalogue> {
    this.#catalogue ??= readCatalogue(this.#options.admin, this.#options.schemas);
    return this.#catalogue;
  }

  async #settingsOf(role: string): Promise<readonly { name: string; value: string }[]> {
    this.#roleSettings ??= this.#options.admin
      .query<{ role: string; name: string; value: string }>(ROLE_SETTINGS)
      .then(({ rows }) => rows);
    return (await this.#roleSettings).filter((setting) => setting.role === role);
  }

  #schemaOf({ method, headers }: RestRequest): string {
    const profile = headers[method === 'GET' || method === 'HEAD' ? 'accept-profile' : 'content-profile'];
    const schema = profile ?? this.#options.schemas[0] ?? 'public';
    if (this.#options.schemas.includes(schema)) return schema;
    const list = this.#options.schemas.join(', ');
    throw new ApiError(
      406,
      'PGRST106',
      `Invalid schema: ${schema}`,
      null,
      `Only the following schemas are exposed: ${list}`,
    );
  }

  async #plan(request: RestRequest): Promise<Work> {
    if (request.headers['range'] !== undefined) throw new NotOfferedError('the header Range; use limit and offset');
    const schema = this.#schemaOf(request);
    const parts = request.path.split('/').map((part) => decodeURIComponent(part));
    const [first = '', second] = parts;
    if (first === '') throw new NotOfferedError('the description of the API');
    if (first === 'rpc' && second !== undefined && parts.length === 2) return this.#planCall(request, schema, second);
    if (parts.length !== 1) throw new ApiError(404, 'PGRST125', 'Invalid path specified in request URL');
    const catalogue = await this.#readCatalogue();
    const relation = catalogue.relations.get(`${schema}.${first}`);
    if (relation === undefined) {
      throw new ApiError(404, 'PGRST205', `Could not find the table '${schema}.${first}' in the schema cache`);
    }
    const query = parseQuery(request.parameters);
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return this.#planRead(request, catalogue, relation, query);
      case 'POST':
      case 'PATCH':
      case 'DELETE':
        return this.#planWrite(request, catalogue, relation, query);
      case 'PUT':
        throw new NotOfferedError('PUT');
      default:
        throw new ApiError(405, 'PGRST117', `Unsupported HTTP method: ${request.method}`);
    }
  }

  #planRead(request: RestRequest, catalogue: Catalogue, relation: Relation, query: Query): Work {
    const one = parseAccept(request.headers['accept']);
    const { count } = parsePreferences(request.headers['prefer']);
    if (query.columns !== undefined || query.onConflict !== undefined) {
      throw new NotOfferedError('columns and on_conflict of a read');
    }
    const options = { catalogue, query, maxRows: this.#options.maxRows };
    const page = buildRead(options, relation, one);
    const counting = count === undefined ? undefined : buildCount(options, relation, count);
    const offset = query.clauses.get('')?.offset ?? 0;
    return {
      readOnly: true,
      run: async (client) => {
        const answer = await ask(client, page);
        if (one && answer.rows !== 1) throw notOneRow(answer.rows);
        const total = counting === undefined ? undefined : await countRows(client, counting);
        if (total !== undefined && offset > total && total > 0) {
          const details = `An offset of ${offset} was requested, but there are only ${total} rows.`;
          throw new ApiError(416, 'PGRST103', 'Requested range not satisfiable', details);
        }
        const isPart = total !== undefined && answer.rows < total && answer.rows > 0;
        return {
          status: isPart && !one ? 206 : 200,
          headers: {
            'content-type': one ? `${ONE}; charset=utf-8` : JSON_TYPE['content-type'],
            'content-range': contentRange(offset, answer.rows, total),
          },
          body: request.method === 'HEAD' ? '' : (answer.body ?? ''),
        };
      },
    };
  }

  #planWrite(request: RestRequest, catalogue: Catalogue, relation: Relation, query: Query): Work {
    const one = parseAccept(request.headers['accept']);
    const { representation, count, resolution } = parsePreferences(request.headers['prefer']);
    if (count === 'planned') throw new NotOfferedError('a planned count of changes');
    if (one && !representation) throw new NotOfferedError('one row of a change that returns none');
    const options = { catalogue, query, relation, representation, one, maxRows: this.#options.maxRows };
    const statement = this.#writeStatement(request, options, resolution);
    const doneStatus = request.method === 'POST' ? 201 : representation ? 200 : 204;
    return {
      readOnly: false,
      run: async (client) => {
        const answer = await ask(client, statement);
        if (one && answer.rows !== 1) throw notOneRow(answer.rows);
        const total = count === undefined ? undefined : answer.rows;
        const isUpdate = request.method === 'PATCH';
        return {
          status: doneStatus,
          headers: {
            ...(representation ? { 'content-type': one ? `${ONE}; charset=utf-8` : JSON_TYPE['content-type'] } : {}),
            'content-range': contentRange(0, isUpdate ? answer.rows : 0, total),
          },
          body: answer.body ?? '',
        };
      },
    };
  }

  #writeStatement(
    request: RestRequest,
    options: Parameters<typeof buildInsert>[0],
    resolution: Preferences['resolution'],
  ): BuiltStatement {
    const { query } = options;
    if (request.method !== 'POST') {
      if (resolution !== undefined) throw new NotOfferedError('a resolution of duplicates outside of inserts');
      if (query.columns !== undefined || query.onConflict !== undefined) {
        throw new NotOfferedError('columns and on_conflict outside of inserts');
      }
      // The platform loads safeupdate for the API.
      if (!query.isFiltered) {
        const verb = request.method === 'PATCH' ? 'UPDATE' : 'DELETE';
        throw new ApiError(400, '21000', `${verb} requires a WHERE clause`);
      }
    }
    if (request.method === 'DELETE') {
      if (request.body !== '') throw new NotOfferedError('a body of a delete');
      return buildDelete(options);
    }
    const { value, text } = parsePayload(request);
    if (request.method === 'PATCH') {
      if (!isObject(value)) throw new NotOfferedError('an update from something other than one object');
      return buildUpdate(options, Object.keys(value), text);
    }
    const rows = Array.isArray(value) ? (value as readonly unknown[]) : [value];
    if (!rows.every(isObject)) throw new ApiError(400, 'PGRST102', 'Empty or invalid json');
    const names = query.columns ?? Object.keys(rows[0] ?? {});
    if (query.columns === undefined) {
      const same = rows.every((row) => Object.keys(row).length === names.length && names.every((name) => name in row));
      if (!same) throw new ApiError(400, 'PGRST102', 'All object keys must match');
    }
    const upsert = resolution === undefined ? undefined : { resolution };
    return buildInsert(options, names, Array.isArray(value) ? text : `[${text}]`, upsert);
  }

  async #planCall(request: RestRequest, schema: string, name: string): Promise<Work> {
    if (request.method !== 'POST') throw new NotOfferedError(`${request.method} of a function`);
    const one = parseAccept(request.headers['accept']);
    const { count } = parsePreferences(request.headers['prefer']);
    if (count !== undefined) throw new NotOfferedError('a count of what a function gives');
    const query = parseQuery(request.parameters);
    const { value, text } = request.body === '' ? { value: {}, text: '{}' } : parsePayload(request);
    if (!isObject(value)) throw new NotOfferedError('a call with something other than named arguments');
    const given = Object.keys(value);
    const catalogue = await this.#readCatalogue();
    const called = findFunction(catalogue, schema, name, given);
    if (called.refusal !== undefined) throw new NotOfferedError(called.refusal);
    const wantsOne = one && called.returns === 'row';
    const options = { catalogue, query, maxRows: this.#options.maxRows };
    const statement = buildCall(options, called, given, text, wantsOne);
    return {
      readOnly: !called.isVolatile,
      run: async (client) => {
        const answer = await ask(client, statement);
        if (wantsOne && answer.rows !== 1) throw notOneRow(answer.rows);
        if (called.returns === 'void') return { status: 204, headers: {}, body: '' };
        const range = contentRange(0, answer.rows, undefined);
        return { status: 200, headers: { ...JSON_TYPE, 'content-range': range }, body: answer.body ?? 'null' };
      },
    };
  }

  async #transact(request: RestRequest, { readOnly, run }: Work): Promise<RestReply> {
    const { role, claims } = request.caller;
    const roleSettings = await this.#settingsOf(role);
    const schema = this.#schemaOf(request);
    const path = [...new Set([schema, 'public', 'extensions'])].map((name) => pg.escapeIdentifier(name)).join(', ');
    const settings: readonly (readonly [string, string])[] = [
      ...roleSettings.map(({ name, value }) => [name, value] as const),
      ['search_path', path],
      ['role', role],
      ['request.jwt.claims', JSON.stringify({ ...claims, role })],
      ['request.method', request.method],
      ['request.path', `/${request.path}`],
      ['request.headers', JSON.stringify(request.headers)],
      ['request.cookies', '{}'],
    ];
    const client = await this.#options.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(`begin ${readOnly ? 'read only' : 'read write'}`);
      const calls = settings.map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, true)`);
      await client.query(`select ${calls.join(', ')}`, settings.flat());
      const reply = await run(client);
      await client.query('commit');
      return reply;
    } catch (error) {
      await client.query('rollback').catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error(String(failure));
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

async function ask(client: pg.PoolClient, { sql, values }: BuiltStatement): Promise<Answer> {
  const { rows } = await client.query<Answer>(sql, [...values]);
  const [answer] = rows;
  if (answer === undefined) throw new Error(`No answer to ${sql}`);
  if (answer.headers !== null || answer.status !== null) {
    throw new NotOfferedError('response.headers and response.status');
  }
  return answer;
}

async function countRows(client: pg.PoolClient, { sql, values }: BuiltStatement): Promise<number> {
  const { rows } = await client.query<Record<string, unknown>>(sql, [...values]);
  const [row] = rows;
  if (typeof row?.['total'] === 'number') return row['total'];
  const plan = row?.['QUERY PLAN'] as readonly { readonly Plan: { readonly 'Plan Rows': number } }[] | undefined;
  return plan?.[0]?.Plan['Plan Rows'] ?? 0;
}

function findFunction(catalogue: Catalogue, schema: string, name: string, given: readonly string[]): DatabaseFunction {
  const fitting = catalogue.functions.filter(
    (candidate) =>
      candidate.schema === schema &&
      candidate.name === name &&
      given.every((argument) => candidate.arguments.some((known) => known.name === argument)) &&
      candidate.arguments.every((known) => !known.required || given.includes(known.name)),
  );
  const [first, ...others] = fitting;
  const listed = [...given].sort().join(', ');
  if (first === undefined) {
    const wanted = given.length === 0 ? ' without parameters' : `(${listed})`;
    const searched =
      given.length === 0
        ? 'without parameters or with a single unnamed json/jsonb parameter'
        : `with parameters ${listed} or with a single unnamed json/jsonb parameter`;
    throw new ApiError(
      404,
      'PGRST202',
      `Could not find the function ${schema}.${name}${wanted} in the schema cache`,
      `Searched for the function ${schema}.${name} ${searched}, but no matches were found in the schema cache.`,
    );
  }
  if (others.length > 0) {
    const choices = fitting.map(
      (candidate) => `${schema}.${name}(${candidate.arguments.map((a) => `${a.name} => ${a.type}`).join(', ')})`,
    );
    throw new ApiError(
      300,
      'PGRST203',
      `Could not choose the best candidate function between: ${choices.join(', ')}`,
      null,
      'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
    );
  }
  return first;
}
