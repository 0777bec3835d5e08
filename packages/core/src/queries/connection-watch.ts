import type { Backend, ConnectionState } from '@lectern/ports';
import type { QueryClient } from '@tanstack/query-core';
import type { StoreApi } from 'zustand/vanilla';
import type { SessionState } from '../store/session-state.js';

/** Keeps the `connection` slice. When the session goes over to another back end, everything is asked for again. */
export function followConnection(backend: Backend, client: QueryClient, store: StoreApi<SessionState>): () => void {
  const { connection, name } = backend;
  let side: string | null = null;
  const take = (state: ConnectionState): void => {
    store.setState((before) => ({ connection: { ...before.connection, state } }));
    if (state.status === 'connecting') return;
    const before = side;
    side = state.status;
    if (before !== null && before !== side) void client.resetQueries();
  };
  take(connection?.state() ?? { status: 'connected', name });
  return connection?.subscribe(take) ?? ((): void => undefined);
}
