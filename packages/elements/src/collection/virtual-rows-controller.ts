import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
} from '@tanstack/virtual-core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface VirtualRowsOptions {
  /** The element that scrolls, once it is rendered. */
  readonly scroller: () => HTMLElement | null;
  readonly count: () => number;
  /** Height of a row with its gap, in pixels; all are alike. */
  readonly rowSize: () => number;
  /** A row that stays in the document though it is scrolled away, because it holds the focus. */
  readonly pinned: () => number | null;
  readonly paddingEnd?: number;
}

/** Only the rows in sight are in the document, however long the list is. */
export class VirtualRowsController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: VirtualRowsOptions;
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  #stop: (() => void) | null = null;
  #rowSize = 0;

  constructor(host: ReactiveControllerHost, options: VirtualRowsOptions) {
    this.#host = host;
    this.#options = options;
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.#settings());
    host.addController(this);
  }

  get rows(): readonly VirtualItem[] {
    return this.#virtualizer.getVirtualItems();
  }

  /** Height of all rows together, in pixels. */
  get totalSize(): number {
    return this.#virtualizer.getTotalSize();
  }

  /** Rows that fit into sight at once; at least one. */
  get rowsInSight(): number {
    const height = this.#virtualizer.scrollRect?.height ?? 0;
    return Math.max(1, Math.floor(height / Math.max(1, this.#options.rowSize())));
  }

  scrollToRow(index: number): void {
    this.#virtualizer.scrollToIndex(index, { align: 'auto' });
  }

  scrollToStart(): void {
    this.#virtualizer.scrollToOffset(0);
  }

  hostConnected(): void {
    this.#stop = this.#virtualizer._didMount();
  }

  hostDisconnected(): void {
    this.#stop?.();
    this.#stop = null;
  }

  hostUpdate(): void {
    this.#virtualizer.setOptions(this.#settings());
    const rowSize = this.#options.rowSize();
    if (rowSize === this.#rowSize) return;
    this.#rowSize = rowSize;
    this.#virtualizer.measure();
  }

  hostUpdated(): void {
    this.#virtualizer._willUpdate();
  }

  #settings(): ConstructorParameters<typeof Virtualizer<HTMLElement, HTMLElement>>[0] {
    const { scroller, count, rowSize, pinned, paddingEnd } = this.#options;
    return {
      count: count(),
      getScrollElement: scroller,
      estimateSize: rowSize,
      overscan: 3,
      paddingEnd: paddingEnd ?? 0,
      scrollPaddingStart: 4,
      scrollPaddingEnd: 4,
      rangeExtractor: (range) => {
        const rows = defaultRangeExtractor(range);
        const row = pinned();
        if (row === null || row < 0 || row >= range.count || rows.includes(row)) return rows;
        return [...rows, row].sort((a, b) => a - b);
      },
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => {
        this.#host.requestUpdate();
      },
    };
  }
}
