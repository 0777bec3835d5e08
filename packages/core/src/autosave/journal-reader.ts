import { LecternError } from '@lectern/ports';
import type { Change, TimelineDocument } from '@lectern/timeline';
import { replayChanges } from '@lectern/timeline/schema';
import { crc32 } from './crc32.js';
import type { JournalEntry, JournalImage, JournalMeta, JournalSnapshot } from './journal.js';
import { printDocument, readDocument } from './stored-document.js';

/** What a journal's snapshot and entries lead to. */
export interface JournalReading {
  /** Null when there is no snapshot that can be read. */
  readonly document: TimelineDocument | null;
  /** The last change in `document`. */
  readonly seq: number;
  /** The first entry that is damaged or missing; it and all after it are to be set aside. Null when all is well. */
  readonly damagedFrom: number | null;
  /** Whether there is a snapshot that can't be read, which is to be set aside too. */
  readonly snapshotDamaged: boolean;
}

export function sealEntry(seq: number, epoch: number, change: Change): JournalEntry {
  const body = JSON.stringify(change);
  return { seq, epoch, body, crc: crc32(body) };
}

export function sealSnapshot(seq: number, document: TimelineDocument): JournalSnapshot {
  const body = printDocument(document).text;
  return { seq, body, crc: crc32(body) };
}

/**
 * Reads a journal as far as it can be trusted: checksums, gapless numbers up to the last that was written, epochs that
 * only ascend, and at the end every record that was touched through the schema that all stored documents pass. What is
 * behind the first fault is left out.
 */
export function readJournal({ snapshot, entries, meta }: JournalImage): JournalReading {
  const nothing = { document: null, seq: 0 };
  if (snapshot === null) return { ...nothing, damagedFrom: entries.length === 0 ? null : 0, snapshotDamaged: false };
  const start = openSnapshot(snapshot);
  if (start === null) return { ...nothing, damagedFrom: 0, snapshotDamaged: true };
  const after = entries.filter((entry) => entry.seq > snapshot.seq);
  const { document, count } = replayChanges(start, trusted(after, snapshot.seq, meta));
  const seq = snapshot.seq + count;
  const whole = count === after.length && seq >= meta.lastSeq;
  return { document, seq, damagedFrom: whole ? null : seq + 1, snapshotDamaged: false };
}

function openSnapshot({ body, crc }: JournalSnapshot): TimelineDocument | null {
  if (crc32(body) !== crc) return null;
  try {
    return readDocument(body).document;
  } catch (error) {
    if (error instanceof LecternError) return null;
    throw error;
  }
}

/** The changes before the first entry that isn't what was written, or can't have been. Parsed on the way. */
function trusted(entries: readonly JournalEntry[], startSeq: number, meta: JournalMeta): Iterable<unknown> {
  return {
    *[Symbol.iterator]() {
      let seq = startSeq;
      let epoch = 0;
      for (const entry of entries) {
        const follows = entry.seq === seq + 1 && entry.seq <= meta.lastSeq;
        if (!follows || entry.epoch < epoch || entry.epoch > meta.epoch || crc32(entry.body) !== entry.crc) return;
        let change: unknown;
        try {
          change = JSON.parse(entry.body);
        } catch {
          return;
        }
        yield change;
        ({ seq, epoch } = entry);
      }
    },
  };
}
