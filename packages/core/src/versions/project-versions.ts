import { LecternError, toLecternError, type CallOptions, type ProjectsPort, type ProjectSummary } from '@lectern/ports';
import { diffDocuments, isEmptyChange, type TimelineDocument } from '@lectern/timeline';
import type { Autosave } from '../autosave/autosave.js';
import { readDocument } from '../autosave/stored-document.js';
import type { Editor } from '../editor/editor.js';

/** What was saved of a project before. The list of revisions is `queries.revisions(projectId)`. */
export interface ProjectVersions {
  /**
   * Reads what a revision saved.
   * @throws `not-found` when it was thinned out, `corrupt`, `too-new` when a newer version of the studio wrote it, and
   * why the back end didn't answer
   */
  open(rev: number, options?: CallOptions): Promise<TimelineDocument>;
  /**
   * Makes the project what it was in a revision: as one edit, which undo takes back, and saves it as a revision of kind
   * `restore`. Resolves once the back end has it; where it doesn't take it now, the edit is kept like any other and the
   * state of autosave says why.
   * @throws what `open` throws, `forbidden` where this tab is read-only, and `conflict` while one has to be decided:
   * then nothing was changed
   */
  restore(rev: number): Promise<void>;
  /** Saves what is in a revision as a new project. @throws what `open` throws, and why it wasn't saved */
  saveAsCopy(rev: number, title?: string): Promise<ProjectSummary>;
}

/** What of an open project its versions need. */
export interface VersionedProject {
  readonly projectId: string;
  readonly projects: ProjectsPort;
  readonly editor: Editor;
  readonly autosave: Autosave;
  /** Saves a document as a new project, under the title of a copy when none is given. */
  readonly copy: (document: TimelineDocument, title?: string) => Promise<ProjectSummary>;
}

export function createProjectVersions({
  projectId,
  projects,
  editor,
  autosave,
  copy,
}: VersionedProject): ProjectVersions {
  const open = async (rev: number, options?: CallOptions): Promise<TimelineDocument> => {
    try {
      const opened = await projects.openRevision(projectId, rev, options);
      const { document, readOnly } = readDocument(opened.state);
      // Read as far as it can be, but written back it would lose what only the newer version knows.
      if (readOnly) throw new LecternError('too-new', { details: { rev } });
      return document;
    } catch (error) {
      throw toLecternError(error);
    }
  };
  const assertEditable = (): void => {
    if (autosave.store.getState().remote === 'conflict') throw new LecternError('conflict');
    if (editor.store.getState().readOnly) throw new LecternError('forbidden', { message: 'the project is read-only' });
  };
  return {
    open,
    async restore(rev) {
      assertEditable();
      const then = await open(rev);
      // Another tab may have taken over while it was read.
      assertEditable();
      editor.cancelGesture();
      const change = diffDocuments(editor.document, then);
      if (isEmptyChange(change)) return;
      editor.dispatch({ change, userEvent: 'project.restore' });
      // Why it isn't saved yet is on show in autosave's own state; the version itself is there.
      await autosave.saveNow('restore').catch(() => undefined);
    },
    async saveAsCopy(rev, title) {
      return copy(await open(rev), title);
    },
  };
}
