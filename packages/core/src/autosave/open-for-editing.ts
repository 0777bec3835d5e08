import {
  isLecternError,
  serialiseError,
  toLecternError,
  type ProjectsPort,
  type SerialisedError,
} from '@lectern/ports';
import { emptyHistory, type TimelineDocument } from '@lectern/timeline';
import type { OpenedForEditing } from './autosave-driver.js';
import type { Clock } from './clock.js';
import { freshMeta } from './journal-writer.js';
import type { Journal, JournalImage, JournalMeta } from './journal.js';
import { memoryJournal } from './memory-journal.js';
import { decideOpening, fetchHead, type Head, type Opening } from './opening.js';
import type { ProjectLocks } from './project-lock.js';

/** Whether there has to be such a project: `either` makes one when there is none. */
export type OpeningMode = 'new' | 'known' | 'either';

export interface OpeningWorld {
  readonly projects: ProjectsPort;
  readonly locks: ProjectLocks;
  readonly lockName: string;
  readonly clock: Clock;
  /** The journal of the signed-in user, asked for once the lock is taken, and why a better one was denied. */
  readonly journal: () => Promise<{ readonly journal: Journal; readonly error: SerialisedError | null }>;
  /** The document of a project that nobody has saved, and its title. */
  readonly empty: () => TimelineDocument;
  readonly newTitle: () => string;
  /** The lock was taken away. */
  readonly onLost: () => void;
}

/** What there is of a project before it has an editor. */
export interface OpenedProjectParts {
  readonly opened: OpenedForEditing;
  readonly head: Head;
  /** What the journal says about it; null when it says nothing. */
  readonly journaled: JournalMeta | null;
}

/** The lock, what this browser kept, what the back end has, and what follows from them. @throws LecternError */
export async function openForEditing(
  world: OpeningWorld,
  projectId: string,
  which: OpeningMode,
): Promise<OpenedProjectParts> {
  const { projects, locks, lockName, clock, empty, newTitle, onLost } = world;
  const lock = await locks.tryAcquire(lockName, onLost);
  try {
    let head: Head =
      which === 'new' ? { found: false, unreachable: null } : await fetchHead(projects, projectId, clock);
    const title = head.found ? head.opened.project.title : newTitle();
    const description = head.found ? head.opened.project.description : '';
    const { journal, error } = await world.journal();
    const claimed = lock === null ? null : await claim(journal, projectId, { title, description }, error);
    // A tab that only watches shows what the one that edits has, saved or not.
    const kept = claimed?.image ?? (which === 'new' ? null : await journal.read(projectId));
    // Another tab may have begun the new project in the meantime: then it isn't new any more.
    const isNew = which === 'new' && (claimed === null || isUntouched(claimed.image));
    if (which === 'new' && !isNew) head = await fetchHead(projects, projectId, clock);
    const opening = isNew
      ? freshOpening(empty())
      : await decideOpening(projects, head, kept, empty, () => fetchHead(projects, projectId, clock)).catch(
          (failure: unknown) => {
            if (which !== 'known' && isLecternError(failure) && failure.code === 'not-found')
              return freshOpening(empty(), kept?.meta.lastSeq);
            throw failure;
          },
        );
    const opened: OpenedForEditing = {
      opening,
      lock,
      epoch: claimed?.image.meta.epoch ?? 0,
      journal: claimed?.journal ?? journal,
      journalError: claimed?.error ?? error,
    };
    return { opened, head, journaled: kept?.meta ?? null };
  } catch (error) {
    await lock?.release();
    throw toLecternError(error);
  }
}

/** Claims a project in the journal; where that fails, in one of its own in memory, and says why. */
async function claim(
  journal: Journal,
  projectId: string,
  details: { readonly title: string; readonly description: string },
  error: SerialisedError | null,
): Promise<{ readonly journal: Journal; readonly image: JournalImage; readonly error: SerialisedError | null }> {
  try {
    return { journal, image: await journal.claim(projectId, freshMeta(details)), error };
  } catch (thrown) {
    const fallback = memoryJournal();
    return {
      journal: fallback,
      image: await fallback.claim(projectId, freshMeta(details)),
      error: serialiseError(thrown),
    };
  }
}

function isUntouched({ meta, outbox }: JournalImage): boolean {
  return meta.lastSeq === 0 && meta.baseRev === 0 && outbox.length === 0;
}

function freshOpening(document: TimelineDocument, lastSeq = 0): Opening {
  return {
    document,
    history: emptyHistory,
    savedDocument: document,
    savedRev: 0,
    readOnly: false,
    baseRev: 0,
    baseHash: '',
    ackedSeq: lastSeq,
    lastSeq,
    lastAt: '',
    journaled: false,
    restorable: null,
    damaged: false,
    unreachable: null,
    ownHashes: [],
    write: null,
  };
}
