/**
 * The signer of uploads to Backblaze B2: it says who may send and read which bytes, and never touches them. One
 * web-standard function for Deno and Node; what it answers is written down in README.md.
 */
import { ObjectStore, StoreError } from '../_shared/object-store.ts';
import type { StoreConfig } from '../_shared/object-store.ts';
import { ProjectApi } from '../_shared/project-api.ts';
import type { ProjectConfig } from '../_shared/project-api.ts';
import { Refusal, invalidInput } from '../_shared/refusal.ts';
import { createTokenReader } from './access-token.ts';
import type { User } from './access-token.ts';
import { Downloads } from './downloads.ts';
import { USUAL_TYPES, essenceOf, isAllowedType } from './media-type.ts';
import { UploadSessions, planOf, refusalOfStore } from './upload-sessions.ts';
import type { Reservation, Session } from './upload-sessions.ts';

export interface B2UploadsConfig {
  readonly project: ProjectConfig;
  /** Who made the tokens. Default: the project's own Auth. */
  readonly issuer?: string;
  /** Where its public keys are. Default: `<issuer>/.well-known/jwks.json`. */
  readonly jwksUrl?: string;
  /** With a key that may write, read and list, and no more. */
  readonly store: StoreConfig;
  /** A key that may delete; without it, what is let go of goes with the next clean-up. */
  readonly deleteKey?: Pick<StoreConfig, 'keyId' | 'applicationKey'>;
  /** Types that are let in, such as `video/mp4` or `video/*`. Default: what the studio works with. */
  readonly allowedTypes?: readonly string[];
  /** No file is larger, in bytes. Default: 50 GiB. */
  readonly maxBytes?: number;
  /** Pages that may ask, such as `https://school.example`; none of them by a pattern. */
  readonly allowedOrigins: readonly string[];
  /** How long one call of store or project may take, in milliseconds. Default: 20,000. */
  readonly patience?: number;
  /** The time in milliseconds. Default: the clock's. */
  readonly now?: () => number;
  /** Takes lines about what went wrong here; never an address, a token or a key. Default: the console. */
  readonly log?: (line: string) => void;
}

/** How many parts are signed at once, at most. */
const MOST_SIGNED = 16;
/** How long a part's address is good, in seconds. */
const PART_LIFE = 15 * 60;
/** How long an address to read from is good, in seconds. */
const SHORTEST_READ = 60;
const LONGEST_READ = 15 * 60;
/** A request's own words are no longer than this, in bytes. */
const LONGEST_BODY = 300_000;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

type Json = Readonly<Record<string, unknown>>;

interface Call {
  readonly request: Request;
  readonly query: URLSearchParams;
  readonly user: User;
  /** The id in the path, if there is one. */
  readonly id: string;
}

interface Route {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, (call: Call) => Promise<Json>>>;
}

async function readJson(request: Request): Promise<Json> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true as const, value: undefined };
    if (done) break;
    size += value.length;
    if (size > LONGEST_BODY) throw invalidInput('body', `at most ${LONGEST_BODY} bytes`);
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // Answered below.
  }
  throw invalidInput('body', 'a JSON object');
}

function readReservation(body: Json, types: readonly string[], maxBytes: number): Reservation {
  const { id, key, sizeBytes, mimeType, record = null } = body;
  if (typeof id !== 'string' || !UUID.test(id)) throw invalidInput('id', 'a UUID');
  if (typeof key !== 'string') throw invalidInput('key', 'a text');
  if (typeof sizeBytes !== 'number' || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw invalidInput('sizeBytes', 'a whole number of bytes');
  }
  if (typeof mimeType !== 'string' || essenceOf(mimeType) === undefined) throw invalidInput('mimeType', 'a media type');
  if (record !== null && (typeof record !== 'object' || Array.isArray(record)))
    throw invalidInput('record', 'an object');
  if (!isAllowedType(mimeType, types)) {
    throw new Refusal('file-type-unsupported', 'Files of this type are not taken', { details: { type: mimeType } });
  }
  if (sizeBytes > maxBytes) {
    throw new Refusal('file-too-large', 'This file is too large', { details: { limit: maxBytes, size: sizeBytes } });
  }
  return { id: id.toLowerCase(), key, sizeBytes, mimeType, record: record as Reservation['record'] };
}

function readParts({ parts }: Json, partCount: number): readonly number[] {
  if (!Array.isArray(parts) || parts.length === 0 || parts.length > MOST_SIGNED) {
    throw invalidInput('parts', `1 to ${MOST_SIGNED} numbers of parts`);
  }
  for (const part of parts as readonly unknown[]) {
    if (!Number.isInteger(part) || (part as number) < 1 || (part as number) > partCount) {
      throw invalidInput('parts', partCount === 0 ? 'none: the file is empty' : `numbers from 1 to ${partCount}`);
    }
  }
  if (new Set(parts).size < parts.length) throw invalidInput('parts', 'each number once');
  return parts as readonly number[];
}

function readSeconds(query: URLSearchParams): number {
  const text = query.get('expires') ?? String(LONGEST_READ);
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (seconds < SHORTEST_READ || seconds > LONGEST_READ) {
    throw invalidInput('expires', `${SHORTEST_READ} to ${LONGEST_READ} seconds`);
  }
  return seconds;
}

function readKey(query: URLSearchParams): string {
  const key = query.get('key');
  if (key === null || key === '') throw invalidInput('key', 'the key of a blob');
  return key;
}

function answerOf(session: Session): Json {
  const { id, key, status } = session;
  const { partSize, partCount } = planOf(session);
  return { id, key, status, partSize, partCount };
}

/** Why something went wrong, for the log. */
function wordsOf(cause: unknown): string {
  if (cause instanceof StoreError) return `${cause.code}: ${cause.message}`;
  if (cause instanceof Error) return `${cause.name}: ${cause.message}`;
  return typeof cause === 'string' ? cause.slice(0, 500) : 'no more is known';
}

/** @returns the function, and nothing that has to be let go of */
export function createB2UploadsHandler(config: B2UploadsConfig): (request: Request) => Promise<Response> {
  const { patience = 20_000, maxBytes = 50 * 1024 ** 3, allowedTypes = USUAL_TYPES, allowedOrigins } = config;
  const now = config.now ?? Date.now;
  // eslint-disable-next-line no-console -- the platform's log, which nobody but the host reads
  const log = config.log ?? ((line: string) => console.error(line));
  const issuer = config.issuer ?? `${config.project.url}/auth/v1`;
  const jwksUrl = config.jwksUrl ?? `${issuer}/.well-known/jwks.json`;
  const readUser = createTokenReader({ issuer, jwksUrl, now });
  const project = new ProjectApi(config.project, patience);
  const store = new ObjectStore(config.store, { now, patience });
  const deleting =
    config.deleteKey === undefined
      ? undefined
      : new ObjectStore({ ...config.store, ...config.deleteKey }, { now, patience });
  const sessions = new UploadSessions(project, store, now);
  const downloads = new Downloads(project, store);
  const after = (seconds: number): string => new Date((Math.floor(now() / 1000) + seconds) * 1000).toISOString();

  /** With the time until which its address is good: read before the address is made, so that it is never too late. */
  async function reading<T extends object>(seconds: number, work: Promise<T>): Promise<Json> {
    const expiresAt = after(seconds);
    return { ...(await work), expiresAt };
  }

  const routes: readonly Route[] = [
    {
      path: /^\/uploads$/,
      methods: {
        POST: async ({ request, user }) => {
          const reservation = readReservation(await readJson(request), allowedTypes, maxBytes);
          const session = await sessions.reserve(reservation, user);
          return { ...answerOf(session), expiresAt: new Date(session.expires_at).toISOString() };
        },
      },
    },
    {
      path: /^\/uploads\/([^/]+)$/,
      methods: {
        GET: async ({ id, user }) => {
          const { session, parts } = await sessions.look(await sessions.find(id, user));
          return { ...answerOf(session), parts: parts.map(({ part, sizeBytes }) => ({ part, sizeBytes })) };
        },
        DELETE: async ({ id, user }) => ({ id, status: await sessions.cancel(await sessions.find(id, user), user) }),
      },
    },
    {
      path: /^\/uploads\/([^/]+)\/sign$/,
      methods: {
        POST: async ({ request, id, user }) => {
          const body = await readJson(request);
          const session = await sessions.find(id, user);
          const parts = readParts(body, planOf(session).partCount);
          const expiresAt = after(PART_LIFE);
          return { urls: await sessions.sign(session, parts, PART_LIFE), expiresAt };
        },
      },
    },
    {
      path: /^\/uploads\/([^/]+)\/complete$/,
      methods: {
        POST: async ({ id, user }) => {
          const session = await sessions.complete(await sessions.find(id, user));
          const { key, size_bytes: sizeBytes, mime_type: mimeType, status } = session;
          return { id, key, sizeBytes, mimeType, status };
        },
      },
    },
    {
      path: /^\/blobs\/url$/,
      methods: {
        GET: ({ query, user }) => {
          const seconds = readSeconds(query);
          return reading(seconds, downloads.ofKey(readKey(query), user, seconds));
        },
      },
    },
    {
      path: /^\/assets\/([^/]+)\/url$/,
      methods: {
        GET: ({ id, query, user }) => {
          const seconds = readSeconds(query);
          const kind = query.get('kind') ?? 'file';
          if (kind !== 'file' && kind !== 'poster') throw invalidInput('kind', 'file or poster');
          return reading(seconds, downloads.ofAsset({ id, version: query.get('version'), kind }, user, seconds));
        },
      },
    },
    {
      path: /^\/blobs$/,
      methods: {
        DELETE: async ({ query, user }) => {
          const key = readKey(query);
          const objectName = await downloads.discard(key, user);
          if (objectName !== null && deleting !== undefined) {
            try {
              await deleting.deleteObject(objectName);
            } catch (error) {
              // Nobody can reach it any more, and the clean-up finds it.
              log(
                `b2-uploads: an object is left to the clean-up: ${error instanceof Error ? error.message : 'unknown'}`,
              );
            }
          }
          return { key, status: objectName === null ? 'absent' : 'deleted' };
        },
      },
    },
  ];

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams: query } = new URL(request.url);
    // Below the function's name on the platform, or on a server of its own.
    const path = pathname.replace(/^(?:\/functions\/v1)?\/b2-uploads(?=\/|$)/, '');
    const route = routes.find((each) => each.path.test(path));
    if (route === undefined) throw new Refusal('not-found', 'There is no such route');
    const method = Object.hasOwn(route.methods, request.method) ? route.methods[request.method] : undefined;
    if (method === undefined) {
      const details = { path: 'method', expected: Object.keys(route.methods).join(', ') };
      throw new Refusal('invalid-input', 'This route has other methods', { status: 405, details });
    }
    const user = await readUser(request);
    const id = route.path.exec(path)?.[1]?.toLowerCase() ?? '';
    if (path.startsWith('/uploads/') && !UUID.test(id)) {
      throw new Refusal('not-found', 'There is no such upload', { details: { id: id.slice(0, 100) } });
    }
    return Response.json(await method({ request, query, user, id }));
  }

  function refuse(request: Request, error: unknown): Response {
    const said = error instanceof StoreError ? refusalOfStore(error) : error;
    const refusal =
      said instanceof Refusal
        ? said
        : new Refusal('server', 'This request could not be served', { status: 500, cause: error });
    if (refusal.status >= 500) {
      const { cause } = refusal;
      const why = wordsOf(cause);
      // Not the address: keys and names of people's files are in it.
      log(`b2-uploads: ${request.method} was answered ${refusal.status}, ${refusal.message}: ${why}`);
    }
    return refusal.toResponse();
  }

  return async (request) => {
    const origin = request.headers.get('origin');
    const isForeign = origin !== null && !allowedOrigins.includes(origin);
    let response: Response;
    if (isForeign) {
      response = new Refusal('forbidden', 'Pages of this origin may not ask', { details: { origin } }).toResponse();
    } else if (request.method === 'OPTIONS') {
      response = new Response(null, {
        status: 204,
        headers: {
          'Access-Control-Allow-Methods': 'GET, POST, DELETE',
          'Access-Control-Allow-Headers': 'authorization, apikey, content-type, x-client-info',
          'Access-Control-Max-Age': '600',
        },
      });
    } else {
      response = await answer(request).catch((error: unknown) => refuse(request, error));
    }
    response.headers.set('Cache-Control', 'no-store');
    response.headers.set('Vary', 'Origin');
    response.headers.set('X-Content-Type-Options', 'nosniff');
    if (origin !== null && !isForeign) {
      response.headers.set('Access-Control-Allow-Origin', origin);
      response.headers.set('Access-Control-Expose-Headers', 'Retry-After');
    }
    return response;
  };
}
