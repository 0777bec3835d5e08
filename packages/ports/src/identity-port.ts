import type { CallOptions, Unsubscribe } from './call-options.js';
import type { Identity } from './domain/identity.js';

export interface IdentityPort {
  /** @throws `unauthenticated` when a session has ended */
  current(options?: CallOptions): Promise<Identity>;
  subscribe(listener: (identity: Identity | null) => void): Unsubscribe;
}
