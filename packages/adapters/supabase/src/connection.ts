import { type CallOptions, type Identity, LecternError } from '@lectern/ports';
import type { SupabaseClientOptions } from '@supabase/supabase-js';
import { throwIfAborted } from '@lectern/ports/adapter-kit';
import { fromSilence, TokenRefused } from './errors.js';
import { type Addresses, addressesOf, askRest, askStorage, type RestRequest, type SupabaseClient } from './requests.js';
import { type Session, sessionOfAuth, sessionOfToken } from './session.js';

/** Gives a valid access token, or null when nobody is signed in. `renew` asks for another one than the last. */
export type AccessToken = (wish: { readonly renew: boolean }) => Promise<string | null>;

/** Where the project is, and whose it is: a client that is there already, or what one is made of. */
export type SupabaseSource =
  | {
      readonly client: SupabaseClient;
      /** Only for a client that was made with `accessToken` itself. */
      readonly accessToken?: AccessToken;
    }
  | {
      readonly url: string;
      readonly publishableKey: string;
      /** Tokens of the host's own sign-in; left out, Supabase's own sign-in is used. */
      readonly accessToken?: AccessToken;
      /** Options of the client's realtime part, such as `transport` where there is no `WebSocket`. */
      readonly realtime?: SupabaseClientOptions<'public'>['realtime'];
    };

export interface ConnectionOptions {
  /** Nobody waits longer for the answer to one request of records. Milliseconds. */
  readonly timeoutMs: number;
}

/**
 * The way to the project: one session, one way of asking, one way of failing. A refused token is renewed once and the
 * request made again; whatever else goes wrong leaves as a `LecternError`.
 */
export class Connection {
  readonly timeoutMs: number;
  readonly #source: SupabaseSource;
  readonly #listeners = new Set<(identity: Identity | null) => void>();
  #client: Promise<SupabaseClient> | undefined;
  #opened: SupabaseClient | undefined;
  #renewing: Promise<Session> | undefined;
  /** The last session that was seen, for a page that has no time to ask; null after it ended. */
  #lastSession: Session | null | undefined;
  #stopListening: (() => void) | undefined;

  constructor(source: SupabaseSource, options: ConnectionOptions) {
    this.#source = source;
    this.timeoutMs = options.timeoutMs;
  }

  client(): Promise<SupabaseClient> {
    this.#client ??= this.#open();
    this.#client.catch(() => {
      // Its code may not have been loadable; the next call tries again.
      this.#client = undefined;
    });
    return this.#client;
  }

  async #open(): Promise<SupabaseClient> {
    const source = this.#source;
    if ('client' in source) return (this.#opened = source.client);
    const { createClient } = await import('@supabase/supabase-js');
    const { accessToken, realtime } = source;
    this.#opened = createClient(source.url, source.publishableKey, {
      ...(accessToken && { accessToken: () => accessToken({ renew: false }) }),
      ...(realtime && { realtime }),
    });
    return this.#opened;
  }

  /** @throws `unauthenticated`, `offline` when the session can't be renewed for want of a network */
  async session(options?: CallOptions): Promise<Session> {
    throwIfAborted(options?.signal);
    const session = await this.#ask(await this.client(), false);
    throwIfAborted(options?.signal);
    if (session === null) throw this.#ended();
    return this.#seen(session);
  }

  /** The session as it was seen last, without waiting; null when there was none. */
  lastSession(): Session | null {
    return this.#lastSession ?? null;
  }

  /** The addresses and the key that requests beside supabase-js need; null before the client is there. */
  addresses(): Addresses | null {
    return this.#opened ? addressesOf(this.#opened) : null;
  }

  /** One request of supabase-js, as whoever is signed in. */
  async rest(
    options: CallOptions | undefined,
    request: (client: SupabaseClient, session: Session) => RestRequest,
  ): Promise<{ readonly data: unknown; readonly count: number | null }> {
    return this.#withSession(options, async (session) => {
      const client = await this.client();
      return askRest(() => request(client, session), options, this.timeoutMs);
    });
  }

  /** One function of the schema. */
  async call(name: string, args: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<unknown> {
    return (await this.rest(options, (client) => client.rpc(name, args))).data;
  }

  /** One request to the storage server that supabase-js has no word for. Answers that aren't 2xx are thrown. */
  async storage(
    path: string,
    init: RequestInit,
    options: CallOptions & { readonly timeoutMs?: number | null } = {},
  ): Promise<Response> {
    return this.#withSession(options, async (session) => {
      const addresses = addressesOf(await this.client());
      const timeoutMs = options.timeoutMs === undefined ? this.timeoutMs : (options.timeoutMs ?? undefined);
      return askStorage(addresses, session.token, path, init, options, timeoutMs);
    });
  }

  /** Another session than the one with this token, asked for once however many wait. @throws `unauthenticated`, `offline` */
  renew(refusedToken: string): Promise<Session> {
    this.#renewing ??= this.#renew(refusedToken).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** Told when somebody else works, or nobody any more (null). */
  watch(listener: (identity: Identity | null) => void): () => void {
    const own = (identity: Identity | null): void => {
      listener(identity);
    };
    this.#listeners.add(own);
    void this.#listen();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  /** A client that was handed in is its host's; one that was made here goes. */
  async dispose(): Promise<void> {
    this.#listeners.clear();
    this.#stop();
    const client = this.#opened;
    if (!client || 'client' in this.#source) return;
    await authOf(client)?.stopAutoRefresh();
    await client.removeAllChannels();
  }

  async #withSession<T>(options: CallOptions | undefined, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.session(options);
    try {
      return await work(session);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      throwIfAborted(options?.signal);
    }
    try {
      return await work(await this.renew(session.token));
    } catch (error) {
      if (error instanceof TokenRefused) this.#ended();
      throw error;
    }
  }

  /** The session that is there now, renewed when it has run out or (`renew`) was refused. */
  async #ask(client: SupabaseClient, renew: boolean): Promise<Session | null> {
    const auth = authOf(client);
    if (auth !== null) {
      const { data, error } = await (renew ? auth.refreshSession() : auth.getSession());
      if (error && isOutOfReach(error)) throw new LecternError('offline', { cause: error });
      return data.session === null ? null : sessionOfAuth(data.session);
    }
    const token = await this.#callback(client, renew);
    const session = token === null ? null : sessionOfToken(token);
    // A token that has run out here has run out there.
    return session === null && token !== null && !renew ? this.#ask(client, true) : session;
  }

  async #callback(client: SupabaseClient, renew: boolean): Promise<string | null> {
    const { accessToken } = this.#source;
    try {
      if (accessToken) return await accessToken({ renew });
      const token = (await client.realtime.accessToken?.()) ?? null;
      return token === client.realtime.apiKey ? null : token;
    } catch (error) {
      throw fromSilence(error, { aborted: false, timedOut: false });
    }
  }

  async #renew(refusedToken: string): Promise<Session> {
    const client = await this.client();
    // Somebody else may have renewed it meanwhile: another tab, or the client's own clock.
    let session = await this.#ask(client, false);
    if (session?.token === refusedToken) session = await this.#ask(client, true);
    if (session === null || session.token === refusedToken) throw this.#ended();
    return this.#seen(session);
  }

  #seen(session: Session): Session {
    const before = this.#lastSession;
    this.#lastSession = session;
    const [was, is] = [before?.identity, session.identity];
    const changed = was?.userId !== is.userId || was.displayName !== is.displayName || was.isGuest !== is.isGuest;
    if (before !== undefined && changed) this.#tell(is);
    return session;
  }

  #ended(): LecternError {
    if (this.#lastSession) this.#tell(null);
    this.#lastSession = null;
    return new LecternError('unauthenticated', { message: 'Nobody is signed in' });
  }

  #tell(identity: Identity | null): void {
    for (const listener of [...this.#listeners]) {
      queueMicrotask(() => {
        if (this.#listeners.has(listener)) listener(identity);
      });
    }
  }

  async #listen(): Promise<void> {
    if (this.#stopListening) return;
    this.#stopListening = () => undefined;
    try {
      const auth = authOf(await this.client());
      if (!auth || this.#listeners.size === 0) {
        if (this.#listeners.size === 0) this.#stopListening = undefined;
        return;
      }
      const { data } = auth.onAuthStateChange((event, session) => {
        if (event === 'SIGNED_OUT') this.#ended();
        else if (session) this.#seen(sessionOfAuth(session));
        // Nobody, as far as is known: whoever comes next is news.
        else if (this.#lastSession === undefined) this.#lastSession = null;
      });
      this.#stopListening = () => {
        data.subscription.unsubscribe();
      };
    } catch {
      this.#stopListening = undefined;
    }
  }

  #stop(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
  }
}

/** The client's own sign-in; null for a client that is given tokens, whose `auth` throws at a touch. */
function authOf(client: SupabaseClient): SupabaseClient['auth'] | null {
  try {
    return typeof client.auth.getSession === 'function' ? client.auth : null;
  } catch {
    return null;
  }
}

/** The session may be good; only nobody could be asked. */
function isOutOfReach(error: { readonly name: string; readonly status?: number | undefined }): boolean {
  return (
    error.name === 'AuthRetryableFetchError' || error.status === 0 || (error.status ?? 0) >= 500 || error.status === 429
  );
}
