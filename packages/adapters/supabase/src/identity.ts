import type { CallOptions, Identity, IdentityPort, Unsubscribe } from '@lectern/ports';
import type { Connection } from './connection.js';

/** Whoever is signed in; anonymous users are guests. */
export class SupabaseIdentity implements IdentityPort {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async current(options?: CallOptions): Promise<Identity> {
    return (await this.#connection.session(options)).identity;
  }

  subscribe(listener: (identity: Identity | null) => void): Unsubscribe {
    return this.#connection.watch(listener);
  }
}
