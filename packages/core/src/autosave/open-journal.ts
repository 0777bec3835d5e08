import { withAcknowledgementNotes } from './acknowledgement-notes.js';
import { renewDatabaseLog } from './database-log.js';
import { indexedDbJournal } from './indexeddb-journal.js';
import type { Journal } from './journal.js';
import { localStorageJournal, pageStorage } from './local-storage-journal.js';
import { memoryJournal } from './memory-journal.js';

/** The best journal that this browser allows: IndexedDB, else localStorage, else memory (`kind` says which). */
export async function openJournal(namespace: string): Promise<Journal> {
  const storage = pageStorage();
  try {
    await renewDatabaseLog();
    const journal = await indexedDbJournal(namespace);
    return storage === null ? journal : withAcknowledgementNotes(journal, storage, namespace);
  } catch {
    return storage === null ? memoryJournal() : localStorageJournal(storage, namespace);
  }
}
