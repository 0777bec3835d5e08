import { html, nothing, type TemplateResult } from 'lit';
import type { AutosaveState, ConflictChoice, Messages } from '@lectern/core';
import { deserialiseError } from '@lectern/ports';
import { icon } from '../foundation/icon.js';

export interface SaveDetailsView {
  readonly sentence: string;
  readonly state: AutosaveState;
  readonly messages: Messages;
  readonly now: Date;
  /** True while something that the person asked for is being done. */
  readonly busy: boolean;
  readonly saveNow: () => void;
  readonly resolve: (choice: ConflictChoice) => void;
  readonly keep: () => void;
  readonly discard: () => void;
  readonly editHere: () => void;
}

/** What the popover holds: first what needs an answer, then what there is to know. */
export function saveDetails(view: SaveDetailsView): TemplateResult {
  const { state } = view;
  const asks = state.restorable !== null || state.remote === 'conflict' || state.role === 'follower';
  return html`${asks ? nothing : html`<h3>${view.sentence}</h3>`} ${restorePrompt(view)} ${conflictChoices(view)}
  ${otherTab(view)} ${failure(view)} ${storageWarning(view)} ${facts(view)}
  ${
    state.role === 'follower' || state.remote === 'conflict'
      ? nothing
      : html`<div class="actions">
          <button class="button" type="button" ?disabled=${view.busy} @click=${view.saveNow}>
            ${icon('save')}
            ${view.messages.t(
              state.remote === 'backoff' || state.remote === 'offline' || state.remote === 'blocked'
                ? 'autosave.tryAgain'
                : 'autosave.saveNow',
            )}
          </button>
        </div>`
  }`;
}

function restorePrompt({ state, messages, keep, discard }: SaveDetailsView): TemplateResult | typeof nothing {
  if (!state.restorable) return nothing;
  const { changes, at } = state.restorable;
  return html`<section class="details" aria-labelledby="restore">
    <h3 id="restore">${messages.t('autosave.restoredTitle')}</h3>
    <p>${messages.t('autosave.restored', { count: changes, when: messages.format.dateTime(at) })}</p>
    <div class="actions">
      <button class="button" data-variant="primary" type="button" @click=${keep}>
        ${messages.t('autosave.keepRestored')}
      </button>
      <button class="button" type="button" @click=${discard}>${messages.t('autosave.discardRestored')}</button>
    </div>
    <span class="hint">${messages.t('autosave.discardRestoredHint')}</span>
  </section>`;
}

const choices = [
  ['keep-mine', 'autosave.keepMine', 'autosave.keepMineHint'],
  ['take-theirs', 'autosave.takeTheirs', 'autosave.takeTheirsHint'],
  ['keep-both', 'autosave.keepBoth', 'autosave.keepBothHint'],
] as const;

function conflictChoices({ state, messages, now, busy, resolve }: SaveDetailsView): TemplateResult | typeof nothing {
  const { conflict } = state;
  if (!conflict || state.remote !== 'conflict') return nothing;
  return html`<section class="details" aria-labelledby="conflict">
    <h3 id="conflict">${messages.t('autosave.conflictTitle')}</h3>
    <p>
      ${messages.t('autosave.conflictText', {
        author: conflict.headAuthor || messages.t('saving.someone'),
        when: messages.format.relative(conflict.headAt, now),
      })}
    </p>
    <div class="choices">
      ${choices.map(
        ([choice, label, hint]) =>
          html`<button
            class="choice"
            type="button"
            ?disabled=${busy}
            @click=${() => {
              resolve(choice);
            }}
          >
            <span>${messages.t(label)}</span><span class="hint">${messages.t(hint)}</span>
          </button>`,
      )}
    </div>
  </section>`;
}

function otherTab({ state, messages, busy, editHere }: SaveDetailsView): TemplateResult | typeof nothing {
  if (state.role !== 'follower') return nothing;
  return html`<section class="details" aria-labelledby="other-tab">
    <h3 id="other-tab">${messages.t('saving.otherTabTitle')}</h3>
    <p>${messages.t('saving.otherTabText')}</p>
    <div class="actions">
      <button class="button" data-variant="primary" type="button" ?disabled=${busy} @click=${editHere}>
        ${messages.t('autosave.editHere')}
      </button>
    </div>
    <span class="hint">${messages.t('autosave.editHereHint')}</span>
  </section>`;
}

function failure({ state, messages }: SaveDetailsView): TemplateResult | typeof nothing {
  if (!state.reason || state.remote === 'conflict') return nothing;
  const { title, advice } = messages.error(deserialiseError(state.reason));
  return html`<div
    class="banner"
    data-tone=${state.remote === 'offline' || state.remote === 'backoff' ? 'warning' : 'danger'}
  >
    ${icon('warning')}
    <div>
      <h3>${title}</h3>
      <p>${advice}</p>
    </div>
  </div>`;
}

function storageWarning({ state, messages }: SaveDetailsView): TemplateResult | typeof nothing {
  if (!state.memoryOnly && !state.remoteVolatile) return nothing;
  return html`<div class="banner" data-tone="warning">
    ${icon('warning')}
    <div>
      <h3>${messages.t(state.remoteVolatile ? 'saving.volatileTitle' : 'saving.memoryTitle')}</h3>
      <p>${messages.t(state.remoteVolatile ? 'saving.volatileText' : 'autosave.memoryOnly')}</p>
    </div>
  </div>`;
}

function facts({ state, messages, now }: SaveDetailsView): TemplateResult {
  const { format } = messages;
  const wait = state.retryAt === null ? 0 : (Date.parse(state.retryAt) - now.getTime()) / 1000;
  return html`<dl>
    <dt>${messages.t('saving.lastSaved')}</dt>
    <dd>${state.savedAt === null ? messages.t('saving.never') : format.time(state.savedAt)}</dd>
    <dt>${messages.t('saving.onlyHere')}</dt>
    <dd>${messages.t('saving.changes', { count: state.pendingChanges })}</dd>
    <dt>${messages.t('saving.backup')}</dt>
    <dd>
      ${messages.t(state.memoryOnly || state.local === 'degraded' ? 'saving.backupNone' : 'saving.backupBrowser')}
    </dd>
    ${
      wait > 0
        ? html`<dt>${messages.t('saving.nextTry')}</dt>
            <dd>${messages.t('saving.nextTryIn', { time: format.durationInWords(wait) })}</dd>`
        : nothing
    }
  </dl>`;
}
