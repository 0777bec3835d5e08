import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { toLecternError, type LecternError } from '@lectern/ports';
import { icon } from '../foundation/icon.js';
import { ModalController } from '../foundation/modal-controller.js';
import type { SavingContext } from './saving-context.js';

/** *Save as copy*: what it is called, and whether to go on in it. */
export class CopyDialog implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #context: SavingContext;
  readonly #modal: ModalController;
  #title = '';
  #busy: 'save' | 'open' | null = null;
  #error: LecternError | null = null;

  constructor(host: ReactiveControllerHost & HTMLElement, context: SavingContext) {
    this.#host = host;
    this.#context = context;
    this.#modal = new ModalController(host, { returnTo: context.returnTo });
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#modal.isOpen;
  }

  show(): void {
    const title = this.#context.project()?.details.getState().title;
    if (title === undefined) return;
    this.#title = this.#context.messages().t('autosave.copyTitle', { title });
    this.#error = null;
    this.#modal.show();
  }

  close(): void {
    this.#modal.close();
  }

  hostDisconnected(): void {
    this.#busy = null;
  }

  render(): TemplateResult | typeof nothing {
    const m = this.#context.messages();
    const busy = this.#busy;
    return this.#modal.render(() => ({
      id: 'copy-dialog',
      part: 'copy-dialog',
      title: m.t('saving.copyHeading'),
      close: m.t('common.close'),
      focusesContent: true,
      content: html`<form class="body" id="copy-form" @submit=${this.#onSubmit}>
          <label class="field">
            <span class="label">${m.t('saving.copyLabel')}</span>
            <input
              class="input"
              name="title"
              autofocus
              required
              maxlength="200"
              autocomplete="off"
              .value=${this.#title}
              @focus=${(event: Event) => {
                (event.target as HTMLInputElement).select();
              }}
              @input=${(event: Event) => {
                this.#title = (event.target as HTMLInputElement).value;
              }}
            />
          </label>
          <p class="hint">${m.t('saving.copyText')}</p>
          ${
            this.#error
              ? html`<p class="error-text" role="alert">
                  ${m.error(this.#error).title}. ${m.error(this.#error).advice}
                </p>`
              : nothing
          }
        </form>
        <footer>
          <button class="button start" type="button" @click=${this.#onCancel}>${m.t('common.cancel')}</button>
          <button class="button" type="submit" form="copy-form" value="open" ?disabled=${busy !== null}>
            ${busy === 'open' ? html`<span class="spinner"></span>` : nothing}${m.t('saving.copySaveAndOpen')}
          </button>
          <button
            class="button"
            data-variant="primary"
            type="submit"
            form="copy-form"
            value="save"
            ?disabled=${busy !== null}
          >
            ${busy === 'save' ? html`<span class="spinner"></span>` : icon('copy')}${m.t('saving.copySave')}
          </button>
        </footer>`,
    }));
  }

  async #save(title: string, open: boolean): Promise<void> {
    const project = this.#context.project();
    if (!project || this.#busy !== null) return;
    this.#busy = open ? 'open' : 'save';
    this.#error = null;
    this.#host.requestUpdate();
    try {
      const copy = await project.saveAsCopy(title);
      this.#context.say(this.#context.messages().t('autosave.copied', { title: copy.title }));
      this.#modal.close();
      if (open) this.#context.openProject(copy.id);
    } catch (error) {
      this.#error = toLecternError(error);
    } finally {
      this.#busy = null;
      this.#host.requestUpdate();
    }
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const title = this.#title.trim();
    const open = event.submitter instanceof HTMLButtonElement && event.submitter.value === 'open';
    if (title !== '') void this.#save(title, open);
  };

  readonly #onCancel = (): void => {
    this.#modal.close();
  };
}
