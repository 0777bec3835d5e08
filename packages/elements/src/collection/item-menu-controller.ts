import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import type { Messages, PlainMessageKey } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';
import { MenuController } from '../foundation/menu-controller.js';

/** A line of a menu. */
export interface MenuLine<Item> {
  readonly icon: IconName;
  readonly label: PlainMessageKey | { readonly text: string };
  readonly keys?: string;
  readonly tone?: 'danger';
  readonly disabled?: boolean;
  readonly run: (item: Item) => void;
}

export interface ItemMenuOptions<Item> {
  /** Null is a rule between lines. */
  readonly lines: (item: Item) => readonly (MenuLine<Item> | null)[];
  readonly nameOf: (item: Item) => string;
}

/** The menu of one item at a time: at its button, or where it was asked for. */
export class ItemMenuController<Item> {
  readonly #host: ReactiveControllerHost;
  readonly #menu: MenuController;
  readonly #popover: Ref<HTMLElement> = createRef();
  readonly #options: ItemMenuOptions<Item>;
  #item: Item | null = null;

  constructor(host: ReactiveControllerHost, options: ItemMenuOptions<Item>) {
    this.#host = host;
    this.#menu = new MenuController(host);
    this.#options = options;
  }

  async open(
    item: Item,
    at: HTMLElement | { readonly x: number; readonly y: number },
    returnTo: HTMLElement,
  ): Promise<void> {
    this.#item = item;
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    const popover = this.#popover.value;
    if (popover) this.#menu.open(popover, at, returnTo);
  }

  render(messages: Messages): TemplateResult {
    const item = this.#item;
    return html`<div
      class="menu"
      popover
      role="menu"
      aria-label=${item === null ? messages.t('common.moreActions') : messages.t('library.actionsFor', { name: this.#options.nameOf(item) })}
      ${ref(this.#popover)}
    >
      ${item === null ? nothing : this.#options.lines(item).map((line) => this.#renderLine(item, line, messages))}
    </div>`;
  }

  #renderLine(item: Item, line: MenuLine<Item> | null, messages: Messages): TemplateResult {
    if (line === null) return html`<hr />`;
    return html`<button
      role="menuitem"
      tabindex="-1"
      data-tone=${line.tone ?? nothing}
      aria-disabled=${line.disabled ? 'true' : nothing}
      @click=${() => {
        if (line.disabled) return;
        this.#menu.close();
        line.run(item);
      }}
    >
      ${icon(line.icon)}<span class="truncate"
        >${typeof line.label === 'string' ? messages.t(line.label) : line.label.text}</span
      >
      ${line.keys ? html`<kbd>${line.keys}</kbd>` : nothing}
    </button>`;
  }
}
