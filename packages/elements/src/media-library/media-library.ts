import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Asset, AssetKind, AssetQuery, AssetSort, AssetSourceType, StorageReport } from '@lectern/ports';
import type { LecternSession, SessionState } from '@lectern/core';
import { CollectionController } from '../collection/collection-controller.js';
import { InlineEditController } from '../collection/inline-edit-controller.js';
import { ItemMenuController, type MenuLine } from '../collection/item-menu-controller.js';
import { PagedListController } from '../collection/paged-list-controller.js';
import { SearchController } from '../collection/search-controller.js';
import { ConnectionBanner } from '../connection-banner/connection-banner.js';
import { ConversionDialogController } from '../conversion-dialog/conversion-dialog.js';
import { conversionDialogStyles } from '../conversion-dialog/conversion-dialog.styles.js';
import { AttachDialogController } from '../course-outline/attach-dialog.js';
import { Announcer } from '../foundation/announcer.js';
import { LecternElement } from '../foundation/lectern-element.js';
import { QueryController } from '../foundation/query-controller.js';
import { errorView } from '../foundation/state-view.js';
import { StoreController } from '../foundation/store-controller.js';
import { NoticesController } from '../lectern-provider/notices-controller.js';
import { assetCell, assetColumns, assetHeaders, type AssetCardContext } from './asset-card.js';
import { AssetDetailsController } from './asset-details.js';
import { emptyLibrary, libraryFooter, listSkeleton } from './library-states.js';
import { FileImportController } from './file-import-controller.js';
import { LibraryCommands } from './library-commands.js';
import { BulkTags } from './bulk-tags.js';
import { OperationList } from './operation-list.js';
import { libraryHeader, type LibraryFilters } from './library-header.js';
import type { AssetOpenDetail, AssetsDetail } from './media-library-events.js';
import { mediaLibraryStyles } from './media-library.styles.js';

/**
 * The whole media library: everything that was uploaded, recorded or exported, to find, look at, name, tag, delete,
 * restore and use.
 *
 * @tagname media-library
 * @summary Grid and list of all media with search, filters, upload, details, usage and trash.
 *
 * @event {CustomEvent<AssetsDetail>} lectern-asset-select - The selection changed.
 * @event {CustomEvent<AssetOpenDetail>} lectern-asset-open - An asset is opened; unless prevented its details are shown. Cancelable.
 * @event {CustomEvent<AssetsDetail>} lectern-asset-delete-request - Assets are about to go to the trash. Cancelable.
 * @event {CustomEvent<AttachRequestDetail>} lectern-attach-request - An asset is to get into a course; unless prevented *Add to course* asks where. Cancelable.
 * @event {CustomEvent<AssetsDetail>} lectern-assets-imported - A batch of files is in the library.
 * @event {CustomEvent<AssetsDetail>} lectern-open-in-studio-request - Assets are to be cut; opening a studio is the host's affair.
 * @event {CustomEvent<ProjectOpenDetail>} lectern-project-open - A project that is named here is to be opened.
 * @event {CustomEvent<SignInRequestDetail>} lectern-sign-in-request - Somebody wants to sign in; a host that sees to it prevents the default. Cancelable.
 *
 * @csspart header - Title, search, view switch and *Add media*.
 * @csspart filters - The bar of filters.
 * @csspart bulk-bar - What stands there instead while something is selected.
 * @csspart list - What scrolls.
 * @csspart item - One asset.
 * @csspart thumbnail - Its picture.
 * @csspart details - The details panel.
 * @csspart uploads - Files on their way in: an `upload-tray`.
 * @csspart upload - One of them.
 * @csspart upload-list - What scrolls there.
 * @csspart upload-summary - What sums them up.
 * @csspart drop-zone - What shows while files are held over the element.
 * @csspart storage - The line that says how full it is.
 * @csspart operations - Work on many files at once.
 * @csspart tag-dialog - The dialog that asks for tags.
 * @csspart attach-dialog - *Add to course*.
 * @csspart conversion-dialog - The dialog that asks whether a file is to be converted.
 * @csspart connection - The line that says that this browser stands in for the page's back end.
 * @csspart move-dialog - *Move my work*.
 * @csspart state - The picture and words of an empty or failing library.
 * @cssproperty --lectern-library-radius - Corners of the frame; 12px.
 *
 * | key | does |
 * | --- | --- |
 * | arrows, Home, End, Page Up, Page Down, letters | move |
 * | Space, Shift+arrows, Ctrl/⌘+A | select |
 * | Enter | opens the details |
 * | F2 | renames |
 * | Delete | moves to the trash |
 * | menu key, Shift+F10 | opens the menu |
 * | Escape | lets go of the selection, closes the details |
 */
export class MediaLibraryElement extends LecternElement {
  static override styles: CSSResultGroup = [LecternElement.styles, mediaLibraryStyles, conversionDialogStyles];

  /** What can be uploaded: as the `accept` of a file input. Everything that the library takes when left out. */
  @property() accept: string | null = null;

  /** `grid` or `list`; when left out, as it was chosen last in this session. */
  @property({ reflect: true }) view: 'grid' | 'list' | null = null;

  /** Shows only `video`, `audio` or `image`. */
  @property() kind: AssetKind | null = null;

  /** Shows only what came by `upload`, `recording` or `export`. */
  @property() source: AssetSourceType | null = null;

  /** `newest`, `oldest`, `name`, `largest` or `longest`. */
  @property() sort: AssetSort = 'newest';

  /** Part of a name or a tag. */
  @property() search = '';

  @state() private trash = false;

  readonly #announcer: Announcer = new Announcer(this);
  readonly #search: SearchController = new SearchController(this, {
    value: () => this.search,
    search: (text) => {
      this.search = text;
    },
  });
  readonly #commands: LibraryCommands = new LibraryCommands({
    session: () => this.session,
    emit: (type, detail) => this.emit(type, detail, { cancelable: true }),
    leaving: (assetIds) => {
      this.#letGoOf(assetIds);
    },
    renamed: (name) => {
      this.#announcer.say(this.t('library.renamed', { name }));
    },
    askWhere: (request) => {
      void this.#attach.open(request);
    },
  });
  readonly #viewMode: StoreController<SessionState, 'grid' | 'list'> = new StoreController<
    SessionState,
    'grid' | 'list'
  >(this, null, (slices) => slices.library.viewMode);
  readonly #memoryOnly: StoreController<SessionState, boolean> = new StoreController<SessionState, boolean>(
    this,
    null,
    (slices) => slices.storage.memoryOnly,
  );
  readonly #storage: QueryController<StorageReport> = new QueryController<StorageReport>(this, () =>
    this.session ? { client: this.session.queryClient, options: this.session.queries.storage() as never } : null,
  );
  readonly #list: PagedListController<Asset> = new PagedListController<Asset>(this, () =>
    this.session ? { client: this.session.queryClient, options: this.session.queries.assets(this.#query()) } : null,
  );
  readonly #edit: InlineEditController = new InlineEditController(this, {
    commit: (id, name) => {
      this.#commands.rename(id.replace(/^details:/, ''), name);
    },
    done: (id) => {
      if (!id.startsWith('details:')) this.#collection.focus();
      else
        void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.title-line button')?.focus());
    },
  });
  readonly #collection: CollectionController<Asset> = new CollectionController<Asset>(this, {
    list: this.#list,
    idOf: (asset) => asset.id,
    nameOf: (asset) => asset.name,
    label: () => this.t(this.trash ? 'library.trash' : 'library.title'),
    layout: () => ({ view: this.#view, cardWidth: 172, cardText: 2.9, rowHeight: 3, gap: 14, padding: 14 }),
    role: () => 'grid',
    multiple: () => true,
    rtl: () => this.localize.direction === 'rtl',
    renderItem: (asset, cell) => assetCell(asset, cell, this.#cardContext()),
    renderColumns: (asset) => assetColumns(asset, this.#cardContext()),
    renderHeaders: () => assetHeaders(this.localize.messages),
    selectionChanged: (ids) => {
      this.#onSelection(ids);
    },
    open: (asset) => {
      this.#open(asset);
    },
    rename: (asset) => {
      if (!this.trash) this.#edit.begin(asset.id);
    },
    remove: (ids) => {
      if (!this.trash) this.#commands.remove(ids);
    },
    menu: (asset, at, cell) => {
      void this.#menu.open(asset, at, cell);
    },
  });
  readonly #menu: ItemMenuController<Asset> = new ItemMenuController<Asset>(this, {
    lines: () => this.#menuLines(),
    nameOf: (asset) => asset.name,
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
  readonly #imports: FileImportController = new FileImportController(this, {
    session: () => this.session,
    accept: () => this.accept,
    enabled: () => !this.trash,
    imported: (assetIds) => {
      this.emit<AssetsDetail>('lectern-assets-imported', { assetIds });
    },
  });
  readonly #details: AssetDetailsController = new AssetDetailsController(this, {
    session: () => this.session,
    edit: this.#edit,
    close: () => {
      this.#details.show(null);
      this.#collection.focus();
    },
    commands: this.#commands,
    convert: (assetId) => {
      this.#conversion.open(assetId);
    },
  });
  readonly #operations: OperationList = new OperationList(this, {
    session: () => this.session,
    messages: () => this.localize.messages,
    say: (text) => {
      this.#announcer.say(text);
    },
    takeFocus: () => {
      this.#collection.focus();
    },
  });
  readonly #bulkTags: BulkTags = new BulkTags(this, {
    messages: () => this.localize.messages,
    tag: (assetIds, tags) => {
      this.#commands.tagAll(assetIds, tags);
    },
    returnTo: () => this.renderRoot.querySelector<HTMLElement>('.bulk button'),
  });
  readonly #conversion: ConversionDialogController = new ConversionDialogController(this, {
    session: () => this.session,
    say: (text) => {
      this.#announcer.say(text);
    },
  });
  readonly #attach: AttachDialogController = new AttachDialogController(this, {
    session: () => this.session,
  });
  #question = '';
  #told = '';

  /** Ids of the selected assets, in the order of choosing. */
  get selectedIds(): readonly string[] {
    return this.#collection.selectedIds;
  }

  set selectedIds(ids: readonly string[]) {
    this.#collection.setSelection(ids);
  }

  /** Shows an asset's details. */
  showDetails(assetId: string): void {
    this.#details.show(assetId);
  }

  /** Asks for files, as *Add media* does; call it from a press or a key. */
  chooseFiles(): void {
    this.#imports.chooseFiles();
  }

  /** Brings files in, as dropping them here does. */
  importFiles(files: readonly File[]): void {
    this.#imports.import(files);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#details.show(null);
  }

  protected override sessionChanged(session: LecternSession | null): void {
    this.#viewMode.setStore(session?.store ?? null);
    this.#memoryOnly.setStore(session?.store ?? null);
    this.#notices.setSession(session);
    this.#details.show(null);
    this.#collection.setSelection([], false);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const question = JSON.stringify(this.#query());
    if (question !== this.#question) {
      this.#question = question;
      this.#collection.reset();
    }
  }

  protected override updated(): void {
    this.#tellCount();
    this.renderRoot.querySelector('.list-area')?.toggleAttribute('inert', this.#detailsCover());
  }

  protected override render(): TemplateResult {
    const { messages } = this.localize;
    const { trash } = this;
    return html`<div class="frame">
        ${this.#connection.render()}
        ${libraryHeader({
          messages,
          trash,
          kind: this.kind,
          source: this.source,
          sort: this.sort,
          search: this.#search.typed,
          view: this.#view,
          count: this.#list.status === 'ready' ? messages.t('library.count', { count: this.#list.total }) : '',
          selected: this.selectedIds.length,
          canImport: this.session !== null,
          onSearch: this.#search.type,
          onFilter: this.#onFilter,
          onView: this.#onView,
          onTrash: this.#onTrash,
          onImport: () => {
            this.chooseFiles();
          },
          onSelectAll: () => {
            this.#collection.selectAll();
          },
          onClearSelection: () => {
            this.selectedIds = [];
            this.#collection.focus();
          },
          onOpenInStudio: () => {
            this.#commands.openInStudio(this.selectedIds);
          },
          onTag: () => {
            this.#bulkTags.ask(this.selectedIds);
          },
          onDelete: () => {
            this.#commands.remove(this.selectedIds);
          },
          onRestore: () => {
            this.#commands.restore(this.selectedIds);
          },
        })}
        <div class="main">
          <div class="list-area">
            ${this.#collection.render(this.#renderPlaceholder())}${this.#renderNextPageError()}
          </div>
          ${this.#details.render(messages)}
        </div>
        ${this.#operations.render(messages)}
        <upload-tray
          part="uploads"
          exportparts="row: upload, list: upload-list, summary: upload-summary"
          .lectern=${this.session}
        ></upload-tray>
        ${libraryFooter(this.#storage.result?.data ?? null, this.#memoryOnly.value ?? false, messages)}
        ${this.#imports.render(messages)}
      </div>
      ${this.#menu.render(messages)} ${this.#attach.render(messages)} ${this.#bulkTags.render()}
      ${this.#conversion.render(messages)} ${this.#connection.renderDialog()} ${this.#announcer.render()}
      ${this.#notices.render(messages)}`;
  }

  get #view(): 'grid' | 'list' {
    return this.view ?? this.#viewMode.value ?? 'grid';
  }

  get #filtered(): boolean {
    return this.search !== '' || this.kind !== null || this.source !== null;
  }

  #query(): AssetQuery {
    return {
      ...(this.search === '' ? {} : { search: this.search }),
      ...(this.kind === null ? {} : { kinds: [this.kind] }),
      ...(this.source === null ? {} : { sourceTypes: [this.source] }),
      ...(this.trash ? { deleted: true } : {}),
      sort: this.sort,
      limit: 500,
    };
  }

  #cardContext(): AssetCardContext {
    return {
      session: this.session,
      messages: this.localize.messages,
      edit: this.#edit,
      controls: true,
      menu: (asset, button) => {
        void this.#menu.open(asset, button, button);
      },
    };
  }

  #menuLines(): readonly (MenuLine<Asset> | null)[] {
    if (this.trash) {
      return [
        {
          icon: 'info',
          label: 'library.details',
          keys: 'Enter',
          run: (asset) => {
            this.#open(asset);
          },
        },
        {
          icon: 'restore',
          label: 'common.restore',
          run: (asset) => {
            this.#commands.restore(this.#meant(asset));
          },
        },
      ];
    }
    return [
      {
        icon: 'info',
        label: 'library.details',
        keys: 'Enter',
        run: (asset) => {
          this.#open(asset);
        },
      },
      {
        icon: 'scissors',
        label: 'library.openIn',
        run: (asset) => {
          this.#commands.openInStudio(this.#meant(asset));
        },
      },
      { icon: 'course', label: 'library.addToChapter', run: this.#commands.addToCourse },
      null,
      {
        icon: 'edit',
        label: 'common.rename',
        keys: 'F2',
        run: (asset) => {
          this.#edit.begin(asset.id);
        },
      },
      { icon: 'download', label: 'library.download', run: this.#commands.download },
      null,
      {
        icon: 'delete',
        label: 'common.delete',
        keys: 'Del',
        tone: 'danger',
        run: (asset) => {
          this.#commands.remove(this.#meant(asset));
        },
      },
    ];
  }

  #renderPlaceholder(): TemplateResult | typeof nothing {
    const { messages } = this.localize;
    const { status, error, total } = this.#list;
    if (status === 'failed' && error)
      return errorView(error, messages, () => {
        this.#list.retry();
      });
    if (status !== 'ready') return listSkeleton(this.#view, messages);
    if (total > 0) return nothing;
    return emptyLibrary({
      messages,
      trash: this.trash,
      filtered: this.#filtered,
      chooseFiles: () => {
        this.chooseFiles();
      },
      clearFilters: () => {
        this.#search.type('');
        this.#onFilter({ kind: null, source: null });
      },
    });
  }

  #renderNextPageError(): TemplateResult | typeof nothing {
    const { status, error } = this.#list;
    if (status !== 'ready' || !error) return nothing;
    const { messages } = this.localize;
    return html`<div class="banner more-failed" data-tone="danger" role="alert">
      <span>${messages.error(error).title}</span>
      <span></span>
      <button
        class="button"
        data-size="small"
        @click=${() => {
          this.#list.retry();
        }}
      >
        ${messages.t('common.tryAgain')}
      </button>
    </div>`;
  }

  /** The asset alone, or all that is selected when it belongs to that. */
  #meant(asset: Asset): readonly string[] {
    return this.selectedIds.includes(asset.id) ? this.selectedIds : [asset.id];
  }

  #open(asset: Asset): void {
    const detail: AssetOpenDetail = { assetId: asset.id, name: asset.name, kind: asset.kind };
    if (!this.emit<AssetOpenDetail>('lectern-asset-open', detail, { cancelable: true })) return;
    this.#details.show(asset.id);
    void this.updateComplete.then(() => {
      // Where the panel covers the list the focus can't stay behind it.
      if (this.#detailsCover()) this.renderRoot.querySelector<HTMLElement>('.close-details')?.focus();
    });
  }

  /** Whether the details lie over the list, for want of room beside it. */
  #detailsCover(): boolean {
    const panel = this.renderRoot.querySelector<HTMLElement>('.details');
    return panel !== null && getComputedStyle(panel).position === 'absolute';
  }

  /** What leaves the list is neither selected nor looked at any more; the focus stays in the list. */
  #letGoOf(assetIds: readonly string[]): void {
    const gone = new Set(assetIds);
    if (this.#details.assetId !== null && gone.has(this.#details.assetId)) this.#details.show(null);
    this.selectedIds = this.selectedIds.filter((id) => !gone.has(id));
    this.#collection.focus();
  }

  #onSelection(ids: readonly string[]): void {
    this.session?.actions.selectAssets(ids);
    this.emit<AssetsDetail>('lectern-asset-select', { assetIds: ids });
    if (ids.length !== 1 || ids[0] !== this.#details.assetId) {
      const last = ids.at(-1);
      if (last !== undefined && this.#details.assetId !== null) this.#details.show(last);
    }
    this.#announcer.say(this.t('common.selectedCount', { count: ids.length }));
  }

  readonly #onFilter = (filters: Partial<LibraryFilters>): void => {
    if (filters.kind !== undefined) this.kind = filters.kind;
    if (filters.source !== undefined) this.source = filters.source;
    if (filters.sort !== undefined) this.sort = filters.sort;
  };

  readonly #onView = (view: 'grid' | 'list'): void => {
    if (this.view !== null) this.view = view;
    this.session?.actions.setViewMode(view);
  };

  readonly #onTrash = (): void => {
    this.trash = !this.trash;
    this.#details.show(null);
    this.selectedIds = [];
  };

  /** How many there are is said once the answer to a new question is there. */
  #tellCount(): void {
    if (this.#list.status !== 'ready' || this.#list.isPrevious || this.#told === this.#question) return;
    const first = this.#told === '';
    this.#told = this.#question;
    if (!first) this.#announcer.say(this.t('library.count', { count: this.#list.total }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'media-library': MediaLibraryElement;
  }
}
