import { ContextProvider } from '@lit/context';
import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { toLecternError } from '@lectern/ports';
import {
  registeredBackends,
  sessionFor,
  type EditorState,
  type ExportJob,
  type LecternSession,
  type ProjectDetailsState,
  type ProjectSession,
  type SessionState,
  type StudioRequest,
} from '@lectern/core';
import type { AssetBrowserElement } from '../asset-browser/asset-browser.js';
import { ConnectionBanner } from '../connection-banner/connection-banner.js';
import { connectionBannerStyles } from '../connection-banner/connection-banner.styles.js';
import { FileDropController } from '../collection/file-drop-controller.js';
import type { ExportDialogElement } from '../export-dialog/export-dialog.js';
import { Announcer } from '../foundation/announcer.js';
import { backendSettings } from '../foundation/backend-settings.js';
import { projectContext, sessionContext } from '../foundation/contexts.js';
import { icon, type IconName } from '../foundation/icon.js';
import { LecternElement } from '../foundation/lectern-element.js';
import { MenuController } from '../foundation/menu-controller.js';
import { PointerDragController } from '../foundation/pointer-drag-controller.js';
import { PopoverController } from '../foundation/popover-controller.js';
import { RovingFocusController } from '../foundation/roving-focus-controller.js';
import { StoreController } from '../foundation/store-controller.js';
import { handleStudioKey, type Keymap } from '../foundation/studio-keys.js';
import { NoticesController } from '../lectern-provider/notices-controller.js';
import { noticeStyles } from '../lectern-provider/notices.styles.js';
import { detailsView } from './details-view.js';
import { LeaveGuard } from './leave-guard.js';
import { failedView, noBackendView, openingView } from './nothing-open.js';
import { PanelSizes } from './panel-sizes.js';
import { ProjectOpener } from './project-opener.js';
import { addSample } from './sample.js';
import { studioHeader, type HeaderAction } from './studio-header.js';
import { readSingleKeys } from './single-keys.js';
import { studioBody, type StudioTab } from './studio-body.js';
import { StudioDialogs } from './studio-dialogs.js';
import { StudioLayoutController, type StudioLayout } from './studio-layout.js';
import { videoStudioStyles } from './video-studio.styles.js';

/** A project that the studio has open. */
export interface ProjectOpenedDetail {
  readonly projectId: string;
  readonly title: string;
}

/** A project's published state. */
export interface ProjectPublishDetail {
  readonly projectId: string;
}

/**
 * The video studio: media, preview, inspector and timeline around one project, with saving, publishing and export.
 * It finds its size in the column that it is given: three columns from 1100 px, two from 700 px, one with tabs below.
 *
 * Every command of the studio has a key; `?` shows them. They are listened for on the element and never while typing.
 *
 * | key | does |
 * | --- | --- |
 * | ? | shows all keys |
 * | F | full screen |
 * | Escape | leaves the current mode |
 * | arrows on a separator | size of a panel; Shift for large steps, Home, End, Enter for the start size |
 *
 * @tagname video-studio
 * @summary The whole studio in one tag.
 * @event {CustomEvent<ProjectOpenedDetail>} lectern-project-opened - A project is open and can be opened again by its id: a new one from its first change on.
 * @event {CustomEvent<ProjectPublishDetail>} lectern-publish-request - *Publish* was pressed; unless prevented the project is published. Cancelable.
 * @event {CustomEvent<ProjectPublishDetail>} lectern-publish - The project was published.
 * @event lectern-save - The back end acknowledged a save.
 * @event lectern-save-state - Where the work is changed.
 * @event lectern-save-conflict - Somebody else saved in between. Cancelable; unless prevented, a dialog asks.
 * @event lectern-save-restore - Changes were found that only this browser had. Cancelable; unless prevented, the studio asks.
 * @event lectern-export-complete - An exported file is in the library.
 * @event lectern-attach-request - Something is to get into a course. Cancelable.
 * @event {CustomEvent<SignInRequestDetail>} lectern-sign-in-request - Somebody wants to sign in; a host that sees to it prevents the default. Cancelable.
 * @csspart header - The bar at the top.
 * @csspart connection - The line that says that this browser stands in for the page's back end.
 * @csspart move-dialog - *Move my work*.
 * @csspart export-progress - How far an export is that goes on in the background.
 * @csspart panel - Media, preview, inspector, timeline.
 * @csspart separator - The lines between them.
 * @csspart tabs - The tabs of narrower layouts.
 * @csspart state - What is shown while nothing is open.
 * @cssproperty [--lectern-studio-min-height=560px] - The least height.
 */
export class VideoStudioElement extends LecternElement {
  static override styles: CSSResultGroup = [
    LecternElement.styles,
    connectionBannerStyles,
    noticeStyles,
    videoStudioStyles,
  ];

  /** Id of the project to work on; a new one when left out. */
  @property() project: string | null = null;
  /** Name of a registered back end; the `lectern` property comes before it. */
  @property() backend: string | null = null;
  /** Ids of assets, separated by commas, that are put on the timeline once the project is open. */
  @property() import = '';
  /** Reads `import` and `project` from the page's own address (`?import=…&project=…`). */
  @property({ type: Boolean, attribute: 'import-from-url' }) importFromUrl = false;
  /** `auto` goes by the element's width. */
  @property() layout: 'auto' | StudioLayout = 'auto';
  /** The largest export that the host takes, in bytes. */
  @property({ type: Number, attribute: 'max-bytes' }) maxBytes: number | null = null;
  /** Other keys for commands. */
  @property({ attribute: false }) keymap: Keymap | null = null;

  @state() private tab: StudioTab = 'edit';
  @state() private sideTab: 'media' | 'inspector' = 'media';
  @state() private publishing = false;
  @state() private fullScreen = false;
  @state() private backendMissing: string | null = null;

  @query('.details') private readonly detailsPopover!: HTMLElement | null;
  @query('.menu') private readonly menu!: HTMLElement | null;
  @query('#menu-button') private readonly menuButton!: HTMLElement | null;
  @query('.exporter') private readonly exporter!: ExportDialogElement | null;
  @query('.fields') private readonly fields!: HTMLElement | null;
  @query('.browser') private readonly browser!: AssetBrowserElement | null;

  readonly #sessionProvider: ContextProvider<typeof sessionContext, this> = new ContextProvider(this, {
    context: sessionContext,
    initialValue: null,
  });
  readonly #projectProvider: ContextProvider<typeof projectContext, this> = new ContextProvider(this, {
    context: projectContext,
    initialValue: null,
  });
  readonly #sizes = new PanelSizes(this);
  readonly #layout = new StudioLayoutController(this, (width, height) => {
    this.#sizes.setRoom(width, height);
  });
  readonly #drag = new PointerDragController(this);
  readonly #announcer = new Announcer(this);
  readonly #connection = new ConnectionBanner(this, {
    session: () => this.session,
    messages: () => this.localize.messages,
    say: (text) => {
      this.#announcer.say(text);
    },
    emit: (type, detail) => this.emit(type, detail, { cancelable: true }),
  });
  readonly #notices = new NoticesController(this, 'element');
  readonly #dialogs = new StudioDialogs(this);
  readonly #popover = new PopoverController(this);
  readonly #menu = new MenuController(this);
  readonly #tabs = new RovingFocusController(this, {
    items: () => [...this.renderRoot.querySelectorAll<HTMLElement>('.tabs [role="tab"]')],
    orientation: 'horizontal',
    rtl: () => this.localize.direction === 'rtl',
  });
  readonly #drop = new FileDropController(this, {
    enabled: () => this.activeProject !== null,
    files: (files) => {
      void this.session?.actions.importFiles(files).catch(() => undefined);
    },
  });
  readonly #guard = new LeaveGuard();
  readonly #details = new StoreController<ProjectDetailsState, ProjectDetailsState>(this, null, (all) => all);
  readonly #editor = new StoreController<EditorState, EditorState>(this, null, (all) => all, sameHeader);
  readonly #exports = new StoreController<SessionState, readonly ExportJob[]>(this, null, (all) => all.exports.jobs);
  readonly #opener = new ProjectOpener(() => {
    this.#onOpener();
  });
  #named: LecternSession | null = null;
  #opened: { readonly session: LecternSession; readonly id: string | null } | null = null;
  #told: string | null = null;
  #stops: (() => void)[] = [];
  #readUrl = false;

  override get session(): LecternSession | null {
    return this.lectern ?? this.#named ?? super.session;
  }

  /** The open project, or null. */
  get activeProject(): ProjectSession | null {
    return this.#opener.project;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('fullscreenchange', this.#onFullScreen);
    this.#readAddress();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    this.removeEventListener('keydown', this.#onKey);
    this.removeEventListener('fullscreenchange', this.#onFullScreen);
    super.disconnectedCallback();
    this.#opened = null;
    this.#opener.close();
  }

  /** Opens a project; null makes a new one. Resolves with it, or with null when it couldn't be opened. */
  async openProject(projectId: string | null): Promise<ProjectSession | null> {
    await this.updateComplete;
    const { session } = this;
    this.project = projectId;
    if (!session) return null;
    this.#opened = { session, id: projectId };
    return this.#open(session, projectId);
  }

  /** Puts assets on the timeline of the open project. @throws LecternError when none can be used */
  async importAssets(assetIds: readonly string[]): Promise<void> {
    const project = this.activeProject;
    if (!project || assetIds.length === 0) return;
    await project.addAssets(assetIds);
    this.#announcer.say(this.t('workspace.imported', { count: assetIds.length }));
  }

  /** Opens the export dialog. */
  async showExport(): Promise<void> {
    await this.exporter?.show();
  }

  /** Shows the keys. */
  async showHelp(): Promise<void> {
    await this.#dialogs.show('help');
  }

  protected override sessionChanged(): void {
    this.requestUpdate();
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    if (changed.has('backend')) this.#useBackend();
    const { session } = this;
    this.#sessionProvider.setValue(session);
    this.#exports.setStore(session?.store ?? null);
    if (!this.isConnected) return;
    this.#notices.setSession(session);
    if (!session) {
      if (this.#opened) {
        this.#opened = null;
        this.#opener.close();
      }
      return;
    }
    if (this.#opened?.session === session && this.#opened.id === this.project) {
      if (changed.has('import')) void this.#importPending();
      return;
    }
    this.#opened = { session, id: this.project };
    void this.#open(session, this.project);
  }

  protected override render(): TemplateResult {
    const { state: opener } = this.#opener;
    const m = this.localize.messages;
    return html`<div class="studio" part="studio">
        ${studioHeader({
          m,
          layout: this.#mode,
          compactSaving: this.#layout.width < 860,
          details: this.#details.value ?? null,
          editor: this.#editor.value ?? null,
          exports: (this.#exports.value ?? []).filter(({ status }) => status !== 'cancelled'),
          publishing: this.publishing,
          fullScreen: this.fullScreen ? 'yes' : document.fullscreenEnabled ? 'no' : 'impossible',
          detailsOpen: this.#popover.isOpen,
          menuOpen: this.#menu.isOpen,
          act: this.#act,
          setTitle: (title) => {
            this.#setDetails({ title });
          },
          openProject: this.#onProjectOpen,
        })}
        ${this.#connection.render()} ${opener.status === 'open' ? this.#renderBody() : this.#renderNothingOpen()}
      </div>
      ${this.#drop.active ? html`<div class="drop">${m.t('studio.dropFiles')}</div>` : nothing}
      ${this.#renderOverlays()} ${this.#connection.renderDialog()} ${this.#announcer.render()}
      ${this.#notices.render(m)}`;
  }

  get #mode(): StudioLayout {
    return this.layout === 'auto' ? this.#layout.layout : this.layout;
  }

  #renderNothingOpen(): TemplateResult {
    const m = this.localize.messages;
    const { state: opener } = this.#opener;
    if (this.backendMissing !== null) return noBackendView(m, this.backendMissing);
    if (opener.status !== 'failed') return openingView(m.t(this.session ? 'studio.opening' : 'workspace.waiting'));
    return failedView(m, opener.error, {
      projects: () => {
        void this.#dialogs.show('projects');
      },
      create: this.#onNew,
      retry: () => {
        void this.openProject(this.project);
      },
    });
  }

  #renderBody(): TemplateResult {
    return studioBody({
      m: this.localize.messages,
      layout: this.#mode,
      tab: this.tab,
      sideTab: this.sideTab,
      sizes: this.#sizes,
      drag: this.#drag,
      rtl: this.localize.direction === 'rtl',
      keymap: this.keymap,
      showTab: (tab) => {
        this.#showTab(tab);
      },
      tabKey: this.#onTabKey,
      addSample: () => {
        const { session, activeProject: project } = this;
        if (session && project) addSample(session, project, this.localize.messages);
      },
    });
  }

  #renderOverlays(): TemplateResult {
    const m = this.localize.messages;
    return html`<div class="popover details" popover="manual" role="dialog" aria-label=${m.t('workspace.details')}>
        ${
          this.#popover.isOpen && this.activeProject
            ? detailsView(this.activeProject, m, {
                set: (details) => {
                  this.#setDetails(details);
                },
                unpublish: () => {
                  void this.#publish(false);
                },
              })
            : nothing
        }
      </div>
      <div class="menu" popover role="menu" aria-label=${m.t('studio.menu')}>${this.#renderMenu()}</div>
      ${this.#dialogs.render(m, this.keymap, this.#onProjectOpen)}
      <export-dialog
        class="exporter"
        max-bytes=${this.maxBytes ?? nothing}
        @lectern-show-asset-request=${this.#onShowAsset}
      ></export-dialog>`;
  }

  #renderMenu(): unknown {
    const m = this.localize.messages;
    const item = (action: HeaderAction, name: IconName, label: string): TemplateResult =>
      html`<button
        type="button"
        role="menuitem"
        @click=${(event: Event) => {
          const at = { currentTarget: event.currentTarget } as Event;
          this.#menu.close();
          this.#act(action, at);
        }}
      >
        ${icon(name)}${label}
      </button>`;
    const draft = this.#details.value?.isDraft ?? true;
    return [
      this.activeProject ? item('details', 'info', m.t('workspace.details')) : nothing,
      item('projects', 'folder', m.t('studio.projects')),
      item('new', 'new-project', m.t('studio.newProject')),
      this.activeProject ? item('publish', 'publish', m.t(draft ? 'studio.publish' : 'autosave.published')) : nothing,
      item('full-screen', 'fullscreen', m.t('workspace.fullScreen')),
      item('help', 'help', m.t('studio.help')),
    ];
  }

  #useBackend(): void {
    this.#named = null;
    this.backendMissing = null;
    if (this.backend === null) return;
    if (registeredBackends().includes(this.backend)) this.#named = sessionFor(this.backend, backendSettings(this));
    else this.backendMissing = this.backend;
  }

  #readAddress(): void {
    if (!this.importFromUrl || this.#readUrl) return;
    this.#readUrl = true;
    const address = new URL(location.href);
    this.project ??= address.searchParams.get('project');
    const ids = address.searchParams.get('import');
    if (ids === null) return;
    this.import = ids;
    // A reload must not import the same files again.
    address.searchParams.delete('import');
    history.replaceState(history.state, '', address);
  }

  async #open(session: LecternSession, projectId: string | null): Promise<ProjectSession | null> {
    // A back end that the tag itself names has no page around it that would make projects.
    const create = this.backend !== null && this.lectern === null;
    const project = await this.#opener.open(session, projectId, { create });
    if (project?.isNew && create && projectId !== null && project.editor.document.clips.size === 0)
      addSample(session, project, this.localize.messages);
    return project;
  }

  #onOpener(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    const project = this.activeProject;
    this.#projectProvider.setValue(project);
    this.#details.setStore(project?.details ?? null);
    this.#editor.setStore(project?.editor.store ?? null);
    this.#guard.setProject(project);
    this.#popover.close(false);
    this.requestUpdate();
    if (!project) return;
    this.#stops = [
      project.onRequest((request) => this.#onRequest(request)),
      project.autosave.store.subscribe(() => {
        this.#tellOpened();
      }),
      project.details.subscribe(() => {
        this.#tellOpened();
      }),
    ];
    this.#tellOpened();
    this.#announcer.say(project.details.getState().title || this.t('studio.untitled'));
    void this.#importPending();
    // What an earlier page couldn't finish of it.
    void this.session?.actions.goOnWithExports(project).catch(() => undefined);
  }

  /** A new project can't be opened again before something of it is kept, so the page hears of it only then. */
  #tellOpened(): void {
    const project = this.activeProject;
    if (!project || this.#told === project.projectId) return;
    if (project.isNew && project.autosave.store.getState().pendingChanges === 0) return;
    this.#told = project.projectId;
    // From now on the attribute says what is open, without opening it again.
    if (this.#opened?.id === null) {
      this.#opened = { ...this.#opened, id: project.projectId };
      this.project = project.projectId;
    }
    this.emit<ProjectOpenedDetail>('lectern-project-opened', {
      projectId: project.projectId,
      title: project.details.getState().title,
    });
  }

  async #importPending(): Promise<void> {
    const ids = this.import
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== '');
    if (ids.length === 0 || !this.activeProject) return;
    this.import = '';
    try {
      await this.importAssets(ids);
    } catch (error) {
      this.#notifyFailure('workspace.importFailed', error);
    }
  }

  #notifyFailure(key: 'workspace.importFailed' | 'notice.actionFailed', error: unknown): void {
    const { code, message, details } = toLecternError(error);
    this.session?.actions.notify({ tone: 'error', message: { key }, error: { code, message, details } });
  }

  #setDetails(details: { readonly title?: string; readonly description?: string }): void {
    void this.activeProject?.setDetails(details).catch((error: unknown) => {
      this.#notifyFailure('notice.actionFailed', error);
    });
  }

  readonly #act = (action: HeaderAction, event: Event): void => {
    const project = this.activeProject;
    switch (action) {
      case 'projects':
        void this.#dialogs.show('projects');
        return;
      case 'new':
        void this.openProject(null);
        return;
      case 'details':
        this.#showDetails(event.currentTarget as HTMLElement);
        return;
      case 'undo':
        project?.editor.undo();
        return;
      case 'redo':
        project?.editor.redo();
        return;
      case 'help':
        void this.showHelp();
        return;
      case 'full-screen':
        this.#toggleFullScreen();
        return;
      case 'publish':
        void this.#publish(true);
        return;
      case 'export':
        void this.showExport();
        return;
      case 'menu':
        if (this.menu) this.#menu.open(this.menu, event.currentTarget as HTMLElement);
    }
  };

  #onRequest(request: StudioRequest): boolean {
    switch (request) {
      case 'full-screen':
        this.#toggleFullScreen();
        return true;
      case 'help':
        void this.showHelp();
        return true;
      case 'import':
        this.#onAddMedia();
        return true;
      case 'export':
        void this.showExport();
        return true;
      case 'open-project':
        void this.#dialogs.show('projects');
        return true;
      case 'inspector':
        this.#showTab('inspector');
        void this.updateComplete.then(() => {
          this.fields?.focus();
        });
        return true;
      case 'escape':
        if (!this.#popover.isOpen) return false;
        this.#popover.close();
        return true;
    }
  }

  async #publish(published: boolean): Promise<void> {
    const { session, activeProject: project } = this;
    if (!session || !project || this.publishing) return;
    const { projectId } = project;
    if (published && !this.emit<ProjectPublishDetail>('lectern-publish-request', { projectId }, { cancelable: true }))
      return;
    this.publishing = true;
    try {
      if (published) {
        await session.actions.publishProject(projectId);
        this.emit<ProjectPublishDetail>('lectern-publish', { projectId });
      } else await session.actions.unpublishProject(projectId);
    } catch (error) {
      this.#notifyFailure('notice.actionFailed', error);
    } finally {
      this.publishing = false;
    }
  }

  #toggleFullScreen(): void {
    if (this.fullScreen) void document.exitFullscreen();
    else void this.requestFullscreen().catch(() => undefined);
  }

  #showDetails(pressed: HTMLElement): void {
    if (!this.detailsPopover) return;
    // In the menu the item is gone by now: the menu's own button stands for it.
    const anchor = pressed.getAttribute('role') === 'menuitem' ? this.menuButton : pressed;
    if (anchor) this.#popover.toggle(this.detailsPopover, anchor);
  }

  #showTab(name: StudioTab): void {
    this.tab = name;
    if (name !== 'edit') this.sideTab = name;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (this.#dialogs.isOpen) return;
    handleStudioKey(event, this.activeProject, { keymap: this.keymap, singleKeys: readSingleKeys() });
  };

  readonly #onTabKey = (event: KeyboardEvent): void => {
    if (this.#tabs.handleKey(event))
      (this.renderRoot as ShadowRoot).activeElement?.dispatchEvent(new MouseEvent('click'));
  };

  readonly #onFullScreen = (): void => {
    this.fullScreen = this.matches(':fullscreen');
  };

  readonly #onNew = (): void => {
    this.#dialogs.close();
    void this.openProject(null);
  };

  readonly #onProjectOpen = (event: HTMLElementEventMap['lectern-project-open']): void => {
    // Inside the studio the studio itself opens it: a page that listens for its own list must not go elsewhere.
    event.stopPropagation();
    event.preventDefault();
    this.#dialogs.close();
    void this.openProject(event.detail.projectId);
  };

  readonly #onAddMedia = (): void => {
    this.#showTab('media');
    this.browser?.chooseFiles();
  };

  readonly #onShowAsset = (event: Event): void => {
    queueMicrotask(() => {
      if (!event.defaultPrevented) this.#showTab('media');
    });
  };
}

/** What the header shows of the editor: a playhead that moves sixty times a second must not render the studio. */
function sameHeader(a: EditorState, b: EditorState): boolean {
  return (
    a.canUndo === b.canUndo &&
    a.canRedo === b.canRedo &&
    a.undoLabel === b.undoLabel &&
    a.redoLabel === b.redoLabel &&
    a.readOnly === b.readOnly
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'video-studio': VideoStudioElement;
  }
  interface HTMLElementEventMap {
    'lectern-project-opened': CustomEvent<ProjectOpenedDetail>;
    'lectern-publish-request': CustomEvent<ProjectPublishDetail>;
    'lectern-publish': CustomEvent<ProjectPublishDetail>;
  }
}
