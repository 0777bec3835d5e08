import { html, nothing, type TemplateResult } from 'lit';
import { isEmptyComparison } from '@lectern/timeline';
import { icon } from '../foundation/icon.js';
import { comparisonList } from './comparison-lines.js';
import type { SaveDetailsView } from './save-details.js';
import { otherAuthorName } from './saving-context.js';

type Section = TemplateResult | typeof nothing;

/** Everything that a person has to decide or should know of, the most pressing first. */
export function saveQuestions(view: SaveDetailsView): TemplateResult {
  return html`${stranded(view)}${orphaned(view)}${conflict(view)}${restored(view)}${otherTab(view)}${merged(view)}`;
}

function stranded({ state, messages: m, busy, act }: SaveDetailsView): Section {
  if (state.stranded === 0) return nothing;
  return html`<section class="question" aria-labelledby="stranded">
    <h3 id="stranded">${m.t('saving.strandedTitle')}</h3>
    <p>${m.t('saving.strandedText', { count: state.stranded })}</p>
    <div class="actions">
      <button class="button" data-variant="primary" type="button" ?disabled=${busy} @click=${act('copy')}>
        ${icon('copy')}${m.t('autosave.saveAsCopy')}
      </button>
      <button class="button" type="button" @click=${act('file')}>
        ${icon('download')}${m.t('projectFile.download')}
      </button>
      <button class="button" data-variant="plain" type="button" @click=${act('let-go')}>${m.t('saving.letGo')}</button>
    </div>
    <span class="hint">${m.t('saving.letGoHint')}</span>
  </section>`;
}

function orphaned({ state, messages: m, busy, act }: SaveDetailsView): Section {
  if (state.remote !== 'orphaned') return nothing;
  const title = m.t(state.reason?.code === 'forbidden' ? 'saving.noAccessTitle' : 'saving.goneTitle');
  return html`<section class="question" aria-labelledby="orphaned">
    <h3 id="orphaned">${title}</h3>
    <p>${m.t('saving.goneText')}</p>
    <div class="actions">
      <button class="button" data-variant="primary" type="button" ?disabled=${busy} @click=${act('save-as-new')}>
        ${icon('new-project')}${m.t('saving.saveAsNew')}
      </button>
      <button class="button" type="button" @click=${act('file')}>
        ${icon('download')}${m.t('projectFile.download')}
      </button>
    </div>
  </section>`;
}

function conflict({ state, messages: m, context, now, act }: SaveDetailsView): Section {
  if (state.remote !== 'conflict' || !state.conflict || state.role !== 'leader') return nothing;
  const author = otherAuthorName(state.conflict.headAuthor, context);
  const when = m.format.relative(state.conflict.headAt, now);
  return html`<section class="question" aria-labelledby="conflict">
    <h3 id="conflict">${m.t('autosave.conflictTitle')}</h3>
    <p>${m.t('saving.conflictPutOff', { author, when })}</p>
    <div class="actions">
      <button class="button" data-variant="primary" type="button" @click=${act('compare')}>
        ${m.t('saving.compare')}
      </button>
    </div>
  </section>`;
}

function restored({ state, messages: m, summary, act }: SaveDetailsView): Section {
  if (!state.restorable) return nothing;
  const { changes, at } = state.restorable;
  return html`<section class="question" aria-labelledby="restore">
    <h3 id="restore">${m.t('autosave.restoredTitle')}</h3>
    <p>${m.t('autosave.restored', { count: changes, when: m.format.dateTime(at) })}</p>
    ${
      summary && !isEmptyComparison(summary)
        ? html`<div class="summary">
            <h4>${m.t('saving.foundHere')}</h4>
            ${comparisonList(summary, m)}
          </div>`
        : nothing
    }
    <div class="actions">
      <button class="button" data-variant="primary" type="button" @click=${act('keep')}>
        ${m.t('autosave.keepRestored')}
      </button>
      <button class="button" type="button" @click=${act('discard')}>${m.t('autosave.discardRestored')}</button>
      <button class="button" data-variant="plain" type="button" @click=${act('close')}>
        ${m.t('saving.lookFirst')}
      </button>
    </div>
    <span class="hint">${m.t('autosave.discardRestoredHint')}</span>
  </section>`;
}

function otherTab({ state, messages: m, busy, act }: SaveDetailsView): Section {
  if (state.role !== 'follower' || state.stranded > 0) return nothing;
  return html`<section class="question" aria-labelledby="other-tab">
    <h3 id="other-tab">${m.t('saving.otherTabTitle')}</h3>
    <p>${m.t('saving.otherTabText')}</p>
    <div class="actions">
      <button class="button" data-variant="primary" type="button" ?disabled=${busy} @click=${act('edit-here')}>
        ${busy ? html`<span class="spinner"></span>` : icon('edit')}${m.t('autosave.editHere')}
      </button>
    </div>
    <span class="hint">${m.t('autosave.editHereHint')}</span>
  </section>`;
}

function merged({ state, messages: m, context, now, canUndoMerge, act }: SaveDetailsView): Section {
  if (!state.merged) return nothing;
  const { author, changes, at } = state.merged;
  return html`<section class="question" aria-labelledby="merged">
    <h3 id="merged">${m.t('saving.mergedTitle', { author: otherAuthorName(author, context) })}</h3>
    <p>${m.t('saving.mergedText', { count: changes, when: m.format.relative(at, now) })}</p>
    <div class="actions">
      <button class="button" type="button" @click=${act('dismiss-merged')}>${m.t('common.ok')}</button>
      ${
        canUndoMerge
          ? html`<button class="button" data-variant="plain" type="button" @click=${act('undo-merged')}>
              ${icon('undo')}${m.t('saving.mergedUndo')}
            </button>`
          : nothing
      }
    </div>
    <span class="hint">${m.t('saving.mergedHint')}</span>
  </section>`;
}
