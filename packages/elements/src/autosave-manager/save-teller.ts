import type { AutosaveState, ProjectSession } from '@lectern/core';
import type { SaveConflictDetail, SaveDetail, SaveRestoreDetail, SaveStateDetail } from './autosave-events.js';
import { saveKind, saveQuestion, urgentKinds, type SaveKind } from './save-kind.js';
import type { SavingContext } from './saving-context.js';

export interface SaveTellerOptions {
  readonly context: SavingContext;
  /** False when the page prevented the default. */
  readonly emit: (type: `lectern-${string}`, detail: unknown, options?: { readonly cancelable: boolean }) => boolean;
  readonly sentence: (state: AutosaveState) => string;
  readonly isHeadless: () => boolean;
  readonly showConflict: () => void;
  readonly showDetails: () => void;
  readonly requestUpdate: () => void;
}

/** Tells the page and the person what has become of saving, each thing once. */
export class SaveTeller {
  readonly #options: SaveTellerOptions;
  #told: SaveStateDetail | null = null;
  #said: SaveKind | null = null;
  /** The question that was put last, so that none is put twice by itself. */
  #asked: string | null = null;
  #stopWaiting: (() => void) | null = null;

  constructor(options: SaveTellerOptions) {
    this.#options = options;
  }

  /** Begins anew, for another project. */
  reset(): void {
    this.#told = null;
    this.#said = null;
    this.#asked = null;
    this.#stopWaiting?.();
  }

  update(state: AutosaveState, project: ProjectSession): void {
    this.#tell(state, project);
    this.#say(state);
    this.#ask(state, project);
  }

  /** Tells the host page. */
  #tell(state: AutosaveState, project: ProjectSession): void {
    const { emit } = this.#options;
    const detail = saveStateDetail(project);
    const last = this.#told;
    this.#told = detail;
    if (detail.savedAt !== null && last !== null && detail.savedAt !== last.savedAt)
      emit('lectern-save', {
        projectId: detail.projectId,
        rev: project.details.getState().rev,
        savedAt: detail.savedAt,
      } satisfies SaveDetail);
    if (
      last?.kind !== detail.kind ||
      last.pendingChanges !== state.pendingChanges ||
      last.local !== detail.local ||
      last.remote !== detail.remote
    )
      emit('lectern-save-state', detail);
  }

  /** Says aloud what a person should know: trouble at once, its end, and never each routine save. */
  #say(state: AutosaveState): void {
    const kind = saveKind(state);
    const last = this.#said;
    if (kind === last) return;
    const settled = kind === 'saved' || urgentKinds.has(kind);
    if (!settled) return;
    this.#said = kind;
    if (urgentKinds.has(kind) || (last !== null && urgentKinds.has(last))) {
      const { context, sentence } = this.#options;
      context.say(sentence(state));
    }
  }

  /** A question is put once by itself; after that it waits behind the sentence. */
  #ask(state: AutosaveState, project: ProjectSession): void {
    const question = saveQuestion(state);
    const about = question === 'restore' ? state.restorable?.at : question === 'merged' ? state.merged?.at : '';
    const key = question === null ? null : `${question} ${about ?? ''}`;
    if (key === this.#asked) return;
    if (question !== null && project.editor.store.getState().gesture !== 'none') {
      this.#askAfterGesture(project);
      return;
    }
    this.#asked = key;
    const { context, emit, isHeadless, showDetails } = this.#options;
    if (question === 'conflict') this.askConflict(project);
    else if (question === 'restore' && state.restorable) {
      const detail: SaveRestoreDetail = { projectId: project.projectId, ...state.restorable };
      if (emit('lectern-save-restore', detail, { cancelable: true }) && !isHeadless()) showDetails();
    } else if (question !== null && !isHeadless()) {
      if (question === 'merged') context.say(context.messages().t('saving.mergedHint'));
      showDetails();
    }
  }

  /** Asks what to do about a version that somebody else saved: the page first, then in our own dialog. */
  askConflict(project: ProjectSession): void {
    const { conflict } = project.autosave.store.getState();
    if (!conflict) return;
    const { headAuthor: author, headAt: at, headRev } = conflict;
    const detail: SaveConflictDetail = { projectId: project.projectId, author, at, headRev };
    const { emit, isHeadless, showConflict } = this.#options;
    if (emit('lectern-save-conflict', detail, { cancelable: true }) && !isHeadless()) showConflict();
  }

  /** A dialog in the middle of a drag would tear it away. */
  #askAfterGesture(project: ProjectSession): void {
    if (this.#stopWaiting) return;
    const stop = project.editor.store.subscribe(({ gesture }) => {
      if (gesture !== 'none') return;
      this.#stopWaiting?.();
      this.#options.requestUpdate();
    });
    this.#stopWaiting = () => {
      this.#stopWaiting = null;
      stop();
    };
  }
}

/** Where the work of an open project is. */
export function saveStateDetail(project: ProjectSession): SaveStateDetail {
  const state = project.autosave.store.getState();
  return {
    projectId: project.projectId,
    kind: saveKind(state),
    local: state.local,
    remote: state.remote,
    pendingChanges: state.pendingChanges,
    savedAt: state.savedAt,
  };
}
