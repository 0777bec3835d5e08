import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { deserialiseError, serialiseError, toLecternError, type ExportFormat, type ExportPreset } from '@lectern/ports';
import { formatTimecode, type ClipRecord, type TimelineDocument } from '@lectern/timeline';
import {
  clipOfError,
  isExportMoving,
  mainExport,
  type EditorState,
  type ExportJob,
  type ExportStep,
  type LecternSession,
  type NamedFile,
  type ProjectSession,
  type SessionState,
} from '@lectern/core';
import { saveFile } from '../collection/object-url-controller.js';
import { Announcer } from '../foundation/announcer.js';
import { icon } from '../foundation/icon.js';
import { LecternElement } from '../foundation/lectern-element.js';
import { ProjectElement } from '../foundation/project-element.js';
import { stateView } from '../foundation/state-view.js';
import { StoreController } from '../foundation/store-controller.js';
import { AttachDialogController } from '../course-outline/attach-dialog.js';
import type { AttachRequestDetail } from '../media-library/media-library-events.js';
import { ExportChoices } from './export-choices.js';
import { exportDialogStyles } from './export-dialog.styles.js';
import { exportForm, exportSummary } from './export-form.js';
import { exportList } from './export-list.js';
import { ExportNews } from './export-news.js';
import { markedRange } from './export-plan.js';
import { exportOutcome, exportProgress } from './export-progress.js';

/** An export that began. */
export interface ExportStartDetail {
  readonly projectId: string;
  readonly presetId: ExportPreset['id'];
  readonly container: ExportFormat['container'];
  readonly name: string;
}

/** An export that is in the library. */
export interface ExportCompleteDetail {
  readonly projectId: string;
  readonly assetId: string;
  readonly name: string;
  /** True when the asset was there and has a new version now. */
  readonly updated: boolean;
}

/** An export that stopped; `code` is one of the documented error codes, `aborted` when it was cancelled. */
export interface ExportErrorDetail {
  readonly projectId: string;
  readonly code: string;
}

/**
 * Exports the open project as a file in the library: where it goes, quality with what it will take, format, part, sound and
 * name, then the progress, then what to do with the file. Exports go on while the dialog is closed, one after the other;
 * those that a page couldn't finish are there again in the next one.
 *
 * | key | does |
 * | --- | --- |
 * | Enter in the name | begins |
 * | Escape | closes; a running export goes on |
 *
 * @tagname export-dialog
 * @summary Exports the open project.
 * @event {CustomEvent<ExportStartDetail>} lectern-export-start - An export was asked for; it begins when its turn comes.
 * @event {CustomEvent<ExportCompleteDetail>} lectern-export-complete - The file is in the library.
 * @event {CustomEvent<ExportErrorDetail>} lectern-export-error - It stopped, or was cancelled.
 * @event lectern-show-asset-request - The person wants to see the file in the library; `detail: {assetId}`. Cancelable; the dialog closes either way.
 * @event lectern-attach-request - The person wants the file in a course. Cancelable; unless prevented, *Add to course* asks where.
 * @csspart dialog - The dialog.
 * @csspart attach-dialog - *Add to course*.
 */
export class ExportDialogElement extends ProjectElement {
  static override styles: CSSResultGroup = [LecternElement.styles, exportDialogStyles];

  /** The largest file that the host takes, in bytes; what the session says when left out. What is likely to be larger is marked. */
  @property({ type: Number, attribute: 'max-bytes' }) maxBytes: number | null = null;

  @state() private shown = false;
  @state() private view: 'form' | 'exports' = 'form';
  /** The one that is shown large; the one that moves when left out. */
  @state() private chosenId: string | null = null;
  @state() private downloading = false;

  @query('dialog') private readonly dialog!: HTMLDialogElement;

  readonly #announcer = new Announcer(this);
  readonly #attach = new AttachDialogController(this, { session: () => this.session });
  readonly #jobs = new StoreController<SessionState, readonly ExportJob[]>(this, null, (all) => all.exports.jobs);
  readonly #timeline = new StoreController<EditorState, TimelineDocument>(this, null, (all) => all.state.document);
  readonly #storage = new StoreController<SessionState, boolean>(this, null, (all) => all.storage.memoryOnly);
  readonly #choices = new ExportChoices(this, () => ({
    session: this.session,
    project: this.activeProject,
    maxBytes: this.#limit,
    isShown: this.shown && this.#main === null,
  }));
  readonly #news = new ExportNews({
    say: (text) => {
      this.#announcer.say(text);
    },
    completed: ({ projectId, assetId, name, replaces }) => {
      if (assetId === null) return;
      this.emit<ExportCompleteDetail>('lectern-export-complete', {
        projectId,
        assetId,
        name,
        updated: replaces !== null,
      });
    },
    stopped: ({ error, projectId }) => {
      const code = error ? deserialiseError(error).code : 'aborted';
      this.emit<ExportErrorDetail>('lectern-export-error', { projectId, code });
    },
  });

  /** The export that is on show, or would be: the one that moves or was last; null when there is none. */
  get job(): ExportJob | null {
    const shown = this.#shownJobs;
    return shown.find(({ id }) => id === this.chosenId) ?? mainExport(shown);
  }

  get open(): boolean {
    return this.shown;
  }

  /** Opens the dialog: on the exports when there are any, else on what can be chosen. */
  async show(): Promise<void> {
    await this.updateComplete;
    if (this.shown) return;
    const { session } = this;
    // What another tab has left meanwhile; nothing waits for that.
    void session?.actions.findUnfinishedExports().catch(() => undefined);
    this.#choices.begin(this.t('common.untitled'));
    this.view = 'exports';
    this.chosenId = null;
    this.shown = true;
    await this.updateComplete;
    this.dialog.showModal();
  }

  close(): void {
    this.dialog.close();
    this.shown = false;
  }

  protected override sessionChanged(session: LecternSession | null): void {
    super.sessionChanged(session);
    this.#jobs.setStore(session?.store ?? null);
    this.#storage.setStore(session?.store ?? null);
    this.#choices.forget();
  }

  protected override projectChanged(project: ProjectSession | null): void {
    this.#timeline.setStore(project?.editor.store ?? null);
    this.#choices.forget();
  }

  protected override updated(): void {
    this.#news.tell(this.#jobs.value ?? [], this.localize.messages);
  }

  protected override render(): TemplateResult {
    const main = this.#main;
    return html`<dialog part="dialog" aria-labelledby="title" @close=${this.#onClose}>
        <header>
          <h2 id="title">${this.t('export.title')}</h2>
          <button class="icon-button" type="button" aria-label=${this.t('common.close')} @click=${this.#onCloseButton}>
            ${icon('close')}
          </button>
        </header>
        ${this.shown ? (main ? this.#renderExports(main) : this.#renderForm()) : nothing}
      </dialog>
      ${this.#attach.render(this.localize.messages)} ${this.#announcer.render()}`;
  }

  get #limit(): number | null {
    return this.maxBytes ?? this.session?.maxBytes ?? null;
  }

  /** Those that somebody may want to see; what was cancelled is nobody's business any more. */
  get #shownJobs(): readonly ExportJob[] {
    return (this.#jobs.value ?? []).filter(({ status }) => status !== 'cancelled');
  }

  /** The export to show large; null where the form is on show. */
  get #main(): ExportJob | null {
    return this.view === 'exports' ? this.job : null;
  }

  #renderForm(): TemplateResult {
    const m = this.localize.messages;
    const timeline = this.#timeline.value;
    if (!timeline || timeline.totalFrames === 0)
      return html`<div class="body">
          ${stateView({ icon: 'film', title: m.t('export.empty'), text: m.t('export.emptyText') })}
        </div>
        <footer>
          <button class="button" type="button" @click=${this.#onCloseButton}>${m.t('common.close')}</button>
        </footer>`;
    const marked = markedRange(timeline);
    const { frameRate } = timeline.settings;
    const choices = this.#choices;
    return html`<form class="body" id="choices" @submit=${this.#onSubmit}>
        ${exportForm({
          messages: m,
          choices,
          marked,
          rangeText: marked
            ? `${formatTimecode(marked.startFrame, frameRate)} – ${formatTimecode(marked.endFrame, frameRate)}`
            : '',
          maxBytes: this.#limit,
        })}
      </form>
      <footer>
        ${exportSummary({ choices, messages: m, frameRate })}
        <button class="button" type="button" @click=${this.#onLeaveForm}>${m.t('common.cancel')}</button>
        <button class="button" data-variant="primary" type="submit" form="choices" ?disabled=${!choices.canStart}>
          ${icon('export')}${m.t('export.start')}
        </button>
      </footer>`;
  }

  #renderExports(main: ExportJob): TemplateResult {
    const m = this.localize.messages;
    const jobs = this.#shownJobs;
    const clip = this.#clipOf(main);
    const isOver = main.status === 'done' || main.status === 'failed';
    return html`<div class="body">
        ${
          isOver
            ? exportOutcome(main, m, {
                show: this.#onShow,
                attach: this.#onAttach,
                download: this.#onDownload,
                downloading: this.downloading,
                saveFile: this.#onSaveFile,
                showClip: clip
                  ? () => {
                      this.#showClip(clip);
                    }
                  : null,
              })
            : exportProgress({ job: main, jobs, messages: m, isKept: this.#storage.value !== true })
        }
        ${exportList({
          messages: m,
          jobs,
          main,
          choose: ({ id }) => {
            this.chosenId = id;
          },
          step: (job, step) => {
            this.#step(job, step);
          },
        })}
      </div>
      <footer>${this.#renderSteps(main)}</footer>`;
  }

  #renderSteps(job: ExportJob): readonly unknown[] {
    const button = (label: string, act: () => void, variant: 'primary' | 'plain' | null = null): TemplateResult =>
      html`<button class="button" data-variant=${variant ?? nothing} type="button" @click=${act}>${label}</button>`;
    const step = (name: ExportStep) => (): void => {
      this.#step(job, name);
    };
    const more = this.activeProject ? button(this.t('export.new'), this.#onNew) : nothing;
    if (isExportMoving(job))
      return [
        button(this.t('export.cancel'), step('cancel')),
        button(this.t('export.pause'), step('pause')),
        more,
        button(this.t('export.hide'), this.#onCloseButton),
      ];
    if (job.status === 'done') {
      const mine = job.projectId === this.activeProject?.projectId;
      const again = button(this.t(mine ? 'export.again' : 'export.new'), this.#onAgain);
      return [this.activeProject ? again : nothing, button(this.t('common.done'), this.#onDone)];
    }
    const failed = job.status === 'failed';
    return [
      button(this.t('export.discard'), step('cancel')),
      failed ? button(this.t('export.changeSettings'), this.#onAgain) : more,
      button(this.t(failed ? 'common.tryAgain' : 'export.resume'), step('resume'), 'primary'),
    ];
  }

  /** The clip that stopped it, if it is on the timeline that is open. */
  #clipOf({ error, projectId }: ExportJob): ClipRecord | null {
    const timeline = this.#timeline.value;
    if (!timeline || projectId !== this.activeProject?.projectId) return null;
    return clipOfError(error, timeline.clips.values());
  }

  #showClip(clip: ClipRecord): void {
    const editor = this.activeProject?.editor;
    this.close();
    editor?.run('selection.set', { clipIds: [clip.id] });
    editor?.seek(clip.startFrame);
  }

  #step({ id }: ExportJob, step: ExportStep): void {
    const { actions } = this.session ?? {};
    if (step === 'pause') void actions?.pauseExport(id);
    else if (step === 'resume') void actions?.resumeExport(id);
    else if (step === 'cancel') void actions?.cancelExport(id);
    else void actions?.dismissExport(id);
  }

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault();
    const { session, activeProject: project } = this;
    const options = this.#choices.take();
    if (!session || !project || !options) return;
    const { format, name = '', preset } = options;
    project.preview.pause();
    this.emit<ExportStartDetail>('lectern-export-start', {
      projectId: project.projectId,
      presetId: preset.id,
      container: format.container,
      name,
    });
    // What goes wrong is in the job, which is on show.
    session.actions.exportProject(project, options).catch(() => undefined);
    const begun = session.store.getState().exports.jobs.at(-1);
    this.chosenId = begun?.id ?? null;
    this.#news.expect(begun?.id);
    this.view = 'exports';
  };

  readonly #onNew = (): void => {
    this.#choices.begin(this.t('common.untitled'));
    this.view = 'form';
  };

  readonly #onLeaveForm = (): void => {
    if (this.job && this.view === 'form') this.view = 'exports';
    else this.close();
  };

  readonly #onAgain = (): void => {
    const { job } = this;
    if (job) void this.session?.actions.dismissExport(job.id);
    this.#onNew();
  };

  readonly #onDone = (): void => {
    const { job } = this;
    if (job) void this.session?.actions.dismissExport(job.id);
    this.close();
  };

  readonly #onShow = (): void => {
    const assetId = this.job?.assetId;
    if (assetId) this.emit('lectern-show-asset-request', { assetId }, { cancelable: true });
    this.#onDone();
  };

  readonly #onAttach = (): void => {
    const { job } = this;
    if (!job?.assetId) return;
    const target = { kind: 'asset', assetId: job.assetId } as const;
    const { name: title } = job;
    if (this.#requestAttach({ target, title, chapterId: null })) void this.#attach.open({ target, title });
  };

  #requestAttach(detail: AttachRequestDetail): boolean {
    return this.emit<AttachRequestDetail>('lectern-attach-request', detail, { cancelable: true });
  }

  readonly #onDownload = (): void => {
    const { session, job } = this;
    const assetId = job?.assetId;
    if (session && assetId) void this.#save(session, () => session.actions.assetFile(assetId));
  };

  readonly #onSaveFile = (): void => {
    const { session, job } = this;
    if (session && job) void this.#save(session, () => session.actions.exportedFile(job.id));
  };

  async #save(session: LecternSession, find: () => Promise<NamedFile>): Promise<void> {
    if (this.downloading) return;
    this.downloading = true;
    try {
      const { file, fileName } = await find();
      saveFile(file, fileName);
    } catch (error) {
      session.actions.notify({
        tone: 'error',
        message: { key: 'notice.actionFailed' },
        error: serialiseError(toLecternError(error)),
      });
    } finally {
      this.downloading = false;
    }
  }

  readonly #onCloseButton = (): void => {
    this.close();
  };

  readonly #onClose = (event: Event): void => {
    // A dialog inside it closes too, and that is none of ours; and it may be open again by now.
    if (event.target === event.currentTarget && !this.dialog.open) this.shown = false;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'export-dialog': ExportDialogElement;
  }
  interface HTMLElementEventMap {
    'lectern-export-start': CustomEvent<ExportStartDetail>;
    'lectern-export-complete': CustomEvent<ExportCompleteDetail>;
    'lectern-export-error': CustomEvent<ExportErrorDetail>;
    'lectern-show-asset-request': CustomEvent<{ readonly assetId: string }>;
  }
}
