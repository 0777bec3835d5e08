import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { isLecternError } from '@lectern/ports';
import { autosaveSentence, type AutosaveState, type ConflictChoice, type ProjectSession } from '@lectern/core';
import { Announcer } from '../foundation/announcer.js';
import { icon } from '../foundation/icon.js';
import { LecternElement } from '../foundation/lectern-element.js';
import { PopoverController } from '../foundation/popover-controller.js';
import { ProjectElement } from '../foundation/project-element.js';
import { StoreController } from '../foundation/store-controller.js';
import { autosaveManagerStyles } from './autosave-manager.styles.js';
import { saveDetails } from './save-details.js';
import { saveIcons, saveKind, urgentKinds, type SaveKind } from './save-kind.js';

/** Where the work of a project is, as a host may want to show it. */
export interface SaveStateDetail {
  readonly projectId: string;
  readonly kind: SaveKind;
  readonly local: AutosaveState['local'];
  readonly remote: AutosaveState['remote'];
  /** Changes that only this browser has. */
  readonly pendingChanges: number;
  /** ISO 8601, or null when nothing was saved since the project was opened. */
  readonly savedAt: string | null;
}

/** A save that the back end acknowledged. */
export interface SaveDetail {
  readonly projectId: string;
  readonly rev: number;
  readonly savedAt: string;
}

/**
 * Says where the work is, in one true sentence, with details, *Save now*, and the questions that saving may have:
 * what to do with changes that were only in this browser, and with a version that somebody else saved.
 *
 * | key | does |
 * | --- | --- |
 * | Enter, Space on the sentence | opens and closes the details |
 * | Escape in the details | closes them |
 *
 * @tagname autosave-manager
 * @summary Saves the open project by itself and says where it is.
 * @event {CustomEvent<SaveDetail>} lectern-save - The back end acknowledged a save.
 * @event {CustomEvent<SaveStateDetail>} lectern-save-state - Where the work is changed.
 * @csspart button - The sentence.
 * @csspart details - The popover.
 */
export class AutosaveManagerElement extends ProjectElement {
  static override styles: CSSResultGroup = [LecternElement.styles, autosaveManagerStyles];

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
  #timer: ReturnType<typeof setTimeout> | null = null;
  #told: SaveStateDetail | null = null;
  #said: SaveKind | null = null;
  #asked = false;
  #now = new Date();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Where the work is, or null while no project is open. */
  get saveState(): SaveStateDetail | null {
    const project = this.activeProject;
    return project ? detailOf(project) : null;
  }

  /** Saves now; resolves once the back end acknowledged it. @throws LecternError why it didn't */
  async saveNow(): Promise<void> {
    await this.activeProject?.autosave.saveNow();
  }

  /** Opens the details. */
  showDetails(): void {
    if (this.panel && this.button) this.#popover.open(this.panel, this.button, 'bottom-end');
  }

  protected override projectChanged(project: ProjectSession | null): void {
    this.#told = null;
    this.#said = null;
    this.#asked = false;
    this.#popover.close(false);
    this.#save.setStore(project?.autosave.store ?? null);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    this.#now = new Date();
  }

  protected override updated(): void {
    const state = this.#save.value;
    if (!state) return;
    this.#tell(state);
    this.#say(state);
    this.#ask(state);
    this.#tick(state);
  }

  protected override render(): TemplateResult {
    const state = this.#save.value;
    if (!state) return html`${this.#announcer.render()}`;
    const kind = saveKind(state);
    const sentence = this.#sentence(state);
    return html`<button
        class="state-button"
        part="button"
        type="button"
        data-kind=${kind}
        title=${sentence}
        aria-label=${this.t('saving.open', { sentence })}
        aria-expanded=${this.#popover.isOpen ? 'true' : 'false'}
        aria-haspopup="dialog"
        @click=${this.#onToggle}
      >
        ${icon(saveIcons[kind])}<span class="sentence truncate" aria-hidden="true">${sentence}</span>
      </button>
      <div class="popover" part="details" popover="manual" role="dialog" aria-label=${this.t('autosave.title')}>
        ${
          this.#popover.isOpen
            ? saveDetails({
                sentence,
                state,
                messages: this.localize.messages,
                now: this.#now,
                busy: this.busy,
                saveNow: this.#onSaveNow,
                resolve: this.#onResolve,
                keep: this.#onKeep,
                discard: this.#onDiscard,
                editHere: this.#onEditHere,
              })
            : ''
        }
      </div>
      ${this.#announcer.render()}`;
  }

  #sentence(state: AutosaveState): string {
    // A clock that runs a little behind must not make it "in 1 second".
    const now = new Date(Math.max(this.#now.getTime(), state.savedAt === null ? 0 : Date.parse(state.savedAt)));
    return autosaveSentence(state, this.localize.messages, now);
  }

  /** Tells the host page. */
  #tell(state: AutosaveState): void {
    const project = this.activeProject;
    if (!project) return;
    const detail = detailOf(project);
    const last = this.#told;
    this.#told = detail;
    if (detail.savedAt !== null && last !== null && detail.savedAt !== last.savedAt)
      this.emit<SaveDetail>('lectern-save', {
        projectId: detail.projectId,
        rev: project.details.getState().rev,
        savedAt: detail.savedAt,
      });
    if (
      last?.kind !== detail.kind ||
      last.pendingChanges !== state.pendingChanges ||
      last.local !== detail.local ||
      last.remote !== detail.remote
    )
      this.emit<SaveStateDetail>('lectern-save-state', detail);
  }

  /** Says aloud what a person should know: trouble at once, its end, and never each routine save. */
  #say(state: AutosaveState): void {
    const kind = saveKind(state);
    const last = this.#said;
    if (kind === last) return;
    const settled = kind === 'saved' || urgentKinds.has(kind);
    if (!settled) return;
    this.#said = kind;
    if (urgentKinds.has(kind) || (last !== null && urgentKinds.has(last))) this.#announcer.say(this.#sentence(state));
  }

  /** A question is put once by itself; after that it waits behind the button. */
  #ask(state: AutosaveState): void {
    const question = state.restorable !== null || state.remote === 'conflict';
    if (!question) this.#asked = false;
    if (!question || this.#asked || this.headless) return;
    this.#asked = true;
    this.showDetails();
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

  readonly #onSaveNow = (): void => {
    void this.#attempt(async (project) => {
      await project.autosave.saveNow();
      this.#announcer.say(this.t('autosave.saved'));
    });
  };

  readonly #onResolve = (choice: ConflictChoice): void => {
    void this.#attempt(async (project) => {
      await project.autosave.resolve(choice);
      this.#popover.close();
    });
  };

  readonly #onKeep = (): void => {
    this.activeProject?.autosave.restore();
    this.#popover.close();
  };

  readonly #onDiscard = (): void => {
    this.activeProject?.autosave.discardRestore();
    this.#popover.close();
    this.#announcer.say(this.t('autosave.discarded'));
  };

  readonly #onEditHere = (): void => {
    void this.#attempt(async (project) => {
      await project.autosave.editHere();
      this.#popover.close();
    });
  };

  async #attempt(act: (project: ProjectSession) => Promise<void>): Promise<void> {
    const project = this.activeProject;
    if (!project || this.busy) return;
    this.busy = true;
    try {
      await act(project);
    } catch (error) {
      // Why it didn't work is in the autosave's own state, which is on show; anything else is a mistake of ours.
      if (!isLecternError(error)) throw error;
    } finally {
      this.busy = false;
    }
  }
}

function detailOf(project: ProjectSession): SaveStateDetail {
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

declare global {
  interface HTMLElementTagNameMap {
    'autosave-manager': AutosaveManagerElement;
  }
  interface HTMLElementEventMap {
    'lectern-save': CustomEvent<SaveDetail>;
    'lectern-save-state': CustomEvent<SaveStateDetail>;
  }
}
