import { LecternError, toLecternError } from '@lectern/ports';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { type HeldBytes, memoryUploadJournal, sortRows, type UploadJournal } from './upload-journal.js';
import { readUploadRow, type UploadRow } from './upload-row.js';

interface UploadDatabase extends DBSchema {
  rows: { key: string; value: UploadRow; indexes: { owner: [string, string] } };
  held: { key: string; value: HeldBytes & { readonly id: string } };
}

const databaseVersion = 1;

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It is over already.
  }
}

function translated(error: unknown): LecternError {
  const ours = toLecternError(error);
  return ours.code === 'unknown' ? new LecternError('storage-denied', { cause: error }) : ours;
}

/**
 * Uploads of every back end and user of this origin in one IndexedDB database; what was written survives a killed
 * browser. @throws `storage-denied` when the database can't be opened
 */
export async function indexedDbUploadJournal(name: string): Promise<UploadJournal> {
  if (typeof indexedDB === 'undefined') throw new LecternError('storage-denied', { message: 'there is no IndexedDB' });
  let database: Promise<IDBPDatabase<UploadDatabase>> | null = null;
  const disconnected = (): void => {
    database = null;
  };
  const open = (): Promise<IDBPDatabase<UploadDatabase>> => {
    database ??= openDB<UploadDatabase>(name, databaseVersion, {
      upgrade(db) {
        db.createObjectStore('rows', { keyPath: 'id' }).createIndex('owner', ['namespace', 'userId']);
        db.createObjectStore('held', { keyPath: 'id' });
      },
      blocking(_current, _blocked, event) {
        // A newer version in another tab must not wait for this one.
        (event.target as IDBDatabase).close();
        disconnected();
      },
      terminated: disconnected,
    }).catch((error: unknown) => {
      disconnected();
      throw translated(error);
    });
    return database;
  };
  const ask = async <T>(work: (db: IDBPDatabase<UploadDatabase>) => Promise<T>): Promise<T> => {
    try {
      return await work(await open()).catch(async (error: unknown) => {
        // The browser may close a database behind a page's back; one new connection is worth trying.
        if (!(error instanceof Error && error.name === 'InvalidStateError')) throw error;
        disconnected();
        return work(await open());
      });
    } catch (error) {
      throw translated(error);
    }
  };

  await open();
  return {
    kind: 'indexeddb',
    rows: (namespace, userId) =>
      ask(async (db) => sortRows(await db.getAllFromIndex('rows', 'owner', [namespace, userId]))),
    get: (id) =>
      ask(async (db) => {
        const row = readUploadRow(await db.get('rows', id));
        return typeof row === 'string' ? null : row;
      }),
    put: (row, held) =>
      ask(async (db) => {
        const transaction = db.transaction(held ? ['rows', 'held'] : ['rows'], 'readwrite');
        // It may fail before anybody waits for it; whoever does is told all the same.
        transaction.done.catch(() => undefined);
        try {
          const requests: Promise<unknown>[] = [];
          // First, since what can't be copied throws at once.
          if (held) requests.push(transaction.objectStore('held').put({ ...held, id: row.id }));
          requests.push(transaction.objectStore('rows').put(row));
          await Promise.all([...requests, transaction.done]);
        } catch (error) {
          abort(transaction);
          throw error;
        }
      }),
    held: (id) => ask(async (db) => (await db.get('held', id)) ?? null),
    delete: (id) =>
      ask(async (db) => {
        const transaction = db.transaction(['rows', 'held'], 'readwrite');
        await Promise.all([
          transaction.objectStore('rows').delete(id),
          transaction.objectStore('held').delete(id),
          transaction.done,
        ]);
      }),
    close() {
      void database?.then(
        (db) => {
          db.close();
        },
        () => undefined,
      );
      disconnected();
    },
  };
}

/** The browser's journal; memory where the browser denies it, and then what was begun ends with its page. */
export async function openUploadJournal(name: string): Promise<UploadJournal> {
  try {
    return await indexedDbUploadJournal(name);
  } catch {
    return memoryUploadJournal();
  }
}
