import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from '../foundation/style-map.js';
import {
  emptySelection,
  keepSelected,
  selectId,
  selectModeOf,
  type MultiSelection,
  type SelectMode,
} from './multi-selection.js';
import type { PagedListController } from './paged-list-controller.js';
import { TypeAhead } from './type-ahead.js';
import { VirtualRowsController } from './virtual-rows-controller.js';

export interface CollectionLayout {
  readonly view: 'grid' | 'list';
  /** Least width of a card, in pixels; there are at least two beside each other where that is possible at all. */
  readonly cardWidth: number;
  /** Height of what stands under a card's picture, in rem. */
  readonly cardText: number;
  /** Height of a row of the list, in rem. */
  readonly rowHeight: number;
  /** Between cards, in pixels. */
  readonly gap: number;
  /** Around all, in pixels. */
  readonly padding: number;
}

export interface CellContext {
  readonly index: number;
  /** Ids for the parts that name the cell, in the order in which they stand in it: words, picture, and more if there is. */
  readonly ids: CellIds;
  readonly selected: boolean;
  readonly view: 'grid' | 'list';
}

export interface CellIds {
  readonly text: string;
  readonly thumb: string;
  readonly more: string;
}

function idsOf(index: number): CellIds {
  const cell = `cell-${String(index)}`;
  return { text: `${cell}-text`, thumb: `${cell}-thumb`, more: `${cell}-more` };
}

export interface CollectionOptions<Item> {
  readonly list: PagedListController<Item>;
  readonly idOf: (item: Item) => string;
  readonly nameOf: (item: Item) => string;
  readonly label: () => string;
  readonly layout: () => CollectionLayout;
  /** `grid` to manage, `listbox` to choose. */
  readonly role: () => 'grid' | 'listbox';
  readonly multiple: () => boolean;
  readonly rtl: () => boolean;
  /** Whether what was chosen stays chosen though the list no longer shows it. */
  readonly keepsSelection?: () => boolean;
  /** The picture and the words of an item; null while it isn't read yet. */
  readonly renderItem: (item: Item | null, context: CellContext) => TemplateResult;
  /** The further cells of a row of the list, each `role="gridcell"`. */
  readonly renderColumns?: (item: Item | null, context: CellContext) => TemplateResult;
  /** The row of column headers of the list, each `role="columnheader"`. */
  readonly renderHeaders?: () => TemplateResult;
  /** What a press without modifier keys does; `only` when left out. */
  readonly pressMode?: () => SelectMode;
  readonly selectionChanged: (ids: readonly string[]) => void;
  /** Enter or a double click. */
  readonly open: (item: Item) => void;
  /** F2. */
  readonly rename?: (item: Item) => void;
  /** Delete: the selected ones, or the one with the focus. */
  readonly remove?: (ids: readonly string[]) => void;
  /** The menu key, a right click, Shift F10. */
  readonly menu?: (item: Item, at: HTMLElement | { readonly x: number; readonly y: number }, cell: HTMLElement) => void;
  readonly pointerDown?: (item: Item, event: PointerEvent, cell: HTMLElement) => void;
}

/**
 * A long list as cards or rows: only what is in sight is in the document; one tab stop, arrows, Home, End, Page keys and
 * type-ahead move; Space, Ctrl and Shift choose. Everything lies in the host's own shadow root, so that names and
 * descriptions reach it.
 */
export class CollectionController<Item> implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  readonly #options: CollectionOptions<Item>;
  readonly #rows: VirtualRowsController;
  readonly #scroller: Ref<HTMLElement> = createRef();
  readonly #typeAhead: TypeAhead = new TypeAhead();
  #selection: MultiSelection = emptySelection;
  #chosen: ReadonlySet<string> = new Set();
  #active = 0;
  #activeId: string | null = null;
  #focusWanted = false;
  #selectAllWanted = false;
  #seen: readonly Item[] = [];
  #rem = 16;
  #clicksIgnored = false;

  constructor(host: ReactiveControllerHost & Element, options: CollectionOptions<Item>) {
    this.#host = host;
    this.#options = options;
    // Before the rows: they ask for the number of columns while they are set up.
    host.addController(this);
    this.#rows = new VirtualRowsController(host, {
      scroller: () => this.#scroller.value ?? null,
      count: () => Math.ceil(this.#options.list.total / this.columns),
      rowSize: () => this.#rowSize(),
      pinned: () => Math.floor(this.#active / this.columns),
      paddingEnd: this.#options.layout().padding,
    });
  }

  /** Ids of the chosen items, in the order of choosing. */
  get selectedIds(): readonly string[] {
    return this.#selection.ids;
  }

  /** The item that has, or would get, the focus. */
  get activeItem(): Item | null {
    return this.#options.list.items[this.#active] ?? null;
  }

  get columns(): number {
    const { view, cardWidth, gap, padding } = this.#options.layout();
    if (view === 'list') return 1;
    const width = this.#width() - 2 * padding;
    const wanted = Math.floor((width + gap) / (cardWidth + gap));
    return Math.max(width >= 2 * 88 + gap ? 2 : 1, wanted);
  }

  setSelection(ids: readonly string[], tell = true): void {
    const selection = { ids, anchorId: ids.at(-1) ?? null };
    if (tell) this.#select(selection);
    else {
      this.#selection = selection;
      this.#chosen = new Set(ids);
      this.#host.requestUpdate();
    }
  }

  /** Chooses all that match, also those that aren't read yet, as soon as they are. */
  selectAll(): void {
    this.#selectAllWanted = true;
    this.#host.requestUpdate();
  }

  /** Moves the focus to the active item, once it is rendered. */
  focus(): void {
    this.#focusWanted = true;
    this.#host.requestUpdate();
  }

  /** Lets the click that follows a drag go by. */
  ignoreClick(): void {
    this.#clicksIgnored = true;
    setTimeout(() => {
      this.#clicksIgnored = false;
    });
  }

  /** Makes an item the active one, if it is read. */
  activate(id: string): void {
    const index = this.#options.list.items.findIndex((item) => this.#options.idOf(item) === id);
    if (index >= 0) this.#setActive(index);
  }

  /** Back to the top, as for a new question. */
  reset(): void {
    this.#active = 0;
    this.#activeId = null;
    this.#rows.scrollToStart();
  }

  hostConnected(): void {
    this.#rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  }

  hostUpdate(): void {
    const { list, idOf } = this.#options;
    const { items } = list;
    if (items !== this.#seen) {
      this.#seen = items;
      this.#follow(items);
    }
    if (this.#selectAllWanted && !list.isPrevious && items.length >= list.total) {
      this.#selectAllWanted = false;
      this.#select({ ids: items.map(idOf), anchorId: items[0] ? idOf(items[0]) : null });
    }
    this.#active = Math.max(0, Math.min(this.#active, list.total - 1));
  }

  hostUpdated(): void {
    if (!this.#focusWanted) return;
    const cell = this.#cell(this.#active);
    if (!cell) return;
    this.#focusWanted = false;
    cell.focus({ preventScroll: true });
  }

  /** The list itself; `placeholder` stands in its place when there is nothing in it. */
  render(placeholder: TemplateResult | typeof nothing): TemplateResult {
    const { list, role, label, layout, multiple, renderHeaders } = this.#options;
    const { view } = layout();
    const isGrid = role() === 'grid';
    const { total } = list;
    const shown = placeholder === nothing && total > 0;
    if (this.#selectAllWanted) list.want(total - 1);
    return html`<div
      class="scroller"
      part="list"
      data-view=${view}
      ?data-previous=${list.isPrevious}
      ${ref(this.#scroller)}
      @click=${this.#onClick}
      @dblclick=${this.#onDoubleClick}
      @contextmenu=${this.#onContextMenu}
      @pointerdown=${this.#onPointerDown}
      @keydown=${this.#onKey}
      @focusin=${this.#onFocusIn}
    >
      ${
        shown
          ? html`<div
              class="collection"
              role=${role()}
              aria-label=${label()}
              aria-multiselectable=${multiple() ? 'true' : 'false'}
              aria-rowcount=${isGrid ? String(Math.ceil(total / this.columns) + (view === 'list' && renderHeaders ? 1 : 0)) : nothing}
              aria-busy=${list.isPrevious ? 'true' : 'false'}
            >
              ${
                view === 'list' && isGrid && renderHeaders
                  ? html`<div class="heads" role="rowgroup">
                      <div class="row head" role="row" aria-rowindex="1">${renderHeaders()}</div>
                    </div>`
                  : nothing
              }
              <div
                class="rows"
                role=${isGrid ? 'rowgroup' : 'presentation'}
                style=${styleMap({ blockSize: `${String(this.#rows.totalSize)}px` })}
              >
                ${repeat(
                  this.#rows.rows,
                  (row) => row.key,
                  (row) => this.#renderRow(row.index, row.start),
                )}
              </div>
            </div>`
          : placeholder
      }
    </div>`;
  }

  #renderRow(rowIndex: number, start: number): TemplateResult {
    const { list, layout, role, renderColumns, renderHeaders } = this.#options;
    const { columns } = this;
    const { view } = layout();
    const first = rowIndex * columns;
    const count = Math.min(columns, list.total - first);
    list.want(first + count - 1);
    const isGrid = role() === 'grid';
    const item = list.items[first] ?? null;
    const selected = item !== null && this.#isSelected(item);
    const heads = view === 'list' && renderHeaders ? 1 : 0;
    return html`<div
      class="row"
      role=${isGrid ? 'row' : 'presentation'}
      aria-rowindex=${isGrid ? String(rowIndex + 1 + heads) : nothing}
      aria-selected=${isGrid && view === 'list' ? String(selected) : nothing}
      ?data-selected=${view === 'list' && selected}
      style=${styleMap({ transform: `translateY(${String(start)}px)`, '--columns': String(columns) })}
    >
      ${Array.from({ length: Math.max(0, count) }, (_, column) => this.#renderCell(first + column, column))}
      ${view === 'list' && isGrid && renderColumns ? renderColumns(item, { index: first, ids: idsOf(first), selected, view }) : nothing}
    </div>`;
  }

  #renderCell(index: number, column: number): TemplateResult {
    const { list, role, layout, renderItem } = this.#options;
    const { view } = layout();
    const item = list.items[index] ?? null;
    const selected = item !== null && this.#isSelected(item);
    const isGrid = role() === 'grid';
    const ids = idsOf(index);
    return html`<div
      class="cell"
      part="item"
      role=${isGrid ? 'gridcell' : 'option'}
      tabindex=${index === this.#active ? 0 : -1}
      data-index=${index}
      aria-colindex=${isGrid ? String(column + 1) : nothing}
      aria-posinset=${isGrid ? nothing : String(index + 1)}
      aria-setsize=${isGrid ? nothing : String(list.total)}
      aria-selected=${isGrid && view === 'list' ? nothing : String(selected)}
      aria-labelledby=${item === null ? nothing : `${ids.text} ${ids.thumb} ${ids.more}`}
      aria-busy=${item === null ? 'true' : nothing}
      ?data-selected=${selected}
    >
      ${renderItem(item, { index, ids, selected, view })}
    </div>`;
  }

  #width(): number {
    return this.#scroller.value?.clientWidth ?? 0;
  }

  #rowSize(): number {
    const { view, rowHeight, cardText, gap, padding } = this.#options.layout();
    if (view === 'list') return Math.round(rowHeight * this.#rem);
    const { columns } = this;
    const card = (Math.max(0, this.#width() - 2 * padding) - gap * (columns - 1)) / columns;
    return Math.max(48, Math.round((card * 9) / 16 + cardText * this.#rem + gap));
  }

  #isSelected(item: Item): boolean {
    return this.#chosen.has(this.#options.idOf(item));
  }

  /** After the list changed: the focus stays with its item, and what is gone is no longer chosen. */
  #follow(items: readonly Item[]): void {
    const { list, idOf } = this.#options;
    if (this.#activeId !== null) {
      const here = items[this.#active];
      if (!here || idOf(here) !== this.#activeId) {
        const index = items.findIndex((item) => idOf(item) === this.#activeId);
        if (index >= 0) this.#active = index;
        else this.#activeId = null;
      }
    }
    if (this.#selection.ids.length === 0 || list.isPrevious || items.length < list.total) return;
    if (this.#options.keepsSelection?.()) return;
    const ids = new Set(items.map(idOf));
    const kept = keepSelected(this.#selection, (id) => ids.has(id));
    if (kept !== this.#selection) this.#select(kept);
  }

  #select(selection: MultiSelection): void {
    const before = this.#selection.ids;
    this.#selection = selection;
    this.#chosen = new Set(selection.ids);
    this.#host.requestUpdate();
    const same = before.length === selection.ids.length && before.every((id, index) => id === selection.ids[index]);
    if (!same) this.#options.selectionChanged(selection.ids);
  }

  #choose(index: number, mode: SelectMode): void {
    const { list, idOf, multiple } = this.#options;
    const item = list.items[index];
    if (!item) return;
    this.#select(selectId(list.items.map(idOf), this.#selection, idOf(item), multiple() ? mode : 'only'));
  }

  #setActive(index: number): void {
    const { list, idOf } = this.#options;
    this.#active = Math.max(0, Math.min(index, list.total - 1));
    const item = list.items[this.#active];
    this.#activeId = item ? idOf(item) : null;
  }

  #cell(index: number): HTMLElement | null {
    return this.#scroller.value?.querySelector<HTMLElement>(`.cell[data-index="${String(index)}"]`) ?? null;
  }

  /** The cell and its item that an event is about; null when it is about a control inside it. */
  #at(event: Event): {
    readonly index: number;
    readonly item: Item | null;
    readonly cell: HTMLElement;
    readonly onControl: boolean;
  } | null {
    let onControl = false;
    for (const node of event.composedPath()) {
      if (!(node instanceof HTMLElement)) continue;
      if (node === this.#scroller.value) return null;
      if (node.matches('button, input, select, textarea, a, label')) onControl = true;
      const inRow = node.matches('.row:not(.head)') ? node.querySelector<HTMLElement>('.cell') : null;
      const cell = node.matches('.cell') ? node : inRow;
      if (!cell) continue;
      const index = Number(cell.dataset['index']);
      return { index, item: this.#options.list.items[index] ?? null, cell, onControl };
    }
    return null;
  }

  readonly #onFocusIn = (event: FocusEvent): void => {
    const at = this.#at(event);
    if (!at || at.index === this.#active) return;
    this.#setActive(at.index);
    this.#host.requestUpdate();
  };

  readonly #onClick = (event: MouseEvent): void => {
    if (this.#clicksIgnored) return;
    const at = this.#at(event);
    if (!at) {
      // A press on the empty ground lets go of the selection.
      if (event.target === this.#scroller.value || (event.target as Element).matches('.rows, .collection'))
        this.#select(emptySelection);
      return;
    }
    if (at.onControl) {
      const tick = event.composedPath()[0];
      if (tick instanceof HTMLInputElement && tick.type === 'checkbox') {
        this.#setActive(at.index);
        this.#choose(at.index, event.shiftKey ? 'add-range' : 'toggle');
        this.#host.requestUpdate();
      }
      return;
    }
    const mode = selectModeOf(event);
    this.#setActive(at.index);
    this.#choose(at.index, mode === 'only' ? (this.#options.pressMode?.() ?? 'only') : mode);
    this.focus();
  };

  readonly #onDoubleClick = (event: MouseEvent): void => {
    const at = this.#at(event);
    if (!at?.item || at.onControl) return;
    const onName = event.composedPath().some((node) => node instanceof HTMLElement && node.classList.contains('name'));
    if (onName && this.#options.rename) this.#options.rename(at.item);
    else this.#options.open(at.item);
  };

  readonly #onContextMenu = (event: MouseEvent): void => {
    const at = this.#at(event);
    if (!at?.item || !this.#options.menu || (at.onControl && event.composedPath()[0] instanceof HTMLInputElement))
      return;
    event.preventDefault();
    this.#setActive(at.index);
    if (!this.#isSelected(at.item)) this.#choose(at.index, 'only');
    // The menu key has no place of its own.
    const byKey = event.button !== 2 || (event.clientX === 0 && event.clientY === 0);
    this.#options.menu(at.item, byKey ? at.cell : { x: event.clientX, y: event.clientY }, at.cell);
  };

  readonly #onPointerDown = (event: PointerEvent): void => {
    const at = this.#at(event);
    if (at?.item && !at.onControl) this.#options.pointerDown?.(at.item, event, at.cell);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const at = this.#at(event);
    if (!at || at.onControl) return;
    if (this.#command(event, at.index, at.item, at.cell) || this.#move(event, at.index)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  #command(event: KeyboardEvent, index: number, item: Item | null, cell: HTMLElement): boolean {
    const { idOf, open, rename, remove, menu, multiple } = this.#options;
    const ctrl = event.ctrlKey || event.metaKey;
    if (event.key === ' ' && !this.#typeAhead.isTyping(event)) {
      this.#choose(index, event.shiftKey ? 'range' : 'toggle');
      return true;
    }
    if (ctrl && event.key.toLowerCase() === 'a' && multiple()) {
      this.selectAll();
      return true;
    }
    if (event.key === 'Escape' && this.#selection.ids.length > 0 && this.#options.role() === 'grid') {
      this.#select(emptySelection);
      return true;
    }
    if (!item || ctrl || event.altKey) return false;
    if (event.key === 'Enter') open(item);
    else if (event.key === 'F2' && rename) rename(item);
    else if ((event.key === 'Delete' || (event.key === 'Backspace' && !this.#typeAhead.isTyping(event))) && remove)
      remove(this.#isSelected(item) ? this.#selection.ids : [idOf(item)]);
    else if ((event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) && menu) menu(item, cell, cell);
    else return false;
    return true;
  }

  #move(event: KeyboardEvent, from: number): boolean {
    const { list, nameOf, rtl, multiple } = this.#options;
    const { columns } = this;
    const last = list.total - 1;
    const page = this.#rows.rowsInSight * columns;
    const forward = rtl() ? -1 : 1;
    let to: number;
    switch (event.altKey ? '' : event.key) {
      case 'ArrowRight':
        to = columns > 1 ? from + forward : from;
        break;
      case 'ArrowLeft':
        to = columns > 1 ? from - forward : from;
        break;
      case 'ArrowDown':
        to =
          from + columns <= last
            ? from + columns
            : Math.floor(from / columns) < Math.floor(last / columns)
              ? last
              : from;
        break;
      case 'ArrowUp':
        to = from - columns >= 0 ? from - columns : from;
        break;
      case 'PageDown':
        to = Math.min(last, from + page);
        break;
      case 'PageUp':
        to = Math.max(0, from - page);
        break;
      case 'Home':
        to = 0;
        break;
      case 'End':
        to = last;
        break;
      default: {
        const found = this.#typeAhead.find(event, from, list.items.length, (index) => {
          const item = list.items[index];
          return item ? nameOf(item) : null;
        });
        if (found === null) return false;
        to = found;
      }
    }
    to = Math.max(0, Math.min(last, to));
    this.#setActive(to);
    this.#rows.scrollToRow(Math.floor(to / columns));
    if (event.shiftKey && multiple() && event.key.length > 1) {
      if (this.#selection.anchorId === null) this.#choose(from, 'only');
      this.#choose(to, 'range');
    }
    this.focus();
    return true;
  }
}
