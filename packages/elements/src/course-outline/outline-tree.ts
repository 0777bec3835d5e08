import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ChapterItem, CourseOutline } from '@lectern/ports';
import { TypeAhead } from '../collection/type-ahead.js';
import { outlineRows, titleOf, type OutlineChapter, type OutlineRow } from './outline-moves.js';
import { chapterBranch, type OutlineRowContext } from './outline-rows.js';

export interface OutlineTreeOptions {
  readonly outline: () => CourseOutline | null;
  readonly rtl: () => boolean;
  readonly readonly: () => boolean;
  readonly open: (item: ChapterItem, chapter: OutlineChapter) => void;
  readonly rename: (row: OutlineRow) => void;
  readonly remove: (row: OutlineRow) => void;
  readonly step: (row: OutlineRow, by: 1 | -1) => void;
  readonly menu: (
    row: OutlineRow,
    at: HTMLElement | { readonly x: number; readonly y: number },
    returnTo: HTMLElement,
  ) => void;
}

/**
 * The tree by the pattern of the ARIA guide: one tab stop, arrows walk and fold, letters find, and every command of a
 * row has its key.
 */
export class OutlineTreeController implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly renderRoot: DocumentFragment | HTMLElement };
  readonly #options: OutlineTreeOptions;
  readonly #typeAhead: TypeAhead = new TypeAhead();
  #folded: ReadonlySet<string> = new Set();
  #activeId: string | null = null;
  #focusWanted = false;

  constructor(
    host: ReactiveControllerHost & { readonly renderRoot: DocumentFragment | HTMLElement },
    options: OutlineTreeOptions,
  ) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** The rows that are not folded away. */
  get rows(): readonly OutlineRow[] {
    const outline = this.#options.outline();
    return outline ? outlineRows(outline, this.isFolded) : [];
  }

  get activeId(): string | null {
    return this.#activeId;
  }

  readonly isFolded = (chapterId: string): boolean => this.#folded.has(chapterId);

  readonly toggle = (chapterId: string): void => {
    const folded = new Set(this.#folded);
    if (!folded.delete(chapterId)) folded.add(chapterId);
    this.#folded = folded;
    this.#host.requestUpdate();
  };

  unfold(chapterId: string): void {
    if (this.isFolded(chapterId)) this.toggle(chapterId);
  }

  /** Makes a row the active one; it needn't be there yet. */
  activate(id: string | null): void {
    this.#activeId = id;
    this.#host.requestUpdate();
  }

  /** Moves the focus to a row as soon as it is rendered; to the active one when that row isn't there. */
  focus(id: string | null = this.#activeId): void {
    if (this.rows.some((row) => row.id === id)) this.#activeId = id;
    this.#focusWanted = true;
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    const { rows } = this;
    if (!rows.some((row) => row.id === this.#activeId)) this.#activeId = rows[0]?.id ?? null;
  }

  hostUpdated(): void {
    if (!this.#focusWanted) return;
    const row = this.#element(this.#activeId);
    if (!row) return;
    this.#focusWanted = false;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  }

  render(outline: CourseOutline, context: OutlineRowContext): TemplateResult {
    const { chapters } = outline;
    return html`<div
      class="tree"
      role="tree"
      aria-label=${outline.course.title}
      @keydown=${this.#onKey}
      @focusin=${this.#onFocusIn}
      @click=${this.#onClick}
      @dblclick=${this.#onDoubleClick}
      @contextmenu=${this.#onContextMenu}
    >
      ${repeat(
        chapters,
        (chapter) => chapter.id,
        (chapter, index) => chapterBranch(chapter, index + 1, chapters.length, context),
      )}
    </div>`;
  }

  #element(id: string | null): HTMLElement | null {
    return this.#host.renderRoot.querySelector<HTMLElement>(`[role="treeitem"][data-id="${CSS.escape(id ?? '')}"]`);
  }

  #rowAt(event: Event): OutlineRow | null {
    const node = event
      .composedPath()
      .find((candidate) => candidate instanceof HTMLElement && candidate.role === 'treeitem');
    const id = (node as HTMLElement | undefined)?.dataset['id'];
    return this.rows.find((row) => row.id === id) ?? null;
  }

  readonly #onFocusIn = (event: FocusEvent): void => {
    const row = this.#rowAt(event);
    if (row) this.activate(row.id);
  };

  readonly #onClick = (event: MouseEvent): void => {
    const row = this.#rowAt(event);
    if (row && !isControl(event)) this.focus(row.id);
  };

  readonly #onDoubleClick = (event: MouseEvent): void => {
    const row = this.#rowAt(event);
    if (!row || isControl(event)) return;
    const onName = event.composedPath().some((node) => node instanceof HTMLElement && 'name' in node.dataset);
    if (onName && !this.#options.readonly()) this.#options.rename(row);
    else if (row.item) this.#options.open(row.item, row.chapter);
  };

  readonly #onContextMenu = (event: MouseEvent): void => {
    const row = this.#rowAt(event);
    const node = row && this.#element(row.id);
    if (!node || this.#options.readonly() || event.composedPath()[0] instanceof HTMLInputElement) return;
    event.preventDefault();
    // The menu key has no place of its own.
    const byKey = event.clientX === 0 && event.clientY === 0;
    this.#options.menu(row, byKey ? node : { x: event.clientX, y: event.clientY }, node);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const row = this.#rowAt(event);
    if (!row || isControl(event) || event.ctrlKey || event.metaKey) return;
    const used = event.altKey ? this.#shift(event, row) : this.#command(event, row) || this.#walk(event, row);
    if (!used) return;
    event.preventDefault();
    event.stopPropagation();
  };

  #shift(event: KeyboardEvent, row: OutlineRow): boolean {
    if (this.#options.readonly() || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return false;
    this.#options.step(row, event.key === 'ArrowUp' ? -1 : 1);
    return true;
  }

  #command(event: KeyboardEvent, row: OutlineRow): boolean {
    const { key } = event;
    const { open, readonly, rename, remove, menu } = this.#options;
    if (key === 'Enter') {
      if (row.item) open(row.item, row.chapter);
      else this.toggle(row.id);
      return true;
    }
    if (readonly()) return false;
    const node = this.#element(row.id);
    if (key === 'F2') rename(row);
    else if (key === 'Delete' || key === 'Backspace') remove(row);
    else if (node && (key === 'ContextMenu' || (key === 'F10' && event.shiftKey))) menu(row, node, node);
    else return false;
    return true;
  }

  #walk(event: KeyboardEvent, row: OutlineRow): boolean {
    const { rows } = this;
    const index = rows.findIndex((candidate) => candidate.id === row.id);
    const [inward, outward] = this.#options.rtl() ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
    let to: number;
    if (event.key === 'ArrowDown') to = Math.min(rows.length - 1, index + 1);
    else if (event.key === 'ArrowUp') to = Math.max(0, index - 1);
    else if (event.key === 'Home') to = 0;
    else if (event.key === 'End') to = rows.length - 1;
    else if (event.key === inward) to = this.#inward(row, index);
    else if (event.key === outward) to = this.#outward(row, rows, index);
    else {
      const found = this.#typeAhead.find(event, index, rows.length, (at) => (rows[at] ? titleOf(rows[at]) : null));
      if (found === null) return false;
      to = found;
    }
    this.focus(rows[to]?.id ?? row.id);
    return true;
  }

  /** Unfolds a chapter; goes into one that is unfolded. */
  #inward(row: OutlineRow, index: number): number {
    if (row.item) return index;
    if (!this.isFolded(row.id)) return row.chapter.items.length > 0 ? index + 1 : index;
    this.toggle(row.id);
    return index;
  }

  /** Goes from an item to its chapter; folds a chapter. */
  #outward(row: OutlineRow, rows: readonly OutlineRow[], index: number): number {
    if (row.item) return rows.findIndex((candidate) => candidate.id === row.chapter.id);
    if (!this.isFolded(row.id)) this.toggle(row.id);
    return index;
  }
}

function isControl(event: Event): boolean {
  const first = event.composedPath()[0];
  return first instanceof Element && first.closest('button, input, select') !== null;
}
