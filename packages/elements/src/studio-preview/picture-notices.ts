import { html, nothing, type TemplateResult } from 'lit';
import { LecternError, deserialiseError, type PreviewState, type SerialisedError } from '@lectern/ports';
import type { Messages } from '@lectern/core';
import { icon } from '../foundation/icon.js';
import { errorView } from '../foundation/state-view.js';

export interface NoticeView {
  readonly messages: Messages;
  readonly state: PreviewState | null;
  /** Of playback: 0 stands, negative goes backwards. */
  readonly rate: number;
  /** The share of pictures skipped in this run, or null while there is nothing to tell. */
  readonly droppedShare: number | null;
  /** What is being loaded, or null for no clip in particular. */
  readonly loadingName: string | null;
  readonly tryAgain: () => void;
  readonly useProxies: (use: boolean) => void;
}

/** What is said over the picture: that it is loading, what can't be shown, how fast it goes, what it is made from. */
export function pictureNotices(view: NoticeView): TemplateResult {
  const { state, messages } = view;
  if (state?.status === 'failed' && state.error) {
    return html`<div class="failure">${errorView(deserialiseError(state.error), messages, view.tryAgain)}</div>`;
  }
  return html`<div class="notices">${proxySwitch(view)}${paceView(view)}</div>
    ${state?.status === 'loading' ? loadingView(view) : state?.error ? missingView(view, state.error) : nothing}`;
}

function loadingView({ messages, loadingName: name }: NoticeView): TemplateResult {
  const words = name === null ? messages.t('preview.loading') : messages.t('preview.loadingClip', { name });
  return html`<div class="overlay" aria-busy="true">
    <span class="chip loading"><span class="spinner"></span><span class="truncate">${words}</span></span>
  </div>`;
}

/** A clip that can't be shown, while all others are. */
function missingView({ messages }: NoticeView, error: SerialisedError): TemplateResult {
  const { code, message, details } = deserialiseError(error);
  const { title, advice } = messages.error(
    new LecternError(code, { message, details: { ...details, about: 'preview' } }),
  );
  return html`<p class="chip missing" part="missing" role="status" title=${advice}>
    ${icon('warning')}<span>${title}</span>
  </p>`;
}

function paceView({ messages, rate, droppedShare }: NoticeView): TemplateResult | typeof nothing {
  if (rate !== 0 && rate !== 1) {
    return html`<span class="chip rate" part="rate">
      <span aria-hidden="true">${rate < 0 ? '◀◀' : '▶▶'}</span> ${messages.t('preview.rate', { rate })}
    </span>`;
  }
  if (droppedShare === null) return nothing;
  return html`<span class="chip" title=${messages.t('preview.droppedHint')}>
    ${icon('info')} ${messages.t('preview.dropped', { percent: messages.format.percent(droppedShare) })}
  </span>`;
}

function proxySwitch({ messages, state, useProxies }: NoticeView): TemplateResult | typeof nothing {
  if (state?.proxy !== 'shown' && state?.proxy !== 'ready') return nothing;
  const shown = state.proxy === 'shown';
  const label = messages.t(shown ? 'preview.proxy' : 'preview.original');
  return html`<button
    class="chip proxy"
    part="proxy"
    type="button"
    title=${messages.t(shown ? 'preview.proxyHint' : 'preview.originalHint')}
    @click=${() => {
      useProxies(!shown);
    }}
  >
    ${icon(shown ? 'film' : 'video')} ${label}
  </button>`;
}
