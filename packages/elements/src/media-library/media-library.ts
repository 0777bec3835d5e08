import { html, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { AssetKind, AssetSort, AssetSourceType } from '@lectern/ports';
import { LecternElement } from '../foundation/lectern-element.js';

/** @tagname media-library */
export class MediaLibraryElement extends LecternElement {
  /** What can be uploaded: as the `accept` of a file input. Everything that the library takes when left out. */
  @property() accept: string | null = null;

  /** `grid` or `list`; when left out, as it was chosen last in this session. */
  @property({ reflect: true }) view: 'grid' | 'list' | null = null;

  /** Shows only `video`, `audio` or `image`. */
  @property() kind: AssetKind | null = null;

  /** Shows only what came by `upload`, `recording` or `export`. */
  @property() source: AssetSourceType | null = null;

  @property() sort: AssetSort = 'newest';

  /** Part of a name or a tag. */
  @property() search = '';

  /** Shows an asset's details. */
  showDetails(_assetId: string): void {
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

declare global {
  interface HTMLElementTagNameMap {
    'media-library': MediaLibraryElement;
  }
}
