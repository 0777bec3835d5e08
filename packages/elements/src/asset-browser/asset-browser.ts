import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import type { Asset, AssetKind, AssetQuery } from '@lectern/ports';
import type { LecternSession } from '@lectern/core';
import { attempt } from '../collection/attempt.js';
import { CollectionController } from '../collection/collection-controller.js';
import { InlineEditController } from '../collection/inline-edit-controller.js';
import { ItemMenuController } from '../collection/item-menu-controller.js';
import { PagedListController } from '../collection/paged-list-controller.js';
import { SearchController } from '../collection/search-controller.js';
import { ConnectionBanner } from '../connection-banner/connection-banner.js';
import { Announcer } from '../foundation/announcer.js';
import { startAssetDrag } from '../foundation/asset-drag.js';
import { icon } from '../foundation/icon.js';
import { ProjectElement } from '../foundation/project-element.js';
import { RovingFocusController } from '../foundation/roving-focus-controller.js';
import { errorView, stateView } from '../foundation/state-view.js';
import { NoticesController } from '../lectern-provider/notices-controller.js';
import { FileImportController } from '../media-library/file-import-controller.js';
import { filterSelect, kindFilters, searchField } from '../media-library/library-header.js';
import { listSkeleton } from '../media-library/library-states.js';
import type { AssetsDetail } from '../media-library/media-library-events.js';
import { browserCell } from './browser-cell.js';
import { assetBrowserStyles } from './asset-browser.styles.js';
import { createDragGhost } from './drag-ghost.js';

/** Which assets are in front: all of them, or what was recorded. */
export type AssetBrowserTab = 'assets' | 'recordings';

/** Assets, by id, in the order in which they were chosen. */
export interface AssetInsertDetail {
  readonly assetIds: readonly string[];
}

/**
 * The library beside the timeline, and the dialog that assets are picked from.
 *
 * @tagname asset-browser
 * @summary The studio's compact media panel (`mode="panel"`), or a picker dialog (`mode="picker"`).
 *
 * @event {CustomEvent<AssetInsertDetail>} lectern-asset-insert-request - Panel: assets are to get on the timeline; unless prevented they are appended to the project around. Cancelable.
 * @event {CustomEvent<AssetInsertDetail>} lectern-asset-pick - Picker: assets were chosen.
 * @event {CustomEvent<AssetsDetail>} lectern-asset-delete-request - Panel: assets are about to go to the trash. Cancelable.
 * @event {CustomEvent<AssetsDetail>} lectern-assets-imported - A batch of files is in the library.
 * @event {CustomEvent<SignInRequestDetail>} lectern-sign-in-request - Somebody wants to sign in; a host that sees to it prevents the default. Cancelable.
 *
 * @csspart list - What scrolls.
 * @csspart item - One asset.
 * @csspart thumbnail - Its picture.
 * @csspart uploads - Files on their way in: an `upload-tray`.
 * @csspart upload - One of them.
 * @csspart upload-list - What scrolls there.
 * @csspart upload-summary - What sums them up.
 * @csspart drop-zone - What shows while files are held over the element.
 * @csspart dialog - The picker.
 * @csspart connection - The line that says that this browser stands in for the page's back end.
 * @csspart move-dialog - *Move my work*.
 * @csspart state - The picture and words of an empty or failing list.
 *
 * | key | does |
 * | --- | --- |
 * | arrows, Home, End, Page Up, Page Down, letters | move |
 * | Space, Shift+arrows, Ctrl/⌘+A | choose |
 * | Enter | puts what is chosen on the timeline; in the picker, takes it |
 * | F2, Delete | rename, move to the trash (panel) |
 * | Escape | lets go of the selection; closes the picker |
 */
export class AssetBrowserElement extends ProjectElement {
  static override styles: CSSResultGroup = [ProjectElement.styles, assetBrowserStyles];

  /** `panel`: the studio's compact column; `picker`: a dialog that `open()` shows. */
  @property({ reflect: true }) mode: 'panel' | 'picker' = 'panel';

  /** Which tab is in front. */
  @property({ reflect: true }) tab: AssetBrowserTab = 'assets';

  /** Shows only `video`, `audio` or `image`. */
  @property() kind: AssetKind | null = null;

  /** What can be uploaded: as the `accept` of a file input. */
  @property() accept: string | null = null;

  /** In the picker: only one asset can be chosen. */
  @property({ type: Boolean }) single = false;

  @state() private search = '';
  @state() private shown = false;

  readonly #dialog: Ref<HTMLDialogElement> = createRef();
  readonly #announcer: Announcer = new Announcer(this);
  readonly #search: SearchController = new SearchController(this, {
    value: () => this.search,
    search: (text) => {
      this.search = text;
    },
  });
  readonly #tabs: RovingFocusController = new RovingFocusController(this, {
    items: () => [...this.renderRoot.querySelectorAll<HTMLElement>('[role="tab"]')],
    orientation: 'horizontal',
    rtl: () => this.localize.direction === 'rtl',
  });
  readonly #list: PagedListController<Asset> = new PagedListController<Asset>(this, () =>
    this.session && (this.mode === 'panel' || this.shown)
      ? { client: this.session.queryClient, options: this.session.queries.assets(this.#query()) }
      : null,
  );
  readonly #edit: InlineEditController = new InlineEditController(this, {
    commit: (id, name) => {
      this.#try((session) => session.actions.renameAsset(id, name));
    },
    done: () => {
      this.#collection.focus();
    },
  });
  readonly #collection: CollectionController<Asset> = new CollectionController<Asset>(this, {
    list: this.#list,
    idOf: (asset) => asset.id,
    nameOf: (asset) => asset.name,
    label: () => this.t(this.tab === 'recordings' ? 'browser.tabRecordings' : 'browser.tabAssets'),
    layout: () =>
      this.#isPicker
        ? { view: 'grid', cardWidth: 150, cardText: 2.9, rowHeight: 3, gap: 12, padding: 20 }
        : { view: 'grid', cardWidth: 104, cardText: 1.75, rowHeight: 3, gap: 10, padding: 12 },
    role: () => (this.#isPicker ? 'listbox' : 'grid'),
    multiple: () => !(this.#isPicker && this.single),
    rtl: () => this.localize.direction === 'rtl',
    keepsSelection: () => this.#isPicker,
    pressMode: () => (this.#isPicker && !this.single ? 'toggle' : 'only'),
    renderItem: (asset, cell) =>
      browserCell(asset, cell, {
        session: this.session,
        messages: this.localize.messages,
        edit: this.#isPicker ? null : this.#edit,
        order: this.#isPicker && asset ? this.selectedIds.indexOf(asset.id) + 1 : 0,
        numbered: !this.single,
        insert: this.#isPicker
          ? null
          : (chosen) => {
              this.#insert([chosen.id]);
            },
      }),
    selectionChanged: (ids) => {
      this.#announcer.say(this.t('common.selectedCount', { count: ids.length }));
    },
    open: (asset) => {
      this.#use(asset);
    },
    rename: (asset) => {
      if (!this.#isPicker) this.#edit.begin(asset.id);
    },
    remove: (ids) => {
      if (!this.#isPicker) this.#remove(ids);
    },
    menu: (asset, at, cell) => {
      if (!this.#isPicker) void this.#menu.open(asset, at, cell);
    },
    pointerDown: (asset, event, cell) => {
      if (!this.#isPicker) this.#drag(asset, event, cell);
    },
  });
  readonly #menu: ItemMenuController<Asset> = new ItemMenuController<Asset>(this, {
    nameOf: (asset) => asset.name,
    lines: () => [
      {
        icon: 'add',
        label: 'library.addToTimeline',
        keys: 'Enter',
        run: (asset) => {
          this.#insert(this.#meant(asset));
        },
      },
      null,
      {
        icon: 'edit',
        label: 'common.rename',
        keys: 'F2',
        run: (asset) => {
          this.#edit.begin(asset.id);
        },
      },
      {
        icon: 'delete',
        label: 'common.delete',
        keys: 'Del',
        tone: 'danger',
        run: (asset) => {
          this.#remove(this.#meant(asset));
        },
      },
    ],
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
    enabled: () => this.mode === 'panel' || this.shown,
    imported: (assetIds) => {
      this.emit<AssetsDetail>('lectern-assets-imported', { assetIds });
    },
  });
  #question = '';
  #resolve: ((assetIds: readonly string[] | null) => void) | null = null;

  /** Ids of the chosen assets, in the order of choosing. */
  get selectedIds(): readonly string[] {
    return this.#collection.selectedIds;
  }

  set selectedIds(ids: readonly string[]) {
    this.#collection.setSelection(ids);
  }

  /** Shows the picker. Resolves with the chosen ids, or null when it was closed without a choice. */
  open(): Promise<readonly string[] | null> {
    this.#settle(null);
    this.mode = 'picker';
    this.search = '';
    this.#collection.setSelection([], false);
    this.shown = true;
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Closes the picker without a choice. */
  close(): void {
    this.#settle(null);
  }

  /** Asks for files, as *Import* does; call it from a press or a key. */
  chooseFiles(): void {
    this.#imports.chooseFiles();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#settle(null);
  }

  protected override sessionChanged(session: LecternSession | null): void {
    super.sessionChanged(session);
    this.#notices.setSession(session);
    this.#collection.setSelection([], false);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const question = JSON.stringify(this.#query());
    if (question === this.#question) return;
    this.#question = question;
    this.#collection.reset();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const dialog = this.#dialog.value;
    if (this.shown && dialog && !dialog.open) dialog.showModal();
  }

  protected override render(): TemplateResult {
    const { messages } = this.localize;
    const around = html`${this.#announcer.render()} ${this.#menu.render(messages)}`;
    if (!this.#isPicker) {
      return html`<div class="frame">
          ${this.#connection.render()}${this.#renderBrowser()}${this.#renderChosen()}${this.#imports.render(messages)}
        </div>
        ${this.#connection.renderDialog()} ${around} ${this.#notices.render(messages)}`;
    }
    return this.shown
      ? html`<dialog
          class="picker"
          part="dialog"
          aria-labelledby="title"
          ${ref(this.#dialog)}
          @cancel=${this.#onCancel}
          @click=${this.#onBackdrop}
        >
          <header>
            <h2 id="title">${messages.t('browser.pickTitle')}</h2>
            <button class="icon-button" aria-label=${messages.t('common.close')} @click=${this.#onCancel}>
              ${icon('close')}
            </button>
          </header>
          <div class="frame">${this.#renderBrowser()}${this.#imports.render(messages)}</div>
          ${this.#renderPickerFooter()} ${around}
        </dialog>`
      : html``;
  }

  get #isPicker(): boolean {
    return this.mode === 'picker';
  }

  #query(): AssetQuery {
    return {
      ...(this.search === '' ? {} : { search: this.search }),
      ...(this.kind === null ? {} : { kinds: [this.kind] }),
      ...(this.tab === 'recordings' ? { sourceTypes: ['recording'] } : {}),
      sort: 'newest',
      limit: 200,
    };
  }

  #renderBrowser(): TemplateResult {
    const { messages } = this.localize;
    const tab = (name: AssetBrowserTab, key: 'browser.tabAssets' | 'browser.tabRecordings'): TemplateResult =>
      html`<button
        id="tab-${name}"
        role="tab"
        aria-selected=${String(this.tab === name)}
        aria-controls="panel"
        @click=${() => {
          this.tab = name;
        }}
      >
        ${messages.t(key)}
      </button>`;
    return html`<div class="tabs">
        <div class="segmented" role="tablist" aria-label=${messages.t('browser.title')} @keydown=${this.#onTabKey}>
          ${tab('assets', 'browser.tabAssets')}${tab('recordings', 'browser.tabRecordings')}
        </div>
        <button
          class="button import"
          ?disabled=${!this.session}
          @click=${() => {
            this.chooseFiles();
          }}
        >
          ${icon('upload')}<span class="import-text">${messages.t('browser.import')}</span>
        </button>
      </div>
      <div class="filters">
        ${searchField({
          messages,
          label: messages.t('browser.search'),
          placeholder: messages.t('browser.search'),
          value: this.#search.typed,
          onSearch: this.#search.type,
        })}
        ${filterSelect<AssetKind | null>({
          messages,
          name: 'kind',
          label: messages.t('library.filterKind'),
          value: this.kind,
          choices: kindFilters,
          onChoice: (value) => {
            this.kind = value;
          },
        })}
      </div>
      <div class="body-area" id="panel" role="tabpanel" aria-labelledby="tab-${this.tab}">
        ${this.#collection.render(this.#renderPlaceholder())}
      </div>
      <upload-tray
        part="uploads"
        exportparts="row: upload, list: upload-list, summary: upload-summary"
        .lectern=${this.session}
      ></upload-tray>`;
  }

  /** In the panel, what is chosen goes on the timeline by a button that never drags. */
  #renderChosen(): TemplateResult | typeof nothing {
    const { selectedIds } = this;
    if (selectedIds.length === 0) return nothing;
    return html`<div class="chosen">
      <button
        class="button"
        data-variant="primary"
        @click=${() => {
          this.#insert(selectedIds);
        }}
      >
        ${icon('add')}<span class="truncate">${this.t('browser.addSelected', { count: selectedIds.length })}</span>
      </button>
      <button
        class="icon-button"
        aria-label=${this.t('library.clearSelection')}
        title=${this.t('library.clearSelection')}
        @click=${() => {
          this.selectedIds = [];
          this.#collection.focus();
        }}
      >
        ${icon('close')}
      </button>
    </div>`;
  }

  #renderPickerFooter(): TemplateResult {
    const { messages } = this.localize;
    const count = this.selectedIds.length;
    return html`<footer>
      <span class="count hint truncate"
        >${count === 0 ? messages.t('browser.pickNone') : messages.t('common.selectedCount', { count })}</span
      >
      <button class="button" @click=${this.#onCancel}>${messages.t('common.cancel')}</button>
      <button
        class="button"
        data-variant="primary"
        ?disabled=${count === 0}
        @click=${() => {
          this.#settle(this.selectedIds);
        }}
      >
        ${messages.t('browser.pick', { count: Math.max(1, count) })}
      </button>
    </footer>`;
  }

  #renderPlaceholder(): TemplateResult | typeof nothing {
    const { messages } = this.localize;
    const { status, error, total } = this.#list;
    if (status === 'failed' && error)
      return errorView(error, messages, () => {
        this.#list.retry();
      });
    if (status !== 'ready') return listSkeleton('grid', messages);
    if (total > 0) return nothing;
    if (this.search !== '' || this.kind !== null) {
      return stateView({
        icon: 'search',
        title: messages.t('library.noMatchTitle'),
        text: messages.t('library.noMatchText'),
        actions: html`<button
          class="button"
          data-size="small"
          @click=${() => {
            this.kind = null;
            this.#search.type('');
          }}
        >
          ${messages.t('library.clearFilters')}
        </button>`,
      });
    }
    if (this.tab === 'recordings')
      return stateView({
        icon: 'record',
        title: messages.t('browser.noRecordings'),
        text: messages.t('browser.noRecordingsText'),
      });
    return stateView({
      icon: 'film',
      title: messages.t('browser.emptyTitle'),
      text: messages.t('browser.emptyText'),
      actions: html`<button
        class="button"
        data-variant="primary"
        @click=${() => {
          this.chooseFiles();
        }}
      >
        ${icon('upload')}${messages.t('library.chooseFiles')}
      </button>`,
    });
  }

  #meant(asset: Asset): readonly string[] {
    return this.selectedIds.includes(asset.id) ? this.selectedIds : [asset.id];
  }

  #use(asset: Asset): void {
    if (!this.#isPicker) this.#insert(this.#meant(asset));
    else this.#settle(this.single ? [asset.id] : [...new Set([...this.selectedIds, asset.id])]);
  }

  #insert(ids: readonly string[]): void {
    const assetIds = [...ids];
    const project = this.activeProject;
    if (!this.emit<AssetInsertDetail>('lectern-asset-insert-request', { assetIds }, { cancelable: true })) return;
    if (!project) return;
    const first = this.#list.items.find((asset) => asset.id === assetIds[0]);
    this.#try(async () => {
      await project.addAssets(assetIds);
      this.#announcer.say(
        assetIds.length === 1 && first
          ? this.t('browser.added', { name: first.name })
          : this.t('browser.addedCount', { count: assetIds.length }),
      );
    });
  }

  #remove(ids: readonly string[]): void {
    const assetIds = [...ids];
    if (!this.emit<AssetsDetail>('lectern-asset-delete-request', { assetIds }, { cancelable: true })) return;
    this.selectedIds = this.selectedIds.filter((id) => !assetIds.includes(id));
    this.#collection.focus();
    this.#try((session) => session.actions.deleteAssets(assetIds));
  }

  #drag(asset: Asset, event: PointerEvent, cell: HTMLElement): void {
    const assetIds = this.#meant(asset);
    const text = assetIds.length === 1 ? asset.name : this.t('library.count', { count: assetIds.length });
    const ghost = createDragGhost(cell, text);
    startAssetDrag(event, {
      assetIds,
      ghost,
      onStart: () => {
        ghost.showPopover();
      },
      onEnd: () => {
        this.#collection.ignoreClick();
      },
    });
  }

  #try(run: (session: LecternSession) => Promise<unknown>): void {
    const { session } = this;
    if (session) void attempt(session, run(session));
  }

  #settle(assetIds: readonly string[] | null): void {
    if (!this.shown) return;
    const chosen = assetIds && assetIds.length > 0 ? [...assetIds] : null;
    this.#dialog.value?.close();
    this.shown = false;
    this.#resolve?.(chosen);
    this.#resolve = null;
    if (chosen) this.emit<AssetInsertDetail>('lectern-asset-pick', { assetIds: chosen });
  }

  readonly #onTabKey = (event: KeyboardEvent): void => {
    // Moving to a tab shows it: there are two, and showing one costs nothing.
    if (this.#tabs.handleKey(event))
      (this.renderRoot as ShadowRoot).activeElement?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  };

  readonly #onCancel = (event: Event): void => {
    event.preventDefault();
    this.#settle(null);
  };

  readonly #onBackdrop = (event: MouseEvent): void => {
    if (event.target === this.#dialog.value) this.#settle(null);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'asset-browser': AssetBrowserElement;
  }
  interface HTMLElementEventMap {
    'lectern-asset-pick': CustomEvent<AssetInsertDetail>;
    'lectern-asset-insert-request': CustomEvent<AssetInsertDetail>;
  }
}
