import {
  LecternError,
  toLecternError,
  type OpenedProject,
  type ProjectRevision,
  type ProjectsPort,
  type SerialisedError,
  serialiseError,
} from '@lectern/ports';
import { emptyHistory, type History, type TimelineDocument } from '@lectern/timeline';
import type { Restorable } from './autosave-state.js';
import { within, type Clock } from './clock.js';
import { readHistory, strayStepsOf } from './history-journal.js';
import type { JournalImage, JournalWrite } from './journal.js';
import { isUnsaved } from './journal-image.js';
import { readJournal } from './journal-reader.js';
import { hashDocument, readDocument } from './stored-document.js';

/** After that long, a back end that says nothing is taken for one that can't be reached. */
export const headTimeoutMs = 15_000;

/** What a back end had to say about a project that is being opened. */
export type Head =
  | { readonly found: true; readonly opened: OpenedProject }
  /** It answered that there is no such project. */
  | { readonly found: false; readonly unreachable: null }
  /** It didn't answer. */
  | { readonly found: false; readonly unreachable: LecternError };

/** Where an editor starts, and what is to be written to the journal about it. */
export interface Opening {
  readonly document: TimelineDocument;
  /** What can be undone in it from before; empty when nothing was kept that belongs to it. */
  readonly history: History;
  /** What the back end has; what *Go back to the saved version* leads to. */
  readonly savedDocument: TimelineDocument;
  /** The revision that `savedDocument` is; 0 for none. */
  readonly savedRev: number;
  readonly readOnly: boolean;
  readonly baseRev: number;
  readonly baseHash: string;
  readonly ackedSeq: number;
  readonly lastSeq: number;
  readonly lastAt: string;
  /** True when the journal's snapshot and entries lead to `document`. */
  readonly journaled: boolean;
  readonly restorable: Restorable | null;
  readonly damaged: boolean;
  readonly unreachable: SerialisedError | null;
  /** Hashes of saves whose answers never came, and which nobody could be asked about. */
  readonly ownHashes: readonly string[];
  readonly write: JournalWrite | null;
}

/** @throws `aborted` */
export async function fetchHead(projects: ProjectsPort, projectId: string, clock: Clock): Promise<Head> {
  try {
    return {
      found: true,
      opened: await within(clock, headTimeoutMs, (signal) => projects.open(projectId, { signal })),
    };
  } catch (error) {
    const failure = toLecternError(error);
    if (failure.code === 'not-found') return { found: false, unreachable: null };
    if (failure.code === 'aborted' || failure.code === 'forbidden' || failure.code === 'unauthenticated') throw failure;
    return { found: false, unreachable: failure };
  }
}

/**
 * Decides between what the back end has and what this browser kept. What the back end lacks is put on the timeline;
 * what it has as a revision is never offered again; what can't be read is set aside, never deleted.
 *
 * @throws `not-found` when neither knows the project, and why the back end didn't answer when only it could have
 */
export async function decideOpening(
  projects: ProjectsPort,
  head: Head,
  image: JournalImage | null,
  empty: () => TimelineDocument,
  /** Reads the head again; null where it can't have moved. */
  reread: (() => Promise<Head>) | null = null,
): Promise<Opening> {
  const kept = image !== null && (isUnsaved(image.meta) || image.outbox.length > 0) ? image : null;
  const reading = kept === null ? null : readJournal(kept);
  const lastSeq = reading?.seq ?? image?.meta.lastSeq ?? 0;

  if (!head.found && reading?.document == null) {
    throw head.unreachable ?? new LecternError('not-found', { details: { id: image?.meta.projectId ?? '' } });
  }

  let saved: { readonly document: TimelineDocument; readonly readOnly: boolean } | null = null;
  try {
    if (head.found) saved = readDocument(head.opened.state);
  } catch (error) {
    // A damaged head is bad enough; what this browser kept may still be whole.
    if (reading?.document == null) throw error;
  }

  const rev = head.found ? head.opened.project.rev : 0;
  const hash = head.found ? head.opened.project.contentHash : '';
  const fromHead = (write: JournalWrite | null, damaged: boolean, history: History): Opening => {
    if (saved === null) throw head.found ? new LecternError('corrupt') : new LecternError('not-found');
    return {
      document: saved.document,
      history,
      savedDocument: saved.document,
      savedRev: rev,
      readOnly: saved.readOnly,
      baseRev: rev,
      baseHash: hash,
      ackedSeq: lastSeq,
      lastSeq,
      lastAt: '',
      journaled: false,
      restorable: null,
      damaged,
      unreachable: null,
      ownHashes: [],
      write,
    };
  };
  if (kept === null || reading === null) return fromHead(null, false, readHistory(image, { seq: null, hash }));

  const { meta } = kept;
  // A journal whose every change is acknowledged may be empty; any other has something to build on.
  const damaged = reading.damagedFrom !== null || (reading.document === null && isUnsaved(meta));
  const quarantine: JournalWrite =
    reading.damagedFrom === null
      ? {}
      : { quarantine: { fromSeq: reading.damagedFrom, reason: 'unreadable', snapshot: reading.snapshotDamaged } };
  const forget: JournalWrite = {
    ...quarantine,
    snapshot: null,
    dropEntriesTo: lastSeq,
    dropOutbox: kept.outbox.map((row) => row.saveId),
    meta: { baseRev: rev, baseHash: hash, ackedSeq: lastSeq, lastSeq },
  };
  if (reading.document === null) return fromHead(forget, damaged, emptyHistory);

  // A save whose answer never came may have arrived: its id tells.
  let { baseRev, baseHash, ackedSeq } = meta;
  const revisions: readonly ProjectRevision[] = head.found ? await revisionsOf(projects, meta.projectId) : [];
  // The head may have moved since it was read: what is told of now isn't in what was read then.
  if (reread !== null && revisions.some((revision) => revision.kind !== 'conflict' && revision.rev > rev))
    return decideOpening(projects, await reread(), image, empty, reread);
  const answered: string[] = [];
  for (const row of [...kept.outbox].sort((a, b) => a.seqTo - b.seqTo)) {
    const taken = revisions.find((revision) => revision.saveId === row.saveId && revision.kind !== 'conflict');
    if (taken === undefined) continue;
    answered.push(row.saveId);
    if (taken.rev <= baseRev) continue;
    baseRev = taken.rev;
    baseHash = row.hash;
    ackedSeq = Math.max(ackedSeq, row.seqTo);
  }
  ackedSeq = Math.min(ackedSeq, reading.seq);

  let wentBack = false;
  if (saved !== null) {
    const here = await hashDocument(reading.document);
    const ofIt = revisions.filter((revision) => revision.kind !== 'conflict' && revision.contentHash === here);
    const there = here === hash || ofIt.some((revision) => revision.rev >= baseRev);
    // What is older than what the changes were made on is no save of them: somebody went back to it.
    wentBack = !there && ofIt.length > 0;
    if (there || reading.seq <= ackedSeq) {
      if (here !== hash) return fromHead(forget, damaged, emptyHistory);
      const history = readHistory(kept, { seq: reading.seq, hash });
      // The entries go that told what it belongs to; from now on the hash does.
      const index = history === emptyHistory ? null : kept.history?.index;
      const acknowledged = index ? { history: { index: { ...index, hash }, put: [], drop: [] } } : {};
      return fromHead({ ...forget, ...acknowledged }, damaged, history);
    }
  }
  return {
    document: reading.document,
    history: readHistory(kept, { seq: reading.seq, hash: '' }),
    savedDocument: saved?.document ?? empty(),
    savedRev: saved === null ? 0 : rev,
    readOnly: saved?.readOnly ?? false,
    baseRev,
    baseHash,
    ackedSeq,
    lastSeq: reading.seq,
    lastAt: meta.lastAt,
    journaled: true,
    restorable: wentBack ? null : { changes: reading.seq - ackedSeq, at: meta.lastAt },
    damaged,
    unreachable: head.found || head.unreachable === null ? null : serialiseError(head.unreachable),
    ownHashes: kept.outbox.filter((row) => !answered.includes(row.saveId)).map((row) => row.hash),
    write: {
      ...quarantine,
      // While nobody could be asked, the rows stay for the next opening.
      dropOutbox: head.found ? kept.outbox.map((row) => row.saveId) : answered,
      ...withoutStrays(kept),
      meta: { baseRev, baseHash, ackedSeq, lastSeq: reading.seq },
    },
  };
}

function withoutStrays({ history }: JournalImage): Pick<JournalWrite, 'history'> {
  const drop = history ? strayStepsOf(history) : [];
  return history && drop.length > 0 ? { history: { index: history.index, put: [], drop } } : {};
}

async function revisionsOf(projects: ProjectsPort, projectId: string): Promise<readonly ProjectRevision[]> {
  try {
    return await projects.revisions(projectId);
  } catch {
    // Then the state is saved once more; a head of the same content answers that nothing is new.
    return [];
  }
}
