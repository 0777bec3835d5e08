import type { Messages } from '@lectern/core';
import type { LecternError } from '@lectern/ports';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../foundation/icon.js';
import { errorView, stateView } from '../foundation/state-view.js';

export function noProjectView(messages: Messages): TemplateResult {
  return html`<div class="state-frame">
    ${stateView({ icon: 'film', title: messages.t('timeline.noProject'), text: messages.t('timeline.noProjectText') })}
  </div>`;
}

export function failedView(error: LecternError, messages: Messages, retry: () => void): TemplateResult {
  return html`<div class="state-frame">${errorView(error, messages, retry)}</div>`;
}

/** The outline of a timeline, so that nothing jumps when it is there. */
export function loadingView(messages: Messages): TemplateResult {
  const row = (clips: readonly string[]): TemplateResult =>
    html`<div class="waiting-row">
      <div class="waiting-head"><div class="skeleton"></div></div>
      ${clips.map((size) => html`<div class="skeleton waiting-clip" data-size=${size}></div>`)}
    </div>`;
  return html`<div class="waiting" role="status" aria-label=${messages.t('timeline.loading')}>
    <div class="waiting-ruler"></div>
    ${row(['m', 's'])}${row(['l', 'm', 's'])}${row(['m', 'l'])}
  </div>`;
}

export interface EmptyViewOptions {
  readonly over: boolean;
  readonly readOnly: boolean;
  readonly add: () => void;
}

/** Over the empty tracks: what to do first. */
export function emptyView(messages: Messages, { over, readOnly, add }: EmptyViewOptions): TemplateResult {
  return html`<div class="invite" ?data-over=${over}>
    ${stateView({
      icon: 'film',
      title: messages.t(over ? 'timeline.dropHere' : 'timeline.emptyTitle'),
      text: messages.t('timeline.emptyText'),
      actions: readOnly
        ? nothing
        : html`<button class="button" data-variant="primary" type="button" @click=${add}>
            ${icon('add')}${messages.t('timeline.addMedia')}
          </button>`,
    })}
  </div>`;
}
