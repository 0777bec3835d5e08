import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { serialiseError, toLecternError, type Identity } from '@lectern/ports';
import { autosaveSentence, type AutosaveState, type ConflictChoice, type ProjectSession } from '@lectern/core';
import { Announcer } from '../foundation/announcer.js';
import { icon } from '../foundation/icon.js';
import { LecternElement } from '../foundation/lectern-element.js';
import { PopoverController } from '../foundation/popover-controller.js';
import { ProjectElement } from '../foundation/project-element.js';
import { QueryController } from '../foundation/query-controller.js';
import { StoreController } from '../foundation/store-controller.js';
import type { ProjectOpenDetail } from '../media-library/media-library-events.js';
import type { SaveStateDetail } from './autosave-events.js';
import { autosaveManagerStyles } from './autosave-manager.styles.js';
import { compareConflict, ConflictDialog, type ConflictDifferences } from './conflict-dialog.js';
import { CopyDialog } from './copy-dialog.js';
import { ProjectDownload } from './project-download.js';
import { RestoreSummary } from './restore-summary.js';
import { SaveActions } from './save-actions.js';
import { saveDetails } from './save-details.js';
import { saveIcons, saveKind, saveQuestion } from './save-kind.js';
import { SaveTeller, saveStateDetail } from './save-teller.js';
import { savingDialogStyles } from './saving-dialogs.styles.js';
import type { SavingContext } from './saving-context.js';
import { VersionHistory } from './version-history.js';

/**
 * Says where the work is, in one true sentence. Behind it are the details, *Save now*, *Save as copy*, the version
 * history and the project as a file; and it puts the questions that saving may have: what to do about a version that
 * somebody else saved, about changes that were found in this browser, and about those that another tab left behind.
 *
 * A host that has an interface of its own sets `headless`, listens, and answers through the methods; or it prevents the
 * default of a question's event and shows that question itself.
 *
 * | key | does |
 * | --- | --- |
 * | Enter, Space on the sentence | opens and closes the details |
 * | Escape in the details | closes them |
 * | Escape in a question | puts it off: work goes on, and the sentence goes on saying that it waits |
 * | Up, Down, Home, End in the version history | another version |
 *
 * @tagname autosave-manager
 * @summary Saves the open project by itself, says where it is, and answers what saving asks.
 * @event {CustomEvent<SaveDetail>} lectern-save - The back end acknowledged a save.
 * @event {CustomEvent<SaveStateDetail>} lectern-save-state - Where the work is changed.
 * @event {CustomEvent<SaveConflictDetail>} lectern-save-conflict - Somebody else saved: `resolveConflict` answers. Cancelable; unless prevented, a dialog asks.
 * @event {CustomEvent<SaveRestoreDetail>} lectern-save-restore - Changes were found that only this browser had: `keepRestored` and `discardRestored` answer. Cancelable; unless prevented, the details ask.
 * @event {CustomEvent<ProjectOpenDetail>} lectern-project-open - A copy was made and is to be opened. Cancelable.
 * @csspart button - The sentence.
 * @csspart details - The popover.
 * @csspart conflict-dialog - *Someone else saved*.
 * @csspart version-history - The version history.
 * @csspart copy-dialog - *Save as copy*.
 */
export class AutosaveManagerElement extends ProjectElement {
  static override styles: CSSResultGroup = [LecternElement.styles, autosaveManagerStyles, savingDialogStyles];

  /** Shows nothing; events are sent and methods work all the same. */
  @property({ type: Boolean, reflect: true }) headless = false;
  /** Shows the icon alone; the sentence is its name. */
  @property({ type: Boolean, reflect: true }) compact = false;

  @state() private busy = false;

  @query('.state-button') private readonly button!: HTMLButtonElement | null;
  @query('.popover') private readonly panel!: HTMLElement | null;

  readonly #announcer = new Announcer(this);
  readonly #popover = new PopoverController(this);
  readonly #save = new StoreController<AutosaveState, AutosaveState>(this, null, (all) => all);
  readonly #identity = new QueryController<Identity>(this, () => {
    const { session } = this;
    const named = this.#save.value?.conflict ?? this.#save.value?.merged;
    return session && (named || this.#history.isOpen)
      ? { client: session.queryClient, options: session.queries.identity() as never }
      : null;
  });
  readonly #context: SavingContext = {
    session: () => this.session,
    project: () => this.activeProject,
    messages: () => this.localize.messages,
    userId: () => this.#identity.result?.data?.userId ?? null,
    say: (text) => {
      this.#announcer.say(text);
    },
    returnTo: () => this.button,
    openProject: (projectId) => {
      this.emit<ProjectOpenDetail>('lectern-project-open', { projectId }, { cancelable: true });
    },
    notifyFailure: (error) => {
      const failure = serialiseError(toLecternError(error));
      this.session?.actions.notify({ tone: 'error', message: { key: 'notice.actionFailed' }, error: failure });
    },
  };
  readonly #summary = new RestoreSummary(this, this.#context);
  readonly #download = new ProjectDownload(this, this.#context);
  readonly #conflict = new ConflictDialog(this, this.#context, this.#download);
  readonly #copy = new CopyDialog(this, this.#context);
  readonly #history: VersionHistory = new VersionHistory(this, this.#context);
  readonly #teller = new SaveTeller({
    context: this.#context,
    emit: (type, detail, options) => this.emit(type, detail, options),
    sentence: (state) => this.#sentence(state),
    isHeadless: () => this.headless,
    showConflict: () => {
      this.showConflict();
    },
    showDetails: () => {
      this.showDetails();
    },
    requestUpdate: () => {
      this.requestUpdate();
    },
  });
  readonly #actions = new SaveActions({
    context: this.#context,
    download: this.#download,
    copy: this.#copy,
    history: this.#history,
    askConflict: (project) => {
      this.#teller.askConflict(project);
    },
    closeDetails: () => {
      this.#popover.close();
    },
    busyChanged: (busy) => {
      this.busy = busy;
    },
  });
  #timer: ReturnType<typeof setTimeout> | null = null;
  #now = new Date();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#teller.reset();
  }

  /** Where the work is, or null while no project is open. */
  get saveState(): SaveStateDetail | null {
    const project = this.activeProject;
    return project ? saveStateDetail(project) : null;
  }

  /** Saves now; resolves once the back end acknowledged it. @throws LecternError why it didn't */
  async saveNow(): Promise<void> {
    await this.activeProject?.autosave.saveNow();
  }

  /** Opens the details. */
  showDetails(): void {
    if (this.panel && this.button) this.#popover.open(this.panel, this.button, 'bottom-end');
  }

  /** Opens the version history. */
  showHistory(): void {
    this.#history.show();
  }

  /** Opens the dialog about a version that somebody else saved, if there is one. */
  showConflict(): void {
    this.#conflict.show();
  }

  /** What was done on both sides of a conflict; null while no project is open. @throws LecternError */
  async compareConflict(): Promise<ConflictDifferences | null> {
    return compareConflict(this.#context);
  }

  /** Answers a conflict. @throws LecternError `conflict` when there is none, or when somebody saved again in between */
  async resolveConflict(choice: ConflictChoice): Promise<void> {
    await this.activeProject?.autosave.resolve(choice);
  }

  /** Keeps the changes that were found in this browser. */
  keepRestored(): void {
    this.activeProject?.autosave.restore();
  }

  /** Goes back to the saved version, which undo takes back. */
  discardRestored(): void {
    this.activeProject?.autosave.discardRestore();
  }

  /** Downloads the project as a file. Resolves with whether the browser has it. */
  async downloadProject(options: { readonly media?: boolean } = {}): Promise<boolean> {
    return this.#download.start(options.media ?? false);
  }

  protected override projectChanged(project: ProjectSession | null): void {
    this.#teller.reset();
    this.#popover.close(false);
    for (const dialog of [this.#conflict, this.#copy, this.#history]) dialog.close();
    this.#save.setStore(project?.autosave.store ?? null);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    this.#now = new Date();
  }

  protected override updated(): void {
    const state = this.#save.value;
    const project = this.activeProject;
    if (!state || !project) return;
    this.#teller.update(state, project);
    this.#tick(state);
  }

  protected override render(): TemplateResult {
    const state = this.#save.value;
    if (!state) return html`${this.#announcer.render()}`;
    const kind = saveKind(state);
    const sentence = this.#sentence(state);
    const question = saveQuestion(state);
    const waits = question === 'restore' || question === 'merged';
    const name = waits ? `${sentence}. ${this.t('saving.waitingQuestion')}` : sentence;
    return html`<button
        class="state-button"
        part="button"
        type="button"
        data-kind=${kind}
        title=${name}
        aria-label=${this.t('saving.open', { sentence: name })}
        aria-expanded=${this.#popover.isOpen ? 'true' : 'false'}
        aria-haspopup="dialog"
        @click=${this.#onToggle}
      >
        ${icon(saveIcons[kind])}<span class="sentence truncate" aria-hidden="true">${sentence}</span>
        ${waits ? html`<span class="dot"></span>` : ''}
      </button>
      <div class="popover" part="details" popover="manual" role="dialog" aria-label=${this.t('autosave.title')}>
        ${this.#popover.isOpen ? this.#renderDetails(state, sentence) : ''}
      </div>
      ${this.#conflict.render(this.#now)} ${this.#history.render(this.#now)} ${this.#copy.render()}
      ${this.#announcer.render()}`;
  }

  #renderDetails(state: AutosaveState, sentence: string): TemplateResult {
    return saveDetails({
      sentence,
      state,
      context: this.#context,
      messages: this.localize.messages,
      now: this.#now,
      busy: this.busy,
      summary: this.#summary.comparison,
      canUndoMerge: this.activeProject?.editor.store.getState().undoLabel === 'history.project.merge',
      download: this.#download.running,
      act: (action) => () => {
        this.#actions.run(action);
      },
    });
  }

  #sentence(state: AutosaveState): string {
    // A clock that runs a little behind must not make it "in 1 second".
    const now = new Date(Math.max(this.#now.getTime(), state.savedAt === null ? 0 : Date.parse(state.savedAt)));
    return autosaveSentence(state, this.localize.messages, now);
  }

  /** "3 s ago" has to move on: often while it is young, seldom later. */
  #tick(state: AutosaveState): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.headless || (state.savedAt === null && state.retryAt === null)) return;
    const age = state.savedAt === null ? 0 : Date.now() - Date.parse(state.savedAt);
    const delay =
      state.retryAt !== null && this.#popover.isOpen ? 1000 : age < 10_000 ? 1000 : age < 60_000 ? 5000 : 30_000;
    this.#timer = setTimeout(() => {
      this.requestUpdate();
    }, delay);
  }

  readonly #onToggle = (): void => {
    if (this.panel && this.button) this.#popover.toggle(this.panel, this.button, 'bottom-end');
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'autosave-manager': AutosaveManagerElement;
  }
}
