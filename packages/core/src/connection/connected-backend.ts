import {
  type AssetNotice,
  type Backend,
  type CallOptions,
  type ConnectionPort,
  type ConnectionState,
  type Identity,
  LecternError,
  type Operation,
  type ProjectNotice,
  serialiseError,
  toLecternError,
} from '@lectern/ports';
import { type Destination, forwardingPort, Relay, unlessAborted } from './forwarding.js';
import { findLocalWork } from './local-work.js';
import { type MoveNotes, openMoveNotes } from './move-notes.js';
import { moveUp } from './move-up.js';

/** What to try, what to do without it, and how long to wait. */
export interface ConnectedBackendOptions {
  /** Names the back end for logs, and sets journals apart: `supabase`. */
  readonly name: string;
  /** What people call it: *your school's server*. Null when left out, and then elements find a word. */
  readonly label?: string | null;
  /**
   * Makes the back end that the host asked for; called once, and again only if it failed. Null when the host named none
   * that can be used.
   */
  readonly remote: (() => Promise<Backend> | Backend) | null;
  /** This browser. */
  readonly local: Backend;
  /** How long the start waits for the back end, in milliseconds; 5000 when left out. */
  readonly patienceMs?: number;
  /** How often it is looked for while this browser stands in, in milliseconds; 30,000 when left out, 0 for never. */
  readonly lookEveryMs?: number;
  /** What is open or unsaved in this page, by name. While there is any, the session stays where it is. */
  readonly inUse?: () => Promise<readonly string[]> | readonly string[];
  /** Writes what is open into this browser's store, so that a move takes it along as it is now. */
  readonly saveOpen?: () => Promise<void>;
  /** What moving remembers; IndexedDB when left out. */
  readonly notes?: () => Promise<MoveNotes> | MoveNotes;
  /** What a copy is called that is made because somebody went on with the project over there. */
  readonly copyTitle?: (title: string) => string;
  /** How often and how soon a call of a move is repeated, and when one in which nothing moves is given up. */
  readonly attempts?: { readonly retries?: number; readonly waitMs?: number; readonly stallMs?: number };
}

/** A back end that says how it is connected. */
export interface ConnectedBackend extends Backend {
  readonly connection: ConnectionPort;
}

interface Reached {
  readonly backend: Backend;
  readonly identity: Identity;
}

type PortName = 'assets' | 'blobs' | 'transfers' | 'operations' | 'projects' | 'courses' | 'identity';

/**
 * The back end that the host asked for, or this browser when nobody can work there: it isn't configured, can't be reached
 * at the start, or knows nobody. That is decided once; calls wait until then. A session that ends later changes nothing:
 * unsaved work is in the journal, and errors say what to do. The way up is `connection`.
 */
export function createConnectedBackend(options: ConnectedBackendOptions): ConnectedBackend {
  return new StandIn(options).backend;
}

class StandIn {
  readonly #options: ConnectedBackendOptions;
  readonly #listeners = new Set<(state: ConnectionState) => void>();
  readonly #relays = {
    assets: new Relay<AssetNotice>(),
    operations: new Relay<Operation>(),
    projects: new Relay<ProjectNotice>(),
    courses: new Relay<undefined>(),
    identity: new Relay<Identity | null>(),
  };
  readonly #started: Promise<Backend>;
  readonly #end = new AbortController();
  #state: ConnectionState = { status: 'connecting' };
  #target: Backend | null = null;
  #remote: Promise<Backend> | null = null;
  #notes: Promise<MoveNotes> | null = null;
  #moving: Promise<unknown> = Promise.resolve();
  #looking: ReturnType<typeof setInterval> | null = null;
  #stopWaiting: (() => void)[] = [];

  readonly backend: ConnectedBackend;

  constructor(options: ConnectedBackendOptions) {
    this.#options = options;
    const { assets, operations, projects, courses, identity } = this.#relays;
    const isResumable = (): boolean => this.#target?.transfers.resumable ?? true;
    this.backend = {
      name: options.name,
      assets: this.#port('assets', { subscribe: assets.subscribe }),
      blobs: this.#port('blobs', {}),
      transfers: this.#port('transfers', {
        get resumable() {
          return isResumable();
        },
      }),
      operations: this.#port('operations', { subscribe: operations.subscribe }),
      projects: this.#port('projects', { subscribe: projects.subscribe }),
      courses: this.#port('courses', { subscribe: (listener) => courses.subscribe(() => listener()) }),
      identity: this.#port('identity', { subscribe: identity.subscribe }),
      connection: {
        state: () => this.#state,
        retry: (call) => this.#retry(call),
        pending: (call) => this.#pending(call),
        moveUp: (call) => this.#moveUp(call),
        subscribe: (listener) => {
          const own = (state: ConnectionState): void => listener(state);
          this.#listeners.add(own);
          return () => this.#listeners.delete(own);
        },
      },
      dispose: () => this.#dispose(),
    };
    this.#started = this.#start();
  }

  #port<Name extends PortName>(name: Name, own: Partial<Backend[Name]>): Backend[Name] {
    const destination: Destination<Backend[Name]> = {
      now: () => this.#target?.[name] ?? null,
      known: async () => {
        await this.#started;
        // Whoever waited longer than the start goes where everybody goes by now.
        return (this.#target ?? this.#options.local)[name];
      },
    };
    return forwardingPort(destination, own);
  }

  async #start(): Promise<Backend> {
    const { local, remote } = this.#options;
    if (remote === null) return this.#goTo(local, this.#instead('not-configured', null));
    try {
      const { backend } = await this.#reach();
      return this.#goTo(backend, this.#connected());
    } catch (thrown) {
      const error = toLecternError(thrown);
      this.#goTo(local, this.#instead(reasonOf(error), error));
      if (!this.#end.signal.aborted) this.#waitForIt();
      return local;
    }
  }

  #connected(): ConnectionState {
    return { status: 'connected', name: this.#options.label ?? this.#options.name };
  }

  #instead(reason: 'not-configured' | 'unreachable' | 'signed-out', error: LecternError | null): ConnectionState {
    return {
      status: 'instead',
      name: this.#options.label ?? null,
      reason,
      reachable: false,
      error: error && serialiseError(error),
    };
  }

  /** Somebody is signed in, and the back end itself has answered: a session that a browser remembers proves neither. */
  async #reach(signal?: AbortSignal): Promise<Reached> {
    const { patienceMs = 5000 } = this.#options;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), patienceMs);
    const call = { signal: AbortSignal.any([this.#end.signal, patience.signal, ...(signal ? [signal] : [])]) };
    const tried = (async (): Promise<Reached> => {
      const backend = await this.#makeRemote();
      const identity = await backend.identity.current(call);
      await backend.projects.list({ limit: 1 }, call);
      return { backend, identity };
    })();
    try {
      return await unlessAborted(call.signal, tried);
    } catch (thrown) {
      const error = toLecternError(thrown);
      if (error.code !== 'aborted' || signal?.aborted === true || this.#end.signal.aborted) throw error;
      throw new LecternError('timeout', { message: `${this.#options.name} didn't answer`, cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  #makeRemote(): Promise<Backend> {
    const { remote } = this.#options;
    if (remote === null) return Promise.reject(new LecternError('offline', { message: 'No back end is configured' }));
    this.#remote ??= (async () => remote())();
    const making = this.#remote;
    making.catch(() => {
      if (this.#remote === making) this.#remote = null;
    });
    return making;
  }

  #goTo(backend: Backend, state: ConnectionState): Backend {
    this.#target = backend;
    this.#relays.assets.follow(backend.assets);
    this.#relays.operations.follow(backend.operations);
    this.#relays.projects.follow(backend.projects);
    this.#relays.courses.follow({ subscribe: (listener) => backend.courses.subscribe(() => listener(undefined)) });
    this.#relays.identity.follow(backend.identity);
    this.#setState(state);
    return backend;
  }

  #setState(state: ConnectionState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  // ── While this browser stands in ────────────────────────────────────────────────────────────────────────────────

  #waitForIt(): void {
    const { lookEveryMs = 30_000 } = this.#options;
    const look = (): void => {
      this.#retry().catch(() => undefined);
    };
    if (lookEveryMs > 0) this.#looking = setInterval(look, lookEveryMs);
    const page = globalThis as Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>>;
    page.addEventListener?.('online', look);
    this.#stopWaiting.push(() => page.removeEventListener?.('online', look));
    // Somebody signs in; a back end that couldn't even be made is looked for by the clock.
    this.#remote?.then(
      (backend) => {
        if (this.#state.status !== 'instead') return;
        this.#stopWaiting.push(backend.identity.subscribe((identity) => identity && look()));
      },
      () => undefined,
    );
  }

  #stopLooking(): void {
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#looking = null;
    for (const stop of this.#stopWaiting.splice(0)) stop();
  }

  async #retry(call: CallOptions = {}): Promise<ConnectionState> {
    await unlessAborted(call.signal, this.#started);
    if (this.#state.status !== 'instead' || this.#options.remote === null) return this.#state;
    try {
      const reached = await this.#reach(call.signal);
      // Nothing is moved by it: whatever is here keeps this browser in its place.
      const { assets, projects, courses } = await this.#pending(call);
      if (assets + projects + courses > 0 || !(await this.#goOver(reached)))
        this.#setState({ ...this.#state, reachable: true, error: null });
    } catch (thrown) {
      const error = toLecternError(thrown);
      if (error.code === 'aborted') throw error;
      this.#setState(this.#instead(reasonOf(error), error));
    }
    return this.#state;
  }

  /** False when something is open or unsaved here: it would be saved to where it never was. */
  async #goOver({ backend, identity }: Reached): Promise<boolean> {
    if ((await this.#inUse()).length > 0) return false;
    if (this.#target === backend) return true;
    this.#stopLooking();
    this.#goTo(backend, this.#connected());
    // Everything may be different now, who is working included.
    this.#relays.identity.tell(identity);
    this.#relays.assets.tell({ type: 'assets-changed', ids: [] });
    this.#relays.courses.tell(undefined);
    return true;
  }

  async #inUse(): Promise<readonly string[]> {
    return (await this.#options.inUse?.()) ?? [];
  }

  // ── Moving up ───────────────────────────────────────────────────────────────────────────────────────────────────

  #openNotes(): Promise<MoveNotes> {
    const { name, notes = () => openMoveNotes(name) } = this.#options;
    this.#notes ??= (async () => notes())();
    return this.#notes;
  }

  async #pending(call: CallOptions = {}): ReturnType<ConnectionPort['pending']> {
    const moved = await (await this.#openNotes()).moved();
    const { assets, projects, courses } = await findLocalWork(this.#options.local, moved, call);
    return {
      assets: assets.length,
      projects: projects.length,
      courses: courses.length,
      bytes: assets.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    };
  }

  /** One after the other: whoever asks while it is going on finds nothing left to do. */
  #moveUp(call: Parameters<ConnectionPort['moveUp']>[0] = {}): ReturnType<ConnectionPort['moveUp']> {
    const turn = this.#moving.then(() => withoutOtherTabs(this.#options.name, call.signal, () => this.#move(call)));
    this.#moving = turn.catch(() => undefined);
    return turn;
  }

  async #move({
    signal,
    onProgress,
  }: NonNullable<Parameters<ConnectionPort['moveUp']>[0]>): ReturnType<ConnectionPort['moveUp']> {
    const { local, copyTitle = (title) => `${title} (copy)`, attempts = {} } = this.#options;
    await unlessAborted(signal, this.#started);
    const reached = await this.#reach(signal).catch((thrown: unknown) => {
      const error = toLecternError(thrown);
      const asIs = error.code === 'unauthenticated' || error.code === 'aborted';
      throw asIs ? error : new LecternError('offline', { message: error.message, cause: error });
    });
    if (this.#target === local) await this.#options.saveOpen?.();
    const report = await moveUp({
      local,
      remote: reached.backend,
      notes: await this.#openNotes(),
      guestId: (await local.identity.current()).userId,
      userId: reached.identity.userId,
      copyTitle,
      signal,
      onProgress,
      attempts: { retries: 4, waitMs: 500, stallMs: 30_000, ...attempts },
    });
    if (this.#target === local) {
      // While something is open, this browser goes on keeping it; what is changed from now on is work to move again. The
      // session goes over when nothing is open any more, at the latest with the next page.
      if (!(await this.#goOver(reached)) && this.#state.status === 'instead')
        this.#setState({ ...this.#state, reachable: true, error: null });
    } else {
      this.#relays.assets.tell({ type: 'assets-changed', ids: [] });
      this.#relays.courses.tell(undefined);
    }
    return report;
  }

  async #dispose(): Promise<void> {
    if (this.#end.signal.aborted) return;
    this.#stopLooking();
    for (const relay of Object.values(this.#relays)) relay.follow(null);
    this.#end.abort();
    this.#listeners.clear();
    await this.#started;
    const remote = await this.#remote?.catch(() => null);
    await remote?.dispose();
    await this.#options.local.dispose();
    (await this.#notes?.catch(() => null))?.close();
  }
}

/** Why this browser stands in, by what went wrong at the start. */
function reasonOf({ code }: LecternError): 'not-configured' | 'unreachable' | 'signed-out' {
  if (code === 'unauthenticated') return 'signed-out';
  // The factory refused what the host gave it.
  if (code === 'invalid-input') return 'not-configured';
  return 'unreachable';
}

/** Two tabs that move the same things at once would send them twice. */
async function withoutOtherTabs<T>(name: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const { locks } = (globalThis as { readonly navigator?: { readonly locks?: LockManager } }).navigator ?? {};
  if (!locks) return work();
  try {
    return await locks.request(`lectern-move/${name}`, signal ? { signal } : {}, work);
  } catch (error) {
    throw toLecternError(error);
  }
}
