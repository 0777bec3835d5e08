import type { Unsubscribe } from '@lectern/ports';
import type { LecternSession } from './session.js';

let pageDefault: LecternSession | (() => LecternSession) | null = null;
const listeners: Set<() => void> = new Set();
/** Makes a session; `settings` is what the page's tag says beside the name: JSON, or empty. */
export type BackendFactory = (settings: string) => LecternSession;

const factories: Map<string, BackendFactory> = new Map();
const sessions: Map<string, Map<string, LecternSession>> = new Map();

/** Sets the session that elements use which are given none. A function is called when the first one asks. */
export function configureLectern(session: LecternSession | (() => LecternSession)): void {
  pageDefault = session;
  for (const listener of [...listeners]) listener();
}

/** Called after `configureLectern` and `registerBackend`, so that elements which came first get their session. */
export function subscribeDefaultSession(listener: () => void): Unsubscribe {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The page's default session, or null when none was configured. */
export function defaultSession(): LecternSession | null {
  if (typeof pageDefault === 'function') pageDefault = pageDefault();
  return pageDefault;
}

/** Makes `backend="name"` work on elements. Registering a name again replaces it for those who ask later. */
export function registerBackend(name: string, factory: BackendFactory): void {
  factories.set(name, factory);
  sessions.delete(name);
  for (const listener of [...listeners]) listener();
}

/**
 * The session over a named back end, the same one every time for the same settings.
 *
 * @throws RangeError for a name that nobody registered
 */
export function sessionFor(name: string, settings = ''): LecternSession {
  const made = sessions.get(name) ?? new Map<string, LecternSession>();
  const known = made.get(settings);
  if (known !== undefined) return known;
  const factory = factories.get(name);
  if (factory === undefined) {
    const names = [...factories.keys()].join(', ') || 'none';
    throw new RangeError(`No back end is registered as "${name}". Registered: ${names}.`);
  }
  const session = factory(settings);
  sessions.set(name, made.set(settings, session));
  return session;
}

/** Names that `sessionFor` knows. */
export function registeredBackends(): readonly string[] {
  return [...factories.keys()];
}
