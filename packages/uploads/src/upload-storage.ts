import { openUploadJournal } from './indexeddb-upload-journal.js';
import { broadcastUploadChannel, memoryUploadChannels, type OpenUploadChannel } from './upload-channel.js';
import { memoryUploadJournal, type UploadJournal } from './upload-journal.js';
import { memoryUploadLocks, type UploadLocks, webUploadLocks } from './upload-locks.js';

/** What tabs of one browser share. */
export interface UploadStorage {
  readonly journal: UploadJournal;
  readonly locks: UploadLocks;
  readonly openChannel: OpenUploadChannel;
}

const databaseName = 'lectern-uploads';

/**
 * IndexedDB, Web Locks and broadcast channels. Where a browser lacks locks, nothing is written down either: two tabs that
 * can't agree who sends a file must not both go on with it.
 */
export async function openUploadStorage(given: Partial<UploadStorage>): Promise<UploadStorage> {
  const locks = given.locks ?? webUploadLocks();
  const journal = given.journal ?? (locks ? await openUploadJournal(databaseName) : memoryUploadJournal());
  const shared = journal.kind === 'indexeddb';
  return {
    journal,
    locks: given.locks ?? (shared ? locks : null) ?? memoryUploadLocks(),
    openChannel: given.openChannel ?? (shared ? broadcastUploadChannel : memoryUploadChannels()),
  };
}
