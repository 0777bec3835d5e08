import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface RovingFocusOptions {
  /** The items in order, as they are in the document now. */
  readonly items: () => readonly HTMLElement[];
  readonly orientation: 'horizontal' | 'vertical' | 'both';
  /** True on right-to-left pages. */
  readonly rtl: () => boolean;
}

/** One tab stop for a group (toolbar, tab list, list): arrows, Home and End move the focus inside it. */
export class RovingFocusController implements ReactiveController {
  readonly #options: RovingFocusOptions;
  #current: HTMLElement | null = null;

  constructor(host: ReactiveControllerHost, options: RovingFocusOptions) {
    this.#options = options;
    host.addController(this);
  }

  hostUpdated(): void {
    const items = this.#options.items();
    if (!this.#current || !items.includes(this.#current)) this.#current = items[0] ?? null;
    for (const item of items) item.tabIndex = item === this.#current ? 0 : -1;
  }

  /** Call it from `keydown` of the group. @returns whether the key was used */
  handleKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const items = this.#options.items();
    const path = event.composedPath();
    const index = items.findIndex((item) => path.includes(item));
    if (index < 0) return false;
    const { orientation } = this.#options;
    const forward = this.#options.rtl() ? 'ArrowLeft' : 'ArrowRight';
    const backward = this.#options.rtl() ? 'ArrowRight' : 'ArrowLeft';
    let next: number;
    if (event.key === 'Home') next = 0;
    else if (event.key === 'End') next = items.length - 1;
    else if (
      (orientation !== 'vertical' && event.key === forward) ||
      (orientation !== 'horizontal' && event.key === 'ArrowDown')
    )
      next = index + 1;
    else if (
      (orientation !== 'vertical' && event.key === backward) ||
      (orientation !== 'horizontal' && event.key === 'ArrowUp')
    )
      next = index - 1;
    else return false;
    event.preventDefault();
    this.focus(items[(next + items.length) % items.length]);
    return true;
  }

  /** Makes an item the tab stop and focuses it. */
  focus(item: HTMLElement | undefined): void {
    if (!item) return;
    this.#current = item;
    for (const other of this.#options.items()) other.tabIndex = other === item ? 0 : -1;
    item.focus();
  }
}
