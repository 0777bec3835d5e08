import { autoUpdate, computePosition, flip, offset, shift, type Placement } from '@floating-ui/dom';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * A popover beside its button that holds text and controls (a menu has a controller of its own). The host renders
 * `<div class="popover" popover="manual">` (`auto` would close on the press of its own button and open again); Escape and a press outside close it, and the focus goes back to the button.
 */
export class PopoverController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #popover: HTMLElement | null = null;
  #returnTo: HTMLElement | null = null;
  #stop: (() => void) | null = null;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#popover !== null;
  }

  toggle(popover: HTMLElement, anchor: HTMLElement, placement: Placement = 'bottom-start'): void {
    if (this.#popover === popover) this.close();
    else this.open(popover, anchor, placement);
  }

  open(popover: HTMLElement, anchor: HTMLElement, placement: Placement = 'bottom-start'): void {
    this.close(false);
    this.#popover = popover;
    popover.showPopover();
    const unplace = autoUpdate(anchor, popover, () => {
      void computePosition(anchor, popover, {
        strategy: 'fixed',
        placement,
        middleware: [offset(6), flip({ padding: 8 }), shift({ padding: 8 })],
      }).then(({ x, y }) => {
        popover.style.left = `${String(x)}px`;
        popover.style.top = `${String(y)}px`;
      });
    });
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    };
    const onPress = (event: PointerEvent): void => {
      const path = event.composedPath();
      if (!path.includes(popover) && !path.includes(anchor)) this.close(false);
    };
    popover.addEventListener('keydown', onKey);
    window.addEventListener('pointerdown', onPress, true);
    this.#stop = () => {
      unplace();
      popover.removeEventListener('keydown', onKey);
      window.removeEventListener('pointerdown', onPress, true);
      if (popover.matches(':popover-open')) popover.hidePopover();
      this.#returnTo = null;
    };
    this.#returnTo = anchor;
    this.#host.requestUpdate();
  }

  close(returnFocus = true): void {
    const popover = this.#popover;
    if (!popover) return;
    const back = returnFocus && popover.matches(':focus-within') ? this.#returnTo : null;
    this.#popover = null;
    this.#stop?.();
    this.#stop = null;
    back?.focus();
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.close(false);
  }
}
