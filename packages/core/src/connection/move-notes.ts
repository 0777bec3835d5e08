import type { Transfer } from '@lectern/ports';
import { openDB, type DBSchema } from 'idb';

/** That something of this browser is in the back end, and what it looked like when it went. */
export interface MovedNote {
  /** Changes with the thing: what was changed since then is to be moved again. */
  readonly stamp: string;
  /** Of a project: its revision over there. */
  readonly rev: number;
}

/**
 * What a move remembers beyond the tab that it runs in: what is done, and how far each file is. It is never asked whether
 * something may be removed; losing it costs a look at what is there already.
 */
export interface MoveNotes {
  moved(): Promise<ReadonlyMap<string, MovedNote>>;
  setMoved(key: string, note: MovedNote): Promise<void>;
  transfer(key: string): Promise<Transfer | null>;
  setTransfer(key: string, transfer: Transfer | null): Promise<void>;
  close(): void;
}

/** Notes that go with the page. */
export function memoryMoveNotes(): MoveNotes {
  const moved = new Map<string, MovedNote>();
  const transfers = new Map<string, Transfer>();
  return {
    moved: () => Promise.resolve(new Map(moved)),
    setMoved(key, note) {
      moved.set(key, note);
      return Promise.resolve();
    },
    transfer: (key) => Promise.resolve(transfers.get(key) ?? null),
    setTransfer(key, transfer) {
      if (transfer === null) transfers.delete(key);
      else transfers.set(key, transfer);
      return Promise.resolve();
    },
    close: () => undefined,
  };
}

interface MoveDatabase extends DBSchema {
  moved: { key: string; value: MovedNote };
  transfers: { key: string; value: Transfer };
}

/** Notes in IndexedDB, or in memory where the browser denies it: there is nothing that outlives the page then anyway. */
export async function openMoveNotes(namespace: string): Promise<MoveNotes> {
  try {
    const database = await openDB<MoveDatabase>(`lectern-moves/${namespace}`, 1, {
      upgrade(opened) {
        opened.createObjectStore('moved');
        opened.createObjectStore('transfers');
      },
      blocking(_current, _blocked, event) {
        (event.target as IDBDatabase).close();
      },
    });
    return {
      async moved() {
        const transaction = database.transaction('moved');
        const [keys, notes] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
        return new Map(notes.map((note, index) => [keys[index] ?? '', note]));
      },
      async setMoved(key, note) {
        await database.put('moved', note, key);
      },
      transfer: async (key) => (await database.get('transfers', key)) ?? null,
      async setTransfer(key, transfer) {
        if (transfer === null) await database.delete('transfers', key);
        else await database.put('transfers', transfer, key);
      },
      close: () => database.close(),
    };
  } catch {
    return memoryMoveNotes();
  }
}
