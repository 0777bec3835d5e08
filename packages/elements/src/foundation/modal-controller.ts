import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import { icon } from './icon.js';

export interface ModalOptions {
  /** Where the focus goes when the dialog closes and what had it before is gone. */
  readonly returnTo?: () => HTMLElement | null;
  readonly closed?: () => void;
}

export interface ModalView {
  /** Names it, and begins the ids in it: unique within the host. */
  readonly id: string;
  readonly part: string;
  readonly title: string;
  /** The name of the closing button. */
  readonly close: string;
  /** True where something in it has `autofocus`; the heading takes the focus otherwise. */
  readonly focusesContent?: boolean;
  /** `.body` and `<footer>`. */
  readonly content: unknown;
}

/**
 * A modal dialog of a host: the browser's own, with a heading and a closing button. What is in it is made when it opens.
 * Escape, the button and a press beside it close it; the focus goes back to where it was. Keys stay inside, so that no
 * shortcut of what is behind it runs.
 */
export class ModalController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: ModalOptions;
  readonly #dialog: Ref<HTMLDialogElement> = createRef();
  #isOpen = false;
  /** It is to be shown once: between its closing and word of that, it may be rendered again. */
  #isShown = false;
  #pressedBeside = false;

  constructor(host: ReactiveControllerHost & HTMLElement, options: ModalOptions = {}) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get element(): HTMLDialogElement | null {
    return this.#dialog.value ?? null;
  }

  show(): void {
    this.#isOpen = true;
    this.#host.requestUpdate();
  }

  close(): void {
    const dialog = this.#dialog.value;
    if (dialog?.open) dialog.close();
    else this.#end();
  }

  hostUpdated(): void {
    const dialog = this.#dialog.value;
    if (!this.#isOpen || this.#isShown || !dialog?.isConnected) return;
    this.#isShown = true;
    dialog.showModal();
  }

  hostDisconnected(): void {
    this.#end();
  }

  render(view: () => ModalView): TemplateResult | typeof nothing {
    if (!this.#isOpen) return nothing;
    const { id, part, title, close, content, focusesContent = false } = view();
    return html`<dialog
      id=${id}
      part=${part}
      aria-labelledby="${id}-title"
      ${ref(this.#dialog)}
      @close=${this.#onClose}
      @pointerdown=${this.#onPress}
      @click=${this.#onClick}
      @keydown=${keepInside}
      @keyup=${keepInside}
    >
      <header>
        <h2 id="${id}-title" tabindex="-1" ?autofocus=${!focusesContent}>${title}</h2>
        <button class="icon-button" type="button" aria-label=${close} @click=${this.#onCloseButton}>
          ${icon('close')}
        </button>
      </header>
      ${content}
    </dialog>`;
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#isShown = false;
    this.#host.requestUpdate();
    this.#options.closed?.();
  }

  readonly #onClose = (event: Event): void => {
    // A dialog inside it closes too, and that is none of ours.
    if (event.target !== event.currentTarget) return;
    // The browser gives the focus back to what had it; where that is hidden by now, it would be lost.
    if (this.#isFocusLost()) this.#options.returnTo?.()?.focus();
    this.#end();
  };

  #isFocusLost(): boolean {
    const { activeElement } = this.#host.getRootNode() as Document | ShadowRoot;
    if (activeElement === this.#host) {
      const inside = this.#host.shadowRoot?.activeElement ?? null;
      return inside === null || this.#dialog.value?.contains(inside) === true;
    }
    return activeElement === null || activeElement === document.body;
  }

  readonly #onCloseButton = (): void => {
    this.close();
  };

  /** A selection that is dragged out of the dialog ends beside it, too: only a press that begins there counts. */
  readonly #onPress = (event: PointerEvent): void => {
    this.#pressedBeside = this.#isBeside(event);
  };

  readonly #onClick = (event: MouseEvent): void => {
    // A key on a button is a click without a place.
    if (event.detail > 0 && this.#pressedBeside && this.#isBeside(event)) this.close();
  };

  #isBeside({ target, clientX: x, clientY: y }: MouseEvent): boolean {
    const dialog = this.#dialog.value;
    if (!dialog || target !== dialog) return false;
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    return x < left || x > right || y < top || y > bottom;
  }
}

function keepInside(event: Event): void {
  event.stopPropagation();
}
