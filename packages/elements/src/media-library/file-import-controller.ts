import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import { toLecternError, serialiseError } from '@lectern/ports';
import type { LecternSession, Messages } from '@lectern/core';
import { broughtFile, isAccepted, pickFiles, type BroughtFile } from '../collection/brought-files.js';
import { FileDropController } from '../collection/file-drop-controller.js';
import { icon } from '../foundation/icon.js';

export interface FileImportOptions {
  readonly session: () => LecternSession | null;
  readonly accept: () => string | null;
  /** Whether files are taken now. */
  readonly enabled: () => boolean;
  /** Called once per batch with the assets that were stored. */
  readonly imported: (assetIds: readonly string[]) => void;
}

/** Brings files in: dropped anywhere on the host, or chosen in the system's dialog. */
export class FileImportController {
  readonly #options: FileImportOptions;
  readonly #drop: FileDropController;
  readonly #input: Ref<HTMLInputElement> = createRef();

  constructor(host: ReactiveControllerHost & HTMLElement, options: FileImportOptions) {
    this.#options = options;
    this.#drop = new FileDropController(host, {
      enabled: () => options.session() !== null && options.enabled(),
      files: (files) => {
        this.#import(files);
      },
    });
  }

  /** Opens the system's dialog; it needs to be called from a press or a key. */
  chooseFiles(): void {
    void this.#choose();
  }

  import(files: readonly File[]): void {
    this.#import(files.map((file) => broughtFile(file)));
  }

  async #choose(): Promise<void> {
    const files = await pickFiles(this.#accept());
    if (files === null) this.#input.value?.click();
    else this.#import(files);
  }

  #accept(): string {
    return this.#options.accept() ?? 'video/*,audio/*,image/*';
  }

  #import(files: readonly BroughtFile[]): void {
    const session = this.#options.session();
    if (!session || files.length === 0) return;
    const accept = this.#options.accept();
    const taken = files.filter(({ file }) => isAccepted(file, accept));
    const refused = files.filter((file) => !taken.includes(file));
    if (refused.length > 0) {
      session.actions.notify({
        tone: 'warning',
        message: {
          key: 'library.notAccepted',
          params: {
            names: [...new Set(refused.map(({ fileName }) => fileName))].slice(0, 3).join(', '),
            count: refused.length,
          },
        },
      });
    }
    if (taken.length > 0) void this.#send(session, taken);
  }

  /** The hidden field and, while files are held over the host, what says that they can be let go. */
  render(messages: Messages): TemplateResult {
    return html`<input
        type="file"
        class="visually-hidden"
        tabindex="-1"
        aria-hidden="true"
        multiple
        accept=${this.#accept()}
        ${ref(this.#input)}
        @change=${this.#onChosen}
      />
      ${
        this.#drop.active
          ? html`<div class="drop" part="drop-zone">
              <div>
                ${icon('upload')}
                <strong>${messages.t('library.dropHere')}</strong>
                <span class="hint">${messages.t('library.formats')}</span>
              </div>
            </div>`
          : nothing
      }`;
  }

  readonly #onChosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    // The same file can be chosen again.
    input.value = '';
    this.import(files);
  };

  async #send(session: LecternSession, files: readonly BroughtFile[]): Promise<void> {
    try {
      const items = await session.actions.importFiles(files);
      const ends = await Promise.allSettled(items.map((item) => session.uploads.finished(item.id)));
      const assetIds = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value.assetId] : []));
      if (assetIds.length > 0) this.#options.imported(assetIds);
    } catch (error) {
      session.actions.notify({
        tone: 'error',
        message: { key: 'notice.actionFailed' },
        error: serialiseError(toLecternError(error)),
      });
    }
  }
}
