import { LecternError } from '@lectern/ports';
import type { HistoryWrite, JournalImage, JournalMeta, JournalWrite, KeptHistory, QuarantinedPart } from './journal.js';

/** A project that a journal knows nothing of. */
export function emptyImage(projectId: string, initial: Omit<JournalMeta, 'projectId' | 'epoch'>): JournalImage {
  return { meta: { ...initial, projectId, epoch: 0 }, snapshot: null, entries: [], outbox: [], history: null };
}

/** What a write leads to: the rule that every journal follows. @throws `conflict` when it mustn't be made */
export function applyWrite(image: JournalImage, epoch: number, write: JournalWrite): JournalImage {
  checkWrite(image.meta, epoch, write);
  const { append = [], dropEntriesTo = 0, dropOutbox = [], quarantine } = write;
  // What is written a second time, because nobody knew of the first, takes its own place.
  const appended = new Set(append.map(({ seq }) => seq));
  const kept = image.entries.filter(
    (entry) =>
      entry.seq > dropEntriesTo &&
      (quarantine === undefined || entry.seq < quarantine.fromSeq) &&
      !appended.has(entry.seq),
  );
  const outbox = image.outbox.filter(
    (row) => !dropOutbox.includes(row.saveId) && row.saveId !== write.putOutbox?.saveId,
  );
  const snapshot = quarantine?.snapshot === true ? null : image.snapshot;
  return {
    meta: metaAfter(image.meta, write),
    snapshot: write.snapshot === undefined ? snapshot : write.snapshot,
    entries: [...kept, ...append],
    outbox: write.putOutbox === undefined ? outbox : [...outbox, write.putOutbox],
    history: write.history === undefined ? (image.history ?? null) : historyAfter(image.history ?? null, write.history),
  };
}

/** What a write sets aside; null for nothing. */
export function quarantinedBy(
  { meta, snapshot, entries }: Pick<JournalImage, 'meta' | 'snapshot' | 'entries'>,
  { quarantine }: JournalWrite,
): QuarantinedPart | null {
  if (quarantine === undefined) return null;
  const { fromSeq, reason } = quarantine;
  const part: QuarantinedPart = {
    projectId: meta.projectId,
    reason,
    lastAt: meta.lastAt,
    snapshot: quarantine.snapshot === true ? snapshot : null,
    entries: entries.filter((entry) => entry.seq >= fromSeq),
    text: null,
  };
  return part.snapshot === null && part.entries.length === 0 ? null : part;
}

/** @throws `conflict` when the epoch is over, or when entries would have nothing to build on */
export function checkWrite(meta: JournalMeta | undefined, epoch: number, write: JournalWrite): void {
  checkEpoch(meta, epoch);
  if (meta?.evicted !== true || (write.append ?? []).length === 0 || write.snapshot) return;
  throw new LecternError('conflict', {
    message: 'the snapshot was given up for room; begin with a new one',
    details: { missing: true },
  });
}

/** @throws `conflict` */
export function checkEpoch(meta: JournalMeta | undefined, epoch: number): void {
  if (meta?.epoch === epoch) return;
  throw new LecternError('conflict', {
    message: `epoch ${String(epoch)} is over; the journal is at ${String(meta?.epoch ?? 'none')}`,
    details: { missing: meta === undefined },
  });
}

export function metaAfter(meta: JournalMeta, write: JournalWrite): JournalMeta {
  const { evicted = false, ...rest } = { ...meta, ...write.meta };
  return evicted && !write.snapshot ? { ...rest, evicted } : rest;
}

/** A project without what `evict` gives up; null when there is nothing of it to give up, or when it mustn't be. */
export function evicted(image: JournalImage): JournalImage | null {
  const holdsNothing = image.snapshot === null && image.entries.length === 0 && (image.history ?? null) === null;
  if (isUnsaved(image.meta) || holdsNothing) return null;
  return { ...image, meta: { ...image.meta, evicted: true }, snapshot: null, entries: [], history: null };
}

/** Edited longest ago first: the order in which `evict` takes them. */
export function byAge(a: JournalMeta, b: JournalMeta): number {
  return a.lastAt < b.lastAt ? -1 : a.lastAt > b.lastAt ? 1 : 0;
}

/** Whether there are changes that nobody acknowledged. */
export function isUnsaved(meta: JournalMeta): boolean {
  return meta.lastSeq > meta.ackedSeq;
}

function historyAfter(history: KeptHistory | null, { index, put, drop }: HistoryWrite): KeptHistory | null {
  if (index === null) return null;
  const replaced = new Set(put.map(({ id }) => id));
  const kept = drop === 'all' ? [] : (history?.steps ?? []).filter(({ id }) => !drop.includes(id) && !replaced.has(id));
  return { index, steps: [...kept, ...put] };
}
