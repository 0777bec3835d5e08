import { html, nothing, type TemplateResult } from 'lit';
import type { LecternError } from '@lectern/ports';
import type { Messages } from '@lectern/core';
import { icon, type IconName } from './icon.js';

export interface StateViewOptions {
  readonly icon: IconName;
  readonly title: string;
  readonly text?: string;
  readonly tone?: 'danger';
  /** Buttons. */
  readonly actions?: unknown;
}

/** The picture, the sentence and the way on of an empty, failing or offline place. */
export function stateView(options: StateViewOptions): TemplateResult {
  return html`<div
    class="state"
    part="state"
    data-tone=${options.tone ?? nothing}
    role=${options.tone ? 'alert' : nothing}
  >
    ${icon(options.icon)}
    <h3>${options.title}</h3>
    ${options.text ? html`<p>${options.text}</p>` : nothing}
    ${options.actions ? html`<div class="actions">${options.actions}</div>` : nothing}
  </div>`;
}

/** A failure in words, with *Try again* where trying again makes sense. */
export function errorView(error: LecternError, messages: Messages, retry?: () => void): TemplateResult {
  const { title, advice } = messages.error(error);
  return stateView({
    icon: 'error',
    tone: 'danger',
    title,
    text: advice,
    actions: retry
      ? html`<button class="button" @click=${retry}>${icon('refresh')}${messages.t('common.tryAgain')}</button>`
      : undefined,
  });
}
