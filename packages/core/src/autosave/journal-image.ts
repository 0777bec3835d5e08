import { LecternError } from '@lectern/ports';
import type { JournalImage, JournalMeta, JournalWrite } from './journal.js';

/** A project that a journal knows nothing of. */
export function emptyImage(projectId: string, initial: Omit<JournalMeta, 'projectId' | 'epoch'>): JournalImage {
  return { meta: { ...initial, projectId, epoch: 0 }, snapshot: null, entries: [], outbox: [] };
}

/** What a write leads to: the rule that every journal follows. @throws `conflict` when the epoch is over */
export function applyWrite(image: JournalImage, epoch: number, write: JournalWrite): JournalImage {
  checkEpoch(image.meta, epoch);
  const { dropEntriesTo = 0, dropOutbox = [], quarantine } = write;
  const kept = image.entries.filter(
    (entry) => entry.seq > dropEntriesTo && (quarantine === undefined || entry.seq < quarantine.fromSeq),
  );
  const outbox = image.outbox.filter(
    (row) => !dropOutbox.includes(row.saveId) && row.saveId !== write.putOutbox?.saveId,
  );
  return {
    meta: { ...image.meta, ...write.meta },
    snapshot: write.snapshot === undefined ? image.snapshot : write.snapshot,
    entries: [...kept, ...(write.append ?? [])],
    outbox: write.putOutbox === undefined ? outbox : [...outbox, write.putOutbox],
  };
}

/** @throws `conflict` */
export function checkEpoch(meta: JournalMeta | undefined, epoch: number): void {
  if (meta?.epoch === epoch) return;
  throw new LecternError('conflict', {
    message: `epoch ${String(epoch)} is over; the journal is at ${String(meta?.epoch ?? 'none')}`,
    details: { missing: meta === undefined },
  });
}

/** Whether there are changes that nobody acknowledged. */
export function isUnsaved(meta: JournalMeta): boolean {
  return meta.lastSeq > meta.ackedSeq;
}
