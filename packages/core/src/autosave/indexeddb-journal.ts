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
  JournalWrite,
  KeptStep,
  OutboxRow,
  QuarantinedPart,
} from './journal.js';

interface JournalDatabase extends DBSchema {
  /** Epochs of which nothing may be written unseen: those that are over, and one whose snapshot was given up. */
  ended: { key: [string, number]; value: { readonly projectId: string; readonly epoch: number } };
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

type StoreName = 'ended' | 'meta' | 'snapshot' | 'wal' | 'outbox' | 'quarantine' | 'history' | 'historyIndex';
const stores: readonly StoreName[] = [
  ...(['ended', 'meta', 'snapshot', 'wal', 'outbox', 'quarantine', 'history', 'historyIndex'] as const),
];
const databaseVersion = 3;
/** How many ended epochs of a project are remembered. No tab sleeps through more openings than that. */
const keptEpochs = 10_000;
type WriteTransaction = IDBPTransaction<JournalDatabase, StoreName[], 'readwrite'>;

/** All entries of a project after `afterSeq`, or all steps of its history. */
function entriesOf(projectId: string, afterSeq = -1, toSeq = Infinity): IDBKeyRange {
  return IDBKeyRange.bound([projectId, afterSeq], [projectId, toSeq], true, false);
}

function hasName(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function translated(error: unknown): LecternError {
  const translatedError = toLecternError(error);
  if (translatedError.code !== 'unknown') return translatedError;
  const name = error instanceof Error ? error.name : '';
  const denied =
    name === 'SecurityError' || name === 'InvalidStateError' || name === 'UnknownError' || name === 'VersionError';
  return denied ? new LecternError('storage-denied', { cause: error }) : translatedError;
}

/** The requests of a transaction. Each may fail before anybody waits for it; the transaction fails then as a whole. */
class Requests {
  readonly #all: Promise<unknown>[] = [];

  add(...requests: readonly Promise<unknown>[]): void {
    for (const each of requests) void this.ask(each);
  }

  /** Like `add`, for a request with an answer. */
  ask<T>(request: Promise<T>): Promise<T> {
    request.catch(() => undefined);
    this.#all.push(request);
    return request;
  }

  async done(): Promise<void> {
    await Promise.all(this.#all);
  }
}

/** Asks for everything that a write says. Requests of one transaction run in order, so none waits for another. */
function request(requests: Requests, transaction: WriteTransaction, meta: JournalMeta, write: JournalWrite): void {
  const { projectId } = meta;
  const wal = transaction.objectStore('wal');
  const outbox = transaction.objectStore('outbox');
  const snapshots = transaction.objectStore('snapshot');
  if (write.dropEntriesTo !== undefined) requests.add(wal.delete(entriesOf(projectId, -1, write.dropEntriesTo)));
  if (write.snapshot === null) requests.add(snapshots.delete(projectId));
  else if (write.snapshot !== undefined) requests.add(snapshots.put({ ...write.snapshot, projectId }));
  for (const entry of write.append ?? []) requests.add(wal.put({ ...entry, projectId }));
  for (const saveId of write.dropOutbox ?? []) requests.add(outbox.delete(saveId));
  if (write.putOutbox !== undefined) requests.add(outbox.put({ ...write.putOutbox, projectId }));
  if (write.history !== undefined) requestHistory(requests, transaction, projectId, write.history);
  if (write.meta !== undefined || write.snapshot) {
    requests.add(transaction.objectStore('meta').put(metaAfter(meta, write)));
  }
}

function requestHistory(
  requests: Requests,
  transaction: WriteTransaction,
  projectId: string,
  { index, put, drop }: HistoryWrite,
): void {
  const steps = transaction.objectStore('history');
  const indices = transaction.objectStore('historyIndex');
  if (drop === 'all' || index === null) requests.add(steps.delete(entriesOf(projectId)));
  else for (const id of drop) requests.add(steps.delete([projectId, id]));
  for (const step of put) requests.add(steps.put({ ...step, projectId }));
  requests.add(index === null ? indices.delete(projectId) : indices.put({ ...index, projectId }));
}

/**
 * The journal of one user in IndexedDB: an append and its meta row are one transaction, which fails when its epoch is
 * over. A write that resolved survives a killed browser, and one that was begun survives the end of its page.
 *
 * A page that goes gets no answers any more, and a transaction that waits for one goes with it. So a write asks nothing:
 * its first request adds a row that is there already when the epoch is over, which fails the transaction as a whole; the
 * next takes that row away again, and the commit is asked for at once. What a write has to know of the meta row is
 * remembered since the claim: in that epoch nobody else writes it without leaving such a row.
 *
 * @throws `storage-denied` when the database can't be opened
 */
export async function indexedDbJournal(name: string): Promise<Journal> {
  if (typeof indexedDB === 'undefined') throw new LecternError('storage-denied', { message: 'there is no IndexedDB' });
  let database: Promise<IDBPDatabase<JournalDatabase>> | null = null;
  /** The meta rows of the projects that were claimed over this connection, as the last write leaves them. */
  const claimed = new Map<string, JournalMeta>();
  const disconnected = (): void => {
    database = null;
    // Whoever emptied the database closed it first.
    claimed.clear();
  };
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
        if (from < 3) db.createObjectStore('ended', { keyPath: ['projectId', 'epoch'] });
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

  const attempt = async <T>(strict: boolean, work: (transaction: WriteTransaction) => Promise<T>): Promise<T> => {
    const db = await open();
    const durability = strict ? 'strict' : 'relaxed';
    const transaction = db.transaction(stores as StoreName[], 'readwrite', { durability }) as WriteTransaction;
    // It may fail before anybody waits for it; whoever does is told all the same.
    transaction.done.catch(() => undefined);
    try {
      const result = await work(transaction);
      await transaction.done;
      return result;
    } catch (error) {
      try {
        transaction.abort();
      } catch {
        // It is over already.
      }
      throw error;
    }
  };

  const transact = async <T>(strict: boolean, work: (transaction: WriteTransaction) => Promise<T>): Promise<T> => {
    try {
      return await attempt(strict, work).catch((error: unknown) => {
        // The browser may close a database behind a page's back; one new connection is worth trying.
        if (!hasName(error, 'InvalidStateError')) throw error;
        disconnected();
        return attempt(strict, work);
      });
    } catch (error) {
      throw translated(error);
    }
  };

  /** Writes without asking anything. False when it has to be asked after all, and nothing was written. */
  const writeUnasked = async (known: JournalMeta, write: JournalWrite): Promise<boolean> => {
    const { projectId, epoch } = known;
    claimed.set(projectId, metaAfter(known, write));
    try {
      await attempt(write.strict === true, async (transaction) => {
        const ended = transaction.objectStore('ended');
        const requests = new Requests();
        requests.add(ended.add({ projectId, epoch }));
        requests.add(ended.delete([projectId, epoch]));
        const found = transaction.objectStore('meta').get(projectId);
        requests.add(found);
        request(requests, transaction, known, write);
        transaction.commit();
        await requests.done();
        // For whoever empties single tables: then what was written has nothing to build on.
        checkWrite(await found, epoch, write);
      });
      return true;
    } catch (error) {
      claimed.delete(projectId);
      if (hasName(error, 'ConstraintError')) return false;
      if (!hasName(error, 'InvalidStateError')) throw translated(error);
      disconnected();
      return false;
    }
  };

  const writeAsking = async (projectId: string, epoch: number, write: JournalWrite): Promise<void> => {
    const meta = await transact(write.strict === true, async (transaction) => {
      const row = await transaction.objectStore('meta').get(projectId);
      checkWrite(row, epoch, write);
      const found = row as JournalMeta;
      const requests = new Requests();
      if (write.quarantine !== undefined) {
        const wal = transaction.objectStore('wal');
        const snapshots = transaction.objectStore('snapshot');
        const range = entriesOf(projectId, write.quarantine.fromSeq - 1);
        const snapshotThere = requests.ask(snapshots.get(projectId));
        const entries = await requests.ask(wal.getAll(range));
        const snapshot = (await snapshotThere) ?? null;
        const part = quarantinedBy({ meta: found, snapshot, entries }, write);
        if (part !== null) requests.add(transaction.objectStore('quarantine').add(part));
        requests.add(wal.delete(range));
        if (write.quarantine.snapshot === true) requests.add(snapshots.delete(projectId));
      }
      const after = metaAfter(found, write);
      // The epoch goes on, so this row was left by whoever gave its snapshot up.
      if (after.evicted !== true) requests.add(transaction.objectStore('ended').delete([projectId, epoch]));
      request(requests, transaction, found, write);
      await requests.done();
      return after;
    });
    if (meta.evicted !== true) claimed.set(projectId, meta);
  };

  const imageOf = async (transaction: WriteTransaction, projectId: string): Promise<JournalImage | null> => {
    // One after the other: a request that throws must not leave others behind that nobody waits for.
    const requests = new Requests();
    const found = requests.ask(transaction.objectStore('meta').get(projectId));
    const snapshot = requests.ask(transaction.objectStore('snapshot').get(projectId));
    const entries = requests.ask(transaction.objectStore('wal').getAll(entriesOf(projectId)));
    const outbox = requests.ask(transaction.objectStore('outbox').index('project').getAll(projectId));
    const index = await requests.ask(transaction.objectStore('historyIndex').get(projectId));
    const steps = await requests.ask(transaction.objectStore('history').getAll(entriesOf(projectId)));
    const meta = await found;
    if (meta === undefined) return null;
    return {
      meta,
      snapshot: (await snapshot) ?? null,
      entries: await entries,
      outbox: await outbox,
      history: index === undefined ? null : { index, steps },
    };
  };

  await open();
  return {
    kind: 'indexeddb',
    read: (projectId) => transact(false, (transaction) => imageOf(transaction, projectId)),
    async claim(projectId, initial) {
      const image = await transact(true, async (transaction) => {
        const found = (await imageOf(transaction, projectId)) ?? emptyImage(projectId, initial);
        const former = found.meta.epoch;
        const ended = transaction.objectStore('ended');
        const mine = { ...found, meta: { ...found.meta, epoch: former + 1 } };
        const requests = new Requests();
        requests.add(ended.put({ projectId, epoch: former }));
        requests.add(ended.delete(IDBKeyRange.bound([projectId, -Infinity], [projectId, former - keptEpochs])));
        requests.add(transaction.objectStore('meta').put(mine.meta));
        await requests.done();
        return mine;
      });
      claimed.set(projectId, image.meta);
      return image;
    },
    async write(projectId, epoch, write) {
      const known = claimed.get(projectId);
      const mayGoUnasked = known?.epoch === epoch && known.evicted !== true && write.quarantine === undefined;
      if (mayGoUnasked && (await writeUnasked(known, write))) return;
      await writeAsking(projectId, epoch, write);
    },
    quarantined: (projectId) =>
      transact(false, async (transaction) => {
        const rows = await transaction.objectStore('quarantine').index('project').getAll(projectId);
        return rows.map((row): QuarantinedPart => ({ lastAt: '', snapshot: null, text: null, ...row }));
      }),
    dropQuarantined: (projectId) =>
      transact(false, async (transaction) => {
        const parts = transaction.objectStore('quarantine');
        const keys = await parts.index('project').getAllKeys(projectId);
        const requests = new Requests();
        for (const key of keys) requests.add(parts.delete(key));
        await requests.done();
      }),
    evict: () =>
      transact(false, async (transaction) => {
        const metas = await transaction.objectStore('meta').getAll();
        for (const meta of metas.filter((each) => !isUnsaved(each)).sort(byAge)) {
          const { projectId } = meta;
          const snapshots = transaction.objectStore('snapshot');
          const wal = transaction.objectStore('wal');
          const held =
            (await snapshots.count(projectId)) +
            (await wal.count(entriesOf(projectId))) +
            (await transaction.objectStore('historyIndex').count(projectId));
          if (held === 0) continue;
          const requests = new Requests();
          requests.add(snapshots.delete(projectId), wal.delete(entriesOf(projectId)));
          requestHistory(requests, transaction, projectId, { index: null, put: [], drop: 'all' });
          requests.add(transaction.objectStore('meta').put({ ...meta, evicted: true }));
          requests.add(transaction.objectStore('ended').put({ projectId, epoch: meta.epoch }));
          await requests.done();
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
      disconnected();
    },
  };
}
