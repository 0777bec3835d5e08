import { toLecternError } from '@lectern/ports';
import type { Journal, JournalImage, JournalMeta } from './journal.js';
import type { KeyValueStorage } from './local-storage-journal.js';

type Acknowledged = Pick<JournalMeta, 'epoch' | 'ackedSeq' | 'baseRev' | 'baseHash'>;

/**
 * The same journal, which notes elsewhere what the back end acknowledged while it takes no writes itself: a disk that is
 * full, a database that broke in the middle. Without that, the next opening would find old changes that look unsaved,
 * and a head that looks like somebody else's.
 */
export function withAcknowledgementNotes(journal: Journal, storage: KeyValueStorage, namespace: string): Journal {
  const keyOf = (projectId: string): string => `${namespace}/acknowledged/${projectId}`;
  const noted = (image: JournalImage): JournalImage => {
    const { meta } = image;
    const note = readNote(storage, keyOf(meta.projectId));
    // Numbers of another epoch's changes say nothing about these.
    if (note?.epoch !== meta.epoch || note.ackedSeq <= meta.ackedSeq) return image;
    const { ackedSeq, baseRev, baseHash } = note;
    return { ...image, meta: { ...meta, ackedSeq, baseRev, baseHash } };
  };
  const forget = (projectId: string): void => {
    try {
      storage.removeItem(keyOf(projectId));
    } catch {
      // It speaks of an epoch that is over.
    }
  };
  return {
    ...journal,
    async read(projectId) {
      const image = await journal.read(projectId);
      return image && noted(image);
    },
    async claim(projectId, initial) {
      const before = await journal.read(projectId);
      const image = await journal.claim(projectId, initial);
      const told = before && noted(before).meta;
      if (!told || told === before.meta) return image;
      const { ackedSeq, baseRev, baseHash } = told;
      const meta = { ...image.meta, ackedSeq, baseRev, baseHash };
      try {
        await journal.write(projectId, meta.epoch, { meta: { ackedSeq, baseRev, baseHash } });
        forget(projectId);
      } catch {
        storeNote(storage, keyOf(projectId), meta);
      }
      return { ...image, meta };
    },
    async write(projectId, epoch, write) {
      try {
        await journal.write(projectId, epoch, write);
      } catch (error) {
        const { ackedSeq, baseRev, baseHash } = write.meta ?? {};
        const isOver = toLecternError(error).code === 'conflict';
        if (!isOver && ackedSeq !== undefined && baseRev !== undefined && baseHash !== undefined)
          storeNote(storage, keyOf(projectId), { epoch, ackedSeq, baseRev, baseHash });
        throw error;
      }
    },
  };
}

function storeNote(storage: KeyValueStorage, key: string, { epoch, ackedSeq, baseRev, baseHash }: Acknowledged): void {
  try {
    storage.setItem(key, JSON.stringify({ epoch, ackedSeq, baseRev, baseHash }));
  } catch {
    // Then nothing in this browser takes anything.
  }
}

function readNote(storage: KeyValueStorage, key: string): Acknowledged | null {
  try {
    const note = JSON.parse(storage.getItem(key) ?? 'null') as Partial<Acknowledged> | null;
    const isWhole =
      Number.isSafeInteger(note?.epoch) &&
      Number.isSafeInteger(note?.ackedSeq) &&
      Number.isSafeInteger(note?.baseRev) &&
      typeof note?.baseHash === 'string';
    return isWhole ? (note as Acknowledged) : null;
  } catch {
    return null;
  }
}
