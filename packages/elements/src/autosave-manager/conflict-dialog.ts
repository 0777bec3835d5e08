import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { toLecternError, type LecternError } from '@lectern/ports';
import { compareDocuments, type DocumentComparison } from '@lectern/timeline';
import type { AutosaveState, ConflictChoice, SaveConflict } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';
import { ModalController } from '../foundation/modal-controller.js';
import { comparisonList, namesOf, touchedByBoth } from './comparison-lines.js';
import type { ProjectDownload } from './project-download.js';
import { authorName, otherAuthorName, type SavingContext } from './saving-context.js';

/** What was done on either side; `theirs` is null where nobody knows any more what both began with. */
export interface ConflictDifferences {
  readonly mine: DocumentComparison;
  readonly theirs: DocumentComparison | null;
}

type Comparing =
  | { readonly status: 'comparing' }
  | { readonly status: 'failed'; readonly error: LecternError }
  | { readonly status: 'compared'; readonly differences: ConflictDifferences };

const choices: readonly (readonly [
  ConflictChoice,
  IconName,
  'autosave.keepMine' | 'autosave.takeTheirs' | 'autosave.keepBoth',
  'autosave.keepMineHint' | 'autosave.takeTheirsHint' | 'autosave.keepBothHint',
])[] = [
  ['keep-mine', 'device', 'autosave.keepMine', 'autosave.keepMineHint'],
  ['take-theirs', 'cloud', 'autosave.takeTheirs', 'autosave.takeTheirsHint'],
  ['keep-both', 'copy', 'autosave.keepBoth', 'autosave.keepBothHint'],
];

/** What differs in the conflict that a project is in. @throws `conflict` when there is none, and what the back end throws */
export async function compareConflict(context: SavingContext): Promise<ConflictDifferences | null> {
  const project = context.project();
  if (!project) return null;
  const { base, mine, theirs } = await project.autosave.openConflict();
  if (base === null) return { mine: compareDocuments(theirs, mine), theirs: null };
  return { mine: compareDocuments(base, mine), theirs: compareDocuments(base, theirs) };
}

/** *Someone else saved*: who, when, what differs, and the ways on. Nothing is lost by any of them, nor by none. */
export class ConflictDialog implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #context: SavingContext;
  readonly #download: ProjectDownload;
  readonly #modal: ModalController;
  #comparing: Comparing = { status: 'comparing' };
  #shown: SaveConflict | null = null;
  #headMoved = false;
  #chosen: ConflictChoice | null = null;
  #error: LecternError | null = null;

  constructor(host: ReactiveControllerHost & HTMLElement, context: SavingContext, download: ProjectDownload) {
    this.#host = host;
    this.#context = context;
    this.#download = download;
    this.#modal = new ModalController(host, { returnTo: context.returnTo });
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#modal.isOpen;
  }

  show(): void {
    const conflict = this.#context.project()?.autosave.store.getState().conflict;
    if (!conflict || this.isOpen) return;
    this.#headMoved = false;
    this.#error = null;
    this.#compare(conflict);
    this.#modal.show();
  }

  close(): void {
    this.#modal.close();
  }

  /** Keeps up with a conflict that goes on while it is on show. */
  hostUpdate(): void {
    if (!this.isOpen || this.#chosen !== null) return;
    const state = this.#context.project()?.autosave.store.getState();
    if (state?.remote !== 'conflict' || !state.conflict) this.#modal.close();
    else if (state.conflict.headRev !== this.#shown?.headRev) {
      this.#headMoved = true;
      this.#compare(state.conflict);
    }
  }

  render(now: Date): TemplateResult | typeof nothing {
    const m = this.#context.messages();
    return this.#modal.render(() => ({
      id: 'conflict-dialog',
      part: 'conflict-dialog',
      title: m.t('autosave.conflictTitle'),
      close: m.t('saving.later'),
      content: this.#shown ? this.#content(this.#shown, now) : nothing,
    }));
  }

  #content(conflict: SaveConflict, now: Date): TemplateResult {
    const m = this.#context.messages();
    const author = otherAuthorName(conflict.headAuthor, this.#context);
    const when = m.format.relative(conflict.headAt, now);
    return html`<div class="body">
        <p class="lead">${m.t('autosave.conflictText', { author, when })}</p>
        ${this.#headMoved ? banner('warning', m.t('saving.headMoved')) : nothing}
        <div class="compared" aria-busy=${this.#comparing.status === 'comparing'}>
          ${this.#differences(conflict, when)}
        </div>
        <div class="choices" role="group" aria-label=${m.t('autosave.conflict')}>
          ${choices.map(([choice, name, label, hint]) => this.#choice(choice, name, m.t(label), this.#hint(hint)))}
        </div>
        ${this.#error ? this.#failure(this.#error) : nothing}
      </div>
      <footer>
        <button
          class="button start"
          data-variant="plain"
          type="button"
          ?disabled=${this.#download.running !== null}
          @click=${this.#onDownload}
        >
          ${icon('download')}${m.t('saving.downloadMine')}
        </button>
        <button class="button" type="button" title=${m.t('saving.laterHint')} @click=${this.#onLater}>
          ${m.t('saving.later')}
        </button>
      </footer>`;
  }

  #differences(conflict: SaveConflict, when: string): TemplateResult {
    const m = this.#context.messages();
    const comparing = this.#comparing;
    if (comparing.status === 'comparing')
      return html`<p class="waiting"><span class="spinner"></span>${m.t('saving.comparing')}</p>`;
    if (comparing.status === 'failed') {
      const { title, advice } = m.error(comparing.error);
      return html`${banner('warning', `${m.t('saving.compareFailed')}. ${title}. ${advice}`)}
        <button class="button" data-size="small" type="button" @click=${this.#onCompare}>
          ${icon('refresh')}${m.t('common.tryAgain')}
        </button>`;
    }
    const { mine, theirs } = comparing.differences;
    const both = theirs ? touchedByBoth(mine, theirs, m) : [];
    const savedBy = m.t('saving.savedBy', { author: authorName(conflict.headAuthor, this.#context), when });
    return html`<p class="hint">${m.t(theirs ? 'saving.since' : 'saving.withoutBase')}</p>
      <div class="sides">
        ${side('mine', 'device', m.t(theirs ? 'saving.yours' : 'saving.onlyYours'), m.t('saving.inThisTab'), mine)}
        ${theirs ? side('theirs', 'cloud', m.t('saving.theirs'), savedBy, theirs) : nothing}
      </div>
      ${
        both.length > 0
          ? banner('warning', m.t('comparison.both', { count: both.length, names: namesOf(both, m) }))
          : nothing
      }`;

    function side(
      which: 'mine' | 'theirs',
      name: IconName,
      title: string,
      from: string,
      comparison: DocumentComparison,
    ): TemplateResult {
      return html`<section class="side" data-side=${which} aria-labelledby="side-${which}">
        <h3 id="side-${which}">${icon(name)}${title}</h3>
        <p class="hint">${from}</p>
        ${comparisonList(comparison, m)}
      </section>`;
    }
  }

  #choice(choice: ConflictChoice, name: IconName, label: string, hint: string): TemplateResult {
    return html`<button
      class="choice"
      type="button"
      data-choice=${choice}
      ?disabled=${this.#chosen !== null}
      @click=${() => {
        void this.#choose(choice);
      }}
    >
      ${this.#chosen === choice ? html`<span class="spinner"></span>` : icon(name)}
      <span class="what"><span class="name">${label}</span><span class="hint">${hint}</span></span>
    </button>`;
  }

  #hint(key: (typeof choices)[number][3]): string {
    const m = this.#context.messages();
    const title = this.#context.project()?.details.getState().title ?? '';
    return m.t(key, { title: m.t('autosave.copyTitle', { title }) });
  }

  #failure(error: LecternError): TemplateResult {
    const { title, advice } = this.#context.messages().error(error);
    return html`<div role="alert">${banner('danger', `${title}. ${advice}`)}</div>`;
  }

  #compare(conflict: SaveConflict): void {
    this.#shown = conflict;
    this.#comparing = { status: 'comparing' };
    const isCurrent = (): boolean => this.#shown === conflict;
    compareConflict(this.#context).then(
      (differences) => {
        if (differences && isCurrent()) this.#show({ status: 'compared', differences });
      },
      (error: unknown) => {
        if (isCurrent()) this.#show({ status: 'failed', error: toLecternError(error) });
      },
    );
  }

  #show(comparing: Comparing): void {
    this.#comparing = comparing;
    this.#host.requestUpdate();
  }

  async #choose(choice: ConflictChoice): Promise<void> {
    const project = this.#context.project();
    if (!project || this.#chosen !== null) return;
    this.#chosen = choice;
    this.#error = null;
    this.#host.requestUpdate();
    try {
      await project.autosave.resolve(choice);
      this.#context.say(this.#context.messages().t(`saving.chosen.${choice}`));
    } catch (error) {
      // A choice that was taken and then met a closed door is no conflict any more: the sentence says what it is.
      if (isStill(project.autosave.store.getState(), this.#shown)) this.#error = toLecternError(error);
    } finally {
      this.#chosen = null;
      // Closes it when there is nothing left to choose, compares anew when somebody saved again.
      this.#host.requestUpdate();
    }
  }

  readonly #onCompare = (): void => {
    if (this.#shown) this.#compare(this.#shown);
    this.#host.requestUpdate();
  };

  readonly #onDownload = (): void => {
    void this.#download.start(false);
  };

  readonly #onLater = (): void => {
    this.#modal.close();
  };
}

function isStill(state: AutosaveState, shown: SaveConflict | null): boolean {
  return state.remote === 'conflict' && state.conflict?.headRev === shown?.headRev;
}

function banner(tone: 'warning' | 'danger', text: string): TemplateResult {
  return html`<div class="banner" data-tone=${tone}>
    ${icon('warning')}
    <p>${text}</p>
  </div>`;
}
