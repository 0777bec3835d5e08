/** Subjects of the contracts on the local backend, through its fault proxy, with supabase-js as it is. */
import { randomUUID } from 'node:crypto';
import type { Backend } from '@lectern/ports';
import type { ContractNeed, ContractSubject } from '@lectern/ports/contracts';
import {
  type FaultProxy,
  type LocalBackend,
  type LocalBackendOptions,
  startFaultProxy,
  startLocalBackend,
} from '@lectern/testing/local-backend';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import WebSocket from 'ws';
import { createSupabaseBackend, type SupabaseBackendOptions } from '../index.js';

export interface SupabaseHost {
  readonly local: LocalBackend;
  /** Every request of the clients goes through it. */
  readonly proxy: FaultProxy;
  /** A client of somebody new, signed in. */
  signUp(): Promise<SignedIn>;
  /** Another client of the same user. */
  signIn(user: SignedIn): Promise<SupabaseClient>;
  /** A backend that is disposed of with the host, at the latest. */
  open(client: SupabaseClient, options?: SupabaseBackendOptions): Backend;
  /** A fresh user's backend with all that a contract may ask for. */
  subject(options?: SupabaseBackendOptions): Promise<ContractSubject>;
  stop(): Promise<void>;
}

export interface SignedIn {
  readonly userId: string;
  readonly email: string;
  readonly client: SupabaseClient;
}

export const offers: readonly ContractNeed[] = ['openPeer', 'fillUp', 'endSession', 'openOther', 'interruptTransfers'];

const password = 'chalk and sponge';

/** One backend for a test file; users share nothing, so a fresh one for each case will do. */
export async function startSupabaseHost(options: LocalBackendOptions = {}): Promise<SupabaseHost> {
  const local = await startLocalBackend(options);
  const proxy = await startFaultProxy(local.url);
  const clients: SupabaseClient[] = [];
  const backends: Backend[] = [];

  function newClient(): SupabaseClient {
    const client = createClient(proxy.url, local.publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false },
      realtime: { transport: WebSocket as never },
    });
    clients.push(client);
    return client;
  }

  function open(client: SupabaseClient, backendOptions: SupabaseBackendOptions = {}): Backend {
    const backend = createSupabaseBackend({ client }, { takeOverMs: 300, ...backendOptions });
    backends.push(backend);
    return backend;
  }

  async function signUp(): Promise<SignedIn> {
    const client = newClient();
    const email = `${randomUUID()}@school.example`;
    const { data, error } = await client.auth.signUp({ email, password });
    if (error) throw error;
    return { userId: data.user?.id ?? '', email, client };
  }

  async function signIn({ email }: SignedIn): Promise<SupabaseClient> {
    const client = newClient();
    const { error } = await client.auth.signInWithPassword({ email, password });
    if (error) throw error;
    return client;
  }

  async function subject(backendOptions?: SupabaseBackendOptions): Promise<ContractSubject> {
    const user = await signUp();
    return {
      backend: open(user.client, backendOptions),
      openPeer: async () => open(await signIn(user), backendOptions),
      openOther: async () => open((await signUp()).client, backendOptions),
      endSession: async () => {
        await user.client.auth.signOut();
      },
      fillUp: async () => {
        // The tenant of a user without a membership is the user.
        await local.admin.query('insert into lectern.tenant_limits values ($1, 1, 1)', [user.userId]);
        return async () => {
          await local.admin.query('delete from lectern.tenant_limits where tenant_id = $1', [user.userId]);
        };
      },
      interruptTransfers: async () => {
        proxy.use(({ path }) => (path.startsWith('/storage/v1/') ? { kind: 'reset' } : undefined));
        return async () => {
          proxy.use();
        };
      },
    };
  }

  return {
    local,
    proxy,
    signUp,
    signIn,
    open,
    subject,
    stop: async () => {
      for (const backend of backends) await backend.dispose();
      for (const client of clients) {
        await client.removeAllChannels();
        await client.realtime.disconnect();
        await client.auth.stopAutoRefresh();
      }
      await proxy.stop();
      await local.stop();
    },
  };
}
