import { type Identity, LecternError } from '@lectern/ports';
import { ByteFolder } from './bytes/byte-folder.js';
import { IndexedDbRecordStore } from './records/indexeddb-record-store.js';
import { MemoryRecordStore } from './records/memory-record-store.js';
import type { RecordStore, WriteView } from './records/record-store.js';

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
 * But a library that is there is never hidden behind an empty one in memory:
 *
 * @throws `too-new` when a newer version of the page has upgraded the database
 * @throws `quota-exceeded` when the database can't be opened for want of room; the next call tries again
 */
export async function openStore(options: OpenStoreOptions): Promise<OpenStore> {
  return (options.storage === 'auto' ? await openPersistent(options) : null) ?? openMemory(options);
}

async function openPersistent(options: OpenStoreOptions): Promise<OpenStore | null> {
  if (!hasIndexedDb()) return null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const opening = openAndTry(options, () => {
    clearTimeout(timer);
  });
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
    if (isBroken(error) && (await ByteFolder.exists(options.databaseName))) {
      throw new LecternError('quota-exceeded', { cause: error, message: 'The database is there and can’t be opened' });
    }
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** Where site data is blocked, some browsers throw when the name is only mentioned. */
function hasIndexedDb(): boolean {
  try {
    return typeof indexedDB !== 'undefined';
  } catch {
    return false;
  }
}

/** Chromium's answer when the disk has no room left to open a database on; denial has other names. */
function isBroken(error: unknown): boolean {
  return error instanceof LecternError && error.cause instanceof DOMException && error.cause.name === 'UnknownError';
}

async function openAndTry({ databaseName, newId }: OpenStoreOptions, onAnswer: () => void): Promise<OpenStore> {
  let guest = newGuest(newId);
  const records = await IndexedDbRecordStore.open(databaseName, (view) => moveIn(view, guest, newId), onAnswer);
  try {
    guest = await guestOf(records);
    const folder = await ByteFolder.open(databaseName);
    return { kind: folder ? 'opfs' : 'indexeddb', records, folder, guest };
  } catch (error) {
    records.close();
    throw error;
  }
}

async function openMemory({ newId }: OpenStoreOptions): Promise<OpenStore> {
  const records = new MemoryRecordStore();
  const guest = newGuest(newId);
  await records.write(['meta', 'blobData'], (view) => moveIn(view, guest, newId));
  return { kind: 'memory', records, folder: null, guest };
}

const newGuest = (newId: () => string): Identity => ({ userId: newId(), displayName: 'Guest', isGuest: true });

/** The first rows, and proof that rows and blobs can be written here at all. */
async function moveIn(view: WriteView, guest: Identity, newId: () => string): Promise<void> {
  await view.put('meta', { key: 'guest', identity: guest });
  await view.put('meta', { key: 'library', epoch: newId(), seq: 0 });
  // Some private windows have IndexedDB and refuse blobs in it.
  await view.put('blobData', { key: '?', data: new Blob(['?']) });
  await view.delete('blobData', '?');
}

async function guestOf(records: RecordStore): Promise<Identity> {
  const row = await records.read(['meta'], (view) => view.get('meta', 'guest'));
  if (row?.key !== 'guest') throw new LecternError('corrupt', { message: 'The row of the guest is gone' });
  return row.identity;
}
