import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';

export interface InlineEditOptions {
  /** Called with a value that isn't the old one, and not empty unless it may be. */
  readonly commit: (id: string, value: string) => void;
  /** Whether nothing at all is a value. */
  readonly mayBeEmpty?: (id: string) => boolean;
  /** Called when the field goes away by a key; the focus belongs back where it came from. */
  readonly done: (id: string) => void;
}

/** Renaming in place: Enter or leaving the field keeps the name, Escape doesn't. */
export class InlineEditController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: InlineEditOptions;
  #editing: string | null = null;
  #focused: Element | undefined;

  constructor(host: ReactiveControllerHost, options: InlineEditOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** Id of what is being renamed. */
  get editing(): string | null {
    return this.#editing;
  }

  begin(id: string): void {
    this.#editing = id;
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#editing = null;
  }

  /** The field. `label` names it, since there is no visible label in place. */
  render(value: string, label: string, maxLength = 255): TemplateResult {
    return html`<input
      class="input rename"
      data-size="small"
      type="text"
      spellcheck="false"
      autocomplete="off"
      maxlength=${maxLength}
      aria-label=${label}
      .value=${value}
      ${ref(this.#focus)}
      @keydown=${(event: KeyboardEvent) => {
        this.#onKey(event, value);
      }}
      @blur=${(event: FocusEvent) => {
        this.#finish(event.target as HTMLInputElement, value);
      }}
      @click=${stop}
      @dblclick=${stop}
      @pointerdown=${stop}
    />`;
  }

  readonly #focus = (element: Element | undefined): void => {
    if (!element || element === this.#focused) {
      if (!element) this.#focused = undefined;
      return;
    }
    this.#focused = element;
    // The field isn't in the document yet when the template hands it over.
    queueMicrotask(() => {
      const field = element as HTMLInputElement;
      field.focus();
      const dot = field.value.lastIndexOf('.');
      field.setSelectionRange(0, dot > 0 && field.value.length - dot <= 6 ? dot : field.value.length);
    });
  };

  #onKey(event: KeyboardEvent, value: string): void {
    event.stopPropagation();
    if (event.isComposing) return;
    const id = this.#editing;
    if (id === null) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      this.#finish(event.target as HTMLInputElement, value);
      this.#options.done(id);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      this.#editing = null;
      this.#host.requestUpdate();
      this.#options.done(id);
    }
  }

  #finish(field: HTMLInputElement, old: string): void {
    const id = this.#editing;
    if (id === null) return;
    this.#editing = null;
    this.#host.requestUpdate();
    const value = field.value.trim();
    if (value !== old && (value !== '' || this.#options.mayBeEmpty?.(id))) this.#options.commit(id, value);
  }
}

function stop(event: Event): void {
  event.stopPropagation();
}
