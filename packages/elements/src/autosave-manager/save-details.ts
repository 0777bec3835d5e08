import { html, nothing, type TemplateResult } from 'lit';
import { deserialiseError } from '@lectern/ports';
import type { DocumentComparison } from '@lectern/timeline';
import type { AutosaveState, Messages } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';
import { styleMap } from '../foundation/style-map.js';
import type { RunningDownload } from './project-download.js';
import { saveKind } from './save-kind.js';
import { saveQuestions } from './save-questions.js';
import type { SavingContext } from './saving-context.js';

/** What can be done in the details. */
export type SaveAction =
  | 'save-now'
  | 'copy'
  | 'save-as-new'
  | 'history'
  | 'file'
  | 'file-with-media'
  | 'cancel-file'
  | 'compare'
  | 'keep'
  | 'discard'
  | 'close'
  | 'edit-here'
  | 'let-go'
  | 'undo-merged'
  | 'dismiss-merged';

export interface SaveDetailsView {
  readonly sentence: string;
  readonly state: AutosaveState;
  readonly context: SavingContext;
  readonly messages: Messages;
  readonly now: Date;
  /** True while something that the person asked for is being done. */
  readonly busy: boolean;
  /** What was restored, against the saved version. */
  readonly summary: DocumentComparison | null;
  readonly canUndoMerge: boolean;
  readonly download: RunningDownload | null;
  /** What a press of a button does. */
  readonly act: (action: SaveAction) => () => void;
}

/** What the popover holds: first what needs an answer, then what there is to know and to do. */
export function saveDetails(view: SaveDetailsView): TemplateResult {
  const { state } = view;
  const isAsked =
    state.stranded > 0 || state.restorable !== null || state.remote === 'conflict' || state.remote === 'orphaned';
  return html`${isAsked || state.role === 'follower' ? nothing : html`<h3>${view.sentence}</h3>`}${saveQuestions(view)}
  ${failure(view)}${storageWarning(view)}${facts(view)}${running(view)}${menu(view)}`;
}

function failure({ state, messages: m, context }: SaveDetailsView): TemplateResult | typeof nothing {
  if (!state.reason || state.remote === 'conflict' || state.remote === 'orphaned') return nothing;
  const subject = context.project()?.details.getState().title;
  const { title, advice } = m.error(deserialiseError(state.reason), subject);
  const passing = saveKind(state) !== 'failed' || state.remote === 'authLost';
  const kept = state.local === 'degraded' ? 'autosave.degraded' : null;
  return html`<div class="banner" data-tone=${passing ? 'warning' : 'danger'}>
    ${icon('warning')}
    <div>
      <h3>${kept ? m.t(kept, { reason: title }) : title}</h3>
      <p>${advice}</p>
      ${state.remote === 'blocked' && state.pendingChanges > 0 ? html`<p>${m.t('saving.blockedText')}</p>` : nothing}
    </div>
  </div>`;
}

function storageWarning({ state, messages: m }: SaveDetailsView): TemplateResult | typeof nothing {
  const words = state.remoteVolatile
    ? (['saving.volatileTitle', 'saving.volatileText'] as const)
    : state.memoryOnly
      ? (['saving.memoryTitle', 'saving.memoryText'] as const)
      : state.journal === 'local-storage'
        ? (['saving.smallTitle', 'saving.smallText'] as const)
        : null;
  if (!words) return nothing;
  return html`<div class="banner" data-tone="warning">
    ${icon('warning')}
    <div>
      <h3>${m.t(words[0])}</h3>
      <p>${m.t(words[1])}</p>
    </div>
  </div>`;
}

function facts({ state, messages: m, now }: SaveDetailsView): TemplateResult {
  const { format } = m;
  const wait = state.retryAt === null ? 0 : (Date.parse(state.retryAt) - now.getTime()) / 1000;
  const none = state.journal === 'memory' || state.memoryOnly || state.local === 'degraded';
  const small = state.journal === 'local-storage';
  return html`<dl>
    <dt>${m.t('saving.lastSaved')}</dt>
    <dd>${state.savedAt === null ? m.t('saving.never') : format.time(state.savedAt)}</dd>
    <dt>${m.t('saving.onlyHere')}</dt>
    <dd>${m.t('saving.changes', { count: state.pendingChanges })}</dd>
    <dt>${m.t('saving.backup')}</dt>
    <dd>${m.t(none ? 'saving.backupNone' : small ? 'saving.backupSmall' : 'saving.backupBrowser')}</dd>
    ${
      wait > 0
        ? html`<dt>${m.t('saving.nextTry')}</dt>
            <dd>${m.t('saving.nextTryIn', { time: format.durationInWords(wait) })}</dd>`
        : nothing
    }
  </dl>`;
}

function running({ download, messages: m, act }: SaveDetailsView): TemplateResult | typeof nothing {
  if (!download) return nothing;
  const { progress } = download;
  const fraction = progress && progress.totalBytes > 0 ? progress.doneBytes / progress.totalBytes : 0;
  const text = progress
    ? m.t('saving.packing', { done: m.format.bytes(progress.doneBytes), total: m.format.bytes(progress.totalBytes) })
    : m.t('saving.preparing');
  return html`<div class="download">
    <span>${text}</span>
    <button
      class="icon-button"
      data-size="small"
      type="button"
      aria-label=${m.t('common.cancel')}
      @click=${act('cancel-file')}
    >
      ${icon('close')}
    </button>
    <div
      class="progress"
      role="progressbar"
      aria-label=${m.t('projectFile.progress')}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(fraction * 100)}
    >
      <span style=${styleMap({ '--value': String(fraction) })}></span>
    </div>
  </div>`;
}

function menu({ state, messages: m, busy, download, act }: SaveDetailsView): TemplateResult {
  const waits = state.remote === 'backoff' || state.remote === 'offline' || state.remote === 'authLost';
  const failed = state.remote === 'blocked' || state.remote === 'orphaned';
  const canSave = state.role === 'leader' && state.remote !== 'conflict' && state.reason?.code !== 'too-new';
  const item = (action: SaveAction, name: IconName, text: string, disabled: boolean): TemplateResult =>
    html`<li>
      <button class="item" type="button" ?disabled=${disabled} @click=${act(action)}>${icon(name)}${text}</button>
    </li>`;
  return html`<ul class="items">
    ${canSave ? item('save-now', 'save', m.t(waits || failed ? 'autosave.tryAgain' : 'autosave.saveNow'), busy) : nothing}
    ${item('copy', 'copy', m.t('autosave.saveAsCopy'), busy)} ${item('history', 'history', m.t('versions.open'), false)}
    ${item('file', 'download', m.t('projectFile.download'), download !== null)}
    ${item('file-with-media', 'film', m.t('projectFile.downloadWithMedia'), download !== null)}
  </ul>`;
}
