import type { LecternSession, Messages, ProjectSession } from '@lectern/core';
import { serialiseError, toLecternError } from '@lectern/ports';
import { html, type TemplateResult } from 'lit';

export interface MediaAdderOptions {
  readonly host: HTMLElement;
  readonly project: () => ProjectSession | null;
  readonly session: () => LecternSession | null;
  readonly messages: () => Messages;
  readonly say: (text: string) => void;
}

/** The button of an empty timeline: asks the studio around for media, or the person for files where there is none. */
export class MediaAdder {
  readonly #options: MediaAdderOptions;

  constructor(options: MediaAdderOptions) {
    this.#options = options;
  }

  readonly add = (): void => {
    const project = this.#options.project();
    if (project?.hasView === true && project.request('import')) return;
    this.#options.host.shadowRoot?.querySelector<HTMLInputElement>('.files')?.click();
  };

  /** What adding or dropping ran into: said here, and told where notices are shown. */
  readonly tellFailure = (thrown: unknown): void => {
    const error = toLecternError(thrown);
    const { title, advice } = this.#options.messages().error(error);
    this.#options.say(`${title} ${advice}`);
    this.#options
      .session()
      ?.actions.notify({ tone: 'error', message: { key: 'common.error' }, error: serialiseError(error) });
  };

  render(): TemplateResult {
    return html`<input
      class="files"
      type="file"
      multiple
      accept="video/*,audio/*,image/*"
      hidden
      @change=${this.#addChosen}
    />`;
  }

  readonly #addChosen = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const files = [...(input.files ?? [])];
    // The same file can be chosen again.
    input.value = '';
    if (files.length > 0) this.#options.project()?.addFiles(files).catch(this.tellFailure);
  };
}
