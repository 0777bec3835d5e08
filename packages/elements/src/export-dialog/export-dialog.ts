import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { deserialiseError, toLecternError, type ExportFormat, type ExportPreset } from '@lectern/ports';
import { formatTimecode, type TimelineDocument } from '@lectern/timeline';
import { mainExport } from '@lectern/core';
import type { EditorState, ExportJob, LecternSession, ProjectSession, SessionState } from '@lectern/core';
import { Announcer } from '../foundation/announcer.js';
import { icon } from '../foundation/icon.js';
import { LecternElement } from '../foundation/lectern-element.js';
import { ProjectElement } from '../foundation/project-element.js';
import { stateView } from '../foundation/state-view.js';
import { StoreController } from '../foundation/store-controller.js';
import { AttachDialogController } from '../course-outline/attach-dialog.js';
import type { AttachRequestDetail } from '../media-library/media-library-events.js';
import { exportDialogStyles } from './export-dialog.styles.js';
import { exportForm, type Formats } from './export-form.js';
import { cleanFileName, exportOptions, markedRange, suggestedPreset, type ExportOption } from './export-plan.js';
import { exportOutcome, exportProgress, isRunning } from './export-progress.js';

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
}

/** An export that stopped; `code` is one of the documented error codes, `aborted` when it was cancelled. */
export interface ExportErrorDetail {
  readonly projectId: string;
  readonly code: string;
}

/**
 * Exports the open project as a file in the library: quality with an estimate of its size, format, part and name, then
 * the progress, then what to do with the file. The export goes on while the dialog is closed.
 *
 * | key | does |
 * | --- | --- |
 * | Enter in the name | begins |
 * | Escape | closes; a running export goes on |
 *
 * @tagname export-dialog
 * @summary Exports the open project.
 * @event {CustomEvent<ExportStartDetail>} lectern-export-start - An export began.
 * @event {CustomEvent<ExportCompleteDetail>} lectern-export-complete - The file is in the library.
 * @event {CustomEvent<ExportErrorDetail>} lectern-export-error - It stopped, or was cancelled.
 * @event lectern-show-asset-request - The person wants to see the file in the library; `detail: {assetId}`. Cancelable; the dialog closes either way.
 * @event lectern-attach-request - The person wants the file in a course. Cancelable; unless prevented, *Add to course* asks where.
 * @csspart dialog - The dialog.
 * @csspart attach-dialog - *Add to course*.
 */
export class ExportDialogElement extends ProjectElement {
  static override styles: CSSResultGroup = [LecternElement.styles, exportDialogStyles];

  /** The largest file that the host takes, in bytes. What is likely to be larger is marked. */
  @property({ type: Number, attribute: 'max-bytes' }) maxBytes: number | null = null;

  @state() private shown = false;
  @state() private presetId: ExportPreset['id'] | null = null;
  @state() private format: ExportFormat | null = null;
  @state() private formats: Formats = { status: 'probing' };
  @state() private fileName = '';
  @state() private nameMissing = false;
  @state() private useMarked = false;
  @state() private downloading = false;

  @query('dialog') private readonly dialog!: HTMLDialogElement;

  readonly #announcer = new Announcer(this);
  readonly #attach = new AttachDialogController(this, { session: () => this.session });
  readonly #job = new StoreController<SessionState, ExportJob | null>(this, null, (all) => mainExport(all.exports.jobs));
  readonly #timeline = new StoreController<EditorState, TimelineDocument>(this, null, (all) => all.state.document);
  readonly #known = new Map<string, readonly ExportFormat[]>();
  #probe: AbortController | null = null;
  #probed = '';
  #container: ExportFormat['container'] = 'mp4';
  #told: { readonly id: string; readonly status: ExportJob['status'] } | null = null;
  #milestone = 0;
  #begun = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#probe?.abort();
    this.#probe = null;
    this.#probed = '';
  }

  /** The running or last export of the session, or null. */
  get job(): ExportJob | null {
    return this.#job.value ?? null;
  }

  get open(): boolean {
    return this.shown;
  }

  /** Opens the dialog; on a running export it shows its progress. */
  async show(): Promise<void> {
    await this.updateComplete;
    if (this.shown) return;
    const { session, activeProject: project } = this;
    const { job } = this;
    if (session && job && !isRunning(job) && job.status !== 'done') await session.actions.dismissExport();
    if (project) {
      this.fileName = cleanFileName(project.details.getState().title) || this.t('common.untitled');
      this.useMarked = false;
      this.nameMissing = false;
      const options = this.#options();
      this.presetId = suggestedPreset(options, project.editor.document);
    }
    this.shown = true;
    await this.updateComplete;
    this.dialog.showModal();
  }

  close(): void {
    this.dialog.close();
  }

  protected override sessionChanged(session: LecternSession | null): void {
    super.sessionChanged(session);
    this.#job.setStore(session?.store ?? null);
    this.#known.clear();
    this.#probed = '';
  }

  protected override projectChanged(project: ProjectSession | null): void {
    this.#timeline.setStore(project?.editor.store ?? null);
  }

  protected override updated(): void {
    this.#tell();
    if (this.shown && !isRunning(this.job)) this.#probeFormats();
  }

  protected override render(): TemplateResult {
    const { job } = this;
    const mine = job !== null && job.projectId === this.activeProject?.projectId;
    const view = isRunning(job) || (mine && job.status !== 'cancelled') ? job : null;
    return html`<dialog part="dialog" aria-labelledby="title" @close=${this.#onClose}>
        <header>
          <h2 id="title">${this.t('export.title')}</h2>
          <button class="icon-button" type="button" aria-label=${this.t('common.close')} @click=${this.#onCloseButton}>
            ${icon('close')}
          </button>
        </header>
        ${this.shown ? (view ? this.#renderJob(view) : this.#renderForm()) : nothing}
      </dialog>
      ${this.#attach.render(this.localize.messages)} ${this.#announcer.render()}`;
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
    const options = this.#options();
    const chosen = options.find(({ preset }) => preset.id === this.presetId);
    const marked = markedRange(timeline);
    const { frameRate } = timeline.settings;
    return html`<div class="body">
        ${exportForm({
          messages: m,
          options,
          presetId: this.presetId,
          formats: this.formats,
          format: this.format,
          name: this.fileName,
          nameMissing: this.nameMissing,
          marked,
          useMarked: this.useMarked && marked !== null,
          rangeText: marked
            ? `${formatTimecode(marked.startFrame, frameRate)} – ${formatTimecode(marked.endFrame, frameRate)}`
            : '',
          maxBytes: this.maxBytes,
          choosePreset: (id) => {
            this.presetId = id;
          },
          chooseFormat: (format) => {
            this.#container = format.container;
            this.format = format;
          },
          setName: (name) => {
            this.fileName = name;
            if (name.trim()) this.nameMissing = false;
          },
          setUseMarked: (value) => {
            this.useMarked = value;
          },
        })}
      </div>
      <footer>
        <span class="summary">
          ${
            chosen
              ? m.t('export.summary', {
                  duration: m.format.duration(chosen.estimate.durationSeconds),
                  size: m.t('export.estimate', { size: m.format.bytes(chosen.estimate.sizeBytes) }),
                })
              : nothing
          }
        </span>
        <button class="button" type="button" @click=${this.#onCloseButton}>${m.t('common.cancel')}</button>
        <button
          class="button"
          data-variant="primary"
          type="button"
          ?disabled=${!this.format || !chosen}
          @click=${this.#onStart}
        >
          ${icon('export')}${m.t('export.start')}
        </button>
      </footer>`;
  }

  #renderJob(job: ExportJob): TemplateResult {
    const m = this.localize.messages;
    if (isRunning(job))
      return html`<div class="body">${exportProgress(job, m)}</div>
        <footer>
          <button class="button" type="button" @click=${this.#onCancel}>${m.t('export.cancel')}</button>
          <button class="button" type="button" @click=${this.#onCloseButton}>${m.t('export.hide')}</button>
        </footer>`;
    return html`<div class="body">
        ${exportOutcome(job, m, {
          show: this.#onShow,
          attach: this.#onAttach,
          download: this.#onDownload,
          downloading: this.downloading,
        })}
      </div>
      <footer>
        <button class="button" type="button" @click=${this.#onAgain}>
          ${job.status === 'done' ? m.t('export.again') : m.t('common.tryAgain')}
        </button>
        <button class="button" type="button" @click=${this.#onDone}>${m.t('common.done')}</button>
      </footer>`;
  }

  #options(): readonly ExportOption[] {
    const { session, activeProject: project } = this;
    if (!session || !project) return [];
    const timeline = project.editor.document;
    return exportOptions(session.render, timeline, this.useMarked ? markedRange(timeline) : null, this.maxBytes);
  }

  /** Asks the engine what can be encoded at the chosen size; each size once. */
  #probeFormats(): void {
    const { session } = this;
    const chosen = this.#options().find(({ preset }) => preset.id === this.presetId);
    if (!session || !chosen) return;
    const { width, height } = chosen.estimate;
    const key = `${String(width)}×${String(height)}`;
    if (key === this.#probed) return;
    this.#probed = key;
    this.#probe?.abort();
    const known = this.#known.get(key);
    if (known) {
      this.#useFormats(known);
      return;
    }
    const probe = new AbortController();
    this.#probe = probe;
    this.formats = { status: 'probing' };
    this.format = null;
    session.render.capabilities(width, height, { signal: probe.signal }).then(
      ({ formats }) => {
        if (this.#probe !== probe) return;
        this.#known.set(key, formats);
        this.#useFormats(formats);
      },
      (error: unknown) => {
        if (this.#probe !== probe || probe.signal.aborted) return;
        this.formats = { status: 'failed', error: toLecternError(error) };
        // So that opening the dialog again asks again.
        this.#probed = '';
        this.#probe = null;
      },
    );
  }

  #useFormats(formats: readonly ExportFormat[]): void {
    this.formats = { status: 'known', formats };
    this.format = formats.find(({ container }) => container === this.#container) ?? formats[0] ?? null;
  }

  /** Events and announcements of the job, whether the dialog is open or not. */
  #tell(): void {
    const { job } = this;
    const last = this.#told;
    if (!job) {
      this.#told = null;
      return;
    }
    if (job.id !== last?.id) this.#milestone = 0;
    const quarter = Math.floor(job.fraction * 4);
    if (isRunning(job) && quarter > this.#milestone) {
      this.#milestone = quarter;
      this.#announcer.say(this.t('export.percent', { percent: this.localize.messages.format.percent(job.fraction) }));
    }
    if (job.id === last?.id && job.status === last.status) return;
    this.#told = { id: job.id, status: job.status };
    // A job that was over before this element saw it has been told by another, unless it was begun here and very short.
    if (last?.id !== job.id && !isRunning(job) && !this.#begun) return;
    this.#begun = isRunning(job);
    if (job.status === 'done' && job.assetId !== null) {
      this.#announcer.say(this.t('export.done'));
      this.emit<ExportCompleteDetail>('lectern-export-complete', {
        projectId: job.projectId,
        assetId: job.assetId,
        name: job.name,
      });
    } else if (job.status === 'failed' || job.status === 'cancelled') {
      this.#announcer.say(this.t(job.status === 'failed' ? 'export.failed' : 'export.cancelled'));
      this.emit<ExportErrorDetail>('lectern-export-error', {
        projectId: job.projectId,
        code: job.error ? deserialiseError(job.error).code : 'aborted',
      });
    }
  }

  readonly #onStart = (): void => {
    const { session, activeProject: project, format } = this;
    const preset = session?.render.presets.find(({ id }) => id === this.presetId);
    const name = cleanFileName(this.fileName);
    this.nameMissing = name === '';
    if (!session || !project || !preset || !format || !name) return;
    const range = this.useMarked ? markedRange(project.editor.document) : null;
    project.preview.pause();
    this.#begun = true;
    this.emit<ExportStartDetail>('lectern-export-start', {
      projectId: project.projectId,
      presetId: preset.id,
      container: format.container,
      name,
    });
    // What goes wrong is in the job, which is on show.
    session.actions
      .exportProject(project, { preset, format, name, ...(range ? { range } : {}) })
      .catch(() => undefined);
  };

  readonly #onCancel = (): void => {
    void this.session?.actions.cancelExport();
  };

  readonly #onAgain = (): void => {
    void this.session?.actions.dismissExport();
  };

  readonly #onDone = (): void => {
    void this.session?.actions.dismissExport();
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
    void this.#download();
  };

  async #download(): Promise<void> {
    const { session, job } = this;
    if (!session || !job?.assetId || this.downloading) return;
    this.downloading = true;
    try {
      const { file, fileName } = await session.actions.assetFile(job.assetId);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = fileName;
      link.click();
      // The browser has taken the address by the next task; a minute is for slow disks.
      setTimeout(() => {
        URL.revokeObjectURL(link.href);
      }, 60_000);
    } catch (error) {
      session.actions.notify({
        tone: 'error',
        message: { key: 'notice.actionFailed' },
        error: { code: toLecternError(error).code, message: '', details: toLecternError(error).details },
      });
    } finally {
      this.downloading = false;
    }
  }

  readonly #onCloseButton = (): void => {
    this.close();
  };

  readonly #onClose = (): void => {
    this.shown = false;
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
