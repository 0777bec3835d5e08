import { LecternError, serialiseError, toLecternError, type ProjectsPort } from '@lectern/ports';
import { isEmptyChange, changedIds, mergeDocuments, type TimelineDocument } from '@lectern/timeline';
import type { ConflictDocuments } from './autosave.js';
import type { Merged } from './autosave-state.js';
import { type Clock, pause, within } from './clock.js';
import type { DriverContext, SavedDocument } from './driver-context.js';
import type { Head } from './machine/machine.js';
import { headTimeoutMs } from './opening.js';
import type { RemoteSaver } from './remote-saver.js';
import { saveRequestOf } from './save-request.js';
import { readDocument } from './stored-document.js';

/** How long a merge waits for a person to let go of what is being dragged. */
const busyMs = 200;

/** What the back end has, opened. */
export interface OpenedHead extends SavedDocument {
  readonly head: Head;
}

/** @throws LecternError; `timeout` after 15 s, `too-new` for a head that this version can only look at */
export async function openHead(projects: ProjectsPort, projectId: string, clock: Clock): Promise<OpenedHead> {
  const { project, state } = await within(clock, headTimeoutMs, (signal) => projects.open(projectId, { signal }));
  const { rev, contentHash, updatedAt, ownerId } = project;
  const { document, readOnly } = readDocument(state);
  if (readOnly) throw new LecternError('too-new');
  return {
    rev,
    document,
    head: { headRev: rev, headHash: contentHash, headAt: updatedAt, headAuthor: ownerId },
  };
}

export interface ConflictHooks {
  /** What both sides were made from, if this tab has it. */
  readonly saved: () => SavedDocument | null;
  /** Somebody else's document takes the place of this tab's. */
  readonly adopt: (saved: SavedDocument) => void;
  readonly onMerged: (merged: Merged) => void;
}

/** Answers conflicts: by itself where nothing touches, else as a person chose. */
export class ConflictResolver {
  readonly #context: DriverContext;
  readonly #saver: RemoteSaver;
  readonly #hooks: ConflictHooks;

  constructor(context: DriverContext, saver: RemoteSaver, hooks: ConflictHooks) {
    this.#context = context;
    this.#saver = saver;
    this.#hooks = hooks;
  }

  /** @throws `conflict` when there is none, and what the back end throws */
  async documents(): Promise<ConflictDocuments> {
    const { projects, projectId, clock } = this.#context.options;
    if (this.#context.machine.remote.status !== 'conflict') throw new LecternError('conflict');
    const [base, theirs] = await Promise.all([this.#base(), openHead(projects, projectId, clock)]);
    const { editor } = this.#context;
    if (editor === null) throw new LecternError('aborted');
    return { base, mine: editor.document, theirs: theirs.document };
  }

  /** Takes somebody else's edits in, as one step to undo; or says that a person has to choose. */
  async merge(): Promise<void> {
    const { options, take } = this.#context;
    try {
      const [base, theirs] = await Promise.all([
        this.#base(),
        openHead(options.projects, options.projectId, options.clock),
      ]);
      while (this.#context.editor?.busy === true) await pause(options.clock, busyMs);
      const { editor, machine } = this.#context;
      // The lead may have gone to another tab.
      if (editor === null || machine.role.status !== 'leader' || machine.remote.status !== 'merging') return;
      const { conflict } = machine.remote;
      const head = theirs.rev === conflict?.headRev ? conflict : theirs.head;
      const change = base === null ? null : mergeDocuments(base, editor.document, theirs.document);
      if (change === null) {
        take({ type: 'merge-refused', conflict: headOf(head) });
        return;
      }
      // The step is recorded and the new base told in one turn: the journal never has the one without the other.
      if (!isEmptyChange(change)) {
        editor.replace(change, 'project.merge');
        this.#hooks.onMerged({ author: head.headAuthor, at: head.headAt, changes: changedIds(change).length });
      }
      take({ type: 'merged', rev: theirs.rev, hash: theirs.head.headHash });
    } catch (error) {
      take({ type: 'merge-failed', error: serialiseError(error), random: options.clock.random() });
    }
  }

  /** Opens the head here; what was here stays a revision. @throws LecternError; then all is as it was */
  async adopt(): Promise<void> {
    const { options } = this.#context;
    await this.#keepMine();
    const theirs = await openHead(options.projects, options.projectId, options.clock);
    const { editor, machine, take } = this.#context;
    if (editor === null || machine.role.status !== 'leader' || machine.remote.status !== 'conflict') return;
    if (machine.remote.conflict !== null && machine.local.seq > machine.remote.conflict.keptSeq) {
      // Something was edited meanwhile: that has to be kept, too.
      await this.adopt();
      return;
    }
    this.#hooks.adopt(theirs);
    take({ type: 'adopted', rev: theirs.rev, hash: theirs.head.headHash });
  }

  /** Makes what is here a new project, and opens the head here. @throws LecternError; then all is as it was */
  async fork(): Promise<void> {
    const { newId, projects, title, copyTitle, onForked, userId } = this.#context.options;
    const { editor } = this.#context;
    if (editor === null) return;
    const mine = title();
    const projectId = newId();
    const name = copyTitle(mine.title);
    const { document } = editor;
    const copy = { projectId, saveId: newId(), document, title: name, description: mine.description };
    await saveAsNew(projects, copy, userId);
    onForked(projectId, name);
    await this.adopt();
  }

  async #keepMine(): Promise<void> {
    const { editor, machine, take } = this.#context;
    const { conflict, baseRev } = machine.remote;
    const { seq } = machine.local;
    if (editor === null || conflict === null || seq <= conflict.keptSeq) return;
    await this.#saver.keepAside(editor.document, baseRev);
    take({ type: 'kept-aside', seq });
  }

  /** What both sides were made from; null when nobody has it any more. @throws LecternError */
  async #base(): Promise<TimelineDocument | null> {
    const { options, machine } = this.#context;
    const { baseRev } = machine.remote;
    const saved = this.#hooks.saved();
    if (saved?.rev === baseRev && baseRev > 0) return saved.document;
    if (baseRev === 0) return null;
    try {
      const { state } = await options.projects.openRevision(options.projectId, baseRev);
      return readDocument(state).document;
    } catch (error) {
      // Old revisions are thinned out.
      if (toLecternError(error).code === 'not-found') return null;
      throw error;
    }
  }
}

function headOf({ headRev, headAuthor, headAt, headHash }: Head): Head {
  return { headRev, headAuthor, headAt, headHash };
}

/** Saves a document as the first revision of a new project. @throws `conflict` when the id is taken, and what the port throws */
export async function saveAsNew(
  projects: ProjectsPort,
  project: {
    readonly projectId: string;
    readonly saveId: string;
    readonly document: TimelineDocument;
    readonly title: string;
    readonly description: string;
  },
  /** Whose work it is: nobody else saves it. */
  asUserId: string,
): Promise<number> {
  const { document, projectId, saveId, title, description } = project;
  const answer = await projects.save(
    await saveRequestOf(document, { projectId, saveId, baseRev: 0, kind: 'manual', title, description }),
    { asUserId },
  );
  if (answer.outcome !== 'ok') throw new LecternError(answer.outcome === 'conflict' ? 'conflict' : 'server');
  return answer.rev;
}
