/** A signer and a store in memory, behind one `fetch`: what they answer, and the ways in which they may not. */

export const SIGNER = 'https://signer.example/b2';
const STORE = 'https://store.example/bucket';

export interface SeenRequest {
  readonly method: string;
  /** `/uploads/…` of the signer, `part 3` or `read key` of the store. */
  readonly what: string;
  readonly token: string | null;
  readonly body: unknown;
}

interface Upload {
  readonly id: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly mimeType: string;
  readonly record: unknown;
  status: 'open' | 'done' | 'cancelled' | 'expired';
  /** Counts what the store gave up and the signer began anew. */
  generation: number;
  parts: Map<number, Blob>;
}

/** Answers by itself, or lets the request through with `undefined`; the number counts requests that match, from 1. */
export type Interference = (
  seen: SeenRequest,
  init: RequestInit,
) => Promise<Response | undefined> | Response | undefined;

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers });

export const refusal = (
  status: number,
  code: string,
  details: unknown = {},
  headers: Record<string, string> = {},
): Response => json(status, { code, message: code, details }, headers);

export const storeRefusal = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  new Response(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`, { status, headers });

/** What `fetch` throws when a line breaks. */
export const brokenLine = (): TypeError => new TypeError('fetch failed');

export class MemoryCloud {
  readonly uploads = new Map<string, Upload>();
  readonly blobs = new Map<string, Blob>();
  readonly seen: SeenRequest[] = [];
  partSize = 10;
  /** Tokens that the signer takes. */
  readonly tokens = new Set(['token 1']);
  /** In the order in which they were put there; the first that has something to say is heard. */
  readonly interferences: Interference[] = [];
  /** How many signed addresses were given out; each is another. */
  signed = 0;
  /** Addresses that the store no longer takes. */
  readonly expired = new Set<string>();
  addressLifetimeMs = 15 * 60_000;

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    init.signal?.throwIfAborted();
    const headers = new Headers(init.headers);
    const isSigner = url.href.startsWith(SIGNER);
    const seen: SeenRequest = {
      method: init.method ?? 'GET',
      what: isSigner
        ? url.href.slice(SIGNER.length)
        : url.searchParams.has('part')
          ? `part ${url.searchParams.get('part') ?? ''}`
          : `read ${url.searchParams.get('read') ?? ''}`,
      token: headers.get('authorization')?.replace('Bearer ', '') ?? null,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : (init.body ?? null),
    };
    this.seen.push(seen);
    for (const interfere of this.interferences) {
      const answer = await interfere(seen, init);
      if (answer) return answer;
    }
    return isSigner ? this.#sign(seen, url) : this.#store(seen, url, headers);
  };

  /** Does something to the first requests that match, and lets those after them through. */
  interfere(matching: (seen: SeenRequest) => boolean, ...acts: readonly Interference[]): void {
    const left = [...acts];
    this.interferences.push((seen, init) => (matching(seen) ? left.shift()?.(seen, init) : undefined));
  }

  /** What was asked, as `GET /uploads/…`, with ids left out. */
  asked(): readonly string[] {
    return this.seen.map(({ method, what }) => `${method} ${what.replace(/\/uploads\/[^/]+/, '/uploads/*')}`);
  }

  #address(query: string): { readonly url: string; readonly expiresAt: string } {
    this.signed += 1;
    return {
      url: `${STORE}?${query}&signature=${this.signed}`,
      expiresAt: new Date(Date.now() + this.addressLifetimeMs).toISOString(),
    };
  }

  #sign({ method, what, token, body }: SeenRequest, url: URL): Response {
    if (token === null || !this.tokens.has(token)) return refusal(401, 'unauthenticated');
    const [, place = '', id = '', act = ''] = (what.split('?')[0] ?? '').split('/');
    if (place === 'uploads' && id === '') return this.#reserve(body as Upload);
    if (place === 'uploads') return this.#upload(`${method} ${act}`.trim(), id, body);
    const key = url.searchParams.get('key') ?? '';
    const blob = this.blobs.get(key);
    if (method === 'DELETE') {
      return json(200, { key, status: this.blobs.delete(key) ? 'deleted' : 'absent' });
    }
    if (!blob) return refusal(404, 'not-found');
    return json(200, { ...this.#address(`read=${key}`), sizeBytes: blob.size, mimeType: blob.type });
  }

  #reserve({ id, key, sizeBytes, mimeType, record }: Upload): Response {
    let upload = this.uploads.get(id);
    if (!upload) {
      const taken = [...this.uploads.values()].some((other) => other.key === key && other.status === 'open');
      if (taken || this.blobs.has(key)) return refusal(409, 'already-exists', { key });
      upload = { id, key, sizeBytes, mimeType, record, status: 'open', generation: 1, parts: new Map() };
      this.uploads.set(id, upload);
    }
    const { status } = upload;
    return status === 'open' || status === 'done'
      ? json(200, this.#answer(upload))
      : refusal(409, 'conflict', { id, status });
  }

  #answer({ id, key, status, sizeBytes }: Upload): object {
    const { partSize } = this;
    return { id, key, status, partSize, partCount: Math.ceil(sizeBytes / partSize) };
  }

  #upload(act: string, id: string, body: unknown): Response {
    const upload = this.uploads.get(id);
    if (!upload) return refusal(404, 'not-found');
    const { partSize } = this;
    switch (act) {
      case 'GET': {
        const parts = [...upload.parts].map(([part, { size }]) => ({ part, sizeBytes: size }));
        return json(200, { ...this.#answer(upload), parts: parts.sort((a, b) => a.part - b.part) });
      }
      case 'POST sign': {
        if (upload.status !== 'open') return refusal(409, 'conflict', { status: upload.status });
        const { parts } = body as { parts: number[] };
        if (parts.length > 16) return refusal(400, 'invalid-input', { path: 'parts' });
        const addresses = parts.map((part) => ({
          part,
          sizeBytes: Math.min(partSize, upload.sizeBytes - (part - 1) * partSize),
          ...this.#address(`part=${part}&id=${id}&generation=${upload.generation}`),
        }));
        return json(200, { urls: addresses, expiresAt: addresses[0]?.expiresAt });
      }
      case 'POST complete':
        return this.#complete(upload);
      default:
        if (upload.status === 'open') upload.status = 'cancelled';
        return json(200, { id, status: upload.status });
    }
  }

  #complete(upload: Upload): Response {
    const { id, key, sizeBytes, mimeType } = upload;
    if (upload.status === 'open') {
      const count = Math.ceil(sizeBytes / this.partSize);
      const numbers = Array.from({ length: count }, (_, index) => index + 1);
      const missing = numbers.filter((part) => !upload.parts.has(part));
      if (missing.length > 0) return refusal(409, 'conflict', { parts: missing.map(String) });
      const parts = numbers.map((part) => upload.parts.get(part) ?? new Blob());
      this.blobs.set(key, new Blob(parts, { type: mimeType }));
      upload.status = 'done';
    }
    if (upload.status !== 'done') return refusal(409, 'conflict', { status: upload.status });
    return json(200, { id, key, sizeBytes, mimeType, status: 'done' });
  }

  async #store({ method, body }: SeenRequest, url: URL, headers: Headers): Promise<Response> {
    if (this.expired.has(url.href)) return storeRefusal(403, 'AccessDenied');
    if (method === 'PUT') {
      const upload = this.uploads.get(url.searchParams.get('id') ?? '');
      const generation = Number(url.searchParams.get('generation'));
      if (upload?.status !== 'open' || upload.generation !== generation) return storeRefusal(404, 'NoSuchUpload');
      upload.parts.set(Number(url.searchParams.get('part')), new Blob([await (body as Blob).arrayBuffer()]));
      return new Response('');
    }
    const blob = this.blobs.get(url.searchParams.get('read') ?? '');
    if (!blob) return storeRefusal(404, 'NoSuchKey');
    const from = Number(/^bytes=(\d+)-$/.exec(headers.get('range') ?? '')?.[1] ?? 0);
    return new Response(blob.slice(from), { status: headers.has('range') ? 206 : 200 });
  }
}
