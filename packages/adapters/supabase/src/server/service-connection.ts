import type { CallOptions } from '@lectern/ports';
import { addressesOf, askRest, askStorage, type RestRequest, type SupabaseClient } from '../requests.js';

/** The way to the project with the secret key: nobody's session, and nothing to renew. */
export class ServiceConnection {
  readonly #client: SupabaseClient;
  readonly #timeoutMs: number;

  constructor(client: SupabaseClient, timeoutMs: number) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
  }

  async rows<Row>(
    options: CallOptions | undefined,
    request: (client: SupabaseClient) => RestRequest,
  ): Promise<readonly Row[]> {
    const { data } = await askRest(() => request(this.#client), options, this.#timeoutMs);
    return data as readonly Row[];
  }

  async call(name: string, args: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<unknown> {
    const { data } = await askRest(() => this.#client.rpc(name, args), options, this.#timeoutMs);
    return data;
  }

  /** @param timeoutMs null for requests that carry a file: then the caller's signal alone ends them */
  storage(
    path: string,
    init: RequestInit,
    options: CallOptions = {},
    timeoutMs: number | null = this.#timeoutMs,
  ): Promise<Response> {
    const addresses = addressesOf(this.#client);
    return askStorage(addresses, addresses.key, path, init, options, timeoutMs ?? undefined);
  }
}
