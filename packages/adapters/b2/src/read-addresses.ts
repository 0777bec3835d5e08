import type { CallOptions } from '@lectern/ports';
import { usableUntil } from './signed-address.js';
import type { ReadAddress, Signer } from './signer.js';

const expiresSeconds = 900;
/** Addresses that are kept; an old one is soon asked for again. */
const keptAddresses = 500;

/** Signed addresses for reading, each kept until shortly before it ends. */
export class ReadAddresses {
  readonly #signer: Signer;
  readonly #known = new Map<string, { readonly address: ReadAddress; readonly until: number }>();

  constructor(signer: Signer) {
    this.#signer = signer;
  }

  /** @throws `not-found` */
  async of(key: string, options?: CallOptions): Promise<ReadAddress> {
    const known = this.#known.get(key);
    return known && Date.now() < known.until ? known.address : this.renew(key, options);
  }

  /** Asks, whatever is known. @throws `not-found` */
  async renew(key: string, options?: CallOptions): Promise<ReadAddress> {
    const askedAt = Date.now();
    this.#known.delete(key);
    const address = await this.#signer.addressOf(key, expiresSeconds, options);
    this.#known.set(key, { address, until: usableUntil(address.expiresAt, askedAt, expiresSeconds * 1000) });
    const [oldest] = this.#known.keys();
    if (this.#known.size > keptAddresses && oldest !== undefined) this.#known.delete(oldest);
    return address;
  }

  clear(): void {
    this.#known.clear();
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}
