/** The project's REST interface, as a user or as the service. What it says no with becomes a `Refusal`. */
import { Refusal, isRefusalCode, retryAfterOf } from './refusal.ts';
import type { RefusalDetails } from './refusal.ts';

export interface ProjectConfig {
  /** Such as `https://<project>.supabase.co`, without a slash at the end. */
  readonly url: string;
  readonly publishableKey: string;
  /** Passes row security. */
  readonly secretKey: string;
}

/** Who asks: a user's access token, or the service side. */
export type Asking = { readonly token: string } | 'service';

type Json = Readonly<Record<string, unknown>>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** Of the details of an error of ours, what an error may carry. */
function detailsOf(text: unknown): RefusalDetails {
  const entries = Object.entries(asObject(typeof text === 'string' ? parse(text) : undefined));
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, RefusalDetails[string]] =>
        ['string', 'number', 'boolean'].includes(typeof entry[1]) ||
        (Array.isArray(entry[1]) && entry[1].every((each) => typeof each === 'string')),
    ),
  );
}

function refusalOf(response: Response, text: string, asking: Asking): Refusal {
  const { code, message, details, hint } = asObject(parse(text));
  const words = typeof message === 'string' ? message : `HTTP ${response.status}`;
  const retryAfter = retryAfterOf(response);
  const later = retryAfter === undefined ? {} : { retryAfter };
  if (isRefusalCode(hint)) return new Refusal(hint, words, { details: detailsOf(details) });
  if (response.status === 429) return new Refusal('rate-limited', 'Too many requests', later);
  if (response.status >= 500)
    return new Refusal('server', 'The project did not answer as it should', { cause: text, ...later });
  if (asking !== 'service' && response.status === 401) return new Refusal('unauthenticated', words);
  if (asking !== 'service' && code === '42501') return new Refusal('forbidden', words);
  if (code === '23503') return new Refusal('in-use', 'Something refers to it');
  if (code === '23505') return new Refusal('already-exists', 'It is there already');
  // Migrations or keys that don't fit: nothing that whoever asked could do anything about.
  return new Refusal('server', 'This request could not be served', { status: 500, cause: text });
}

export class ProjectApi {
  readonly #config: ProjectConfig;
  readonly #patience: number;

  /** @param patience how long one call may take, in milliseconds */
  constructor(config: ProjectConfig, patience: number) {
    this.#config = config;
    this.#patience = patience;
  }

  async #ask(
    path: string,
    asking: Asking,
    init: { readonly method: string; readonly body?: unknown },
  ): Promise<unknown> {
    const { url, publishableKey, secretKey } = this.#config;
    const headers = {
      apikey: asking === 'service' ? secretKey : publishableKey,
      Authorization: `Bearer ${asking === 'service' ? secretKey : asking.token}`,
      ...(init.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(init.method === 'PATCH' ? { Prefer: 'return=representation' } : {}),
    };
    let response: Response;
    let text: string;
    try {
      const signal = AbortSignal.timeout(this.#patience);
      const body = init.body === undefined ? null : JSON.stringify(init.body);
      response = await fetch(`${url}/rest/v1/${path}`, {
        method: init.method,
        headers,
        body,
        signal,
        redirect: 'error',
      });
      text = await response.text();
    } catch (cause) {
      const isLate = cause instanceof Error && cause.name === 'TimeoutError';
      throw new Refusal(isLate ? 'timeout' : 'server', 'The project did not answer', { cause });
    }
    if (!response.ok) throw refusalOf(response, text, asking);
    return parse(text);
  }

  /** Calls a function. @param conditions of its rows, such as `{ store: 'eq.b2' }` */
  async call<T>(
    name: string,
    args: Json,
    asking: Asking,
    conditions: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const query = new URLSearchParams(conditions).toString();
    const path = `rpc/${name}${query === '' ? '' : `?${query}`}`;
    return (await this.#ask(path, asking, { method: 'POST', body: args })) as T;
  }

  async rows<T>(table: string, query: Readonly<Record<string, string>>, asking: Asking): Promise<readonly T[]> {
    const found = await this.#ask(`${table}?${new URLSearchParams(query).toString()}`, asking, { method: 'GET' });
    if (!Array.isArray(found)) throw new Refusal('server', 'The project answered something else', { status: 500 });
    return found as readonly T[];
  }

  /** Changes rows and gives them back. */
  async change<T>(
    table: string,
    query: Readonly<Record<string, string>>,
    changes: Json,
    asking: Asking,
  ): Promise<readonly T[]> {
    const path = `${table}?${new URLSearchParams(query).toString()}`;
    return (await this.#ask(path, asking, { method: 'PATCH', body: changes })) as readonly T[];
  }
}
