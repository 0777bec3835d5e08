import type { ByteStore, CallOptions } from '@lectern/ports';
import { B2Blobs, type StoredAmount } from './blobs.js';
import { Signer } from './signer.js';
import { B2Transfers } from './transfers.js';

export interface B2StoreOptions {
  /** Where the signer answers: `https://<project>.supabase.co/functions/v1/b2-uploads`. */
  readonly signerUrl: string;
  /** The user's access token, asked for before each request to the signer; null when nobody is signed in. */
  readonly accessToken: () => Promise<string | null>;
  /** Gets a new token when the signer has refused one; `accessToken` is asked again after it. */
  readonly refresh?: () => Promise<unknown>;
  /** Instead of the global one. Parts go by `XMLHttpRequest` where there is one, since `fetch` tells no progress. */
  readonly fetch?: typeof fetch;
  /** What is stored already, for `report`: the signer doesn't say. Nothing and no limit when left out. */
  readonly usage?: (options?: CallOptions) => Promise<StoredAmount>;
  /** A request that hasn't moved for so long is given up. Milliseconds; 30,000 when left out. */
  readonly stallMs?: number;
  /** How many bytes of blobs that were read are kept, so that reading them again asks nobody. 256 MiB when left out. */
  readonly cacheBytes?: number;
}

/**
 * Keeps bytes in Backblaze B2. The key to the bucket stays with the signer: this asks it for one address at a time, and
 * sends and reads by these. Nothing is asked for before the first call.
 *
 * @throws TypeError when the signer's address is none
 */
export function createB2Store(options: B2StoreOptions): ByteStore {
  const { signerUrl, accessToken, refresh, usage, stallMs = 30_000, cacheBytes = 256 * 1024 * 1024 } = options;
  const { protocol } = new URL(signerUrl);
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError(`The signer's address is ${signerUrl}`);
  // Looked up at each call: a page may put its own in place later.
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const signer = new Signer({ url: signerUrl.replace(/\/+$/, ''), accessToken, refresh, fetch: send, stallMs });
  const transfers = new B2Transfers({ signer, fetch: send, stallMs });
  return { transfers, blobs: new B2Blobs({ signer, transfers, fetch: send, stallMs, cacheBytes, usage }) };
}
