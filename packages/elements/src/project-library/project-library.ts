import { html, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { ProjectQuery } from '@lectern/ports';
import { LecternElement } from '../foundation/lectern-element.js';

/** @tagname project-library */
export class ProjectLibraryElement extends LecternElement {
  @property({ reflect: true }) view: 'grid' | 'list' = 'grid';

  /** Shows only `draft` or `published`. */
  @property() state: 'draft' | 'published' | null = null;

  @property() sort: NonNullable<ProjectQuery['sort']> = 'recent';

  /** Part of a title. */
  @property() search = '';

  protected override render(): TemplateResult {
    return html``;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'project-library': ProjectLibraryElement;
  }
}
