/** Who asks: the project's key says which project, the token says who. */
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.js';
import { bearer, header } from './exchange.js';
import type { ProjectKeys } from './keys.js';

/** A role of the database, and what the token says. */
export interface Caller {
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The roles that a token may name. */
const ROLES = new Set(['anon', 'authenticated', 'service_role']);

/** Refuses a request without one of the project's keys, as the platform's gateway does. */
export function requireKey(keys: ProjectKeys, request: IncomingMessage): 'anon' | 'service_role' {
  const key = header(request, 'apikey');
  if (key === undefined) {
    const hint = 'No `apikey` request header or url param was found.';
    throw new ApiError(401, '401', 'No API key found in request', null, hint);
  }
  const role = keys.roleOf(key);
  if (role === undefined) {
    const hint = 'Double check your Supabase `anon` or `service_role` API key.';
    throw new ApiError(401, '401', 'Invalid API key', null, hint);
  }
  return role;
}

/** Who a token belongs to. @throws ApiError 401 */
export async function callerOf(keys: ProjectKeys, token: string): Promise<Caller> {
  const own = keys.roleOf(token);
  if (own !== undefined) return { role: own, claims: { role: own } };
  const claims = await keys.verify(token);
  const role = claims['role'] ?? 'anon';
  if (typeof role !== 'string' || !ROLES.has(role)) {
    throw new ApiError(401, 'PGRST301', `role ${JSON.stringify(role)} does not exist`);
  }
  return { role, claims };
}

/** Who sent a request: whom its token names, or else whoever its key stands for. */
export async function identify(keys: ProjectKeys, request: IncomingMessage): Promise<Caller> {
  const role = requireKey(keys, request);
  const token = bearer(request);
  return token === undefined ? { role, claims: { role } } : callerOf(keys, token);
}
