import type { Backend } from '@lectern/ports';

/** Where the bytes lie: the private file system with IndexedDB, IndexedDB alone, or nowhere but in memory. */
export type LocalStorageKind = 'opfs' | 'indexeddb' | 'memory';

export interface LocalBackendOptions {
  /** Names the IndexedDB database, the folder of blobs, the locks and the channel; `lectern` when left out. */
  readonly databaseName?: string;
  /** `memory` keeps nothing when the page closes; `auto` (the default) uses it only when the browser denies storage. */
  readonly storage?: 'auto' | 'memory';
  /** Asks the browser, after the first blob was stored, not to evict it; true when left out. */
  readonly requestPersistence?: boolean;
  readonly now?: () => Date;
  readonly newId?: () => string;
}

/** The browser's own store as a back end. It opens itself at the first call of a port. */
export interface LocalBackend extends Backend {
  readonly name: 'local';
  /** Opens the store and says which one it got; never rejects for denied storage: that is kind `memory`. */
  ready(): Promise<{ readonly kind: LocalStorageKind }>;
}

/** Makes the back end at once; nothing is opened before the first call. */
export function createLocalBackend(options: LocalBackendOptions = {}): LocalBackend {
  throw new TypeError(`The local back end is being written (${options.databaseName ?? 'lectern'}).`);
}
