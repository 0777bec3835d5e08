import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import type { Messages } from '@lectern/core';
import { icon } from '../foundation/icon.js';
import type { Keymap } from '../foundation/studio-keys.js';
import { helpView } from './help-view.js';
import { readSingleKeys, writeSingleKeys } from './single-keys.js';

type DialogName = 'projects' | 'help';

/** The studio's own dialogs: the list of projects, and the keys. What is in them is made when they are opened. */
export class StudioDialogs implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #dialogs: Readonly<Record<DialogName, Ref<HTMLDialogElement>>> = {
    projects: createRef(),
    help: createRef(),
  };
  #shown: DialogName | null = null;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#shown !== null;
  }

  async show(name: DialogName): Promise<void> {
    this.#shown = name;
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    const dialog = this.#dialogs[name].value;
    if (dialog?.open === false) dialog.showModal();
  }

  close(): void {
    for (const { value } of Object.values(this.#dialogs)) value?.close();
  }

  hostDisconnected(): void {
    this.#shown = null;
  }

  render(
    m: Messages,
    keymap: Keymap | null,
    openProject: (event: HTMLElementEventMap['lectern-project-open']) => void,
  ): TemplateResult {
    return html`<dialog
        class="projects-dialog"
        aria-label=${m.t('studio.projects')}
        ${ref(this.#dialogs.projects)}
        @close=${this.#onClose}
        @lectern-project-open=${openProject}
      >
        <button class="icon-button close" type="button" aria-label=${m.t('common.close')} @click=${this.#onCloseButton}>
          ${icon('close')}
        </button>
        ${this.#shown === 'projects' ? html`<project-library class="library"></project-library>` : nothing}
      </dialog>
      <dialog class="help-dialog" aria-labelledby="help-title" ${ref(this.#dialogs.help)} @close=${this.#onClose}>
        <header>
          <h2 id="help-title">${m.t('studio.help')}</h2>
          <button class="icon-button" type="button" aria-label=${m.t('common.close')} @click=${this.#onCloseButton}>
            ${icon('close')}
          </button>
        </header>
        <div class="body-text" tabindex="0">
          ${
            this.#shown === 'help'
              ? helpView(m, keymap, readSingleKeys(), (on) => {
                  writeSingleKeys(on);
                  this.#host.requestUpdate();
                })
              : nothing
          }
        </div>
      </dialog>`;
  }

  readonly #onClose = (event: Event): void => {
    // A dialog inside the list of projects closes too, and that is none of ours.
    if (event.target !== event.currentTarget) return;
    this.#shown = null;
    this.#host.requestUpdate();
  };

  readonly #onCloseButton = (): void => {
    this.close();
  };
}
