import { LecternError, toLecternError } from '@lectern/ports';
import { applyWrite, emptyImage, isUnsaved } from './journal-image.js';
import type { Journal, JournalImage } from './journal.js';

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
  const load = (projectId: string): JournalImage | null => {
    const text = storage.getItem(prefix + projectId);
    if (text === null) return null;
    try {
      const value = JSON.parse(text) as Partial<JournalImage> | null;
      if (value?.meta === undefined || !Array.isArray(value.entries) || !Array.isArray(value.outbox))
        throw new TypeError();
      return { snapshot: null, ...value } as JournalImage;
    } catch {
      storage.setItem(`${prefix}quarantine/${projectId}`, text);
      storage.removeItem(prefix + projectId);
      return null;
    }
  };
  const store = (image: JournalImage): void => {
    try {
      storage.setItem(prefix + image.meta.projectId, JSON.stringify(image));
    } catch (error) {
      throw toLecternError(error, 'quota-exceeded');
    }
  };
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
        if (write.quarantine !== undefined) {
          storage.setItem(
            `${prefix}quarantine/${projectId}`,
            JSON.stringify({ ...image, reason: write.quarantine.reason }),
          );
        }
        store(applyWrite(image, epoch, write));
      }),
    unsaved: () =>
      attempt(() => {
        const ids = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
          .filter((key) => key.startsWith(prefix) && !key.startsWith(`${prefix}quarantine/`))
          .map((key) => key.slice(prefix.length));
        return ids
          .map(load)
          .filter((image) => image !== null)
          .map((image) => image.meta)
          .filter(isUnsaved);
      }),
    close() {
      /* nothing is held */
    },
  };
}
