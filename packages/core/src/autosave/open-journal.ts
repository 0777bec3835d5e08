import { indexedDbJournal } from './indexeddb-journal.js';
import type { Journal } from './journal.js';
import { localStorageJournal, pageStorage } from './local-storage-journal.js';
import { memoryJournal } from './memory-journal.js';

/** The best journal that this browser allows: IndexedDB, else localStorage, else memory (`kind` says which). */
export async function openJournal(namespace: string): Promise<Journal> {
  try {
    return await indexedDbJournal(namespace);
  } catch {
    const storage = pageStorage();
    return storage === null ? memoryJournal() : localStorageJournal(storage, namespace);
  }
}
