/** `/storage/v1`. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NotOfferedError } from '../http/api-error.js';
import { ApiError } from '../http/api-error.js';
import { callerOf } from '../http/caller.js';
import type { Caller } from '../http/caller.js';
import { bearer, header, readBody, sendJson } from '../http/exchange.js';
import type { Exchange } from '../http/exchange.js';
import type { Service } from '../http/gateway.js';
import type { ProjectKeys } from '../http/keys.js';
import type { ObjectFiles } from './object-files.js';
import { checkName, checkType, eTagOf } from './object-rows.js';
import type { Asking, Bucket, ObjectName, ObjectRow, ObjectRows } from './object-rows.js';
import type { ResumableUploads } from './resumable-uploads.js';
import { objectNotFound, StorageError, tooLarge } from './storage-error.js';

export interface StorageOptions {
  readonly keys: ProjectKeys;
  readonly rows: ObjectRows;
  readonly files: ObjectFiles;
  readonly uploads: ResumableUploads;
  /** No object is larger, in bytes. */
  readonly sizeLimit: number;
}

type Json = Readonly<Record<string, unknown>>;

async function readJson(request: IncomingMessage): Promise<Json> {
  const text = (await readBody(request)).toString('utf8');
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // Answered below.
  }
  throw new StorageError(400, 'InvalidRequest', 'The body is no JSON object');
}

/** Fields that would change something that isn't offered. */
function refuseOthers(body: Json, known: readonly string[]): void {
  const other = Object.keys(body).find((name) => !known.includes(name) && body[name] != null);
  if (other !== undefined) throw new NotOfferedError(`${other} in requests to storage`);
}

function strings(value: unknown, what: string): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw new StorageError(400, 'InvalidRequest', `body must have property '${what}': a list of strings`);
}

function seconds(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw new StorageError(400, 'InvalidRequest', `body/expiresIn must be an integer >= 1`);
}

/** Whose token it is; storage takes the project's key for one when there is no other. */
async function identify(keys: ProjectKeys, request: IncomingMessage): Promise<Caller> {
  const token = bearer(request) ?? header(request, 'apikey');
  if (token === undefined) {
    throw new StorageError(400, 'Error', "headers must have required property 'authorization'");
  }
  try {
    return await callerOf(keys, token);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const expired = error.code === 'PGRST303';
    throw new StorageError(403, 'Unauthorized', expired ? '"exp" claim timestamp check failed' : error.message);
  }
}

function objectIn(path: string): ObjectName {
  const [, bucket = '', name = ''] = /^([^/]+)\/(.+)$/.exec(path) ?? [];
  if (name === '') throw new StorageError(400, 'InvalidRequest', `"${path}" names no object`);
  return { bucket: decodeURIComponent(bucket), name: decodeURIComponent(name) };
}

/** Counts and hashes what goes through, and stops at a limit. */
class Measure extends Transform {
  size = 0;
  readonly md5: ReturnType<typeof createHash> = createHash('md5');
  readonly #limit: number;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.size += chunk.length;
    if (this.size > this.#limit) {
      done(tooLarge());
      return;
    }
    this.md5.update(chunk);
    done(null, chunk);
  }
}

interface Incoming {
  readonly body: Readable;
  readonly mimetype: string;
  readonly cacheControl: string;
  readonly userMetadata: Json | undefined;
  readonly length: number | undefined;
}

function parseMetadata(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // Answered below.
  }
  throw new StorageError(400, 'InvalidRequest', 'The metadata of the user are no JSON object');
}

/** The file of a request: its whole body, or the file of a form. */
async function incoming(request: IncomingMessage): Promise<Incoming> {
  const type = header(request, 'content-type') ?? 'application/octet-stream';
  if (header(request, 'content-encoding') !== undefined) throw new NotOfferedError('encoded contents');
  if (!type.startsWith('multipart/form-data')) {
    const encoded = header(request, 'x-metadata');
    const length = header(request, 'content-length');
    return {
      body: request,
      mimetype: type,
      cacheControl: header(request, 'cache-control') ?? 'no-cache',
      userMetadata: parseMetadata(encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8')),
      length: length === undefined ? undefined : Number(length),
    };
  }
  const bytes = await readBody(request, 512 * 1024 * 1024);
  const whole = new Response(new Uint8Array(bytes), { headers: { 'content-type': type } });
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- it holds a form in memory; ours are small
  const form = await whole.formData().catch(() => undefined);
  const file = [...(form?.values() ?? [])].find((value) => typeof value !== 'string');
  if (form === undefined || file === undefined) throw new StorageError(400, 'no_file_provided', 'No file provided');
  const cache = form.get('cacheControl');
  const metadata = form.get('metadata');
  return {
    body: Readable.from([Buffer.from(await file.arrayBuffer())]),
    mimetype: file.type === '' ? 'application/octet-stream' : file.type,
    cacheControl: typeof cache === 'string' ? `max-age=${cache}` : 'no-cache',
    userMetadata: parseMetadata(typeof metadata === 'string' ? metadata : undefined),
    length: file.size,
  };
}

/** A bucket as the API shows it. */
function describeBucket(bucket: Bucket): Json {
  const { file_size_limit: limit } = bucket;
  return { ...bucket, file_size_limit: limit === null ? null : Number(limit), type: 'STANDARD' };
}

const SORTS = ['name', 'created_at', 'updated_at', 'last_accessed_at'] as const;

/** What can stand after `object/` besides a bucket. */
const KINDS = new Set(['public', 'sign', 'info', 'list', 'authenticated', 'list-v2', 'upload', 'move', 'copy']);

class StorageService {
  readonly #options: StorageOptions;

  constructor(options: StorageOptions) {
    this.#options = options;
  }

  async answer(exchange: Exchange): Promise<void> {
    const { method, path, request, response, url } = exchange;
    if (path === 'upload/resumable' || path.startsWith('upload/resumable/')) {
      if (path.startsWith('upload/resumable/sign')) throw new NotOfferedError('resumable uploads with a signature');
      const asking = await this.#asking(exchange, 'storage.tus.upload');
      return this.#options.uploads.handle(request, response, asking);
    }
    if (path === 'bucket' || path.startsWith('bucket/')) return this.#buckets(exchange);
    const [, first = '', more] = /^object\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
    const kind = KINDS.has(first) ? first : undefined;
    const rest = kind === undefined ? path.replace(/^object\/?/, '') : (more ?? '');
    const isRead = method === 'GET' || method === 'HEAD';
    if (kind === undefined && first !== '') {
      if (method === 'POST' || method === 'PUT') return this.#upload(exchange, objectIn(rest));
      if (isRead) return this.#download(exchange, objectIn(rest));
      if (method === 'DELETE' && !rest.includes('/')) return this.#remove(exchange, decodeURIComponent(rest));
    }
    if (kind === 'authenticated' && isRead) return this.#download(exchange, objectIn(rest));
    if (kind === 'public' && isRead) {
      const object = objectIn(rest);
      const bucket = await this.#options.rows.bucket(object.bucket);
      // As if there were no such bucket: nobody learns more.
      if (!bucket.public) throw new StorageError(404, 'Bucket not found', 'Bucket not found');
      return this.#send(exchange, await this.#options.rows.findAny(object));
    }
    if (kind === 'sign' && isRead) {
      const object = objectIn(rest);
      await this.#checkSignature(url.searchParams.get('token') ?? '', object);
      return this.#send(exchange, await this.#options.rows.findAny(object));
    }
    if (kind === 'sign' && method === 'POST') return this.#sign(exchange, rest);
    if (kind === 'info' && isRead) return this.#info(exchange, objectIn(rest));
    if (kind === 'list' && method === 'POST') return this.#list(exchange, decodeURIComponent(rest));
    throw new NotOfferedError(`${method} /storage/v1/${path}`);
  }

  async #asking({ request, method, path }: Exchange, operation: string): Promise<Asking> {
    const caller = await identify(this.#options.keys, request);
    return { ...caller, method, path: `/${path}`, headers: request.headers, operation };
  }

  async #buckets(exchange: Exchange): Promise<void> {
    const { method, path, request, response } = exchange;
    const [, id] = /^bucket(?:\/([^/]+))?$/.exec(path) ?? [];
    const { rows } = this.#options;
    if (method === 'GET') {
      const asking = await this.#asking(exchange, 'storage.bucket.get');
      const seen = await rows.as(asking, (client) =>
        client.query<Bucket>('select * from storage.buckets where $1::text is null or id = $1 order by id', [
          id === undefined ? null : decodeURIComponent(id),
        ]),
      );
      const [first] = seen.rows;
      if (id === undefined) sendJson(response, 200, seen.rows.map(describeBucket));
      else if (first === undefined) throw new StorageError(404, 'Bucket not found', 'Bucket not found');
      else sendJson(response, 200, describeBucket(first));
      return;
    }
    if (method !== 'POST' || id !== undefined) throw new NotOfferedError(`${method} of buckets`);
    const asking = await this.#asking(exchange, 'storage.bucket.create');
    const body = await readJson(request);
    refuseOthers(body, ['id', 'name', 'public', 'file_size_limit', 'allowed_mime_types', 'type']);
    const { name = body['id'], public: isPublic = false, file_size_limit: limit, allowed_mime_types: types } = body;
    if (typeof name !== 'string' || !/^[\w!\-.*'() &$@=;:+,?]{1,100}$/.test(name)) {
      throw new StorageError(400, 'Invalid bucket name', 'Bucket name invalid');
    }
    if (limit != null && typeof limit !== 'number') throw new NotOfferedError('size limits with units');
    await rows.as(asking, (client) =>
      client.query(
        'insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values ($1, $2, $3, $4, $5)',
        [body['id'] ?? name, name, isPublic, limit ?? null, types ?? null],
      ),
    );
    sendJson(response, 200, { name });
  }

  async #upload(exchange: Exchange, object: ObjectName): Promise<void> {
    const { request, response, method } = exchange;
    const { rows, files, sizeLimit } = this.#options;
    checkName(object.name);
    const asking = await this.#asking(
      exchange,
      method === 'PUT' ? 'storage.object.upload_update' : 'storage.object.upload',
    );
    const upsert = method === 'PUT' || header(request, 'x-upsert') === 'true';
    const bucket = await rows.bucket(object.bucket);
    const file = await incoming(request);
    const limit = bucket.file_size_limit === null ? sizeLimit : Math.min(Number(bucket.file_size_limit), sizeLimit);
    if (file.length !== undefined && file.length > limit) throw tooLarge();
    checkType(bucket, file.mimetype);
    const known = { mimetype: file.mimetype, ...(file.length === undefined ? {} : { contentLength: file.length }) };
    await rows.mayUpload(asking, object, upsert, known, file.userMetadata);
    const version = randomUUID();
    try {
      const measure = new Measure(limit);
      await pipeline(file.body, measure, createWriteStream(files.pathOf(version), { flags: 'wx' }));
      const { mimetype, cacheControl, userMetadata } = file;
      const bytes = { version, size: measure.size, mimetype, cacheControl, eTag: eTagOf(measure.md5), userMetadata };
      const row = await rows.complete(asking, object, bytes);
      sendJson(response, 200, { Id: row.id, Key: `${object.bucket}/${object.name}` });
    } catch (error) {
      await files.remove(version);
      throw error;
    }
  }

  async #download(exchange: Exchange, object: ObjectName): Promise<void> {
    const asking = await this.#asking(exchange, 'storage.object.get_authenticated');
    return this.#send(exchange, await this.#options.rows.find(asking, object));
  }

  /** Sends an object's bytes, or the part that a range asks for. */
  async #send({ request, response, method, url }: Exchange, row: ObjectRow | undefined): Promise<void> {
    if (row?.metadata == null) throw objectNotFound();
    const { files } = this.#options;
    const size = await files.sizeOf(row.version);
    const { mimetype, cacheControl, eTag, lastModified } = row.metadata as Readonly<Record<string, string>>;
    const headers: Record<string, string | number> = {
      'content-type': mimetype ?? 'application/octet-stream',
      'cache-control': cacheControl ?? 'no-cache',
      etag: eTag ?? '',
      'last-modified': new Date(lastModified ?? row.updated_at).toUTCString(),
      'accept-ranges': 'bytes',
    };
    const download = url.searchParams.get('download');
    if (download !== null) {
      const name = download === '' ? '' : `; filename=${encodeURIComponent(download)}`;
      headers['content-disposition'] = `attachment${name}${name.replace('filename=', "filename*=UTF-8''")}`;
    }
    const asked = header(request, 'range');
    const range = asked === undefined ? undefined : parseRange(asked, size);
    if (range === 'unsatisfiable') {
      response.writeHead(416, { 'content-range': `bytes */${size}` });
      response.end();
      return;
    }
    if (range === undefined) response.writeHead(200, { ...headers, 'content-length': size });
    else {
      response.writeHead(206, {
        ...headers,
        'content-length': range.end - range.start + 1,
        'content-range': `bytes ${range.start}-${range.end}/${size}`,
      });
    }
    if (method === 'HEAD') response.end();
    else await pipeline(files.read(row.version, range), response);
  }

  async #info(exchange: Exchange, object: ObjectName): Promise<void> {
    const asking = await this.#asking(exchange, 'storage.object.info_authenticated');
    const row = await this.#options.rows.find(asking, object);
    if (row?.metadata == null) throw objectNotFound();
    const { size, mimetype, cacheControl, eTag, lastModified } = row.metadata;
    sendJson(exchange.response, 200, {
      id: row.id,
      name: row.name,
      version: row.version,
      bucket_id: row.bucket_id,
      size,
      content_type: mimetype,
      cache_control: cacheControl,
      etag: eTag,
      metadata: row.user_metadata ?? {},
      last_modified: lastModified,
      created_at: row.created_at,
    });
  }

  /** One address (`bucket/name`), or one for each of a list of names (`bucket`). */
  async #sign(exchange: Exchange, rest: string): Promise<void> {
    const { request, response } = exchange;
    const { rows } = this.#options;
    const asking = await this.#asking(exchange, 'storage.object.sign');
    const body = await readJson(request);
    refuseOthers(body, ['expiresIn', 'paths']);
    const expiresIn = seconds(body['expiresIn']);
    if (rest.includes('/')) {
      const object = objectIn(rest);
      if ((await rows.find(asking, object))?.metadata == null) throw objectNotFound();
      sendJson(response, 200, { signedURL: await this.#signedAddress(object, expiresIn) });
      return;
    }
    const bucket = decodeURIComponent(rest);
    const answers = [];
    for (const name of strings(body['paths'], 'paths')) {
      const object = { bucket, name };
      const isThere = (await rows.find(asking, object))?.metadata != null;
      answers.push({
        error: isThere ? null : 'Either the object does not exist or you do not have access to it',
        path: name,
        signedURL: isThere ? await this.#signedAddress(object, expiresIn) : null,
      });
    }
    sendJson(response, 200, answers);
  }

  async #signedAddress({ bucket, name }: ObjectName, expiresIn: number): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const token = await this.#options.keys.sign({ url: `${bucket}/${name}`, iat: now, exp: now + expiresIn });
    return `/object/sign/${bucket}/${name}?token=${token}`;
  }

  async #checkSignature(token: string, { bucket, name }: ObjectName): Promise<void> {
    let signed: Json;
    try {
      signed = await this.#options.keys.verify(token, 0);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const expired = error.code === 'PGRST303';
      const message = expired ? '"exp" claim timestamp check failed' : 'signature verification failed';
      throw new StorageError(400, 'InvalidJWT', message);
    }
    if (signed['url'] !== `${bucket}/${name}`) throw new StorageError(400, 'InvalidSignature', 'Invalid signature');
  }

  async #remove(exchange: Exchange, bucket: string): Promise<void> {
    const asking = await this.#asking(exchange, 'storage.object.delete_many');
    const body = await readJson(exchange.request);
    refuseOthers(body, ['prefixes']);
    await this.#options.rows.bucket(bucket);
    const removed = await this.#options.rows.remove(asking, bucket, strings(body['prefixes'], 'prefixes'));
    sendJson(exchange.response, 200, removed);
  }

  /** One level of names: objects, and folders without an id. */
  async #list(exchange: Exchange, bucket: string): Promise<void> {
    const asking = await this.#asking(exchange, 'storage.object.list');
    const body = await readJson(exchange.request);
    refuseOthers(body, ['prefix', 'limit', 'offset', 'sortBy', 'search']);
    const { prefix = '', limit = 100, offset = 0, search = '' } = body;
    if (typeof prefix !== 'string' || typeof search !== 'string') throw new NotOfferedError('such prefixes');
    if (typeof limit !== 'number' || typeof offset !== 'number') throw new NotOfferedError('such pages');
    const { column = 'name', order = 'asc' } = (body['sortBy'] ?? {}) as { column?: string; order?: string };
    const by = SORTS.find((known) => known === column);
    if (by === undefined || (order !== 'asc' && order !== 'desc'))
      throw new NotOfferedError(`sort by ${column} ${order}`);

    const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    const entries = new Map<string, Json>();
    for (const row of await this.#options.rows.below(asking, bucket, `${folder}${search}`)) {
      const rest = row.name.slice(folder.length);
      const [first = '', ...deeper] = rest.split('/');
      const nothing = { id: null, updated_at: null, created_at: null, last_accessed_at: null, metadata: null };
      if (deeper.length > 0) entries.set(`${first}/`, { name: first, ...nothing });
      else {
        const { id, updated_at, created_at, last_accessed_at, metadata } = row;
        entries.set(first, { name: first, id, updated_at, created_at, last_accessed_at, metadata });
      }
    }
    const valueOf = (entry: Json): number | string => {
      const value = entry[by];
      return value instanceof Date ? value.getTime() : typeof value === 'string' ? value : 0;
    };
    const sign = order === 'asc' ? 1 : -1;
    const sorted = [...entries.values()].sort((a, b) => {
      const [left, right] = [valueOf(a), valueOf(b)];
      return left < right ? -sign : left > right ? sign : 0;
    });
    sendJson(exchange.response, 200, sorted.slice(offset, offset + limit));
  }
}

/** `bytes=0-99`, `bytes=100-`, `bytes=-100`; several ranges are answered with the whole. */
function parseRange(
  text: string,
  size: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined {
  const [whole, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(text) ?? [];
  if (whole === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}

export function storageRoutes(options: StorageOptions): Service {
  const service = new StorageService(options);
  return {
    name: 'storage',
    answer: (exchange) => service.answer(exchange),
    refuse: (response: ServerResponse, error: ApiError) => {
      if (error instanceof StorageError) {
        const { innerStatus, title, message } = error;
        sendJson(response, error.status, { statusCode: String(innerStatus), error: title, message });
      } else {
        sendJson(response, error.status, {
          statusCode: String(error.status),
          error: error.code,
          message: error.message,
        });
      }
    },
  };
}
