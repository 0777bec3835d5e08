/** Reads and changes what pages have stored, past the code that stored it. */
import type { Page } from 'playwright-core';

/** Every row of the databases whose names begin so: database, then table, then rows as JSON. */
export function readDatabases(page: Page, prefix: string): Promise<Record<string, Record<string, readonly string[]>>> {
  return page.evaluate(async (start) => {
    const result: Record<string, Record<string, readonly string[]>> = {};
    for (const { name } of await indexedDB.databases()) {
      if (!name?.startsWith(start)) continue;
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(`${name} can't be opened`));
      });
      const tables: Record<string, readonly string[]> = {};
      for (const table of database.objectStoreNames) {
        tables[table] = await new Promise((resolve, reject) => {
          const request = database.transaction(table).objectStore(table).getAll();
          request.onsuccess = () => resolve(request.result.map((row) => JSON.stringify(row)));
          request.onerror = () => reject(new Error(`${table} can't be read`));
        });
      }
      database.close();
      result[name] = tables;
    }
    return result;
  }, prefix);
}

/** How a stored text is spoilt. */
export type Damage = 'garbled' | 'truncated';

/** Damages the `body` of one row of a project in the journal; of several, that with the number `seq`. */
export async function damageJournal(
  page: Page,
  row: {
    readonly table: 'wal' | 'snapshot';
    readonly projectId: string;
    readonly seq?: number;
    readonly damage: Damage;
  },
): Promise<void> {
  await page.evaluate(async ({ table, projectId, seq, damage }) => {
    const name = (await indexedDB.databases()).find((each) => each.name?.startsWith('lectern-journal/'))?.name;
    if (name === undefined) throw new Error('there is no journal');
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error(`${name} can't be opened`));
    });
    const transaction = database.transaction(table, 'readwrite');
    const store = transaction.objectStore(table);
    const request = store.get(seq === undefined ? projectId : [projectId, seq]);
    request.onsuccess = () => {
      const found = request.result as { readonly body: string } | undefined;
      if (found === undefined) return;
      const half = Math.floor(found.body.length / 2);
      const body = damage === 'truncated' ? found.body.slice(0, half) : found.body.replace('"', '\u0000');
      store.put({ ...found, body });
    };
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => {
        if (request.result === undefined) reject(new Error(`there is no such row in ${table}`));
        else resolve();
      };
      transaction.onabort = () => reject(new Error('not written'));
    });
    database.close();
  }, row);
}
