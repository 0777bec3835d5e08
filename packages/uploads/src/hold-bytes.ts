import type { UploadRequest } from '@lectern/ports';
import { isPrivateFile, type RoomEstimate, snapshotLimit } from './snapshot.js';
import type { HeldBytes, UploadJournal } from './upload-journal.js';
import type { UploadRow } from './upload-row.js';

export interface Held {
  readonly held: UploadRow['held'];
  /** What is to be sent: the snapshot where there is one, since nobody can change that any more. */
  readonly source: Blob;
  /** False when not even the row could be written. */
  readonly written: boolean;
}

/**
 * Sees to it that another page finds the bytes: a snapshot in the journal, else the handle, else nothing but the row.
 * Where there is no room for one, it goes on with the next; estimates of room can't be trusted, so each is tried.
 */
export async function holdBytes(
  row: UploadRow,
  { file, handle }: Pick<UploadRequest, 'file' | 'handle'>,
  poster: Blob | null,
  journal: UploadJournal,
  snapshots: { readonly wanted: boolean; readonly estimateRoom: () => Promise<RoomEstimate | null> },
): Promise<Held> {
  const picture: HeldBytes = poster ? { poster } : {};
  const mayCopy = snapshots.wanted && !(handle && (await isPrivateFile(handle)));
  const ways: { readonly held: UploadRow['held']; readonly bytes: HeldBytes }[] = [
    ...(mayCopy && file.size <= snapshotLimit(await snapshots.estimateRoom())
      ? [{ held: 'snapshot' as const, bytes: { ...picture, file } }]
      : []),
    ...(handle ? [{ held: 'handle' as const, bytes: { ...picture, handle } }] : []),
    { held: 'nothing', bytes: picture },
    { held: 'nothing', bytes: {} },
  ];
  for (const { held, bytes } of ways) {
    try {
      await journal.put({ ...row, held }, bytes);
    } catch {
      continue;
    }
    const kept = held === 'snapshot' ? (await journal.held(row.id).catch(() => null))?.file : undefined;
    return { held, source: kept?.size === file.size ? kept : file, written: true };
  }
  return { held: 'nothing', source: file, written: false };
}
