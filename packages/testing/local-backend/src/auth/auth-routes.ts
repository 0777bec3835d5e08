/** `/auth/v1`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NotOfferedError } from '../http/api-error.js';
import type { ApiError } from '../http/api-error.js';
import { callerOf, requireKey } from '../http/caller.js';
import { bearer, readBody, sendJson } from '../http/exchange.js';
import type { Exchange } from '../http/exchange.js';
import type { Service } from '../http/gateway.js';
import type { ProjectKeys } from '../http/keys.js';
import { AuthError } from './auth-error.js';
import type { AuthService } from './auth-service.js';

type Json = Readonly<Record<string, unknown>>;

async function readJson(request: IncomingMessage): Promise<Json> {
  const text = (await readBody(request)).toString('utf8');
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // Answered below.
  }
  throw new AuthError(400, 'bad_json', 'Could not parse request body as JSON');
}

/** A field that is a text, or isn't given. */
function text(body: Json, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new AuthError(400, 'bad_json', `Could not parse request body as JSON: ${name} is no string`);
}

function object(body: Json, name: string): Json | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object' && !Array.isArray(value)) return value as Json;
  throw new AuthError(400, 'bad_json', `Could not parse request body as JSON: ${name} is no object`);
}

/** Fields that would change something that isn't offered. */
function refuseOthers(body: Json, known: readonly string[]): void {
  const empty = (value: unknown): boolean =>
    value === undefined || value === null || (typeof value === 'object' && Object.values(value).every(empty));
  const other = Object.keys(body).find((name) => !known.includes(name) && !empty(body[name]));
  if (other !== undefined) throw new NotOfferedError(`${other} in requests to auth`);
}

function ownToken(request: IncomingMessage): string {
  const token = bearer(request);
  if (token === undefined) {
    throw new AuthError(401, 'no_authorization', 'This endpoint requires a valid Bearer token');
  }
  return token;
}

/** Refuses everybody but the holder of the secret key. */
async function requireService(keys: ProjectKeys, request: IncomingMessage): Promise<void> {
  const caller = await callerOf(keys, ownToken(request)).catch(() => {
    throw new AuthError(403, 'bad_jwt', 'invalid JWT: unable to parse or verify signature');
  });
  if (caller.role !== 'service_role') throw new AuthError(403, 'not_admin', 'User not allowed');
}

const SCOPES = ['global', 'local', 'others'] as const;

async function token({ request, response, url }: Exchange, auth: AuthService): Promise<void> {
  const kind = url.searchParams.get('grant_type');
  const body = await readJson(request);
  if (kind === 'password') {
    refuseOthers(body, ['email', 'password']);
    const email = text(body, 'email');
    const password = text(body, 'password') ?? '';
    if (email === undefined) throw new AuthError(400, 'validation_failed', 'missing email or phone');
    sendJson(response, 200, await auth.signIn(email, password));
  } else if (kind === 'refresh_token') {
    refuseOthers(body, ['refresh_token']);
    const given = text(body, 'refresh_token');
    if (given === undefined) throw new AuthError(400, 'validation_failed', 'refresh_token required');
    sendJson(response, 200, await auth.refresh(given));
  } else throw new NotOfferedError(`tokens by ${kind ?? 'nothing'}`);
}

async function signUp({ request, response }: Exchange, auth: AuthService): Promise<void> {
  const body = await readJson(request);
  refuseOthers(body, ['email', 'password', 'data']);
  const email = text(body, 'email');
  const password = text(body, 'password');
  if (email === undefined) {
    throw new AuthError(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled');
  }
  if (password === undefined || password === '') {
    throw new AuthError(400, 'validation_failed', 'Signup requires a valid password');
  }
  sendJson(response, 200, await auth.signUp(email, password, object(body, 'data') ?? {}));
}

async function user({ request, response, method }: Exchange, auth: AuthService): Promise<void> {
  if (method === 'GET') sendJson(response, 200, await auth.userOf(ownToken(request)));
  else if (method === 'PUT') {
    const body = await readJson(request);
    refuseOthers(body, ['password', 'data']);
    const password = text(body, 'password');
    const data = object(body, 'data');
    const change = { ...(password === undefined ? {} : { password }), ...(data === undefined ? {} : { data }) };
    sendJson(response, 200, await auth.updateOwn(ownToken(request), change));
  } else throw new NotOfferedError(`${method} of a user`);
}

async function signOut({ request, response, url }: Exchange, auth: AuthService): Promise<void> {
  const asked = url.searchParams.get('scope') ?? 'global';
  const scope = SCOPES.find((known) => known === asked);
  if (scope === undefined) throw new AuthError(400, 'validation_failed', `Unsupported logout scope "${asked}"`);
  await auth.signOut(ownToken(request), scope);
  response.writeHead(204);
  response.end();
}

async function adminUsers(
  { request, response, method }: Exchange,
  auth: AuthService,
  id: string | undefined,
): Promise<void> {
  if (id === undefined) {
    if (method !== 'POST') throw new NotOfferedError('listing users');
    const body = await readJson(request);
    refuseOthers(body, ['id', 'email', 'password', 'email_confirm', 'user_metadata', 'app_metadata']);
    const given = text(body, 'id');
    const created = await auth.createUser({
      email: text(body, 'email') ?? '',
      password: text(body, 'password'),
      userMetadata: object(body, 'user_metadata') ?? {},
      appMetadata: object(body, 'app_metadata') ?? {},
      ...(given === undefined ? {} : { id: given }),
    });
    sendJson(response, 200, created);
  } else if (method === 'GET') sendJson(response, 200, await auth.userById(id));
  else if (method === 'PUT') {
    const body = await readJson(request);
    refuseOthers(body, ['password', 'user_metadata', 'app_metadata']);
    const password = text(body, 'password');
    const userMetadata = object(body, 'user_metadata');
    const appMetadata = object(body, 'app_metadata');
    const changed = await auth.updateUser(id, {
      ...(password === undefined ? {} : { password }),
      ...(userMetadata === undefined ? {} : { userMetadata }),
      ...(appMetadata === undefined ? {} : { appMetadata }),
    });
    sendJson(response, 200, changed);
  } else if (method === 'DELETE') {
    const body = await readJson(request);
    if (body['should_soft_delete'] === true) throw new NotOfferedError('soft deletes of users');
    await auth.deleteUser(id);
    sendJson(response, 200, {});
  } else throw new NotOfferedError(`${method} of users`);
}

const API_VERSION = '2024-01-01';

export function authRoutes(keys: ProjectKeys, auth: AuthService): Service {
  return {
    name: 'auth',
    answer: async (exchange: Exchange) => {
      const { request, response, method, path } = exchange;
      if (path === '.well-known/jwks.json' && method === 'GET') {
        sendJson(response, 200, keys.jwks);
        return;
      }
      requireKey(keys, request);
      if (path === 'health' && method === 'GET') {
        sendJson(response, 200, { name: 'GoTrue', version: 'local' });
        return;
      }
      if (path === 'token' && method === 'POST') return token(exchange, auth);
      if (path === 'signup' && method === 'POST') return signUp(exchange, auth);
      if (path === 'user') return user(exchange, auth);
      if (path === 'logout' && method === 'POST') return signOut(exchange, auth);
      const [, list, id] = /^(admin\/users)(?:\/([^/]+))?$/.exec(path) ?? [];
      if (list !== undefined) {
        await requireService(keys, request);
        return adminUsers(exchange, auth, id);
      }
      throw new NotOfferedError(`${method} /auth/v1/${path}`);
    },
    refuse: (response: ServerResponse, error: ApiError) => {
      response.setHeader('x-supabase-api-version', API_VERSION);
      const reasons = error instanceof AuthError ? error.reasons : undefined;
      const weak = reasons === undefined ? {} : { weak_password: { reasons } };
      sendJson(response, error.status, { code: error.code, message: error.message, ...weak });
    },
  };
}
