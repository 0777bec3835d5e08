import { autoUpdate, computePosition, flip, offset, shift, size } from '@floating-ui/dom';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * A popover menu by the pattern of the ARIA guide: opens at its button or at a point, arrows and letters move, Escape
 * and Tab close, focus goes back. The host renders `<div class="menu" popover role="menu">` with `role="menuitem"`
 * buttons in it and hands it over in `open`.
 */
export class MenuController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #menu: HTMLElement | null = null;
  #returnTo: HTMLElement | null = null;
  #stop: (() => void) | null = null;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#menu !== null;
  }

  open(
    menu: HTMLElement,
    anchor: HTMLElement | { readonly x: number; readonly y: number },
    returnTo?: HTMLElement,
  ): void {
    this.close(false);
    this.#menu = menu;
    this.#returnTo = returnTo ?? (anchor instanceof HTMLElement ? anchor : null);
    const reference =
      anchor instanceof HTMLElement ? anchor : { getBoundingClientRect: () => new DOMRect(anchor.x, anchor.y, 0, 0) };
    menu.showPopover();
    const place = (): void => {
      void computePosition(reference, menu, {
        strategy: 'fixed',
        placement: 'bottom-start',
        middleware: [
          offset(4),
          flip({ padding: 8 }),
          shift({ padding: 8 }),
          size({
            padding: 8,
            apply: ({ availableHeight }) => {
              menu.style.maxBlockSize = `${String(Math.max(120, availableHeight))}px`;
            },
          }),
        ],
      }).then(({ x, y }) => {
        menu.style.left = `${String(x)}px`;
        menu.style.top = `${String(y)}px`;
      });
    };
    const unplace = anchor instanceof HTMLElement ? autoUpdate(anchor, menu, place) : (place(), undefined);
    const onKey = (event: KeyboardEvent): void => {
      this.#onKey(event);
    };
    const onToggle = (event: Event): void => {
      if ((event as ToggleEvent).newState === 'closed') this.close();
    };
    menu.addEventListener('keydown', onKey);
    menu.addEventListener('toggle', onToggle);
    this.#stop = () => {
      unplace?.();
      menu.removeEventListener('keydown', onKey);
      menu.removeEventListener('toggle', onToggle);
    };
    this.#items()[0]?.focus();
    this.#host.requestUpdate();
  }

  close(returnFocus = true): void {
    const menu = this.#menu;
    if (!menu) return;
    const hadFocus =
      menu.matches(':focus-within') ||
      (menu.getRootNode() instanceof ShadowRoot && menu.contains((menu.getRootNode() as ShadowRoot).activeElement));
    this.#menu = null;
    this.#stop?.();
    this.#stop = null;
    if (menu.matches(':popover-open')) menu.hidePopover();
    if (returnFocus && hadFocus) this.#returnTo?.focus();
    this.#returnTo = null;
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.close(false);
  }

  #items(): HTMLElement[] {
    return this.#menu
      ? [...this.#menu.querySelectorAll<HTMLElement>('[role^="menuitem"]:not([aria-disabled="true"])')]
      : [];
  }

  #onKey(event: KeyboardEvent): void {
    const items = this.#items();
    const root = this.#menu?.getRootNode() as Document | ShadowRoot | undefined;
    const index = items.indexOf(root?.activeElement as HTMLElement);
    const go = (target: number): void => {
      items[(target + items.length) % items.length]?.focus();
      event.preventDefault();
      event.stopPropagation();
    };
    switch (event.key) {
      case 'ArrowDown':
        go(index + 1);
        return;
      case 'ArrowUp':
        go(index < 0 ? -1 : index - 1);
        return;
      case 'Home':
        go(0);
        return;
      case 'End':
        go(items.length - 1);
        return;
      case 'Escape':
        event.preventDefault();
        event.stopPropagation();
        this.close();
        return;
      case 'Tab':
        this.close();
        return;
      default:
        if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== ' ') {
          const letter = event.key.toLocaleLowerCase();
          const found = [...items.slice(index + 1), ...items].find((item) =>
            item.textContent.trim().toLocaleLowerCase().startsWith(letter),
          );
          found?.focus();
          event.stopPropagation();
        }
    }
  }
}
