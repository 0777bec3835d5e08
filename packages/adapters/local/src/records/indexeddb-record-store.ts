import { LecternError, toLecternError } from '@lectern/ports';
import { type IDBPDatabase, type IDBPTransaction, openDB, unwrap } from 'idb';
import type { Key, ReadView, RecordStore, Selection, WriteView } from './record-store.js';
import { type TableName, type Tables, tableNames, tableShapes, tablesVersion } from './tables.js';

type Transaction = IDBPTransaction<unknown, TableName[], IDBTransactionMode>;
type WriteTransaction = IDBPTransaction<unknown, TableName[], 'readwrite'>;
type MoveIn = (view: WriteView) => Promise<void>;

const asKey = (key: Key): IDBValidKey => key as IDBValidKey;

function rangeOf({ equals, startsWith, above, below }: Selection): IDBKeyRange | undefined {
  if (equals !== undefined) return IDBKeyRange.only(asKey(equals));
  // An array is above every string and number, so `[x, []]` closes all that begin with x.
  if (startsWith !== undefined) return IDBKeyRange.bound([startsWith], [startsWith, []]);
  if (above !== undefined) return IDBKeyRange.lowerBound(asKey(above), true);
  if (below !== undefined) return IDBKeyRange.upperBound(asKey(below), true);
  return undefined;
}

function viewOf(transaction: Transaction): ReadView {
  return {
    get: async <T extends TableName>(table: T, key: Key) =>
      (await transaction.objectStore(table).get(asKey(key))) as Tables[T] | undefined,
    select: async <T extends TableName>(table: T, selection: Selection = {}) => {
      const store = transaction.objectStore(table);
      const source = selection.index === undefined ? store : store.index(selection.index);
      return (await source.getAll(rangeOf(selection), selection.limit)) as readonly Tables[T][];
    },
  };
}

function writeViewOf(transaction: WriteTransaction): WriteView {
  return {
    ...viewOf(transaction),
    async put(table, row) {
      await transaction.objectStore(table).put(row);
    },
    async putAll(table, rows) {
      const store = transaction.objectStore(table);
      const last = rows.at(-1);
      // A promise for each would take longer than the writing; a failure fails the transaction anyhow.
      for (const row of rows.slice(0, -1)) unwrap(store).put(row);
      if (last) await store.put(last);
    },
    async delete(table, key) {
      await transaction.objectStore(table).delete(asKey(key));
    },
  };
}

/**
 * A disk without room shows itself in two ways before any quota is reached, both Chromium's: `DataError` when large
 * values can't be written, and an `UnknownError` that quotes the file system when small ones can't.
 */
function isNoRoom(reason: unknown, transactionError: DOMException | null): boolean {
  if (!(reason instanceof DOMException)) return false;
  return (
    reason.name === 'QuotaExceededError' ||
    transactionError?.name === 'DataError' ||
    reason.message.includes('NO_SPACE')
  );
}

const diskFull = (cause: unknown): LecternError =>
  new LecternError('quota-exceeded', { cause, message: 'The disk is full' });

function undo(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It is over already: then its own outcome stands.
  }
}

/** True for errors that say the connection is gone, not the data: somebody cleared the site's data, or upgraded it. */
const isLostConnection = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'InvalidStateError';

/** The tables in IndexedDB. */
export class IndexedDbRecordStore implements RecordStore {
  readonly #name: string;
  readonly #moveIn: MoveIn;
  #database: Promise<IDBPDatabase> | null;
  #closed = false;
  /** The last write found no room: then the browser may close the database, and not open it before there is. */
  #isFull = false;

  private constructor(name: string, moveIn: MoveIn, database: IDBPDatabase) {
    this.#name = name;
    this.#moveIn = moveIn;
    this.#database = Promise.resolve(database);
    this.#watch(database);
  }

  /**
   * `moveIn` puts the first rows into a database that is new, also when it is new again because it was cleared.
   * `onAnswer` is called when the browser has begun to upgrade it, which may take its time in a large library.
   */
  static async open(
    name: string,
    moveIn: MoveIn,
    onAnswer: () => void = () => undefined,
  ): Promise<IndexedDbRecordStore> {
    return new IndexedDbRecordStore(name, moveIn, await connect(name, moveIn, onAnswer));
  }

  async read<R>(tables: readonly TableName[], work: (view: ReadView) => Promise<R>): Promise<R> {
    const transaction = await this.#begin((database) => database.transaction([...tables], 'readonly'));
    // Its failure is told by `work` already; unheard, it would be an unhandled rejection.
    transaction.done.catch(() => undefined);
    try {
      return await work(viewOf(transaction));
    } catch (error) {
      throw this.#failure(error, transaction.error);
    }
  }

  async write<R>(
    tables: readonly TableName[],
    work: (view: WriteView) => Promise<R>,
    options: { readonly signal?: AbortSignal | undefined; readonly durability?: 'strict' | 'relaxed' } = {},
  ): Promise<R> {
    const { signal, durability = 'strict' } = options;
    const transaction = await this.#begin((database) => database.transaction([...tables], 'readwrite', { durability }));
    const done = transaction.done.then(
      () => null,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    const undoThis = (): void => {
      undo(transaction);
    };
    signal?.addEventListener('abort', undoThis, { once: true });
    try {
      const result = await work(writeViewOf(transaction));
      if (signal?.aborted === true) undoThis();
      const failure = await done;
      if (failure) throw failure;
      this.#isFull = false;
      return result;
    } catch (error) {
      undoThis();
      await done;
      if (signal?.aborted === true) throw new LecternError('aborted', { cause: error });
      throw this.#failure(error, transaction.error);
    } finally {
      signal?.removeEventListener('abort', undoThis);
    }
  }

  close(): void {
    this.#closed = true;
    void this.#database?.then((database) => {
      database.close();
    });
    this.#database = null;
  }

  /** When a transaction fails as a whole, its requests only say that it was aborted; the reason is the transaction's. */
  #failure(error: unknown, transactionError: DOMException | null): LecternError {
    const reason = transactionError ?? error;
    if (isNoRoom(reason, transactionError)) {
      this.#isFull = true;
      return diskFull(reason);
    }
    // Nobody called it off: the browser has closed the database under it.
    if (reason instanceof DOMException && reason.name === 'AbortError') {
      return this.#isFull ? diskFull(reason) : new LecternError('unknown', { cause: reason, message: reason.message });
    }
    return toLecternError(reason);
  }

  async #begin<T>(start: (database: IDBPDatabase) => T): Promise<T> {
    const database = await this.#connection();
    try {
      return start(database);
    } catch (error) {
      if (!isLostConnection(error)) throw toLecternError(error);
      this.#database = null;
      return start(await this.#connection());
    }
  }

  #connection(): Promise<IDBPDatabase> {
    if (this.#closed) return Promise.reject(new LecternError('aborted', { message: 'The back end was disposed of' }));
    this.#database ??= connect(this.#name, this.#moveIn).then(
      (database) => {
        this.#watch(database);
        return database;
      },
      (error: unknown) => {
        this.#database = null;
        throw this.#isFull ? diskFull(error) : error;
      },
    );
    return this.#database;
  }

  #watch(database: IDBPDatabase): void {
    database.addEventListener('close', () => {
      this.#database = null;
    });
  }
}

async function connect(name: string, moveIn: MoveIn, onAnswer: () => void = () => undefined): Promise<IDBPDatabase> {
  try {
    return await openDB(name, tablesVersion, {
      upgrade(database, from, _to, transaction) {
        onAnswer();
        for (const table of tableNames) {
          const { keyPath, indexes } = tableShapes[table];
          const store = database.objectStoreNames.contains(table)
            ? transaction.objectStore(table)
            : database.createObjectStore(table, { keyPath: keyPath as string | string[] });
          for (const [index, path] of Object.entries(indexes)) {
            if (!store.indexNames.contains(index)) store.createIndex(index, path as string | string[]);
          }
        }
        // The failure of opening tells of it already.
        transaction.done.catch(() => undefined);
        if (from > 0) return;
        moveIn(writeViewOf(transaction as unknown as WriteTransaction)).catch(() => {
          undo(transaction);
        });
      },
      // A newer version of the page wants to upgrade: let it, or it waits for ever.
      blocking(_current, _blocked, event) {
        (event.target as IDBDatabase).close();
      },
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'VersionError')
      throw new LecternError('too-new', { cause: error });
    throw toLecternError(error, 'storage-denied');
  }
}
