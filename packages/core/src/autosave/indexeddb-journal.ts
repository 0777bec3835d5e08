import { LecternError, toLecternError } from '@lectern/ports';
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { byAge, checkWrite, emptyImage, isUnsaved, metaAfter, quarantinedBy } from './journal-image.js';
import type {
  HistoryIndex,
  HistoryWrite,
  Journal,
  JournalEntry,
  JournalImage,
  JournalMeta,
  JournalSnapshot,
  KeptStep,
  OutboxRow,
  QuarantinedPart,
} from './journal.js';

interface JournalDatabase extends DBSchema {
  meta: { key: string; value: JournalMeta };
  snapshot: { key: string; value: JournalSnapshot & { readonly projectId: string } };
  wal: { key: [string, number]; value: JournalEntry & { readonly projectId: string } };
  outbox: { key: string; value: OutboxRow & { readonly projectId: string }; indexes: { project: string } };
  /** Rows of version 1 have the project, the reason and the entries only. */
  quarantine: {
    key: number;
    value: Pick<QuarantinedPart, 'projectId' | 'reason' | 'entries'> & Partial<QuarantinedPart>;
    indexes: { project: string };
  };
  history: { key: [string, number]; value: KeptStep & { readonly projectId: string } };
  historyIndex: { key: string; value: HistoryIndex & { readonly projectId: string } };
}

type StoreName = 'meta' | 'snapshot' | 'wal' | 'outbox' | 'quarantine' | 'history' | 'historyIndex';
const stores: readonly StoreName[] = ['meta', 'snapshot', 'wal', 'outbox', 'quarantine', 'history', 'historyIndex'];
const databaseVersion = 2;
type WriteTransaction = IDBPTransaction<JournalDatabase, StoreName[], 'readwrite'>;

/** All entries of a project after `afterSeq`, or all steps of its history. */
function entriesOf(projectId: string, afterSeq = -1, toSeq = Infinity): IDBKeyRange {
  return IDBKeyRange.bound([projectId, afterSeq], [projectId, toSeq], true, false);
}

function translated(error: unknown): LecternError {
  const translatedError = toLecternError(error);
  if (translatedError.code !== 'unknown') return translatedError;
  const name = error instanceof Error ? error.name : '';
  const denied =
    name === 'SecurityError' || name === 'InvalidStateError' || name === 'UnknownError' || name === 'VersionError';
  return denied ? new LecternError('storage-denied', { cause: error }) : translatedError;
}

/**
 * The journal of one user in IndexedDB: an append and its meta row are one transaction, which first checks the epoch.
 * A write that resolved survives a killed browser. @throws `storage-denied` when the database can't be opened
 */
export async function indexedDbJournal(name: string): Promise<Journal> {
  if (typeof indexedDB === 'undefined') throw new LecternError('storage-denied', { message: 'there is no IndexedDB' });
  let database: Promise<IDBPDatabase<JournalDatabase>> | null = null;
  const open = (): Promise<IDBPDatabase<JournalDatabase>> => {
    database ??= openDB<JournalDatabase>(name, databaseVersion, {
      upgrade(db, from, _to, transaction) {
        if (from < 1) {
          db.createObjectStore('meta', { keyPath: 'projectId' });
          db.createObjectStore('snapshot', { keyPath: 'projectId' });
          db.createObjectStore('wal', { keyPath: ['projectId', 'seq'] });
          db.createObjectStore('outbox', { keyPath: 'saveId' }).createIndex('project', 'projectId');
          db.createObjectStore('quarantine', { autoIncrement: true });
        }
        if (from < 2) {
          transaction.objectStore('quarantine').createIndex('project', 'projectId');
          db.createObjectStore('history', { keyPath: ['projectId', 'id'] });
          db.createObjectStore('historyIndex', { keyPath: 'projectId' });
        }
      },
      blocking(_current, _blocked, event) {
        // A newer version in another tab must not wait for this one.
        (event.target as IDBDatabase).close();
        database = null;
      },
      terminated() {
        database = null;
      },
    }).catch((error: unknown) => {
      database = null;
      throw translated(error);
    });
    return database;
  };

  const transact = async <T>(strict: boolean, work: (transaction: WriteTransaction) => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt += 1) {
      const db = await open();
      try {
        const transaction = db.transaction(stores as StoreName[], 'readwrite', {
          durability: strict ? 'strict' : 'relaxed',
        }) as WriteTransaction;
        try {
          const result = await work(transaction);
          await transaction.done;
          return result;
        } catch (error) {
          transaction.done.catch(() => undefined);
          try {
            transaction.abort();
          } catch {
            // It is over already.
          }
          throw error;
        }
      } catch (error) {
        // The browser may close a database behind a page's back; one new connection is worth trying.
        if (attempt === 0 && error instanceof Error && error.name === 'InvalidStateError') {
          database = null;
          continue;
        }
        throw translated(error);
      }
    }
  };

  const imageOf = async (transaction: WriteTransaction, projectId: string): Promise<JournalImage | null> => {
    const [meta, snapshot, entries, outbox, index, steps] = await Promise.all([
      transaction.objectStore('meta').get(projectId),
      transaction.objectStore('snapshot').get(projectId),
      transaction.objectStore('wal').getAll(entriesOf(projectId)),
      transaction.objectStore('outbox').index('project').getAll(projectId),
      transaction.objectStore('historyIndex').get(projectId),
      transaction.objectStore('history').getAll(entriesOf(projectId)),
    ]);
    if (meta === undefined) return null;
    return {
      meta,
      snapshot: snapshot ?? null,
      entries,
      outbox,
      history: index === undefined ? null : { index, steps },
    };
  };

  // Requests of one transaction run in order, so they can be made without waiting for each.
  const historyRequests = (
    transaction: WriteTransaction,
    projectId: string,
    { index, put, drop }: HistoryWrite,
  ): Promise<unknown>[] => {
    const steps = transaction.objectStore('history');
    const indices = transaction.objectStore('historyIndex');
    const dropped =
      drop === 'all' || index === null
        ? [steps.delete(entriesOf(projectId))]
        : drop.map((id) => steps.delete([projectId, id]));
    return [
      ...dropped,
      ...put.map((step) => steps.put({ ...step, projectId })),
      index === null ? indices.delete(projectId) : indices.put({ ...index, projectId }),
    ];
  };

  await open();
  return {
    kind: 'indexeddb',
    read: (projectId) => transact(false, (transaction) => imageOf(transaction, projectId)),
    claim: (projectId, initial) =>
      transact(true, async (transaction) => {
        const image = (await imageOf(transaction, projectId)) ?? emptyImage(projectId, initial);
        const claimed = { ...image, meta: { ...image.meta, epoch: image.meta.epoch + 1 } };
        await transaction.objectStore('meta').put(claimed.meta);
        return claimed;
      }),
    write: (projectId, epoch, write) =>
      transact(write.strict === true, async (transaction) => {
        const metas = transaction.objectStore('meta');
        const wal = transaction.objectStore('wal');
        const meta = await metas.get(projectId);
        checkWrite(meta, epoch, write);
        const requests: Promise<unknown>[] = [];
        if (write.quarantine !== undefined) {
          const range = entriesOf(projectId, write.quarantine.fromSeq - 1);
          const snapshot = (await transaction.objectStore('snapshot').get(projectId)) ?? null;
          const part = quarantinedBy({ meta: meta as JournalMeta, snapshot, entries: await wal.getAll(range) }, write);
          if (part !== null) requests.push(transaction.objectStore('quarantine').add(part));
          requests.push(wal.delete(range));
          if (write.quarantine.snapshot === true) requests.push(transaction.objectStore('snapshot').delete(projectId));
        }
        if (write.dropEntriesTo !== undefined) requests.push(wal.delete(entriesOf(projectId, -1, write.dropEntriesTo)));
        if (write.snapshot === null) requests.push(transaction.objectStore('snapshot').delete(projectId));
        else if (write.snapshot !== undefined) {
          requests.push(transaction.objectStore('snapshot').put({ ...write.snapshot, projectId }));
        }
        for (const entry of write.append ?? []) requests.push(wal.put({ ...entry, projectId }));
        for (const saveId of write.dropOutbox ?? []) requests.push(transaction.objectStore('outbox').delete(saveId));
        if (write.putOutbox !== undefined) {
          requests.push(transaction.objectStore('outbox').put({ ...write.putOutbox, projectId }));
        }
        if (write.history !== undefined) requests.push(...historyRequests(transaction, projectId, write.history));
        if (write.meta !== undefined || write.snapshot) requests.push(metas.put(metaAfter(meta as JournalMeta, write)));
        await Promise.all(requests);
      }),
    quarantined: (projectId) =>
      transact(false, async (transaction) => {
        const rows = await transaction.objectStore('quarantine').index('project').getAll(projectId);
        return rows.map((row): QuarantinedPart => ({ lastAt: '', snapshot: null, text: null, ...row }));
      }),
    dropQuarantined: (projectId) =>
      transact(false, async (transaction) => {
        const parts = transaction.objectStore('quarantine');
        const keys = await parts.index('project').getAllKeys(projectId);
        await Promise.all(keys.map((key) => parts.delete(key)));
      }),
    evict: () =>
      transact(false, async (transaction) => {
        const metas = await transaction.objectStore('meta').getAll();
        for (const meta of metas.filter((each) => !isUnsaved(each)).sort(byAge)) {
          const { projectId } = meta;
          const snapshots = transaction.objectStore('snapshot');
          const wal = transaction.objectStore('wal');
          const held = await Promise.all([
            snapshots.count(projectId),
            wal.count(entriesOf(projectId)),
            transaction.objectStore('historyIndex').count(projectId),
          ]);
          if (held.every((count) => count === 0)) continue;
          await Promise.all([
            snapshots.delete(projectId),
            wal.delete(entriesOf(projectId)),
            ...historyRequests(transaction, projectId, { index: null, put: [], drop: 'all' }),
            transaction.objectStore('meta').put({ ...meta, evicted: true }),
          ]);
          return true;
        }
        return false;
      }),
    unsaved: () =>
      transact(false, async (transaction) => (await transaction.objectStore('meta').getAll()).filter(isUnsaved)),
    close() {
      void database?.then(
        (db) => {
          db.close();
        },
        () => undefined,
      );
      database = null;
    },
  };
}
