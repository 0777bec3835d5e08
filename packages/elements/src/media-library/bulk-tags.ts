import { html, type nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Messages } from '@lectern/core';
import { ModalController } from '../foundation/modal-controller.js';

export interface BulkTagsOptions {
  readonly messages: () => Messages;
  readonly tag: (assetIds: readonly string[], tags: readonly string[]) => void;
  readonly returnTo: () => HTMLElement | null;
}

/** Asks which tags several assets are to get. */
export class BulkTags {
  readonly #options: BulkTagsOptions;
  readonly #modal: ModalController;
  #assetIds: readonly string[] = [];

  constructor(host: ReactiveControllerHost & HTMLElement, options: BulkTagsOptions) {
    this.#options = options;
    this.#modal = new ModalController(host, { returnTo: options.returnTo });
  }

  ask(assetIds: readonly string[]): void {
    this.#assetIds = [...assetIds];
    this.#modal.show();
  }

  render(): TemplateResult | typeof nothing {
    const messages = this.#options.messages();
    return this.#modal.render(() => ({
      id: 'bulk-tags',
      part: 'tag-dialog',
      title: messages.t('operations.tagSelected', { count: this.#assetIds.length }),
      close: messages.t('common.close'),
      focusesContent: true,
      content: html`<form class="body" id="bulk-tags-form" method="dialog" @submit=${this.#onSubmit}>
          <label class="field">
            <span class="label">${messages.t('operations.tagsLabel')}</span>
            <input class="input" name="tags" autocomplete="off" maxlength="512" required autofocus />
          </label>
        </form>
        <footer>
          <button
            class="button"
            type="button"
            @click=${() => {
              this.#modal.close();
            }}
          >
            ${messages.t('common.cancel')}
          </button>
          <button class="button" data-variant="primary" type="submit" form="bulk-tags-form">
            ${messages.t('common.add')}
          </button>
        </footer>`,
    }));
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const value = new FormData(event.target as HTMLFormElement).get('tags');
    const tags = (typeof value === 'string' ? value : '')
      .split(',')
      .map((tag) => tag.trim().slice(0, 64))
      .filter((tag) => tag !== '');
    this.#modal.close();
    if (tags.length > 0) this.#options.tag(this.#assetIds, tags);
  };
}
