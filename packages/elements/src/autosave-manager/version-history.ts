import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { toLecternError, type LecternError, type ProjectRevision } from '@lectern/ports';
import { compareDocuments } from '@lectern/timeline';
import { ModalController } from '../foundation/modal-controller.js';
import { QueryController } from '../foundation/query-controller.js';
import { RovingFocusController } from '../foundation/roving-focus-controller.js';
import { errorView, stateView } from '../foundation/state-view.js';
import { authorName, type SavingContext } from './saving-context.js';
import { versionDetail, type OpenedVersion } from './version-detail.js';
import { versionDays, versionList } from './version-list.js';
import { VersionPicture } from './version-picture.js';

/** So many versions are listed at first, and so many more each time. */
const pageSize = 60;

/** The version history: what was saved, by day; a look at any of it; and the way back to it. */
export class VersionHistory implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #context: SavingContext;
  readonly #modal: ModalController;
  readonly #revisions: QueryController<readonly ProjectRevision[]>;
  readonly #picture: VersionPicture;
  readonly #roving: RovingFocusController;
  #opened: OpenedVersion | null = null;
  #frame = 0;
  #limit = pageSize;
  #busy: 'restore' | 'copy' | null = null;
  #error: LecternError | null = null;

  constructor(host: ReactiveControllerHost & HTMLElement, context: SavingContext) {
    this.#host = host;
    this.#context = context;
    this.#modal = new ModalController(host, {
      returnTo: context.returnTo,
      closed: () => {
        this.#forget();
      },
    });
    this.#revisions = new QueryController<readonly ProjectRevision[]>(host, () => {
      const session = context.session();
      const project = context.project();
      return session && project && !project.isNew && this.isOpen
        ? { client: session.queryClient, options: session.queries.revisions(project.projectId) as never }
        : null;
    });
    this.#roving = new RovingFocusController(host, {
      items: () => [...(this.#modal.element?.querySelectorAll<HTMLElement>('.version') ?? [])],
      orientation: 'vertical',
      rtl: () => false,
    });
    this.#picture = new VersionPicture(() => {
      host.requestUpdate();
    });
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#modal.isOpen;
  }

  show(): void {
    if (this.#context.project()) this.#modal.show();
  }

  close(): void {
    this.#modal.close();
  }

  hostUpdated(): void {
    const session = this.#context.session();
    // The canvas is there only once the version is.
    if (session && this.#opened?.status === 'open' && this.#picture.status === 'none')
      this.#picture.show(session, this.#opened.document, this.#frame);
  }

  hostDisconnected(): void {
    this.#forget();
  }

  render(now: Date): TemplateResult | typeof nothing {
    const m = this.#context.messages();
    return this.#modal.render(() => ({
      id: 'version-history',
      part: 'version-history',
      title: m.t('versions.title'),
      close: m.t('common.close'),
      content: html`<div class="body" data-detail=${this.#opened ? 'open' : nothing}>${this.#content(now)}</div>`,
    }));
  }

  #content(now: Date): TemplateResult {
    const m = this.#context.messages();
    const project = this.#context.project();
    const result = this.#revisions.result;
    if (!project || (!result?.data && !result?.error && !project.isNew)) return waiting();
    if (result?.error && !result.data && !project.isNew)
      return errorView(toLecternError(result.error), m, () => {
        void result.refetch();
      });
    const revisions = result?.data ?? [];
    if (revisions.length === 0)
      return stateView({ icon: 'history', title: m.t('versions.empty'), text: m.t('versions.emptyText') });
    return html`${versionList({
      days: versionDays(revisions.slice(0, this.#limit), m, now),
      messages: m,
      headRev: project.details.getState().rev,
      selectedRev: this.#opened?.revision.rev ?? null,
      facts: this.#facts,
      hidden: Math.max(0, revisions.length - this.#limit),
      select: (rev) => {
        const revision = revisions.find((candidate) => candidate.rev === rev);
        if (revision) this.#open(revision);
      },
      showOlder: this.#onOlder,
      keydown: this.#onKey,
    })}${versionDetail({
      opened: this.#opened,
      messages: m,
      picture: this.#picture,
      frame: this.#frame,
      facts: this.#facts,
      notHere: this.#notHere(),
      busy: this.#busy,
      error: this.#error,
      seek: this.#onSeek,
      retry: this.#onRetry,
      back: this.#onBack,
      restore: this.#onRestore,
      copy: this.#onCopy,
    })}`;
  }

  readonly #facts = ({ kind, author }: ProjectRevision): string => {
    const m = this.#context.messages();
    const what = m.t(`versions.kind.${kind}`);
    return author === '' ? what : m.t('versions.facts', { kind: what, author: authorName(author, this.#context) });
  };

  #notHere(): string | null {
    const project = this.#context.project();
    const m = this.#context.messages();
    if (project?.autosave.store.getState().remote === 'conflict') return m.t('versions.conflictHint');
    return project?.editor.store.getState().readOnly ? m.t('versions.readOnlyHint') : null;
  }

  #open(revision: ProjectRevision): void {
    const project = this.#context.project();
    if (!project) return;
    this.#error = null;
    this.#frame = 0;
    this.#picture.dispose();
    this.#show({ status: 'opening', revision });
    const isCurrent = (): boolean => this.#opened?.revision.rev === revision.rev;
    project.versions.open(revision.rev).then(
      (document) => {
        if (!isCurrent()) return;
        const comparison = compareDocuments(project.editor.document, document);
        // Past what most videos fade in from.
        this.#frame = Math.floor(document.totalFrames / 10);
        this.#show({ status: 'open', revision, document, comparison });
      },
      (error: unknown) => {
        if (isCurrent()) this.#show({ status: 'failed', revision, error: toLecternError(error) });
      },
    );
  }

  #show(opened: OpenedVersion | null): void {
    this.#opened = opened;
    this.#host.requestUpdate();
  }

  #forget(): void {
    this.#picture.dispose();
    this.#opened = null;
    this.#error = null;
    this.#busy = null;
    this.#limit = pageSize;
  }

  async #do(what: 'restore' | 'copy', act: (opened: ProjectRevision) => Promise<void>): Promise<void> {
    const revision = this.#opened?.revision;
    if (!revision || this.#busy !== null) return;
    this.#busy = what;
    this.#error = null;
    this.#host.requestUpdate();
    try {
      await act(revision);
    } catch (error) {
      this.#error = toLecternError(error);
    } finally {
      this.#busy = null;
      this.#host.requestUpdate();
    }
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    this.#roving.handleKey(event);
  };

  readonly #onOlder = (): void => {
    this.#limit += pageSize;
    this.#host.requestUpdate();
  };

  readonly #onSeek = (frame: number): void => {
    const session = this.#context.session();
    this.#frame = frame;
    if (session && this.#opened?.status === 'open') this.#picture.show(session, this.#opened.document, frame);
    this.#host.requestUpdate();
  };

  readonly #onRetry = (): void => {
    if (this.#opened) this.#open(this.#opened.revision);
  };

  /** In a narrow dialog the list comes back, and the focus to where it was in it. */
  readonly #onBack = (): void => {
    const rev = this.#opened?.revision.rev;
    this.#picture.dispose();
    this.#show(null);
    void this.#host.updateComplete.then(() => {
      const rows = [...(this.#modal.element?.querySelectorAll<HTMLElement>('.version') ?? [])];
      this.#roving.focus(rows.find((row) => row.dataset['rev'] === String(rev)));
    });
  };

  readonly #onRestore = (): void => {
    void this.#do('restore', async ({ rev, createdAt }) => {
      await this.#context.project()?.versions.restore(rev);
      const m = this.#context.messages();
      this.#context.say(m.t('versions.restored', { when: m.format.dateTime(createdAt) }));
      this.#modal.close();
    });
  };

  readonly #onCopy = (): void => {
    void this.#do('copy', async ({ rev }) => {
      const copy = await this.#context.project()?.versions.saveAsCopy(rev);
      if (!copy) return;
      this.#context.say(this.#context.messages().t('autosave.copied', { title: copy.title }));
      this.#modal.close();
      this.#context.openProject(copy.id);
    });
  };
}

function waiting(): TemplateResult {
  return html`<div class="versions" aria-busy="true">
      <div class="skeleton line short"></div>
      ${[0, 1, 2, 3, 4].map(() => html`<div class="skeleton row"></div>`)}
    </div>
    <div class="detail"></div>`;
}
