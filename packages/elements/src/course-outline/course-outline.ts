import { html, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { CourseChange } from '@lectern/ports';
import { LecternElement } from '../foundation/lectern-element.js';

/** What is to be attached: an asset or a project, and what it is called in the course. */
export type AttachOptions = { readonly title?: string } & (
  | { readonly assetId: string }
  | { readonly projectId: string }
);

/** @tagname course-outline */
export class CourseOutlineElement extends LecternElement {
  /** Id of the course that is shown; the first one when left out. */
  @property({ reflect: true }) course: string | null = null;

  /** Opens *Add to course*. Resolves with the chapter's id, or null when nothing was added. */
  attach(_what: AttachOptions): Promise<string | null> {
    return Promise.resolve(null);
  }

  protected override render(): TemplateResult {
    return html``;
  }
}

/** A change that a person made to a course and that the back end took. */
export interface CourseChangeDetail {
  readonly change: CourseChange;
}

declare global {
  interface HTMLElementTagNameMap {
    'course-outline': CourseOutlineElement;
  }
  interface HTMLElementEventMap {
    'lectern-course-change': CustomEvent<CourseChangeDetail>;
  }
}
