/** A live Supabase project that the environment names, and people in it for as long as the tests run. */
import { randomUUID } from 'node:crypto';
import { createB2Store } from '@lectern/adapter-b2';
import { createSupabaseBackend, type SupabaseClient } from '@lectern/adapter-supabase';
import type { Backend } from '@lectern/ports';
import type { ContractNeed, ContractSubject } from '@lectern/ports/contracts';
import { createClient } from '@supabase/supabase-js';
import WebSocket from 'ws';

/** What a subject over a live project can offer: its disk can't be filled, nor its network cut. */
export const offers: readonly ContractNeed[] = ['openPeer', 'openOther', 'endSession'];

interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} isn't set`);
  return value;
}

/** One person for all cases, another one for the other: signing in is counted on the platform, and tests ask often. */
export class RealProject {
  readonly #url = variable('LECTERN_SUPABASE_URL').replace(/\/+$/, '');
  readonly #key = variable('LECTERN_SUPABASE_PUBLISHABLE_KEY');
  readonly #admin = this.#newClient(variable('LECTERN_SUPABASE_SECRET_KEY'));
  readonly #people: Person[] = [];
  /** Clients that are signed in, by the part that they play. */
  readonly #clients = new Map<string, SupabaseClient>();

  async start(): Promise<void> {
    for (const part of ['teacher', 'other']) {
      const [email, password] = [`lectern-test-${part}-${randomUUID()}@example.com`, randomUUID()];
      const { data, error } = await this.#admin.auth.admin.createUser({ email, password, email_confirm: true });
      if (error) throw new Error(`No user can be made: ${error.message}`, { cause: error });
      this.#people.push({ id: data.user.id, email, password });
    }
  }

  /** Their rows stay, and nobody's they are: give the tests a project of their own. */
  async stop(): Promise<void> {
    for (const client of this.#clients.values()) await client.removeAllChannels();
    for (const { id } of this.#people) await this.#admin.auth.admin.deleteUser(id);
  }

  async subject(signerUrl: string | null): Promise<ContractSubject> {
    const teacher = await this.#signedIn('teacher', 0);
    return {
      backend: this.#open(teacher, signerUrl),
      openPeer: async () => this.#open(await this.#signedIn('peer', 0), signerUrl),
      openOther: async () => this.#open(await this.#signedIn('other', 1), signerUrl),
      endSession: async () => {
        await teacher.auth.signOut({ scope: 'local' });
        this.#clients.delete('teacher');
      },
    };
  }

  #newClient(key: string): SupabaseClient {
    return createClient(this.#url, key, {
      auth: { persistSession: false, autoRefreshToken: false },
      realtime: { transport: WebSocket as never },
    });
  }

  async #signedIn(part: string, person: number): Promise<SupabaseClient> {
    const known = this.#clients.get(part);
    if (known) return known;
    const client = this.#newClient(this.#key);
    const { email = '', password = '' } = this.#people[person] ?? {};
    const { error } = await client.auth.signInWithPassword({ email, password });
    if (error) throw new Error(`${part} can't sign in: ${error.message}`, { cause: error });
    this.#clients.set(part, client);
    return client;
  }

  #open(client: SupabaseClient, signerUrl: string | null): Backend {
    if (signerUrl === null) return createSupabaseBackend({ client });
    return createSupabaseBackend({ client }, { store: (access) => createB2Store({ signerUrl, ...access }) });
  }
}
