import { html, nothing, type TemplateResult } from 'lit';
import type { Messages } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';
import type { PointerDragController } from '../foundation/pointer-drag-controller.js';
import { styleMap } from '../foundation/style-map.js';
import type { Keymap } from '../foundation/studio-keys.js';
import type { PanelName, PanelSizes } from './panel-sizes.js';
import { separator } from './separator.js';
import type { StudioLayout } from './studio-layout.js';

export type StudioTab = 'media' | 'edit' | 'inspector';

export interface StudioBodyView {
  readonly m: Messages;
  readonly layout: StudioLayout;
  /** The tab in front of the narrow layout, and of the middle one's side column. */
  readonly tab: StudioTab;
  readonly sideTab: 'media' | 'inspector';
  readonly sizes: PanelSizes;
  readonly drag: PointerDragController;
  readonly rtl: boolean;
  readonly keymap: Keymap | null;
  readonly showTab: (tab: StudioTab) => void;
  readonly tabKey: (event: KeyboardEvent) => void;
  readonly addSample: () => void;
}

/**
 * Media, preview, inspector and timeline. It is one structure in every layout, so that a canvas and a scroll position
 * outlive a change of the width.
 */
export function studioBody(view: StudioBodyView): TemplateResult {
  const { m, layout, sizes } = view;
  return html`<div
    class="body"
    data-layout=${layout}
    data-tab=${view.tab}
    style=${styleMap({
      '--media': `${String(sizes.get('media'))}px`,
      '--inspector': `${String(sizes.get('inspector'))}px`,
      '--timeline': `${String(sizes.get('timeline'))}px`,
    })}
  >
    ${layout === 'wide' ? nothing : tabs(view)}
    ${panel(view, 'media', html`<asset-browser class="browser"></asset-browser>`)}
    ${layout === 'narrow' ? nothing : panelSeparator(view, 'media')}
    ${panel(
      view,
      'preview',
      html`<studio-preview>
        <button slot="empty" class="button" type="button" @click=${view.addSample}>
          ${m.t('workspace.startSample')}
        </button>
      </studio-preview>`,
    )}
    ${layout === 'wide' ? panelSeparator(view, 'inspector') : nothing}
    ${panel(view, 'inspector', html`<clip-inspector class="fields"></clip-inspector>`)}
    ${layout === 'narrow' ? nothing : panelSeparator(view, 'timeline')}
    ${panel(view, 'timeline', html`<studio-timeline .keymap=${view.keymap}></studio-timeline>`)}
  </div>`;
}

type Panel = 'media' | 'preview' | 'inspector' | 'timeline';

function panel(view: StudioBodyView, name: Panel, content: TemplateResult): TemplateResult {
  return html`<section
    class="panel ${name}"
    part="panel"
    id=${name}
    aria-label=${view.m.t(`studio.${name}`)}
    ?hidden=${!isShown(view, name)}
  >
    ${content}
  </section>`;
}

function isShown({ layout, tab, sideTab }: StudioBodyView, name: Panel): boolean {
  if (layout === 'wide') return true;
  const isSide = name === 'media' || name === 'inspector';
  if (layout === 'medium') return !isSide || name === sideTab;
  return isSide ? name === tab : tab === 'edit';
}

function tabs(view: StudioBodyView): TemplateResult {
  const { m, layout } = view;
  const narrow = layout === 'narrow';
  const all: readonly (readonly [name: StudioTab, symbol: IconName, label: string, controls: string])[] = [
    ['media', 'library', m.t('studio.media'), 'media'],
    ...(narrow ? ([['edit', 'film', m.t('workspace.edit'), 'preview timeline']] as const) : []),
    ['inspector', 'inspector', m.t('studio.inspector'), 'inspector'],
  ];
  const current = narrow ? view.tab : view.sideTab;
  return html`<div class="tabs" part="tabs" role="tablist" aria-label=${m.t('studio.title')} @keydown=${view.tabKey}>
    ${all.map(
      ([name, symbol, label, controls]) =>
        html`<button
          type="button"
          role="tab"
          aria-selected=${name === current ? 'true' : 'false'}
          aria-controls=${controls}
          @click=${() => {
            view.showTab(name);
          }}
        >
          ${icon(symbol)}<span class="truncate">${label}</span>
        </button>`,
    )}
  </div>`;
}

function panelSeparator({ m, sizes, drag, rtl }: StudioBodyView, name: PanelName): TemplateResult {
  return separator({
    name,
    label: m.t('workspace.sizeOf', { panel: m.t(`studio.${name}`) }),
    controls: name,
    sizes,
    drag,
    grows: name === 'media' ? 'towards-end' : 'towards-start',
    rtl,
  });
}
