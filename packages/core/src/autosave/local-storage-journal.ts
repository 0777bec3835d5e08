import { LecternError, toLecternError } from '@lectern/ports';
import { applyWrite, byAge, emptyImage, evicted, isUnsaved, quarantinedBy } from './journal-image.js';
import type { Journal, JournalImage, QuarantinedPart } from './journal.js';

/** The part of `localStorage` that is needed. */
export interface KeyValueStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The page's `localStorage`, or null where there is none or it is denied. */
export function pageStorage(): KeyValueStorage | null {
  try {
    const storage = (globalThis as { readonly localStorage?: KeyValueStorage }).localStorage;
    if (storage === undefined) return null;
    const probe = 'lectern-probe';
    storage.setItem(probe, probe);
    storage.removeItem(probe);
    return storage;
  } catch {
    return null;
  }
}

/**
 * The fallback where IndexedDB is denied: one value per project. It survives a reload; a killed browser may lose its
 * last seconds, which is why it is not the first choice.
 */
export function localStorageJournal(storage: KeyValueStorage, namespace: string): Journal {
  const prefix = `${namespace}/`;
  const asidePrefix = `${prefix}quarantine/`;
  const keysBelow = (start: string): readonly string[] =>
    Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '').filter((key) =>
      key.startsWith(start),
    );
  /** Keys of what was set aside, with their numbers: `quarantine/<number>/<project>`. */
  const asideKeys = (projectId: string): readonly (readonly [number, string])[] =>
    keysBelow(asidePrefix)
      .map((key) => [parseInt(key.slice(asidePrefix.length), 10), key] as const)
      .filter(([number, key]) => key === `${asidePrefix}${String(number)}/${projectId}`)
      .sort(([a], [b]) => a - b);
  const setAside = (part: QuarantinedPart): void => {
    const number = (asideKeys(part.projectId).at(-1)?.[0] ?? 0) + 1;
    storage.setItem(`${asidePrefix}${String(number)}/${part.projectId}`, JSON.stringify(part));
  };
  const unreadable = (projectId: string, text: string): QuarantinedPart => {
    return { projectId, reason: 'unreadable', lastAt: '', snapshot: null, entries: [], text };
  };
  const load = (projectId: string): JournalImage | null => {
    const text = storage.getItem(prefix + projectId);
    if (text === null) return null;
    try {
      const value = JSON.parse(text) as Partial<JournalImage> | null;
      if (value?.meta === undefined || !Array.isArray(value.entries) || !Array.isArray(value.outbox))
        throw new TypeError();
      return { snapshot: null, ...value } as JournalImage;
    } catch {
      setAside(unreadable(projectId, text));
      storage.removeItem(prefix + projectId);
      return null;
    }
  };
  const store = (image: JournalImage): void => {
    const key = prefix + image.meta.projectId;
    try {
      storage.setItem(key, JSON.stringify(image));
    } catch (error) {
      const failure = toLecternError(error, 'quota-exceeded');
      if (!image.history) throw failure;
      // There is little room here: what can be undone gives way to what was done.
      store({ ...image, history: null });
    }
  };
  const images = (): readonly JournalImage[] =>
    keysBelow(prefix)
      .filter((key) => !key.startsWith(asidePrefix))
      .map((key) => load(key.slice(prefix.length)))
      .filter((image) => image !== null);
  // Not `async`: a write has happened when the call returns, so that it survives a page that is being closed.
  const attempt = <T>(work: () => T): Promise<T> => {
    try {
      return Promise.resolve(work());
    } catch (error) {
      return Promise.reject(toLecternError(error));
    }
  };
  return {
    kind: 'local-storage',
    read: (projectId) => attempt(() => load(projectId)),
    claim: (projectId, initial) =>
      attempt(() => {
        const image = load(projectId) ?? emptyImage(projectId, initial);
        const claimed = { ...image, meta: { ...image.meta, epoch: image.meta.epoch + 1 } };
        store(claimed);
        return claimed;
      }),
    write: (projectId, epoch, write) =>
      attempt(() => {
        const image = load(projectId);
        if (image === null)
          throw new LecternError('conflict', { message: 'there is no journal', details: { missing: true } });
        const written = applyWrite(image, epoch, write);
        const part = quarantinedBy(image, write);
        if (part !== null) setAside(part);
        store(written);
      }),
    quarantined: (projectId) =>
      attempt(() =>
        asideKeys(projectId).map(([, key]) => {
          const text = storage.getItem(key) ?? '';
          try {
            return JSON.parse(text) as QuarantinedPart;
          } catch {
            return unreadable(projectId, text);
          }
        }),
      ),
    dropQuarantined: (projectId) =>
      attempt(() => {
        for (const [, key] of asideKeys(projectId)) storage.removeItem(key);
      }),
    evict: () =>
      attempt(() => {
        const oldest = [...images()]
          .sort((a, b) => byAge(a.meta, b.meta))
          .map(evicted)
          .find((image) => image !== null);
        if (oldest) store(oldest);
        return oldest !== undefined;
      }),
    unsaved: () =>
      attempt(() =>
        images()
          .map(({ meta }) => meta)
          .filter(isUnsaved),
      ),
    close() {
      /* nothing is held */
    },
  };
}
