import { type CallOptions, LecternError } from '@lectern/ports';
import type { SupabaseClient as Client } from '@supabase/supabase-js';
import { Deadline } from './deadline.js';
import { type Failure, fromRest, fromSilence, fromStorage, retryAfterOf } from './errors.js';

/** A client of any database's types. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a host's generated types are nobody's business here
export type SupabaseClient = Client<any, any, any>;

/** What PostgREST's builders of supabase-js answer. */
export interface RestAnswer {
  readonly data: unknown;
  readonly error: {
    readonly message: string;
    readonly code?: string;
    readonly details?: string;
    readonly hint?: string;
  } | null;
  readonly count: number | null;
  readonly status: number;
}
export interface RestRequest extends PromiseLike<RestAnswer> {
  abortSignal(signal: AbortSignal): RestRequest;
  retry(enabled: boolean): RestRequest;
}

/** Where a client's requests go, for those that it has no word for. */
export interface Addresses {
  /** Without a slash at the end, as are all. */
  readonly rest: string;
  readonly storage: string;
  readonly key: string;
}

/** The client's own answers, so that whatever the host configured holds. */
export function addressesOf(client: SupabaseClient): Addresses {
  const { publicUrl } = client.storage.from('media').getPublicUrl('x').data;
  return {
    rest: client.from('x').url.href.replace(/\/x$/, ''),
    storage: publicUrl.replace(/\/object\/public\/.*$/, ''),
    key: client.realtime.apiKey ?? '',
  };
}

/** One request of supabase-js. One call is one try: whoever calls knows better than a library when to try again. */
export async function askRest(
  build: () => RestRequest,
  options: CallOptions | undefined,
  timeoutMs: number,
): Promise<{ readonly data: unknown; readonly count: number | null }> {
  const deadline = new Deadline(options?.signal, timeoutMs);
  try {
    const request = build().abortSignal(deadline.signal).retry(false);
    const retryAfterMs = watchRetryAfter(request);
    const { data, error, count, status } = await request;
    if (error === null) return { data, count };
    if (status === 0) throw fromSilence(new Error(error.message), deadline);
    throw fromRest({ ...error, status, retryAfterMs: retryAfterMs() });
  } finally {
    deadline.dispose();
  }
}

/**
 * One request to the storage server that supabase-js has no word for. Answers that aren't 2xx are thrown. The clock runs
 * until the answer begins; the bytes that follow are ended by the caller's own signal.
 */
export async function askStorage(
  { storage, key }: Addresses,
  token: string,
  path: string,
  init: RequestInit,
  options: CallOptions,
  timeoutMs: number | undefined,
): Promise<Response> {
  const deadline = new Deadline(options.signal, timeoutMs);
  try {
    const headers = new Headers(init.headers);
    headers.set('apikey', key);
    headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(`${storage}/${path}`, { ...init, headers, signal: deadline.signal });
    if (response.ok) return response;
    throw await storageFailure(response);
  } catch (error) {
    throw error instanceof LecternError ? error : fromSilence(error, deadline);
  } finally {
    deadline.dispose();
  }
}

async function storageFailure(response: Response): Promise<LecternError> {
  const text = await response.text().catch(() => '');
  return storageFailureOf(response.status, text, retryAfterOf(response.headers.get('retry-after')));
}

/** A refusal of the storage server, from the text of its body. */
export function storageFailureOf(status: number, text: string, retryAfterMs?: number): LecternError {
  let body: { readonly statusCode?: unknown; readonly error?: unknown; readonly message?: unknown } = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) body = parsed;
  } catch {
    // Refusals of resumable uploads are plain text.
  }
  const message = typeof body.message === 'string' ? body.message : text.slice(0, 500) || `HTTP ${String(status)}`;
  const failure: Failure = {
    status,
    message,
    code: typeof body.error === 'string' ? body.error : undefined,
    retryAfterMs,
  };
  return fromStorage(failure, Number(body.statusCode));
}

/**
 * supabase-js hands no headers on, so the answer is looked at as it passes. Where a version of it has no such field, only
 * `Retry-After` goes unheard.
 */
function watchRetryAfter(request: RestRequest): () => number | undefined {
  const inner = request as unknown as { fetch?: typeof fetch };
  let retryAfterMs: number | undefined;
  const { fetch: passOn } = inner;
  if (typeof passOn === 'function') {
    inner.fetch = async (input, init) => {
      const response = await passOn(input, init);
      retryAfterMs = retryAfterOf(response.headers.get('retry-after'));
      return response;
    };
  }
  return () => retryAfterMs;
}
