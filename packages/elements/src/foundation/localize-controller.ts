import { LocalizeController as DocumentLanguage } from '@shoelace-style/localize';
import { loadLanguage, messagesFor, type MessageKey, type MessageParams, type Messages } from '@lectern/core';
import type { ReactiveControllerHost } from 'lit';

/**
 * The element's language and direction, read from the nearest `lang` and `dir` (an LMS sets them on `<html>`) and
 * followed when they change; the words come from the core.
 */
export class LocalizeController {
  readonly #language: DocumentLanguage;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#language = new DocumentLanguage(host);
  }

  /** BCP 47 tag of the element. */
  get locale(): string {
    return this.#language.lang();
  }

  get direction(): 'ltr' | 'rtl' {
    return this.#language.dir() === 'rtl' ? 'rtl' : 'ltr';
  }

  /** The core's messages and formatters in that language. */
  get messages(): Messages {
    return messagesFor(this.locale);
  }

  /** Until the words of that language are there; null when they are. */
  loading(): Promise<void> | null {
    return loadLanguage(this.locale);
  }

  term(key: MessageKey, params?: MessageParams): string {
    return this.messages.t(key, params);
  }
}
