import type { ClipRecord, MarkerRecord } from '@lectern/timeline';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { html, nothing, type TemplateResult } from 'lit';
import { PopoverController } from '../foundation/popover-controller.js';
import type { TimelineView } from './timeline-view.js';

interface Renaming {
  readonly label: string;
  readonly value: string;
  readonly save: (name: string) => void;
}

/** A small box with one field, beside what gets a new name: a clip or a marker. */
export class RenameController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #view: () => TimelineView | null;
  readonly #popover: PopoverController;
  #current: Renaming | null = null;

  constructor(host: ReactiveControllerHost & HTMLElement, view: () => TimelineView | null) {
    this.#host = host;
    this.#view = view;
    this.#popover = new PopoverController(host);
    host.addController(this);
  }

  hostUpdated(): void {
    if (this.#current && !this.#popover.isOpen) this.#current = null;
  }

  clip(clip: ClipRecord, anchor: HTMLElement): void {
    const view = this.#view();
    if (!view || view.state.readOnly) return;
    const { editor, messages } = view;
    const { source } = clip;
    void this.#open(anchor, {
      label: messages.t('timeline.renameClip'),
      value: source.kind === 'text' ? source.text : clip.name,
      save: (name) => {
        if (source.kind === 'text') editor.run('clip.setText', { clipId: clip.id, text: name });
        else editor.run('clip.rename', { clipId: clip.id, name });
      },
    });
  }

  marker(marker: MarkerRecord, anchor: HTMLElement): void {
    const view = this.#view();
    if (!view || view.state.readOnly) return;
    const { editor, messages } = view;
    void this.#open(anchor, {
      label: messages.t('timeline.renameMarker'),
      value: marker.name,
      save: (name) => {
        editor.run('marker.update', { markerId: marker.id, name });
      },
    });
  }

  render(): TemplateResult {
    const view = this.#view();
    const current = this.#current;
    return html`<div class="rename" popover="manual">
      ${
        view && current
          ? html`<form
              @submit=${(event: SubmitEvent) => {
                event.preventDefault();
                const input = (event.currentTarget as HTMLFormElement).querySelector('input');
                this.#popover.close();
                current.save(input?.value.trim() ?? '');
              }}
            >
              <label class="field">
                <span class="label">${current.label}</span>
                <input class="input" dir="auto" maxlength="200" .value=${current.value} />
              </label>
              <div class="actions">
                <button
                  class="button"
                  data-variant="plain"
                  type="button"
                  @click=${() => {
                    this.#popover.close();
                  }}
                >
                  ${view.messages.t('common.cancel')}
                </button>
                <button class="button" data-variant="primary" type="submit">${view.messages.t('common.rename')}</button>
              </div>
            </form>`
          : nothing
      }
    </div>`;
  }

  async #open(anchor: HTMLElement, renaming: Renaming): Promise<void> {
    this.#current = renaming;
    this.#host.requestUpdate();
    const popover = this.#host.shadowRoot?.querySelector<HTMLElement>('.rename');
    if (!popover) return;
    this.#popover.open(popover, anchor);
    await this.#host.updateComplete;
    const input = popover.querySelector('input');
    input?.focus();
    input?.select();
  }
}
