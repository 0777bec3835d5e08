import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import type { Asset } from '@lectern/ports';
import type { Messages, PlainMessageKey } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';
import { MenuController } from '../foundation/menu-controller.js';

/** A line of an asset's menu; null is a rule between lines. */
export interface AssetMenuItem {
  readonly icon: IconName;
  readonly label: PlainMessageKey;
  readonly keys?: string;
  readonly tone?: 'danger';
  readonly run: (asset: Asset) => void;
}

/** The menu of one asset at a time: at its button, or where it was asked for. */
export class AssetMenuController {
  readonly #host: ReactiveControllerHost;
  readonly #menu: MenuController;
  readonly #popover: Ref<HTMLElement> = createRef();
  readonly #items: (asset: Asset) => readonly (AssetMenuItem | null)[];
  #asset: Asset | null = null;

  constructor(host: ReactiveControllerHost, items: (asset: Asset) => readonly (AssetMenuItem | null)[]) {
    this.#host = host;
    this.#menu = new MenuController(host);
    this.#items = items;
  }

  async open(asset: Asset, at: HTMLElement | { readonly x: number; readonly y: number }, returnTo: HTMLElement): Promise<void> {
    this.#asset = asset;
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    const popover = this.#popover.value;
    if (popover) this.#menu.open(popover, at, returnTo);
  }

  render(messages: Messages): TemplateResult {
    const asset = this.#asset;
    return html`<div
      class="menu"
      popover
      role="menu"
      aria-label=${asset ? messages.t('library.actionsFor', { name: asset.name }) : nothing}
      ${ref(this.#popover)}
    >
      ${asset
        ? this.#items(asset).map((item) =>
            item === null
              ? html`<hr role="separator" />`
              : html`<button
                  role="menuitem"
                  tabindex="-1"
                  data-tone=${item.tone ?? nothing}
                  @click=${() => {
                    this.#menu.close();
                    item.run(asset);
                  }}
                >
                  ${icon(item.icon)}${messages.t(item.label)}${item.keys ? html`<kbd>${item.keys}</kbd>` : nothing}
                </button>`,
          )
        : nothing}
    </div>`;
  }
}
