import { html, nothing, type TemplateResult } from 'lit';
import type { AssetKind, AssetSort, AssetSourceType } from '@lectern/ports';
import type { Messages, PlainMessageKey } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';

export interface LibraryFilters {
  readonly kind: AssetKind | null;
  readonly source: AssetSourceType | null;
  readonly sort: AssetSort;
}

export interface LibraryHeaderOptions extends LibraryFilters {
  readonly messages: Messages;
  readonly search: string;
  readonly view: 'grid' | 'list';
  readonly trash: boolean;
  readonly count: string;
  readonly selected: number;
  readonly canImport: boolean;
  readonly onSearch: (text: string) => void;
  readonly onFilter: (filters: Partial<LibraryFilters>) => void;
  readonly onView: (view: 'grid' | 'list') => void;
  readonly onTrash: () => void;
  readonly onImport: () => void;
  readonly onSelectAll: () => void;
  readonly onClearSelection: () => void;
  readonly onOpenInStudio: () => void;
  readonly onTag: () => void;
  readonly onDelete: () => void;
  readonly onRestore: () => void;
}

export const kindFilters: readonly (readonly [AssetKind | null, PlainMessageKey])[] = [
  [null, 'library.kindAll'],
  ['video', 'library.kindVideo'],
  ['audio', 'library.kindAudio'],
  ['image', 'library.kindImage'],
];
const sources: readonly (readonly [AssetSourceType | null, PlainMessageKey])[] = [
  [null, 'library.sourceAll'],
  ['upload', 'library.sourceUpload'],
  ['recording', 'library.sourceRecording'],
  ['export', 'library.sourceExport'],
];
const sorts: readonly (readonly [AssetSort, PlainMessageKey])[] = [
  ['newest', 'library.sortNewest'],
  ['oldest', 'library.sortOldest'],
  ['name', 'library.sortName'],
  ['largest', 'library.sortLargest'],
  ['longest', 'library.sortLongest'],
];

/** A field to search in, with the button that empties it. */
export function searchField(options: {
  readonly messages: Messages;
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onSearch: (text: string) => void;
}): TemplateResult {
  const { messages, label, placeholder, value, onSearch } = options;
  return html`<div class="search" role="search">
    ${icon('search')}
    <input
      class="input"
      type="search"
      autocomplete="off"
      spellcheck="false"
      placeholder=${placeholder}
      aria-label=${label}
      .value=${value}
      @input=${(event: Event) => {
        onSearch((event.target as HTMLInputElement).value);
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== 'Escape' || value === '') return;
        event.stopPropagation();
        onSearch('');
      }}
    />
    ${
      value === ''
        ? nothing
        : html`<button
            class="icon-button"
            data-size="small"
            aria-label=${messages.t('common.clear')}
            @click=${() => {
              onSearch('');
            }}
          >
            ${icon('close')}
          </button>`
    }
  </div>`;
}

/** A small select of options whose words come from messages; null is the empty value. */
export function filterSelect<T extends string | null>(options: {
  readonly messages: Messages;
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [T, PlainMessageKey])[];
  readonly onChoice: (value: T) => void;
  readonly name: string;
}): TemplateResult {
  const { messages, label, value, choices, onChoice, name } = options;
  return html`<select
    class="select"
    data-size="small"
    data-filter=${name}
    data-set=${value === null ? nothing : ''}
    aria-label=${label}
    @change=${(event: Event) => {
      const found = choices[(event.target as HTMLSelectElement).selectedIndex];
      if (found) onChoice(found[0]);
    }}
  >
    ${choices.map(([choice, key]) => html`<option value=${choice ?? ''} ?selected=${choice === value}>${messages.t(key)}</option>`)}
  </select>`;
}

/** Title, search, ways of looking, filters; and, while something is chosen, what can be done with all of it. */
export function libraryHeader(options: LibraryHeaderOptions): TemplateResult {
  const { messages, trash, view, onView, onImport, canImport } = options;
  const viewButton = (mode: 'grid' | 'list', key: PlainMessageKey, name: IconName): TemplateResult =>
    html`<button
      aria-pressed=${String(view === mode)}
      aria-label=${messages.t(key)}
      title=${messages.t(key)}
      @click=${() => {
        onView(mode);
      }}
    >
      ${icon(name)}
    </button>`;
  return html`<header class="top" part="header">
      <div class="heading">
        ${
          trash
            ? html`<button
                class="icon-button"
                aria-label=${messages.t('library.backToLibrary')}
                title=${messages.t('library.backToLibrary')}
                @click=${options.onTrash}
              >
                ${icon('back')}
              </button>`
            : nothing
        }
        <h2 class="truncate">${messages.t(trash ? 'library.trash' : 'library.title')}</h2>
        <span class="count hint">${options.count}</span>
      </div>
      ${searchField({
        messages,
        label: messages.t('library.search'),
        placeholder: messages.t('library.searchPlaceholder'),
        value: options.search,
        onSearch: options.onSearch,
      })}
      <div class="segmented" role="group" aria-label=${messages.t('library.viewAs')}>
        ${viewButton('grid', 'library.viewGrid', 'grid')}${viewButton('list', 'library.viewList', 'list')}
      </div>
      ${
        trash
          ? nothing
          : html`<button class="button import" data-variant="primary" ?disabled=${!canImport} @click=${onImport}>
              ${icon('upload')}<span class="import-text">${messages.t('library.add')}</span>
            </button>`
      }
    </header>
    ${options.selected > 0 ? bulkBar(options) : filterBar(options)}`;
}

function filterBar(options: LibraryHeaderOptions): TemplateResult {
  const { messages, kind, source, sort, trash, onFilter, onTrash } = options;
  return html`<div class="bar" part="filters" role="group" aria-label=${messages.t('library.filters')}>
    <div class="segmented kinds" role="group" aria-label=${messages.t('library.filterKind')}>
      ${kindFilters.map(
        ([choice, key]) =>
          html`<button
            aria-pressed=${String(kind === choice)}
            @click=${() => {
              onFilter({ kind: choice });
            }}
          >
            ${messages.t(key)}
          </button>`,
      )}
    </div>
    ${filterSelect({
      messages,
      name: 'kind',
      label: messages.t('library.filterKind'),
      value: kind,
      choices: kindFilters,
      onChoice: (value) => {
        onFilter({ kind: value });
      },
    })}
    ${filterSelect({
      messages,
      name: 'source',
      label: messages.t('library.filterSource'),
      value: source,
      choices: sources,
      onChoice: (value) => {
        onFilter({ source: value });
      },
    })}
    ${filterSelect<AssetSort>({
      messages,
      name: 'sort',
      label: messages.t('library.sortBy'),
      value: sort,
      choices: sorts,
      onChoice: (value) => {
        onFilter({ sort: value });
      },
    })}
    <span class="spring"></span>
    ${
      trash
        ? nothing
        : html`<button class="button trash-button" data-size="small" data-variant="plain" @click=${onTrash}>
            ${icon('delete')}<span>${messages.t('library.trash')}</span>
          </button>`
    }
  </div>`;
}

function bulkBar(options: LibraryHeaderOptions): TemplateResult {
  const { messages, trash, selected } = options;
  const button = (name: IconName, key: PlainMessageKey, run: () => void): TemplateResult =>
    html`<button class="button" data-size="small" @click=${run}>${icon(name)}<span>${messages.t(key)}</span></button>`;
  return html`<div
    class="bar bulk"
    part="bulk-bar"
    role="toolbar"
    aria-label=${messages.t('library.selected', { count: selected })}
  >
    <button
      class="icon-button"
      data-size="small"
      aria-label=${messages.t('library.clearSelection')}
      title=${messages.t('library.clearSelection')}
      @click=${options.onClearSelection}
    >
      ${icon('close')}
    </button>
    <strong class="truncate">${messages.t('common.selectedCount', { count: selected })}</strong>
    <button class="button" data-size="small" data-variant="plain" @click=${options.onSelectAll}>
      ${messages.t('common.selectAll')}
    </button>
    <span class="spring"></span>
    ${
      trash
        ? button('restore', 'common.restore', options.onRestore)
        : html`${button('scissors', 'library.openIn', options.onOpenInStudio)}${button('tag', 'library.addTags', options.onTag)}${button('delete', 'common.delete', options.onDelete)}`
    }
  </div>`;
}
