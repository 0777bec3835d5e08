import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import { serialiseError, toLecternError } from '@lectern/ports';
import type { LecternSession, Messages, ProjectFileProgress } from '@lectern/core';
import { FileDropController } from '../collection/file-drop-controller.js';
import { saveFile } from '../collection/object-url-controller.js';
import { icon } from '../foundation/icon.js';
import { styleMap } from '../foundation/style-map.js';

export interface ProjectFileOptions {
  readonly session: () => LecternSession | null;
  readonly messages: () => Messages;
  /** Whether files are taken now. */
  readonly enabled: () => boolean;
  readonly announce: (text: string) => void;
  /** Takes the focus of a button that goes away. */
  readonly takeFocus: () => void;
  /** A project was made of the only file that was given. */
  readonly opened: (projectId: string) => void;
}

interface Job {
  readonly id: number;
  /** Of the file or of the project. */
  readonly name: string;
  /** The project that is being written, null for a file that is being opened. */
  readonly projectId: string | null;
  readonly controller: AbortController;
  progress: ProjectFileProgress | null;
  shown: boolean;
}

/** What is done sooner than this is never shown as going on, in milliseconds. */
const quickMs = 250;

/**
 * Project files: chosen, dropped anywhere on the host, downloaded, with how far each is. What goes on while the host is
 * moved or taken away ends by itself, and the session's notices tell of it.
 */
export class ProjectFileController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: ProjectFileOptions;
  readonly #drop: FileDropController;
  readonly #input: Ref<HTMLInputElement> = createRef();
  readonly #jobs: Set<Job> = new Set();
  #nextId = 0;

  constructor(host: ReactiveControllerHost & HTMLElement, options: ProjectFileOptions) {
    this.#host = host;
    this.#options = options;
    this.#drop = new FileDropController(host, {
      enabled: () => options.session() !== null && options.enabled(),
      files: (files) => {
        void this.open(files.map(({ file }) => file));
      },
    });
  }

  /** Opens the system's dialog; it needs to be called from a press or a key. */
  choose(): void {
    this.#input.value?.click();
  }

  /** Whether a file of that project is being made. */
  isDownloading(projectId: string): boolean {
    return [...this.#jobs].some((job) => job.projectId === projectId);
  }

  /** Makes a project of each file, one after the other. */
  async open(files: readonly File[]): Promise<void> {
    const session = this.#options.session();
    if (!session) return;
    for (const file of files) {
      const told = new Set(session.store.getState().notices.items);
      const project = await this.#run(session, { name: file.name, projectId: null }, 'projectFile.openFailed', (job) =>
        session.actions.openProjectFile(file, {
          signal: job.controller.signal,
          onProgress: (progress) => {
            this.#advance(job, progress);
          },
        }),
      );
      if (!project || files.length > 1 || !this.#host.isConnected) continue;
      // What was wrong with it can be read first: a page that leaves for the studio would take the words along.
      const { items } = session.store.getState().notices;
      if (!items.some((notice) => notice.tone === 'warning' && !told.has(notice))) this.#options.opened(project.id);
    }
  }

  /** Makes the file of a project and hands it to the browser. */
  async download(project: { readonly id: string; readonly title: string }, media: boolean): Promise<void> {
    const session = this.#options.session();
    if (!session || this.isDownloading(project.id)) return;
    const subject = { name: project.title, projectId: project.id };
    const file = await this.#run(session, subject, 'projectFile.downloadFailed', (job) =>
      session.actions.projectFile(project.id, {
        media,
        signal: job.controller.signal,
        onProgress: (progress) => {
          this.#advance(job, progress);
        },
      }),
    );
    if (!file) return;
    saveFile(file.blob, file.fileName);
    this.#options.announce(this.#options.messages().t('projectFile.saved', { name: file.fileName }));
  }

  /** The hidden field and, while files are held over the host, what says that they can be let go. */
  render(): TemplateResult {
    const messages = this.#options.messages();
    return html`<input
        type="file"
        class="visually-hidden"
        tabindex="-1"
        aria-hidden="true"
        multiple
        accept=".lectern,.json,application/json,application/zip"
        ${ref(this.#input)}
        @change=${this.#onChosen}
      />
      ${
        this.#drop.active
          ? html`<div class="drop" part="drop-zone">
              <div>
                ${icon('folder')}
                <strong>${messages.t('projectFile.drop')}</strong>
                <span class="hint">${messages.t('projectFile.dropHint')}</span>
              </div>
            </div>`
          : nothing
      }`;
  }

  /** What is going on, with a way to stop it. */
  renderJobs(): TemplateResult | typeof nothing {
    const jobs = [...this.#jobs].filter(({ shown }) => shown);
    if (jobs.length === 0) return nothing;
    return html`<ul class="jobs" part="progress">
      ${repeat(
        jobs,
        ({ id }) => id,
        (job) => this.#renderJob(job),
      )}
    </ul>`;
  }

  #renderJob(job: Job): TemplateResult {
    const messages = this.#options.messages();
    const { name, progress } = job;
    const fraction = progress === null || progress.totalBytes === 0 ? 0 : progress.doneBytes / progress.totalBytes;
    const words = this.#words(job);
    return html`<li class="job">
      <span class="spinner" aria-hidden="true"></span>
      <div class="what">
        <span class="truncate" title=${words}>${words}</span>
        <div
          class="progress"
          role="progressbar"
          aria-label=${messages.t('projectFile.progress')}
          aria-valuemin="0"
          aria-valuemax="100"
          aria-valuenow=${progress === null ? nothing : String(Math.round(fraction * 100))}
          aria-valuetext=${words}
        >
          <span style=${styleMap({ '--value': String(fraction) })}></span>
        </div>
      </div>
      <button
        class="button"
        data-size="small"
        aria-label=${messages.t('projectFile.cancel', { name })}
        @click=${() => {
          job.controller.abort();
          this.#options.takeFocus();
        }}
      >
        ${messages.t('common.cancel')}
      </button>
    </li>`;
  }

  #words({ name, progress }: Job): string {
    const messages = this.#options.messages();
    if (progress === null) return messages.t('projectFile.reading', { name });
    const done = messages.format.bytes(progress.doneBytes);
    const total = messages.format.bytes(progress.totalBytes);
    return messages.t(`projectFile.${progress.phase}`, { name, done, total });
  }

  #advance(job: Job, progress: ProjectFileProgress): void {
    const isNewPhase = job.progress?.phase !== progress.phase;
    job.progress = progress;
    if (isNewPhase && job.shown) this.#options.announce(this.#words(job));
    this.#host.requestUpdate();
  }

  /** Runs a job with its place in the list. Undefined when it failed, which a notice then tells, or was cancelled. */
  async #run<T>(
    session: LecternSession,
    subject: Pick<Job, 'name' | 'projectId'>,
    failed: 'projectFile.openFailed' | 'projectFile.downloadFailed',
    work: (job: Job) => Promise<T>,
  ): Promise<T | undefined> {
    const job: Job = {
      ...subject,
      id: (this.#nextId += 1),
      controller: new AbortController(),
      progress: null,
      shown: false,
    };
    this.#jobs.add(job);
    const timer = setTimeout(() => {
      job.shown = true;
      this.#options.announce(this.#words(job));
      this.#host.requestUpdate();
    }, quickMs);
    this.#host.requestUpdate();
    const { name } = subject;
    try {
      return await work(job);
    } catch (error) {
      const failure = toLecternError(error);
      if (failure.code === 'aborted')
        this.#options.announce(this.#options.messages().t('projectFile.cancelled', { name }));
      else
        session.actions.notify({
          tone: 'error',
          message: { key: failed, params: { name } },
          error: serialiseError(failure),
        });
      return undefined;
    } finally {
      clearTimeout(timer);
      this.#jobs.delete(job);
      this.#host.requestUpdate();
    }
  }

  readonly #onChosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    // The same file can be chosen again.
    input.value = '';
    void this.open(files);
  };
}
