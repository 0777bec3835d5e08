import type { CallOptions } from '@lectern/ports';
import { LecternError } from '@lectern/ports';
import { withPatience } from './deadline.js';
import { failureOfLine, refusalOfSigner } from './refusals.js';
import { holderOf } from './token-holder.js';

export type UploadState = 'open' | 'done' | 'cancelled' | 'expired';

/** How an upload is cut, and what became of it. */
export interface ReservedUpload {
  readonly id: string;
  readonly key: string;
  readonly status: UploadState;
  /** Bytes of each part but the last. */
  readonly partSize: number;
  /** 0 for an empty file. */
  readonly partCount: number;
}

/** The truth to go on from. */
export interface KnownUpload extends ReservedUpload {
  readonly parts: readonly { readonly part: number; readonly sizeBytes: number }[];
}

export interface SignedParts {
  readonly urls: readonly { readonly part: number; readonly url: string }[];
  readonly expiresAt: string;
}

export interface StoredBlob {
  readonly sizeBytes: number;
  readonly mimeType: string;
}

export interface ReadAddress extends StoredBlob {
  readonly url: string;
  readonly expiresAt: string;
}

export interface SignerOptions {
  readonly url: string;
  readonly accessToken: () => Promise<string | null>;
  readonly refresh: (() => Promise<unknown>) | undefined;
  readonly fetch: typeof fetch;
  /** A request that nothing was heard of for so long is given up. */
  readonly stallMs: number;
}

interface SignerRequest extends CallOptions {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

/** Speaks to the signer. Asks for the token before each request, and for a new one when the signer refuses it. */
export class Signer {
  readonly #options: SignerOptions;
  #refreshing: Promise<string | null> | null = null;

  constructor(options: SignerOptions) {
    this.#options = options;
  }

  reserve(body: unknown, options?: CallOptions): Promise<ReservedUpload> {
    return this.#ask({ method: 'POST', path: '/uploads', body, ...options });
  }

  upload(id: string, options?: CallOptions): Promise<KnownUpload> {
    return this.#ask({ method: 'GET', path: `/uploads/${encodeURIComponent(id)}`, ...options });
  }

  signParts(id: string, parts: readonly number[], options?: CallOptions): Promise<SignedParts> {
    return this.#ask({ method: 'POST', path: `/uploads/${encodeURIComponent(id)}/sign`, body: { parts }, ...options });
  }

  complete(id: string, options?: CallOptions): Promise<StoredBlob> {
    return this.#ask({ method: 'POST', path: `/uploads/${encodeURIComponent(id)}/complete`, ...options });
  }

  cancel(id: string, options?: CallOptions): Promise<{ readonly status: UploadState }> {
    return this.#ask({ method: 'DELETE', path: `/uploads/${encodeURIComponent(id)}`, ...options });
  }

  /** @param expires seconds */
  addressOf(key: string, expires: number, options?: CallOptions): Promise<ReadAddress> {
    const query = new URLSearchParams({ key, expires: String(expires) });
    return this.#ask({ method: 'GET', path: `/blobs/url?${query.toString()}`, ...options });
  }

  forget(key: string, options?: CallOptions): Promise<unknown> {
    return this.#ask({ method: 'DELETE', path: `/blobs?${new URLSearchParams({ key }).toString()}`, ...options });
  }

  /** Who is signed in, to tell one user from another; null for nobody. */
  async holder(): Promise<string | null> {
    try {
      const token = await this.#options.accessToken();
      return token === null ? null : holderOf(token);
    } catch (error) {
      throw failureOfLine(error);
    }
  }

  async #ask<T>({ signal, ...request }: SignerRequest): Promise<T> {
    const { stallMs, accessToken } = this.#options;
    return withPatience({ signal, stallMs }, async (calledOff) => {
      try {
        const token = await accessToken();
        const first = await this.#send(request, token, calledOff);
        if (first.status !== 401) return await readAnswer<T>(first);
        const refusal = await refusalOfSigner(first);
        const renewed = await this.#renewedToken();
        if (renewed === null || (renewed === token && this.#options.refresh === undefined)) throw refusal;
        return await readAnswer<T>(await this.#send(request, renewed, calledOff));
      } catch (error) {
        throw failureOfLine(error);
      }
    });
  }

  async #send(
    { method, path, body }: Omit<SignerRequest, 'signal'>,
    token: string | null,
    signal: AbortSignal,
  ): Promise<Response> {
    if (token === null) throw new LecternError('unauthenticated', { message: 'Nobody is signed in' });
    // Called bare: a browser's own insists on being a method of nothing but its global object.
    const { fetch: send, url } = this.#options;
    return send(`${url}${path}`, {
      method,
      signal,
      // The token is the only proof of who asks; a cookie would be a second one.
      credentials: 'omit',
      cache: 'no-store',
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Many requests may be refused at once; one new token does for all of them. */
  #renewedToken(): Promise<string | null> {
    const { accessToken, refresh } = this.#options;
    this.#refreshing ??= (async () => {
      try {
        await refresh?.();
        return await accessToken();
      } finally {
        this.#refreshing = null;
      }
    })();
    return this.#refreshing;
  }
}

async function readAnswer<T>(response: Response): Promise<T> {
  if (!response.ok) throw await refusalOfSigner(response);
  return (await response.json()) as T;
}
