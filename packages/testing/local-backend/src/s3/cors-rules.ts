/** Which pages may ask, by rules in B2's words. */
import type { IncomingMessage } from 'node:http';
import { header } from '../http/exchange.js';

/** What a page may do, in B2's words for its S3 interface. */
export type CorsOperation = 's3_get' | 's3_head' | 's3_put' | 's3_post' | 's3_delete';

/** A rule of a bucket. Names are taken as they are: B2 knows wildcards, and what is allowed by one is easily too much. */
export interface CorsRule {
  readonly corsRuleName: string;
  /** Such as `https://school.example`, without a path. */
  readonly allowedOrigins: readonly string[];
  readonly allowedOperations: readonly CorsOperation[];
  /** What a page may send beyond what is always allowed. */
  readonly allowedHeaders?: readonly string[];
  /** What a page may read beyond what is always allowed. */
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds: number;
}

const OPERATIONS: Readonly<Record<string, CorsOperation>> = {
  GET: 's3_get',
  HEAD: 's3_head',
  PUT: 's3_put',
  POST: 's3_post',
  DELETE: 's3_delete',
};

/** @throws RangeError for a rule that B2 wouldn't take, or that says more than it seems to */
export function checkCorsRules(rules: readonly CorsRule[]): void {
  for (const rule of rules) {
    if (!/^[A-Za-z0-9-]{6,50}$/.test(rule.corsRuleName)) {
      throw new RangeError(`"${rule.corsRuleName}" is no name of a rule: 6 to 50 letters, digits and hyphens`);
    }
    for (const origin of rule.allowedOrigins) {
      if (!/^https?:\/\/[^/*]+$/.test(origin)) throw new RangeError(`"${origin}" isn't the address of one origin`);
    }
    const names = [...(rule.allowedHeaders ?? []), ...(rule.exposeHeaders ?? [])];
    const odd = names.find((name) => !/^[A-Za-z0-9-]+$/.test(name));
    if (odd !== undefined) throw new RangeError(`"${odd}" is no name of a header`);
    const known = new Set<string>(Object.values(OPERATIONS));
    const other = rule.allowedOperations.find((operation) => !known.has(operation));
    if (other !== undefined || rule.allowedOperations.length === 0) {
      throw new RangeError(`A rule needs operations out of ${[...known].join(', ')}, not ${other ?? 'none'}`);
    }
    if (!Number.isInteger(rule.maxAgeSeconds) || rule.maxAgeSeconds < 0 || rule.maxAgeSeconds > 86_400) {
      throw new RangeError(`maxAgeSeconds is 0 to 86400, not ${rule.maxAgeSeconds}`);
    }
  }
}

/** The headers that let a page ask for what it announces; `undefined` when no rule does. */
export function answerPreflight(
  rules: readonly CorsRule[],
  request: IncomingMessage,
): Readonly<Record<string, string>> | undefined {
  const origin = header(request, 'origin') ?? '';
  const method = header(request, 'access-control-request-method') ?? '';
  const asked = (header(request, 'access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const operation = OPERATIONS[method];
  const rule = rules.find(
    ({ allowedOrigins, allowedOperations, allowedHeaders = [] }) =>
      allowedOrigins.includes(origin) &&
      operation !== undefined &&
      allowedOperations.includes(operation) &&
      asked.every((name) => allowedHeaders.some((allowed) => allowed.toLowerCase() === name)),
  );
  if (rule === undefined) return undefined;
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': method,
    ...(asked.length === 0 ? {} : { 'access-control-allow-headers': asked.join(', ') }),
    'access-control-max-age': String(rule.maxAgeSeconds),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

/** The headers that let a page read an answer; none when no rule does. */
export function corsHeaders(rules: readonly CorsRule[], request: IncomingMessage): Readonly<Record<string, string>> {
  const origin = header(request, 'origin');
  if (origin === undefined) return {};
  const operation = OPERATIONS[request.method ?? 'GET'];
  const rule = rules.find(
    ({ allowedOrigins, allowedOperations }) =>
      allowedOrigins.includes(origin) && operation !== undefined && allowedOperations.includes(operation),
  );
  if (rule === undefined) return {};
  const expose = rule.exposeHeaders ?? [];
  return {
    'access-control-allow-origin': origin,
    ...(expose.length === 0 ? {} : { 'access-control-expose-headers': expose.join(', ') }),
    vary: 'Origin',
  };
}
