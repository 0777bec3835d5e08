import { type Identity, LecternError } from '@lectern/ports';
import { ByteFolder } from './bytes/byte-folder.js';
import { IndexedDbRecordStore } from './records/indexeddb-record-store.js';
import { MemoryRecordStore } from './records/memory-record-store.js';
import type { RecordStore } from './records/record-store.js';

/** Where the bytes lie: the private file system with IndexedDB, IndexedDB alone, or nowhere but in memory. */
export type LocalStorageKind = 'opfs' | 'indexeddb' | 'memory';

export interface OpenStore {
  readonly kind: LocalStorageKind;
  readonly records: RecordStore;
  /** Null: streamed bytes go into `blobData` as well. */
  readonly folder: ByteFolder | null;
  readonly guest: Identity;
}

export interface OpenStoreOptions {
  readonly databaseName: string;
  readonly storage: 'auto' | 'memory';
  readonly newId: () => string;
  /** How long the browser may take to open its database before it counts as denied, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * Opens the best store that the browser gives. Denied storage shows itself in three ways, and each ends in memory:
 * IndexedDB isn't there, it throws (sandboxed frames), or it never answers (some partitioned frames).
 *
 * @throws `too-new` when a newer version of the page has upgraded the database: memory would hide the user's library
 */
export async function openStore(options: OpenStoreOptions): Promise<OpenStore> {
  return (options.storage === 'auto' ? await openPersistent(options) : null) ?? openMemory(options);
}

async function openPersistent(options: OpenStoreOptions): Promise<OpenStore | null> {
  if (typeof indexedDB === 'undefined') return null;
  const opening = openAndTry(options);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, options.patienceMs, null);
  });
  try {
    const store = await Promise.race([opening, tooLate]);
    if (!store)
      opening.then(
        (late) => {
          late.records.close();
        },
        () => undefined,
      );
    return store;
  } catch (error) {
    if (error instanceof LecternError && error.code === 'too-new') throw error;
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function openAndTry({ databaseName, newId }: OpenStoreOptions): Promise<OpenStore> {
  const records = await IndexedDbRecordStore.open(databaseName);
  try {
    const guest = await settle(records, newId);
    const folder = await ByteFolder.open(databaseName);
    return { kind: folder ? 'opfs' : 'indexeddb', records, folder, guest };
  } catch (error) {
    records.close();
    throw error;
  }
}

async function openMemory({ newId }: OpenStoreOptions): Promise<OpenStore> {
  const records = new MemoryRecordStore();
  return { kind: 'memory', records, folder: null, guest: await settle(records, newId) };
}

/** Finds the guest, or moves in: the first rows, and proof that rows and blobs can be written here at all. */
async function settle(records: RecordStore, newId: () => string): Promise<Identity> {
  const known = await records.read(['meta'], async (view) => view.get('meta', 'guest'));
  if (known?.key === 'guest') return known.identity;
  return records.write(['meta', 'blobData'], async (view) => {
    // Another tab may have been faster.
    const row = await view.get('meta', 'guest');
    if (row?.key === 'guest') return row.identity;
    const identity: Identity = { userId: newId(), displayName: 'Guest', isGuest: true };
    await view.put('meta', { key: 'guest', identity });
    await view.put('meta', { key: 'library', epoch: newId(), seq: 0 });
    // Some private windows have IndexedDB and refuse blobs in it.
    await view.put('blobData', { key: '?', data: new Blob(['?']) });
    await view.delete('blobData', '?');
    return identity;
  });
}
