import { CollectionHarness } from '../collection/collection-harness.js';
import type { AssetBrowserElement } from './asset-browser.js';

/** Drives the studio's media panel and the picker as a person would. */
export class AssetBrowserHarness extends CollectionHarness<AssetBrowserElement> {
  get dialog(): HTMLDialogElement | null {
    return this.element.shadowRoot?.querySelector('dialog') ?? null;
  }

  /** The words on the tab that is in front. */
  get tab(): string {
    return this.get('[role="tab"][aria-selected="true"]').textContent.trim();
  }
}
