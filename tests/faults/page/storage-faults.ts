/** A disk that fails when it is told to, and a session on it. */
import type { PageState } from './editing-page.js';

/** Which calls are counted, and which of them fail. */
export interface StorageFaults {
  calls: number;
  /** Part of the name of the databases that are meant. */
  database: string;
  /** Number of the call that fails, from 1; 0 for none. */
  failing: number;
  /** Whether all calls after it fail too. */
  forGood: boolean;
}

declare global {
  interface Window {
    storageFaults: StorageFaults;
    scriptedSession: typeof scriptedSession;
  }
}

/** Before all else: every call of IndexedDB is counted and may fail, as a broken disk lets it. */
export function countStorageCalls(): void {
  const faults: StorageFaults = { calls: 0, database: '-', failing: 0, forGood: false };
  window.storageFaults = faults;
  window.scriptedSession = scriptedSession;

  const fails = (database: string): boolean => {
    if (!database.includes(faults.database)) return false;
    faults.calls += 1;
    return faults.failing > 0 && (faults.forGood ? faults.calls >= faults.failing : faults.calls === faults.failing);
  };
  const broken = (): DOMException => new DOMException('Internal error.', 'UnknownError');

  const wrap = <Target extends object>(
    prototype: Target,
    names: readonly (keyof Target & string)[],
    databaseOf: (target: Target, args: readonly unknown[]) => string,
  ): void => {
    for (const name of names) {
      const original = prototype[name] as (...args: unknown[]) => unknown;
      const failing = function (this: Target, ...args: unknown[]): unknown {
        if (!fails(databaseOf(this, args))) return original.apply(this, args);
        // A connection refuses at once; a request begins, and then its transaction comes to nothing.
        const { transaction } = this as { readonly transaction?: unknown };
        if (!(transaction instanceof IDBTransaction)) throw broken();
        const request = original.apply(this, args);
        transaction.abort();
        return request;
      };
      Object.defineProperty(prototype, name, { value: failing, configurable: true, writable: true });
    }
  };
  wrap(IDBFactory.prototype, ['open'], (_factory, [name]) => String(name));
  wrap(IDBDatabase.prototype, ['transaction'], (database) => database.name);
  wrap(
    IDBObjectStore.prototype,
    ['put', 'add', 'get', 'getAll', 'delete', 'count'],
    (store) => store.transaction.db.name,
  );
  wrap(IDBIndex.prototype, ['get', 'getAll'], (index) => index.objectStore.transaction.db.name);
}

export interface SessionReport {
  readonly accepted: readonly number[];
  readonly calls: number;
  readonly state: PageState | null;
  /** Whether the page ever said that it keeps nothing beyond itself. */
  readonly warned: boolean;
  readonly falseSaved: boolean;
}

/**
 * Opens a project, edits, saves, edits again and closes it, whatever fails meanwhile. Before it closes it waits until all
 * is saved, for `patience` milliseconds at most.
 */
async function scriptedSession(
  projectId: string,
  faults: Partial<StorageFaults>,
  patience: number,
): Promise<SessionReport> {
  Object.assign(window.storageFaults, faults, { calls: 0 });
  const page = window.editingPage;
  const accepted: number[] = [];
  const within = (ms: number, work: Promise<unknown>): Promise<unknown> =>
    Promise.race([work, new Promise((resolve) => setTimeout(resolve, ms))]);
  const edit = async (number: number): Promise<void> => {
    const tried = page.edit(number);
    if (!tried.accepted) return;
    accepted.push(number);
    await within(300, page.durable(tried.seq));
  };
  let state: PageState | null = null;
  // A person whose project doesn't open tries again.
  for (let attempt = 0; attempt < 3 && state === null; attempt += 1) {
    state = await page.open(projectId).catch(() => null);
  }
  if (state === null) return { accepted, calls: window.storageFaults.calls, state, warned: true, falseSaved: false };
  await edit(1);
  await edit(2);
  await within(2000, page.save());
  await edit(3);
  await edit(4);
  const end = Date.now() + patience;
  while (page.state().autosave.remote !== 'synced' && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  state = page.state();
  const { calls } = window.storageFaults;
  const warned = state.autosave.memoryOnly || state.autosave.remoteVolatile || state.autosave.local === 'degraded';
  const falseSaved = state.saved && state.autosave.remoteVolatile;
  await page.close();
  return { accepted, calls, state, warned, falseSaved };
}
