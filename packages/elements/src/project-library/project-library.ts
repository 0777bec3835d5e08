import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { ProjectQuery, ProjectSummary } from '@lectern/ports';
import type { LecternSession, PlainMessageKey, UnsavedProject } from '@lectern/core';
import { attempt } from '../collection/attempt.js';
import { CollectionController } from '../collection/collection-controller.js';
import { InlineEditController } from '../collection/inline-edit-controller.js';
import { ItemMenuController, type MenuLine } from '../collection/item-menu-controller.js';
import { PagedListController } from '../collection/paged-list-controller.js';
import { SearchController } from '../collection/search-controller.js';
import { ConnectionBanner } from '../connection-banner/connection-banner.js';
import { Announcer } from '../foundation/announcer.js';
import { icon, type IconName } from '../foundation/icon.js';
import { LecternElement } from '../foundation/lectern-element.js';
import { errorView, stateView } from '../foundation/state-view.js';
import { NoticesController } from '../lectern-provider/notices-controller.js';
import { filterSelect, searchField } from '../media-library/library-header.js';
import { listSkeleton } from '../media-library/library-states.js';
import type { ProjectOpenDetail } from '../media-library/media-library-events.js';
import {
  descriptionField,
  projectCell,
  projectColumns,
  projectHeaders,
  titleField,
  type ProjectCardContext,
} from './project-card.js';
import { ProjectFileController } from './project-file-controller.js';
import { projectLibraryStyles } from './project-library.styles.js';

type ProjectSort = NonNullable<ProjectQuery['sort']>;
type ProjectState = NonNullable<ProjectQuery['state']>;

const states: readonly (readonly [ProjectState | null, PlainMessageKey])[] = [
  [null, 'projects.stateAll'],
  ['draft', 'projects.stateDraft'],
  ['published', 'projects.statePublished'],
];
const sorts: readonly (readonly [ProjectSort, PlainMessageKey])[] = [
  ['recent', 'projects.sortRecent'],
  ['title', 'projects.sortTitle'],
  ['oldest', 'projects.sortOldest'],
];

/**
 * All projects, to find, name, duplicate, publish, delete and open; and project files, to download, and to open again
 * by *Open project file…* or by dropping them anywhere on the element.
 *
 * @tagname project-library
 * @summary Grid and list of the projects, with their posters, and what can be done with each.
 *
 * @event {CustomEvent<ProjectOpenDetail>} lectern-project-open - A project is to be opened; opening it is the host's affair. Cancelable.
 * @event {CustomEvent<SignInRequestDetail>} lectern-sign-in-request - Somebody wants to sign in; a host that sees to it prevents the default. Cancelable.
 *
 * @csspart header - Title, search, view switch and *New project*.
 * @csspart filters - The bar of filters.
 * @csspart list - What scrolls.
 * @csspart item - One project.
 * @csspart thumbnail - Its poster.
 * @csspart progress - What goes on with project files.
 * @csspart drop-zone - What shows while files are held over the element.
 * @csspart connection - The line that says that this browser stands in for the page's back end.
 * @csspart move-dialog - *Move my work*.
 * @csspart state - The picture and words of an empty or failing list.
 * @cssproperty --lectern-library-radius - Corners of the frame; 12px.
 *
 * | key | does |
 * | --- | --- |
 * | arrows, Home, End, Page Up, Page Down, letters | move |
 * | Enter | opens |
 * | F2 | renames |
 * | Delete | moves to the trash |
 * | menu key, Shift+F10 | opens the menu |
 */
export class ProjectLibraryElement extends LecternElement {
  static override styles: CSSResultGroup = [LecternElement.styles, projectLibraryStyles];

  /** `grid` or `list`. */
  @property({ reflect: true }) view: 'grid' | 'list' = 'grid';

  /** Shows only `draft` or `published`. */
  @property() state: ProjectState | null = null;

  /** `recent`, `title` or `oldest`. */
  @property() sort: ProjectSort = 'recent';

  /** Part of a title. */
  @property() search = '';

  @state() private trash = false;
  @state() private unsaved: readonly UnsavedProject[] = [];

  readonly #announcer: Announcer = new Announcer(this);
  readonly #search: SearchController = new SearchController(this, {
    value: () => this.search,
    search: (text) => {
      this.search = text;
    },
  });
  readonly #list: PagedListController<ProjectSummary> = new PagedListController<ProjectSummary>(this, () =>
    this.session ? { client: this.session.queryClient, options: this.session.queries.projects(this.#query()) } : null,
  );
  readonly #edit: InlineEditController = new InlineEditController(this, {
    commit: (id, value) => {
      this.#commit(id, value);
    },
    mayBeEmpty: (id) => id.startsWith('description:'),
    done: () => {
      this.#collection.focus();
    },
  });
  readonly #collection: CollectionController<ProjectSummary> = new CollectionController<ProjectSummary>(this, {
    list: this.#list,
    idOf: (project) => project.id,
    nameOf: (project) => project.title,
    label: () => this.t(this.trash ? 'projects.trash' : 'projects.title'),
    layout: () => ({ view: this.view, cardWidth: 208, cardText: 3.9, rowHeight: 3.5, gap: 16, padding: 16 }),
    role: () => 'grid',
    multiple: () => false,
    rtl: () => this.localize.direction === 'rtl',
    renderItem: (project, cell) => projectCell(project, cell, this.#cardContext()),
    renderColumns: (project) => projectColumns(project, this.#cardContext()),
    renderHeaders: () => projectHeaders(this.localize.messages),
    selectionChanged: () => {
      this.requestUpdate();
    },
    open: (project) => {
      if (!this.trash) this.#open(project.id);
    },
    rename: (project) => {
      if (!this.trash) this.#edit.begin(titleField(project));
    },
    remove: ([id]) => {
      if (!this.trash && id !== undefined) this.#remove(id);
    },
    menu: (project, at, cell) => {
      void this.#menu.open(project, at, cell);
    },
  });
  readonly #menu: ItemMenuController<ProjectSummary> = new ItemMenuController<ProjectSummary>(this, {
    nameOf: (project) => project.title,
    lines: (project) => this.#menuLines(project),
  });
  readonly #files: ProjectFileController = new ProjectFileController(this, {
    session: () => this.session,
    messages: () => this.localize.messages,
    enabled: () => !this.trash,
    announce: (text) => {
      this.#announcer.say(text);
    },
    takeFocus: () => {
      this.renderRoot.querySelector<HTMLElement>('.file-button')?.focus();
    },
    opened: (projectId) => {
      this.#open(projectId);
    },
  });
  readonly #connection: ConnectionBanner = new ConnectionBanner(this, {
    session: () => this.session,
    messages: () => this.localize.messages,
    say: (text) => {
      this.#announcer.say(text);
    },
    emit: (type, detail) => this.emit(type, detail, { cancelable: true }),
  });
  readonly #notices: NoticesController = new NoticesController(this, 'element');
  #question = '';
  #stopWatching: (() => void) | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopWatching?.();
    this.#stopWatching = null;
  }

  protected override sessionChanged(session: LecternSession | null): void {
    this.#notices.setSession(session);
    this.#collection.setSelection([], false);
    this.#stopWatching?.();
    this.#stopWatching = null;
    this.unsaved = [];
    if (!session) return;
    this.#readUnsaved(session);
    this.#stopWatching = session.backend.projects.subscribe(() => {
      this.#readUnsaved(session);
    });
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const question = JSON.stringify(this.#query());
    if (question === this.#question) return;
    this.#question = question;
    this.#collection.reset();
  }

  protected override render(): TemplateResult {
    const { messages } = this.localize;
    return html`<div class="frame">
        ${this.#connection.render()} ${this.#renderHeader()} ${this.#renderUnsaved()} ${this.#files.renderJobs()}
        <div class="list-area">${this.#collection.render(this.#renderPlaceholder())}</div>
        ${this.#files.render()}
      </div>
      ${this.#menu.render(messages)} ${this.#connection.renderDialog()} ${this.#announcer.render()}
      ${this.#notices.render(messages)}`;
  }

  #query(): ProjectQuery {
    return {
      ...(this.search === '' ? {} : { search: this.search }),
      ...(this.state === null ? {} : { state: this.state }),
      ...(this.trash ? { deleted: true } : {}),
      sort: this.sort,
      limit: 100,
    };
  }

  #now(): Date {
    return this.session?.now() ?? new Date();
  }

  #cardContext(): ProjectCardContext {
    return {
      session: this.session,
      messages: this.localize.messages,
      now: this.#now(),
      edit: this.#edit,
      open: (project) => {
        this.#open(project.id);
      },
      menu: (project, button) => {
        void this.#menu.open(project, button, button);
      },
    };
  }

  #menuLines(project: ProjectSummary): readonly (MenuLine<ProjectSummary> | null)[] {
    if (this.trash)
      return [
        {
          icon: 'restore',
          label: 'common.restore',
          run: ({ id }) => {
            this.#try((session) => session.actions.restoreProject(id));
          },
        },
      ];
    return [
      {
        icon: 'folder',
        label: 'common.open',
        keys: 'Enter',
        run: ({ id }) => {
          this.#open(id);
        },
      },
      {
        icon: 'edit',
        label: 'common.rename',
        keys: 'F2',
        run: (it) => {
          this.#edit.begin(titleField(it));
        },
      },
      {
        icon: 'text',
        label: 'projects.editDescription',
        run: (it) => {
          this.#edit.begin(descriptionField(it));
        },
      },
      {
        icon: 'copy',
        label: 'projects.duplicate',
        run: (it) => {
          this.#duplicate(it);
        },
      },
      null,
      {
        icon: 'download',
        label: 'projectFile.download',
        disabled: this.#files.isDownloading(project.id),
        run: (it) => {
          void this.#files.download(it, false);
        },
      },
      {
        icon: 'film',
        label: 'projectFile.downloadWithMedia',
        disabled: this.#files.isDownloading(project.id),
        run: (it) => {
          void this.#files.download(it, true);
        },
      },
      null,
      project.isDraft
        ? {
            icon: 'publish',
            label: 'projects.publish',
            run: ({ id }) => {
              this.#try((session) => session.actions.publishProject(id));
            },
          }
        : {
            icon: 'hidden',
            label: 'projects.unpublish',
            run: ({ id }) => {
              this.#try((session) => session.actions.unpublishProject(id));
            },
          },
      null,
      {
        icon: 'delete',
        label: 'common.delete',
        keys: 'Del',
        tone: 'danger',
        run: ({ id }) => {
          this.#remove(id);
        },
      },
    ];
  }

  #renderHeader(): TemplateResult {
    const { messages } = this.localize;
    const { trash, view } = this;
    const viewButton = (mode: 'grid' | 'list', key: PlainMessageKey, name: IconName): TemplateResult =>
      html`<button
        aria-pressed=${String(view === mode)}
        aria-label=${messages.t(key)}
        title=${messages.t(key)}
        @click=${() => {
          this.view = mode;
        }}
      >
        ${icon(name)}
      </button>`;
    return html`<header class="top" part="header">
        <div class="heading">
          ${
            trash
              ? html`<button
                  class="icon-button"
                  aria-label=${messages.t('projects.backToProjects')}
                  @click=${this.#onTrash}
                >
                  ${icon('back')}
                </button>`
              : nothing
          }
          <h2 class="truncate">${messages.t(trash ? 'projects.trash' : 'projects.title')}</h2>
          <span class="count hint"
            >${this.#list.status === 'ready' ? messages.t('projects.count', { count: this.#list.total }) : nothing}</span
          >
        </div>
        ${searchField({
          messages,
          label: messages.t('projects.search'),
          placeholder: messages.t('projects.search'),
          value: this.#search.typed,
          onSearch: this.#search.type,
        })}
        <div class="segmented" role="group" aria-label=${messages.t('library.viewAs')}>
          ${viewButton('grid', 'library.viewGrid', 'grid')}${viewButton('list', 'library.viewList', 'list')}
        </div>
        ${
          trash
            ? nothing
            : html`<button class="button" data-variant="primary" ?disabled=${!this.session} @click=${this.#onNew}>
                ${icon('add')}<span>${messages.t('projects.new')}</span>
              </button>`
        }
      </header>
      <div class="bar" part="filters" role="group" aria-label=${messages.t('library.filters')}>
        <div class="segmented" role="group" aria-label=${messages.t('projects.state')}>
          ${states.map(
            ([choice, key]) =>
              html`<button
                aria-pressed=${String(this.state === choice)}
                @click=${() => {
                  this.state = choice;
                }}
              >
                ${messages.t(key)}
              </button>`,
          )}
        </div>
        ${filterSelect<ProjectSort>({
          messages,
          name: 'sort',
          label: messages.t('library.sortBy'),
          value: this.sort,
          choices: sorts,
          onChoice: (value) => {
            this.sort = value;
          },
        })}
        <span class="spring"></span>
        ${
          trash
            ? nothing
            : html`<button
                  class="button file-button"
                  data-size="small"
                  data-variant="plain"
                  title=${messages.t('projectFile.open')}
                  ?disabled=${!this.session}
                  @click=${this.#onChooseFile}
                >
                  ${icon('folder')}<span>${messages.t('projectFile.open')}</span>
                </button>
                <button class="button trash-button" data-size="small" data-variant="plain" @click=${this.#onTrash}>
                  ${icon('delete')}<span>${messages.t('projects.trash')}</span>
                </button>`
        }
      </div>`;
  }

  /** Work that only this browser has: it is offered before anything else. */
  #renderUnsaved(): TemplateResult | typeof nothing {
    const { messages } = this.localize;
    if (this.unsaved.length === 0 || this.trash) return nothing;
    return html`<section class="banner unsaved" data-tone="warning" aria-label=${messages.t('projects.unsavedTitle')}>
      ${icon('warning')}
      <ul>
        ${this.unsaved.map(
          ({ projectId, title, changes }) =>
            html`<li>
              <span
                >${messages.t('projects.unsavedText', { title: title || messages.t('projects.newTitle'), count: changes })}</span
              >
              <button
                class="button"
                data-size="small"
                @click=${() => {
                  this.#open(projectId);
                }}
              >
                ${messages.t('projects.recover')}
              </button>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #renderPlaceholder(): TemplateResult | typeof nothing {
    const { messages } = this.localize;
    const { status, error, total } = this.#list;
    if (status === 'failed' && error)
      return errorView(error, messages, () => {
        this.#list.retry();
      });
    if (status !== 'ready') return listSkeleton(this.view, messages);
    if (total > 0) return nothing;
    if (this.search !== '' || this.state !== null) {
      return stateView({
        icon: 'search',
        title: messages.t('projects.noMatch'),
        text: messages.t('library.noMatchText'),
        actions: html`<button
          class="button"
          @click=${() => {
            this.state = null;
            this.#search.type('');
          }}
        >
          ${messages.t('library.clearFilters')}
        </button>`,
      });
    }
    if (this.trash)
      return stateView({
        icon: 'delete',
        title: messages.t('library.trashEmpty'),
        text: messages.t('library.trashEmptyText'),
      });
    return stateView({
      icon: 'film',
      title: messages.t('projects.emptyTitle'),
      text: messages.t('projects.emptyText'),
      actions: html`<button class="button" data-variant="primary" @click=${this.#onNew}>
          ${icon('add')}${messages.t('projects.new')}
        </button>
        <button class="button" @click=${this.#onChooseFile}>
          ${icon('folder')}${messages.t('projectFile.open')}
        </button>`,
    });
  }

  #open(projectId: string): void {
    this.emit<ProjectOpenDetail>('lectern-project-open', { projectId }, { cancelable: true });
  }

  #commit(id: string, value: string): void {
    const [field, projectId] = [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)];
    const project = this.#list.items.find((candidate) => candidate.id === projectId);
    if (!project) return;
    this.#try((session) =>
      field === 'title'
        ? session.actions.renameProject(projectId, value)
        : session.actions.renameProject(projectId, project.title, value),
    );
  }

  #duplicate(project: ProjectSummary): void {
    this.#try((session) =>
      session.actions.duplicateProject(project.id, this.t('projects.copyTitle', { title: project.title })),
    );
  }

  #remove(id: string): void {
    this.#collection.setSelection([], false);
    this.#collection.focus();
    this.#try((session) => session.actions.deleteProject(id));
  }

  #try(run: (session: LecternSession) => Promise<unknown>): void {
    const { session } = this;
    if (session) void attempt(session, run(session));
  }

  #readUnsaved(session: LecternSession): void {
    void session.unsavedProjects().then(
      (unsaved) => {
        if (this.session === session) this.unsaved = unsaved;
      },
      () => {
        // A journal that can't be read has nothing to offer; opening a project says so.
      },
    );
  }

  readonly #onNew = (): void => {
    this.#try(async (session) => {
      const { id } = await session.actions.createProject({ title: this.t('projects.newTitle') });
      this.#open(id);
    });
  };

  readonly #onChooseFile = (): void => {
    this.#files.choose();
  };

  readonly #onTrash = (): void => {
    this.trash = !this.trash;
    this.#collection.setSelection([], false);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'project-library': ProjectLibraryElement;
  }
}
