import { html, nothing, type TemplateResult } from 'lit';
import type { LecternError } from '@lectern/ports';
import type { Messages } from '@lectern/core';
import { icon } from '../foundation/icon.js';
import { stateView } from '../foundation/state-view.js';

/** The studio's frame while a project is on its way. */
export function openingView(words: string): TemplateResult {
  return html`<div class="opening" aria-busy="true">
    <span></span><span></span><span></span><span></span>
    <div class="words" role="status"><i class="spinner"></i>${words}</div>
  </div>`;
}

/** The page's author named a back end that nobody registered. */
export function noBackendView(m: Messages, name: string): TemplateResult {
  return html`<div class="failed">
    ${stateView({
      icon: 'error',
      tone: 'danger',
      title: m.t('workspace.noBackend'),
      text: m.t('workspace.noBackendText', { name }),
    })}
  </div>`;
}

export interface FailedActions {
  readonly projects: () => void;
  readonly create: () => void;
  readonly retry: () => void;
}

/** Why a project didn't open, and the ways on. */
export function failedView(m: Messages, error: LecternError, actions: FailedActions): TemplateResult {
  const missing = error.code === 'not-found';
  const { title, advice } = missing
    ? { title: m.t('workspace.notFound'), advice: m.t('workspace.notFoundText') }
    : m.error(error);
  return html`<div class="failed">
    ${stateView({
      icon: 'error',
      tone: 'danger',
      title,
      text: advice,
      actions: html`<button class="button" data-variant="primary" type="button" @click=${actions.projects}>
          ${icon('folder')}${m.t('workspace.otherProject')}
        </button>
        <button class="button" type="button" @click=${actions.create}>
          ${icon('new-project')}${m.t('studio.newProject')}
        </button>
        ${
          missing
            ? nothing
            : html`<button class="button" type="button" @click=${actions.retry}>
                ${icon('refresh')}${m.t('common.tryAgain')}
              </button>`
        }`,
    })}
  </div>`;
}
