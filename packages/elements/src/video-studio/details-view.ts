import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Messages, ProjectSession } from '@lectern/core';

export interface DetailsActions {
  readonly set: (details: { readonly title?: string; readonly description?: string }) => void;
  readonly unpublish: () => void;
}

/** Title, description and what else there is to know of the project. */
export function detailsView(project: ProjectSession, m: Messages, { set, unpublish }: DetailsActions): TemplateResult {
  const details = project.details.getState();
  const { document } = project.editor;
  const { num, den } = document.settings.frameRate;
  return html`<label class="field">
      <span class="label">${m.t('common.title')}</span>
      <input
        class="input"
        type="text"
        maxlength="200"
        .value=${live(details.title)}
        @change=${(event: Event) => {
          const field = event.target as HTMLInputElement;
          const title = field.value.trim();
          if (title === '') field.value = details.title;
          else set({ title });
        }}
      />
    </label>
    <label class="field">
      <span class="label">${m.t('common.description')}</span>
      <textarea
        class="textarea"
        rows="4"
        maxlength="4000"
        .value=${live(details.description)}
        @change=${(event: Event) => {
          set({ description: (event.target as HTMLTextAreaElement).value.trim() });
        }}
      ></textarea>
      <span class="hint">${m.t('workspace.descriptionHint')}</span>
    </label>
    <dl>
      <dt>${m.t('workspace.status')}</dt>
      <dd>${m.t(details.isDraft ? 'autosave.draft' : 'autosave.published')}</dd>
      <dt>${m.t('workspace.length')}</dt>
      <dd>${m.format.duration((document.totalFrames * den) / num)}</dd>
      <dt>${m.t('workspace.version')}</dt>
      <dd>${details.rev > 0 ? m.format.number(details.rev) : m.t('workspace.notSavedYet')}</dd>
    </dl>
    ${
      details.isDraft
        ? nothing
        : html`<button class="button" type="button" @click=${unpublish}>${m.t('autosave.unpublish')}</button>`
    }`;
}
