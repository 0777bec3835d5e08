import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Asset, AssetKind, ChapterItem, ProjectSummary } from '@lectern/ports';
import type { LecternSession, Messages } from '@lectern/core';
import type { InlineEditController } from '../collection/inline-edit-controller.js';
import { poster } from '../collection/poster.js';
import { icon, type IconName } from '../foundation/icon.js';
import { kindIcons, kindKeys } from '../media-library/asset-words.js';
import type { OutlineChapter, OutlineRow } from './outline-moves.js';

/** What is known of the thing that an item shows. */
export interface ItemFacts {
  readonly kind: AssetKind | 'project';
  readonly posterKey: string | null;
  readonly durationSeconds: number;
  /** It is in the trash or no longer there at all. */
  readonly missing: boolean;
  readonly isDraft: boolean;
}

export function factsOfAsset(asset: Asset): ItemFacts {
  return {
    kind: asset.kind,
    posterKey: asset.posterKey,
    durationSeconds: asset.probe?.durationSeconds ?? 0,
    missing: asset.deletedAt !== null,
    isDraft: false,
  };
}

export function factsOfProject(project: ProjectSummary): ItemFacts {
  return {
    kind: 'project',
    posterKey: project.posterKey,
    durationSeconds: project.durationSeconds,
    missing: project.deletedAt !== null,
    isDraft: project.isDraft,
  };
}

export interface OutlineRowContext {
  readonly session: LecternSession | null;
  readonly messages: Messages;
  readonly edit: InlineEditController;
  readonly activeId: string | null;
  readonly draggedId: string | null;
  readonly readonly: boolean;
  /** Null while it is read, or when it can't be. */
  readonly facts: (item: ChapterItem) => ItemFacts | null;
  readonly isFolded: (chapterId: string) => boolean;
  readonly fold: (chapterId: string) => void;
  readonly addMedia: (chapter: OutlineChapter) => void;
  readonly menu: (row: OutlineRow, button: HTMLElement) => void;
  readonly drag: (row: OutlineRow, event: PointerEvent) => void;
}

/** A chapter and its items. The tree is flat in the document: levels say what belongs where, and each row is named by its own words alone. */
export function chapterBranch(
  chapter: OutlineChapter,
  position: number,
  total: number,
  context: OutlineRowContext,
): TemplateResult {
  const { messages, edit, activeId, draggedId } = context;
  const row: OutlineRow = { id: chapter.id, chapter, item: null };
  const folded = context.isFolded(chapter.id);
  const words = messages.t('courses.itemsInChapter', { count: chapter.items.length });
  return html`<div
    class="chapter"
    part="chapter"
    role="none"
    data-chapter=${chapter.id}
    data-last=${folded ? (chapter.items.at(-1)?.id ?? '') : nothing}
    ?data-dragged=${draggedId === chapter.id}
  >
    <div
      class="chapter-row"
      role="treeitem"
      data-row
      data-id=${chapter.id}
      aria-level="1"
      aria-posinset=${position}
      aria-setsize=${total}
      aria-expanded=${String(!folded)}
      aria-label="${chapter.title} ${context.messages.format.number(chapter.items.length)} ${words}"
      tabindex=${activeId === chapter.id ? 0 : -1}
    >
      ${grip(row, context)}
      <button
        class="icon-button fold"
        data-size="small"
        tabindex="-1"
        aria-label=${messages.t(folded ? 'courses.unfold' : 'courses.fold', { name: chapter.title })}
        @click=${() => {
          context.fold(chapter.id);
        }}
      >
        ${icon(folded ? 'chevron-right' : 'chevron-down')}
      </button>
      ${
        edit.editing === chapter.id
          ? edit.render(chapter.title, messages.t('courses.chapterTitle'), 200)
          : html`<span class="chapter-title truncate" dir="auto" data-name>${chapter.title}</span>`
      }
      <span class="hint count">${messages.format.number(chapter.items.length)}</span>
      ${
        context.readonly
          ? nothing
          : html`${rowButton('add', messages.t('courses.addMediaTo', { name: chapter.title }), () => {
              context.addMedia(chapter);
            })}
            ${menuButton(row, chapter.title, context)}`
      }
    </div>
    ${
      folded
        ? nothing
        : html`<div class="items" role="none">
            ${
              chapter.items.length === 0
                ? html`<p class="hint none" role="presentation">${messages.t('courses.emptyChapter')}</p>`
                : repeat(
                    chapter.items,
                    (item) => item.id,
                    (item, index) => itemLeaf(item, chapter, index, context),
                  )
            }
          </div>`
    }
  </div>`;
}

function itemLeaf(
  item: ChapterItem,
  chapter: OutlineChapter,
  index: number,
  context: OutlineRowContext,
): TemplateResult {
  const { messages, edit, session, activeId, draggedId } = context;
  const { format } = messages;
  const row: OutlineRow = { id: item.id, chapter, item };
  const facts = context.facts(item);
  const kind =
    item.target.kind === 'project'
      ? messages.t('courses.itemProject')
      : facts && facts.kind !== 'project'
        ? messages.t(kindKeys[facts.kind])
        : '';
  const length = facts && facts.durationSeconds > 0 ? format.duration(facts.durationSeconds) : '';
  const words = facts?.missing ? messages.t('courses.itemMissing') : kind;
  return html`<div
    class="item"
    part="item"
    data-item=${item.id}
    ?data-dragged=${draggedId === item.id}
    role="treeitem"
    aria-level="2"
    aria-posinset=${index + 1}
    aria-setsize=${chapter.items.length}
    aria-label=${[item.title, words, facts?.isDraft && !facts.missing ? `· ${messages.t('projects.draft')}` : '', length].filter((part) => part !== '').join(' ')}
    tabindex=${activeId === item.id ? 0 : -1}
    data-id=${item.id}
  >
    ${grip(row, context)}
    <div
      class="thumb"
      part="thumbnail"
      data-kind=${facts?.kind ?? (item.target.kind === 'project' ? 'project' : 'video')}
    >
      ${icon(facts?.missing ? 'warning' : facts && facts.kind !== 'project' ? kindIcons[facts.kind] : 'film')}
      <canvas aria-hidden="true" ${poster(session, facts?.posterKey ?? null)}></canvas>
    </div>
    <div class="text">
      ${
        edit.editing === item.id
          ? edit.render(item.title, messages.t('courses.itemTitle'), 200)
          : html`<span class="name truncate" dir="auto" title=${item.title} data-name>${item.title}</span>`
      }
      <span class="meta truncate" data-tone=${facts?.missing ? 'warning' : nothing}>
        ${words}${facts?.isDraft && !facts.missing ? html` · ${messages.t('projects.draft')}` : nothing}
      </span>
    </div>
    ${length === '' ? nothing : html`<span class="hint timecode">${length}</span>`}
    ${context.readonly ? nothing : menuButton(row, item.title, context)}
  </div>`;
}

/** The handle for pointers; by key and by menu the same moves are made without it. */
function grip(row: OutlineRow, context: OutlineRowContext): TemplateResult | typeof nothing {
  if (context.readonly) return nothing;
  return html`<span
    class="grip"
    aria-hidden="true"
    @pointerdown=${(event: PointerEvent) => {
      event.stopPropagation();
      context.drag(row, event);
    }}
  >
    ${icon('grip')}
  </span>`;
}

function rowButton(name: IconName, label: string, run: (button: HTMLElement) => void): TemplateResult {
  return html`<button
    class="icon-button"
    data-size="small"
    tabindex="-1"
    aria-label=${label}
    title=${label}
    @click=${(event: MouseEvent) => {
      run(event.currentTarget as HTMLElement);
    }}
  >
    ${icon(name)}
  </button>`;
}

function menuButton(row: OutlineRow, name: string, { messages, menu }: OutlineRowContext): TemplateResult {
  return html`<button
    class="icon-button more"
    data-size="small"
    tabindex="-1"
    aria-haspopup="menu"
    aria-label=${messages.t('library.actionsFor', { name })}
    @click=${(event: MouseEvent) => {
      menu(row, event.currentTarget as HTMLElement);
    }}
  >
    ${icon('more')}
  </button>`;
}
