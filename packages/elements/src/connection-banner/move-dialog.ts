import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { toLecternError, type MoveProgress, type MoveReport, type WorkToMove } from '@lectern/ports';
import type { ConnectionSlice, LecternSession, Messages } from '@lectern/core';
import { icon } from '../foundation/icon.js';
import { ModalController } from '../foundation/modal-controller.js';
import { styleMap } from '../foundation/style-map.js';

export interface MoveDialogOptions {
  readonly session: () => LecternSession | null;
  readonly messages: () => Messages;
  readonly slice: () => ConnectionSlice | null;
  readonly pending: () => { readonly data: WorkToMove | undefined; readonly error: unknown } | null;
  readonly returnTo: () => HTMLElement | null;
}

/**
 * Asks before the work of this browser is moved up, with what that is; shows how far it is, and what couldn't be moved
 * and why. It goes on when the dialog is closed.
 */
export class MoveDialog implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: MoveDialogOptions;
  readonly #modal: ModalController;
  /** What it was called when the dialog opened: once everything is moved, the state says other things. */
  #name = '';

  constructor(host: ReactiveControllerHost & HTMLElement, options: MoveDialogOptions) {
    this.#host = host;
    this.#options = options;
    this.#modal = new ModalController(host, {
      returnTo: options.returnTo,
      closed: () => void options.session()?.actions.dismissMove(),
    });
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#modal.isOpen;
  }

  show(): void {
    const messages = this.#options.messages();
    const state = this.#options.slice()?.state;
    this.#name = (state && state.status !== 'connecting' ? state.name : null) ?? messages.t('connection.theServer');
    this.#modal.show();
  }

  hostUpdated(): void {
    // One step's buttons go when the next one begins; the focus stays in the dialog.
    const { element } = this.#modal;
    if (element?.open === true && this.#host.shadowRoot?.activeElement === null)
      element.querySelector<HTMLElement>('footer button')?.focus();
  }

  render(): TemplateResult | typeof nothing {
    const messages = this.#options.messages();
    return this.#modal.render(() => ({
      id: 'move',
      part: 'move-dialog',
      title: messages.t('connection.moveTitle', { name: this.#name }),
      close: messages.t('common.close'),
      content: this.#content(messages),
    }));
  }

  #content(messages: Messages): TemplateResult {
    const move = this.#options.slice()?.move ?? null;
    if (move?.status === 'running') return this.#running(move.progress, messages);
    if (move?.status === 'done') return this.#report(move.report, messages);
    if (move?.status === 'failed') {
      const { title, advice } = messages.error(move.error);
      return this.#step(
        html`<div class="banner" data-tone="danger" role="alert">
          ${icon('error')}
          <p><strong>${title}.</strong> ${advice}</p>
        </div>`,
        [this.#close(messages, 'common.close'), this.#start(messages, 'common.tryAgain')],
      );
    }
    return this.#question(messages, move?.status === 'stopped');
  }

  #question(messages: Messages, stopped: boolean): TemplateResult {
    const { format } = messages;
    const name = this.#name;
    const { data: work, error } = this.#options.pending() ?? { data: undefined, error: null };
    if (!work) {
      const body = error
        ? html`<p class="error-text">${messages.error(toLecternError(error)).title}</p>`
        : html`<div class="skeleton" role="status" aria-label=${messages.t('common.loading')}></div>`;
      return this.#step(body, [this.#close(messages, 'common.cancel')]);
    }
    if (work.assets + work.projects + work.courses === 0)
      return this.#step(html`<p>${messages.t('connection.moveNothing', { name })}</p>`, [
        this.#close(messages, 'common.close'),
      ]);
    const parts = [
      work.assets > 0 ? messages.t('connection.moveAssets', { count: work.assets }) : null,
      work.projects > 0 ? messages.t('connection.moveProjects', { count: work.projects }) : null,
      work.courses > 0 ? messages.t('connection.moveCourses', { count: work.courses }) : null,
      messages.t('connection.moveSize', { size: format.bytes(work.bytes) }),
    ];
    return this.#step(
      html`${stopped ? html`<p role="status"><strong>${messages.t('connection.moveStopped')}.</strong></p>` : nothing}
        <p>${messages.t('connection.moveWhat', { name })}</p>
        <ul class="work">
          ${parts.map((part) => (part === null ? nothing : html`<li>${part}</li>`))}
        </ul>
        <p class="hint">${messages.t('connection.moveKeeps', { name })}</p>`,
      [this.#close(messages, 'common.cancel'), this.#start(messages, 'connection.moveStart')],
    );
  }

  #running(progress: MoveProgress | null, messages: Messages): TemplateResult {
    const { format } = messages;
    const fraction = progress && progress.totalBytes > 0 ? progress.movedBytes / progress.totalBytes : 0;
    const text = progress
      ? messages.t('connection.moveProgress', {
          moved: progress.moved,
          total: progress.total,
          sent: format.bytes(progress.movedBytes),
          size: format.bytes(progress.totalBytes),
        })
      : messages.t('common.loading');
    return this.#step(
      html`<div
          class="progress"
          role="progressbar"
          aria-label=${messages.t('connection.moveTitle', { name: this.#name })}
          aria-valuemin="0"
          aria-valuemax="100"
          aria-valuenow=${String(Math.round(fraction * 100))}
          aria-valuetext=${text}
        >
          <span style=${styleMap({ '--value': String(fraction) })}></span>
        </div>
        <p class="figures">${text}</p>
        <p class="hint truncate" dir="auto">
          ${progress ? messages.t('connection.moveCurrent', { name: progress.name }) : nothing}
        </p>`,
      [
        html`<button
          class="button"
          type="button"
          @click=${() => void this.#options.session()?.actions.stopMovingWork()}
        >
          ${messages.t('connection.moveStop')}
        </button>`,
        this.#close(messages, 'common.close'),
      ],
    );
  }

  #report({ moved, failed }: MoveReport, messages: Messages): TemplateResult {
    const name = this.#name;
    return this.#step(
      html`<p class="moved" role="status">
          ${icon('done')}<strong>${messages.t('connection.moveDone', { count: moved, name })}</strong>
        </p>
        ${
          failed.length === 0
            ? nothing
            : html`<p class="not-moved">
                  ${icon('error')}<strong>${messages.t('connection.moveFailed', { count: failed.length })}</strong>
                </p>
                <ul
                  class="not-moved-list"
                  tabindex="0"
                  aria-label=${messages.t('connection.moveFailed', { count: failed.length })}
                >
                  ${failed.map(({ name: what, error }) => {
                    const { title, advice } = messages.error(error, what);
                    return html`<li>
                      <strong dir="auto">${what}</strong><span class="hint">${title}. ${advice}</span>
                    </li>`;
                  })}
                </ul>
                <p class="hint">${messages.t('connection.moveFailedText')}</p>`
        }`,
      [
        ...(failed.length === 0 ? [] : [this.#start(messages, 'common.tryAgain')]),
        this.#close(messages, 'common.close', failed.length === 0),
      ],
    );
  }

  #step(body: unknown, buttons: readonly TemplateResult[]): TemplateResult {
    return html`<div class="body move">${body}</div>
      <footer>${buttons}</footer>`;
  }

  #start(messages: Messages, key: 'connection.moveStart' | 'common.tryAgain'): TemplateResult {
    return html`<button class="button" type="button" data-variant="primary" @click=${this.#onStart}>
      ${messages.t(key)}
    </button>`;
  }

  #close(messages: Messages, key: 'common.close' | 'common.cancel', primary = false): TemplateResult {
    return html`<button
      class="button"
      type="button"
      data-variant=${primary ? 'primary' : nothing}
      @click=${() => {
        this.#modal.close();
      }}
    >
      ${messages.t(key)}
    </button>`;
  }

  readonly #onStart = (): void => {
    // What became of it stands in the slice.
    this.#options
      .session()
      ?.actions.moveWorkUp()
      .catch(() => undefined);
  };
}
