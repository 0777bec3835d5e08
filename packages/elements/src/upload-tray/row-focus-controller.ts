import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface RowFocusOptions {
  /** What the rows are in; null while there is nothing. */
  readonly container: () => HTMLElement | null;
  /** Takes the focus when the last row has gone. */
  readonly fallback: () => HTMLElement | null;
  /** True on right-to-left pages. */
  readonly rtl: () => boolean;
}

const controls = 'button:not([disabled]), select';

/**
 * One tab stop for a grid whose rows have controls: up and down go from row to row, left and right along a row, Home
 * and End to its ends, with Ctrl to the first and last row. When the focused row or control goes, the focus goes to what
 * has taken its place.
 */
export class RowFocusController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: RowFocusOptions;
  #current: HTMLElement | null = null;
  /** Where the focus was last, as places: what was there may be gone. */
  #row = 0;
  #column = 0;
  #rowId: string | undefined;
  #hadFocus = false;
  #used = false;

  constructor(host: ReactiveControllerHost & HTMLElement, options: RowFocusOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostUpdate(): void {
    const active = this.#host.shadowRoot?.activeElement ?? null;
    this.#hadFocus = active !== null && (this.#options.container()?.contains(active) ?? false);
  }

  hostUpdated(): void {
    const rows = this.#rows();
    // Until somebody has been in it, the first control of all is the way in, whatever moves to the front.
    if (!this.#used) this.#current = this.#controlsOf(rows[0])[0] ?? null;
    else if (this.#current?.isConnected !== true || !rows.some((row) => this.#controlsOf(row).includes(this.#current)))
      this.#current = this.#successor(rows);
    this.#setStops(rows);
    const active = this.#host.shadowRoot?.activeElement ?? null;
    if (!this.#hadFocus || active !== null) return;
    (this.#current ?? this.#options.fallback())?.focus();
  }

  /** Call it from `keydown` of the container. @returns whether the key was used */
  handleKey(event: KeyboardEvent): boolean {
    const target = event.target as HTMLElement;
    if (event.altKey || event.metaKey || (target.localName === 'select' && !event.ctrlKey)) return false;
    const rows = this.#rows();
    const row = rows.findIndex((candidate) => candidate.contains(target));
    const column = this.#controlsOf(rows[row]).indexOf(target);
    if (row < 0 || column < 0) return false;
    const forward = this.#options.rtl() ? 'ArrowLeft' : 'ArrowRight';
    const backward = this.#options.rtl() ? 'ArrowRight' : 'ArrowLeft';
    const last = this.#controlsOf(rows[row]).length - 1;
    const to: Readonly<Record<string, readonly [row: number, column: number]>> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      [forward]: [row, column + 1],
      [backward]: [row, column - 1],
      Home: event.ctrlKey ? [0, 0] : [row, 0],
      End: event.ctrlKey ? [rows.length - 1, 0] : [row, last],
    };
    const place = to[event.key];
    if (!place) return false;
    event.preventDefault();
    const next = rows[Math.max(0, Math.min(rows.length - 1, place[0]))];
    const others = this.#controlsOf(next);
    this.#focus(others[Math.max(0, Math.min(others.length - 1, place[1]))]);
    return true;
  }

  /** Call it from `focusin` of the container. */
  noteFocus(event: FocusEvent): void {
    const rows = this.#rows();
    const target = event.target as HTMLElement;
    const row = rows.findIndex((candidate) => candidate.contains(target));
    const column = this.#controlsOf(rows[row]).indexOf(target);
    if (row < 0 || column < 0) return;
    this.#used = true;
    this.#current = target;
    this.#row = row;
    this.#column = column;
    this.#rowId = rows[row]?.dataset['id'];
    this.#setStops(rows);
  }

  #rows(): readonly HTMLElement[] {
    const rows = this.#options.container()?.querySelectorAll<HTMLElement>('[role="row"]') ?? [];
    return [...rows].filter((row) => this.#controlsOf(row).length > 0);
  }

  #controlsOf(row: HTMLElement | undefined): readonly (HTMLElement | null)[] {
    return [...(row?.querySelectorAll<HTMLElement>(controls) ?? [])];
  }

  #successor(rows: readonly HTMLElement[]): HTMLElement | null {
    const same = rows.find((row) => this.#rowId !== undefined && row.dataset['id'] === this.#rowId);
    const row = same ?? rows[Math.min(this.#row, rows.length - 1)];
    const others = this.#controlsOf(row);
    return others[Math.min(this.#column, others.length - 1)] ?? null;
  }

  #setStops(rows: readonly HTMLElement[]): void {
    for (const row of rows)
      for (const control of this.#controlsOf(row)) if (control) control.tabIndex = control === this.#current ? 0 : -1;
  }

  #focus(control: HTMLElement | null | undefined): void {
    if (!control) return;
    this.#current = control;
    control.focus();
  }
}
