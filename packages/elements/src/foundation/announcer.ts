import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { html, type TemplateResult } from 'lit';

/** One polite live region for an element: at most one sentence per 400 ms, the newest wins, a repeat is said again. */
export class Announcer implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #text = '';
  #flip = false;
  #next: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  say(text: string): void {
    if (this.#timer !== null) {
      this.#next = text;
      return;
    }
    this.#show(text);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const next = this.#next;
      this.#next = null;
      if (next !== null) this.say(next);
    }, 400);
  }

  /** Put it once into the host's template. */
  render(): TemplateResult {
    return html`<div class="visually-hidden" role="status" aria-live="polite">${this.#text}</div>`;
  }

  hostDisconnected(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#next = null;
  }

  #show(text: string): void {
    // A trailing no-break space makes the same sentence a new one for assistive technology.
    this.#flip = !this.#flip;
    this.#text = this.#flip ? text : `${text}\u00a0`;
    this.#host.requestUpdate();
  }
}
