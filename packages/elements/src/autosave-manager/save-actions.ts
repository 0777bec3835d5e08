import { isLecternError } from '@lectern/ports';
import type { ProjectSession } from '@lectern/core';
import type { CopyDialog } from './copy-dialog.js';
import type { ProjectDownload } from './project-download.js';
import type { SaveAction } from './save-details.js';
import type { SavingContext } from './saving-context.js';
import type { VersionHistory } from './version-history.js';

export interface SaveActionsOptions {
  readonly context: SavingContext;
  readonly download: ProjectDownload;
  readonly copy: CopyDialog;
  readonly history: VersionHistory;
  readonly askConflict: (project: ProjectSession) => void;
  /** Closes the details; the focus goes back to the sentence. */
  readonly closeDetails: () => void;
  readonly busyChanged: (busy: boolean) => void;
}

/** What is done once the details are closed. */
type Answer = Exclude<
  SaveAction,
  'save-now' | 'file' | 'file-with-media' | 'cancel-file' | 'edit-here' | 'save-as-new'
>;

/** Does what the buttons of the details say. */
export class SaveActions {
  readonly #options: SaveActionsOptions;
  #busy = false;

  constructor(options: SaveActionsOptions) {
    this.#options = options;
  }

  run(action: SaveAction): void {
    const { context, download, closeDetails } = this.#options;
    const project = context.project();
    if (!project) return;
    const { autosave } = project;
    switch (action) {
      case 'save-now':
        void this.#attempt(async () => {
          await autosave.saveNow();
          context.say(context.messages().t('autosave.saved'));
        });
        return;
      case 'file':
      case 'file-with-media':
        void download.start(action === 'file-with-media');
        return;
      case 'cancel-file':
        download.cancel();
        return;
      case 'edit-here':
        void this.#attempt(async () => {
          await autosave.editHere();
          closeDetails();
        });
        return;
      case 'save-as-new':
        void this.#attempt(() => this.#saveAsNew(project));
        return;
      default:
        // Back to the sentence first: a dialog gives the focus back to what had it.
        closeDetails();
        this.#answer(action, project);
    }
  }

  #answer(action: Answer, project: ProjectSession): void {
    const { askConflict, context, copy, history } = this.#options;
    const { autosave } = project;
    switch (action) {
      case 'close':
        return;
      case 'copy':
        copy.show();
        return;
      case 'history':
        history.show();
        return;
      case 'compare':
        askConflict(project);
        return;
      case 'keep':
        autosave.restore();
        return;
      case 'discard':
        autosave.discardRestore();
        context.say(context.messages().t('autosave.discarded'));
        return;
      case 'let-go':
        autosave.letGo();
        return;
      case 'undo-merged':
        project.editor.undo();
        autosave.dismissMerged();
        return;
      case 'dismiss-merged':
        autosave.dismissMerged();
    }
  }

  async #saveAsNew(project: ProjectSession): Promise<void> {
    const { closeDetails, context } = this.#options;
    try {
      const { id } = await project.saveAsCopy(project.details.getState().title);
      closeDetails();
      context.openProject(id);
    } catch (error) {
      context.notifyFailure(error);
    }
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#setBusy(true);
    try {
      await act();
    } catch (error) {
      // Why it didn't work is in the autosave's own state, which is on show; anything else is a mistake of ours.
      if (!isLecternError(error)) throw error;
    } finally {
      this.#setBusy(false);
    }
  }

  #setBusy(busy: boolean): void {
    this.#busy = busy;
    this.#options.busyChanged(busy);
  }
}
