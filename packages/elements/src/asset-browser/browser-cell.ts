import { html, nothing, type TemplateResult } from 'lit';
import type { Asset } from '@lectern/ports';
import type { CellContext } from '../collection/collection-controller.js';
import { icon } from '../foundation/icon.js';
import { assetCell, type AssetCardContext } from '../media-library/asset-card.js';

export interface BrowserCellContext extends Pick<AssetCardContext, 'session' | 'messages' | 'edit'> {
  /** Its place among what is chosen, from 1 on; 0 when it isn't. */
  readonly order: number;
  /** Whether the place is shown as a number. */
  readonly numbered: boolean;
  /** Puts it on the timeline; null in the picker. */
  readonly insert: ((asset: Asset) => void) | null;
}

/** The library's card, with *Add to timeline* on it or its place among the picked ones. */
export function browserCell(asset: Asset | null, cell: CellContext, context: BrowserCellContext): TemplateResult {
  const { messages, insert, order, numbered } = context;
  return html`${assetCell(asset, cell, { ...context, controls: false, menu: null })}
  ${order > 0 ? html`<span class="order" aria-hidden="true" data-order=${numbered ? String(order) : ''}>${numbered ? nothing : icon('check')}</span>` : nothing}
  ${
    asset && insert
      ? html`<button
          class="icon-button insert"
          data-size="small"
          tabindex="-1"
          aria-label=${messages.t('browser.add', { name: asset.name })}
          title=${messages.t('library.addToTimeline')}
          @click=${() => {
            insert(asset);
          }}
        >
          ${icon('add')}
        </button>`
      : nothing
  }`;
}
