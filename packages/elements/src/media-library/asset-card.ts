import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Asset } from '@lectern/ports';
import type { LecternSession, Messages } from '@lectern/core';
import type { CellContext } from '../collection/collection-controller.js';
import type { InlineEditController } from '../collection/inline-edit-controller.js';
import { poster } from '../collection/poster.js';
import { icon } from '../foundation/icon.js';
import { isUndecodable, kindIcons, kindKeys, lengthOf, sourceIcons, sourceKeys } from './asset-words.js';

/** What cards need to know beside their asset. */
export interface AssetCardContext {
  readonly session: LecternSession | null;
  readonly messages: Messages;
  /** Renaming in place; without it names can't be changed here. */
  readonly edit: InlineEditController | null;
  /** Ticks and menu buttons: for managing, not for choosing from a list box. */
  readonly controls: boolean;
  readonly menu: ((asset: Asset, button: HTMLElement) => void) | null;
}

/** An asset's picture with what is marked on it. What only the looks say is there in words too. */
export function assetThumbnail(
  asset: Asset,
  id: string,
  context: Pick<AssetCardContext, 'session' | 'messages'>,
): TemplateResult {
  const { messages, session } = context;
  const length = lengthOf(asset, messages);
  const undecodable = isUndecodable(asset);
  return html`<div class="thumb" part="thumbnail" id=${id} data-kind=${asset.kind}>
    ${icon(kindIcons[asset.kind])}
    <canvas aria-hidden="true" ${poster(session, asset.posterKey)}></canvas>
    ${length === '' ? nothing : html`<span class="length timecode">${length}</span>`}
    ${
      undecodable
        ? html`<span class="mark" data-tone="warning" title=${messages.t('library.undecodable')}
            >${icon('warning')}</span
          >`
        : asset.sourceType === 'upload'
          ? nothing
          : html`<span class="mark" title=${messages.t(sourceKeys[asset.sourceType])}>
              ${icon(sourceIcons[asset.sourceType])}<span class="mark-text"
                >${messages.t(sourceKeys[asset.sourceType])}</span
              >
            </span>`
    }
    <span class="visually-hidden"
      >${messages.t(kindKeys[asset.kind])} ${undecodable ? messages.t('library.undecodable') : nothing}</span
    >
  </div>`;
}

/** The first cell of an asset in the grid and in the list. The words come first, so that they come first when it is read out. */
export function assetCell(asset: Asset | null, cell: CellContext, context: AssetCardContext): TemplateResult {
  if (!asset) {
    return html`<div class="text"><div class="skeleton line"></div></div>
      <div class="thumb skeleton"></div>`;
  }
  const { messages, edit, controls } = context;
  return html`<div class="text" id=${cell.ids.text}>
      ${
        edit?.editing === asset.id
          ? edit.render(asset.name, messages.t('library.rename', { name: asset.name }))
          : html`<span class="name truncate" title=${asset.name} dir="auto">${asset.name}</span>`
      }
      <span class="meta truncate">${describe(asset, messages, cell.view)}</span>
    </div>
    ${assetThumbnail(asset, cell.ids.thumb, context)}
    ${
      controls
        ? html`<label class="tick"
            ><input
              type="checkbox"
              tabindex="-1"
              .checked=${live(cell.selected)}
              aria-label=${messages.t('library.selectNamed', { name: asset.name })}
          /></label>`
        : nothing
    }
    ${controls && cell.view === 'grid' ? menuButton(asset, context) : nothing}`;
}

/** The further columns of the list. */
export function assetColumns(asset: Asset | null, context: AssetCardContext): TemplateResult {
  const { messages } = context;
  const { format } = messages;
  return html`<div class="column kind" role="gridcell">${asset ? messages.t(kindKeys[asset.kind]) : nothing}</div>
    <div class="column length timecode" role="gridcell">${asset ? lengthOf(asset, messages) || '–' : nothing}</div>
    <div class="column size" role="gridcell">${asset ? format.bytes(asset.sizeBytes) : nothing}</div>
    <div class="column source" role="gridcell">${asset ? messages.t(sourceKeys[asset.sourceType]) : nothing}</div>
    <div class="column date" role="gridcell">${asset ? format.date(asset.createdAt) : nothing}</div>
    <div class="column actions" role="gridcell">${asset ? menuButton(asset, context) : nothing}</div>`;
}

/** The list's column headers; the first stands over the picture and the name. */
export function assetHeaders(messages: Messages): TemplateResult {
  return html`<div role="columnheader" class="column name-head">${messages.t('common.name')}</div>
    <div role="columnheader" class="column kind">${messages.t('library.filterKind')}</div>
    <div role="columnheader" class="column length">${messages.t('common.duration')}</div>
    <div role="columnheader" class="column size">${messages.t('common.size')}</div>
    <div role="columnheader" class="column source">${messages.t('library.source')}</div>
    <div role="columnheader" class="column date">${messages.t('library.created')}</div>
    <div role="columnheader" class="column actions">
      <span class="visually-hidden">${messages.t('common.moreActions')}</span>
    </div>`;
}

function menuButton(asset: Asset, { messages, menu }: AssetCardContext): TemplateResult {
  return html`<button
    class="icon-button more"
    data-size="small"
    tabindex="-1"
    aria-haspopup="menu"
    aria-label=${messages.t('library.actionsFor', { name: asset.name })}
    @click=${(event: MouseEvent) => {
      menu?.(asset, event.currentTarget as HTMLElement);
    }}
  >
    ${icon('more')}
  </button>`;
}

function describe(asset: Asset, messages: Messages, view: 'grid' | 'list'): string {
  const { format } = messages;
  const parts =
    view === 'grid'
      ? [format.bytes(asset.sizeBytes), format.date(asset.createdAt)]
      : [messages.t(kindKeys[asset.kind]), lengthOf(asset, messages), format.bytes(asset.sizeBytes)].filter(
          (part) => part !== '',
        );
  return parts.join(' · ');
}
