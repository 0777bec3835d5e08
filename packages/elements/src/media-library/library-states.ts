import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../foundation/style-map.js';
import type { StorageReport } from '@lectern/ports';
import type { Messages } from '@lectern/core';
import { icon } from '../foundation/icon.js';
import { stateView } from '../foundation/state-view.js';

/** What stands in the list's place while it is read for the first time. */
export function listSkeleton(view: 'grid' | 'list', messages: Messages): TemplateResult {
  return html`<div class="skeletons" role="status" aria-label=${messages.t('common.loading')}>
    ${Array.from(
      { length: view === 'grid' ? 12 : 9 },
      () =>
        html`<div>
          <div class="thumb skeleton"></div>
          <div class="skeleton line"></div>
        </div>`,
    )}
  </div>`;
}

export interface EmptyLibraryOptions {
  readonly messages: Messages;
  readonly trash: boolean;
  readonly filtered: boolean;
  readonly chooseFiles: () => void;
  readonly clearFilters: () => void;
}

/** What stands there when there is nothing: why, and the way on. */
export function emptyLibrary({
  messages,
  trash,
  filtered,
  chooseFiles,
  clearFilters,
}: EmptyLibraryOptions): TemplateResult {
  if (filtered) {
    return stateView({
      icon: 'search',
      title: messages.t('library.noMatchTitle'),
      text: messages.t('library.noMatchText'),
      actions: html`<button class="button" @click=${clearFilters}>${messages.t('library.clearFilters')}</button>`,
    });
  }
  if (trash) {
    return stateView({
      icon: 'delete',
      title: messages.t('library.trashEmpty'),
      text: messages.t('library.trashEmptyText'),
    });
  }
  return stateView({
    icon: 'film',
    title: messages.t('library.emptyTitle'),
    text: messages.t('library.emptyText'),
    actions: html`<button class="button" data-variant="primary" @click=${chooseFiles}>
        ${icon('upload')}${messages.t('library.chooseFiles')}
      </button>
      <p class="hint drop-hint">${messages.t('library.dropHint')}</p>
      <p class="hint">${messages.t('library.formats')}</p>`,
  });
}

/** How full it is, and whether it outlives the page. */
export function libraryFooter(
  report: StorageReport | null,
  memoryOnly: boolean,
  messages: Messages,
): TemplateResult | typeof nothing {
  if (memoryOnly || report?.kind === 'memory') {
    return html`<footer class="storage" part="storage" data-memory>
      ${icon('warning')}<span>${messages.t('library.memoryOnly')}</span>
    </footer>`;
  }
  if (!report) return nothing;
  const { format } = messages;
  const used = format.bytes(report.usedBytes);
  const share = report.quotaBytes ? Math.min(1, report.usedBytes / report.quotaBytes) : null;
  return html`<footer class="storage" part="storage" ?data-full=${share !== null && share > 0.9}>
    ${icon(report.kind === 'remote' ? 'cloud' : 'device')}
    <span>
      ${
        report.quotaBytes
          ? messages.t('library.storageUsedOf', { used, total: format.bytes(report.quotaBytes) })
          : messages.t('library.storageUsed', { used })
      }
    </span>
    ${
      share === null
        ? nothing
        : html`<span class="progress" aria-hidden="true"
            ><span style=${styleMap({ '--value': String(Math.max(0.01, share)) })}></span
          ></span>`
    }
  </footer>`;
}
