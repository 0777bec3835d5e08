import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

/**
 * Chromium keeps all databases of an origin in one LevelDB and goes on with its log after a crash. A process that is
 * killed between the two writes of one record leaves half of it at the log's end; what the next process appends stands
 * behind that half, and the process after it finds the log corrupt and deletes *every* database of the origin. LevelDB
 * begins a new log once its write buffer is full. So after an end that nobody announced, the buffer is filled before
 * anything else is written, and the log with the torn record is merged and thrown away while it still reads well.
 */
interface RunsDatabase extends DBSchema {
  /** Pages that have begun and not said that they end. */
  runs: { key: string; value: { readonly id: string } };
  filler: { key: number; value: Uint8Array };
}

const databaseName = 'lectern-runs';
/** LevelDB's buffer is 4 MiB in Chromium. Values of 64 KiB and more would be kept as files, outside the log. */
const fillerBytes = 32 * 1024;
const fillerRows = 150;

let renewal: Promise<void> | null = null;

/**
 * Begins a new log when the page before this one, or the browser, ended without a word; once per page. About a tenth of
 * a second then, nothing otherwise. Never rejects: a browser that denies storage has nothing to lose.
 */
export function renewDatabaseLog(): Promise<void> {
  // Inside: where storage is denied, even to look whether there is a database throws.
  renewal ??= (async () => {
    if (isLevelDb()) await renew();
  })().catch(() => undefined);
  return renewal;
}

/** Only Chromium's family keeps IndexedDB in LevelDB; it says so nowhere but in its name. */
function isLevelDb(): boolean {
  return typeof indexedDB !== 'undefined' && /Chrom(e|ium)\//.test(globalThis.navigator.userAgent);
}

const lockName = (id: string): string => `${databaseName}:${id}`;

async function renew(): Promise<void> {
  const db = await openDB<RunsDatabase>(databaseName, 1, {
    upgrade(made) {
      made.createObjectStore('runs', { keyPath: 'id' });
      made.createObjectStore('filler');
    },
  });
  const dead = await deadRuns(db);
  if (dead.length > 0) await fillBuffer(db);
  const id = crypto.randomUUID();
  let letGo = await holdLock(lockName(id));
  const transaction = db.transaction('runs', 'readwrite');
  const stale = dead.map((each) => transaction.store.delete(each));
  await Promise.all([...stale, transaction.store.put({ id }), transaction.done]);
  let isAway = false;
  globalThis.addEventListener('pagehide', () => {
    isAway = true;
    // A page that goes gets no answers; the request is on its way all the same. A lock would keep it out of the cache.
    db.delete('runs', id).catch(() => undefined);
    letGo();
  });
  globalThis.addEventListener('pageshow', () => {
    if (!isAway) return;
    isAway = false;
    db.put('runs', { id }).catch(() => undefined);
    holdLock(lockName(id)).then(
      (release) => {
        letGo = release;
      },
      () => undefined,
    );
  });
}

/** Runs that left their row behind and live no more. */
async function deadRuns(db: IDBPDatabase<RunsDatabase>): Promise<readonly string[]> {
  const ids = await db.getAllKeys('runs');
  if (ids.length === 0) return [];
  const { held = [] } = await navigator.locks.query();
  const alive = new Set(held.map(({ name }) => name));
  return ids.filter((id) => !alive.has(lockName(id)));
}

/** Resolves once the lock is held, with what lets go of it. */
function holdLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(
        name,
        () =>
          new Promise<void>((letGo) => {
            resolve(letGo);
          }),
      )
      .catch(reject);
  });
}

/** Two transactions: the buffer is looked at when a write begins, so the second finds it full. */
async function fillBuffer(db: IDBPDatabase<RunsDatabase>): Promise<void> {
  const bytes = new Uint8Array(fillerBytes);
  const filling = db.transaction('filler', 'readwrite', { durability: 'relaxed' });
  const puts = Array.from({ length: fillerRows }, (_, row) => filling.store.put(bytes, row));
  await Promise.all([...puts, filling.done]);
  await db.clear('filler');
}
