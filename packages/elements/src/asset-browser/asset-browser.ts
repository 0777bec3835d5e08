import { html, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { AssetKind } from '@lectern/ports';
import { LecternElement } from '../foundation/lectern-element.js';

/** @tagname asset-browser */
export class AssetBrowserElement extends LecternElement {
  /** `panel`: the studio's compact column; `picker`: a dialog that `open()` shows. */
  @property({ reflect: true }) mode: 'panel' | 'picker' = 'panel';

  /** Which tab is in front. */
  @property({ reflect: true }) tab: 'assets' | 'recordings' = 'assets';

  /** Shows only `video`, `audio` or `image`. */
  @property() kind: AssetKind | null = null;

  /** What can be uploaded: as the `accept` of a file input. */
  @property() accept: string | null = null;

  /** In the picker: only one asset can be chosen. */
  @property({ type: Boolean }) single = false;

  /** Shows the picker. Resolves with the chosen ids, or null when it was closed without a choice. */
  open(): Promise<readonly string[] | null> {
    return Promise.resolve(null);
  }

  /** Closes the picker without a choice. */
  close(): void {
    /* … */
  }

  /** Asks for files, as the *Upload* button does. */
  chooseFiles(): void {
    /* … */
  }

  protected override render(): TemplateResult {
    return html``;
  }
}

/** Assets are to be put on the timeline of the project around. */
export interface AssetInsertDetail {
  readonly assetIds: readonly string[];
}

declare global {
  interface HTMLElementTagNameMap {
    'asset-browser': AssetBrowserElement;
  }
  interface HTMLElementEventMap {
    'lectern-asset-pick': CustomEvent<AssetInsertDetail>;
    'lectern-asset-insert-request': CustomEvent<AssetInsertDetail>;
  }
}
