import type { ReactiveControllerHost } from 'lit';
import { PointerDragController } from '../foundation/pointer-drag-controller.js';
import type { OutlinePlace, OutlineRow } from './outline-moves.js';

export interface OutlineDragOptions {
  /** The element whose `[data-chapter]` sections and `[data-row]` rows are the places. */
  readonly root: () => HTMLElement | null;
  readonly drop: (row: OutlineRow, place: OutlinePlace) => void;
}

/** Where the line that shows the place lies, from the top of the scrolled content, in pixels. */
export interface DropMark extends OutlinePlace {
  readonly top: number;
}

const edge = 36;

/** Reordering by pointer: the row stays, a line shows where it will go. */
export class OutlineDragController {
  readonly #host: ReactiveControllerHost;
  readonly #options: OutlineDragOptions;
  readonly #drag: PointerDragController;
  #row: OutlineRow | null = null;
  #mark: DropMark | null = null;

  constructor(host: ReactiveControllerHost, options: OutlineDragOptions) {
    this.#host = host;
    this.#options = options;
    this.#drag = new PointerDragController(host);
  }

  /** The row on its way. */
  get row(): OutlineRow | null {
    return this.#row;
  }

  get mark(): DropMark | null {
    return this.#mark;
  }

  begin(event: PointerEvent, row: OutlineRow): void {
    this.#drag.begin(event, {
      start: () => {
        this.#row = row;
        this.#host.requestUpdate();
        return true;
      },
      move: (at) => {
        this.#scroll(at);
        this.#mark = this.placeAt(at.clientY, row.item !== null);
        this.#host.requestUpdate();
      },
      end: () => {
        const mark = this.#mark;
        this.#stop();
        if (mark) this.#options.drop(row, mark);
      },
      cancel: () => {
        this.#stop();
      },
    });
  }

  /** Shows a place for something that comes from elsewhere; null takes it away. */
  show(mark: DropMark | null): void {
    this.#mark = mark;
    this.#host.requestUpdate();
  }

  /** The place nearest to a height in the window: among the items, or among the chapters. */
  placeAt(clientY: number, amongItems: boolean): DropMark | null {
    const root = this.#options.root();
    if (!root) return null;
    const origin = root.getBoundingClientRect().top - root.scrollTop;
    const sections = [...root.querySelectorAll<HTMLElement>('[data-chapter]')];
    if (!amongItems) {
      let afterId: string | null = null;
      let top = sections[0]?.getBoundingClientRect().top ?? 0;
      for (const section of sections) {
        const box = section.getBoundingClientRect();
        if (clientY < box.top + box.height / 2) break;
        afterId = section.dataset['chapter'] ?? null;
        top = box.bottom;
      }
      return { chapterId: null, afterId, top: top - origin };
    }
    const section = sections.findLast((candidate) => candidate.getBoundingClientRect().top <= clientY) ?? sections[0];
    const chapterId = section?.dataset['chapter'];
    if (!section || chapterId === undefined) return null;
    let afterId: string | null = null;
    let top =
      section.querySelector('[data-row]')?.getBoundingClientRect().bottom ?? section.getBoundingClientRect().bottom;
    const folded = section.dataset['last'];
    if (folded !== undefined) return { chapterId, afterId: folded === '' ? null : folded, top: top - origin };
    for (const item of section.querySelectorAll<HTMLElement>('[data-item]')) {
      const box = item.getBoundingClientRect();
      if (clientY < box.top + box.height / 2) break;
      afterId = item.dataset['item'] ?? null;
      top = box.bottom;
    }
    return { chapterId, afterId, top: top - origin };
  }

  #scroll(at: PointerEvent): void {
    const root = this.#options.root();
    if (!root) return;
    const box = root.getBoundingClientRect();
    if (at.clientY < box.top + edge) root.scrollTop -= 10;
    else if (at.clientY > box.bottom - edge) root.scrollTop += 10;
  }

  #stop(): void {
    this.#row = null;
    this.#mark = null;
    this.#host.requestUpdate();
  }
}
