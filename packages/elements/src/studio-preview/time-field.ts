import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import { formatTimecode, parseTimecode, type FrameRate } from '@lectern/timeline';
import type { MessageKey } from '@lectern/core';

export interface TimeFieldOptions {
  readonly t: (key: MessageKey) => string;
  readonly frame: () => number;
  readonly rate: () => FrameRate | null;
  readonly go: (frame: number) => void;
}

/** The current time as a field: it follows the playhead, and takes it to what is typed. */
export class TimeField implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: TimeFieldOptions;
  readonly #field: Ref<HTMLInputElement> = createRef();
  #editing = false;
  #wrong = false;

  constructor(host: ReactiveControllerHost, options: TimeFieldOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#editing = false;
    this.#wrong = false;
  }

  /** Writes the time by hand, unless something is being typed. */
  show(): void {
    const field = this.#field.value;
    const rate = this.#options.rate();
    if (!field || !rate || this.#editing) return;
    const time = formatTimecode(this.#options.frame(), rate);
    if (field.value !== time) field.value = time;
  }

  render(disabled: boolean): TemplateResult {
    const { t } = this.#options;
    return html`<input
      class="timecode"
      type="text"
      autocomplete="off"
      spellcheck="false"
      aria-label=${t('preview.currentTime')}
      aria-invalid=${this.#wrong ? 'true' : 'false'}
      title=${t(this.#wrong ? 'preview.badTime' : 'preview.currentTimeHint')}
      ?disabled=${disabled}
      ${ref(this.#field)}
      @focus=${this.#onFocus}
      @blur=${this.#onBlur}
      @keydown=${this.#onKey}
    />`;
  }

  #mark(wrong: boolean): void {
    this.#wrong = wrong;
    this.#host.requestUpdate();
  }

  readonly #onFocus = (): void => {
    this.#editing = true;
    this.#field.value?.select();
  };

  readonly #onBlur = (): void => {
    this.#editing = false;
    this.#mark(false);
    this.show();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const field = this.#field.value;
    const rate = this.#options.rate();
    if (!field || !rate) return;
    if (event.key === 'Escape') {
      field.value = formatTimecode(this.#options.frame(), rate);
      this.#mark(false);
      field.select();
    } else if (event.key === 'Enter') {
      const frame = parseTimecode(field.value, rate);
      this.#mark(frame === null || frame < 0);
      if (frame === null || frame < 0) return;
      this.#options.go(frame);
      field.value = formatTimecode(this.#options.frame(), rate);
      field.select();
    }
  };
}
