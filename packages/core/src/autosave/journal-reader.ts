import { applyChange, type Change, type TimelineDocument } from '@lectern/timeline';
import { crc32 } from './crc32.js';
import type { JournalEntry, JournalImage, JournalSnapshot } from './journal.js';
import { printDocument, readDocument } from './stored-document.js';

/** What a journal's snapshot and entries lead to. */
export interface JournalReading {
  /** Null when there is no snapshot that can be read. */
  readonly document: TimelineDocument | null;
  /** The last change in `document`. */
  readonly seq: number;
  /** The first entry that is damaged; it and all after it are to be set aside. Null when all is well. */
  readonly damagedFrom: number | null;
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
 * Reads a journal as far as it can be trusted: checksums, gapless numbers, and at the end the whole document through
 * the parser that all stored documents pass. What is behind the first fault is left out.
 */
export function readJournal(image: JournalImage): JournalReading {
  const { snapshot } = image;
  if (snapshot === null) return { document: null, seq: 0, damagedFrom: image.entries.length === 0 ? null : 0 };
  if (crc32(snapshot.body) !== snapshot.crc) return { document: null, seq: 0, damagedFrom: 0 };
  let document: TimelineDocument;
  try {
    document = readDocument(snapshot.body).document;
  } catch {
    return { document: null, seq: 0, damagedFrom: 0 };
  }
  const after = image.entries.filter((entry) => entry.seq > snapshot.seq);
  let good = after.length;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const reading = replay(document, snapshot.seq, after.slice(0, good));
    const whole = checked(reading.document);
    if (whole !== null)
      return {
        document: whole,
        seq: reading.seq,
        damagedFrom: reading.damagedFrom ?? (good < after.length ? snapshot.seq + good + 1 : null),
      };
    // Sound entries that lead to a document which isn't one: find how far they go.
    good = lastGood(document, snapshot.seq, after);
  }
  return { document, seq: snapshot.seq, damagedFrom: snapshot.seq + 1 };
}

function replay(
  start: TimelineDocument,
  startSeq: number,
  entries: readonly JournalEntry[],
): { readonly document: TimelineDocument; readonly seq: number; readonly damagedFrom: number | null } {
  let document = start;
  let seq = startSeq;
  for (const entry of entries) {
    if (entry.seq !== seq + 1 || crc32(entry.body) !== entry.crc) return { document, seq, damagedFrom: seq + 1 };
    try {
      document = applyChange(document, JSON.parse(entry.body) as Change);
    } catch {
      return { document, seq, damagedFrom: seq + 1 };
    }
    seq = entry.seq;
  }
  return { document, seq, damagedFrom: null };
}

function checked(document: TimelineDocument): TimelineDocument | null {
  try {
    return readDocument(printDocument(document).text).document;
  } catch {
    return null;
  }
}

/** How many entries lead to a document that can be read; by halves, since faults don't heal. */
function lastGood(start: TimelineDocument, startSeq: number, entries: readonly JournalEntry[]): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (checked(replay(start, startSeq, entries.slice(0, middle)).document) === null) high = middle - 1;
    else low = middle;
  }
  return low;
}
