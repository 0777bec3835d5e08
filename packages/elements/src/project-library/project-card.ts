import { html, nothing, type TemplateResult } from 'lit';
import type { ProjectSummary } from '@lectern/ports';
import type { LecternSession, Messages } from '@lectern/core';
import type { CellContext } from '../collection/collection-controller.js';
import type { InlineEditController } from '../collection/inline-edit-controller.js';
import { poster } from '../collection/poster.js';
import { icon } from '../foundation/icon.js';

export interface ProjectCardContext {
  readonly session: LecternSession | null;
  readonly messages: Messages;
  readonly now: Date;
  readonly edit: InlineEditController;
  readonly open: (project: ProjectSummary) => void;
  readonly menu: (project: ProjectSummary, button: HTMLElement) => void;
}

/** Ids of the two fields of a project that are edited in place. */
export const titleField = (project: ProjectSummary): string => `title:${project.id}`;
export const descriptionField = (project: ProjectSummary): string => `description:${project.id}`;

/** The first cell of a project in the grid and in the list. */
export function projectCell(
  project: ProjectSummary | null,
  cell: CellContext,
  context: ProjectCardContext,
): TemplateResult {
  if (!project) {
    return html`<div class="text"><div class="skeleton line"></div></div>
      <div class="thumb skeleton"></div>`;
  }
  const { messages, edit, open } = context;
  const { title, description } = project;
  const { ids } = cell;
  return html`<div class="text" id=${ids.text}>
      ${
        edit.editing === titleField(project)
          ? edit.render(title, messages.t('projects.titleLabel'), 200)
          : html`<span class="name truncate" title=${title} dir="auto"
              >${title || messages.t('projects.newTitle')}</span
            >`
      }
      ${
        edit.editing === descriptionField(project)
          ? edit.render(description, messages.t('projects.descriptionLabel'), 2000)
          : description === ''
            ? nothing
            : html`<span class="meta about truncate" title=${description} dir="auto">${description}</span>`
      }
      <span class="meta when truncate"
        >${messages.t('projects.changed', { when: messages.format.relative(project.updatedAt, context.now) })}</span
      >
    </div>
    <div class="thumb" part="thumbnail" id=${ids.thumb} data-kind="project">
      ${icon('film')}
      <canvas aria-hidden="true" ${poster(context.session, project.posterKey)}></canvas>
      ${cell.view === 'grid' ? stateBadge(project, messages) : nothing}
      ${project.durationSeconds > 0 ? html`<span class="length timecode">${messages.format.duration(project.durationSeconds)}</span>` : nothing}
    </div>
    ${
      project.deletedAt === null && cell.view === 'grid'
        ? html`<div class="over">
            <button
              class="button open"
              id=${ids.more}
              data-size="small"
              tabindex="-1"
              aria-label=${messages.t('projects.open', { name: title })}
              @click=${() => {
                open(project);
              }}
            >
              ${messages.t('common.open')}
            </button>
          </div>`
        : nothing
    }
    ${cell.view === 'grid' ? menuButton(project, context) : nothing}`;
}

/** The further columns of the list. */
export function projectColumns(project: ProjectSummary | null, context: ProjectCardContext): TemplateResult {
  const { messages, now } = context;
  const { format } = messages;
  return html`<div class="column status" role="gridcell">${project ? stateBadge(project, messages) : nothing}</div>
    <div class="column length timecode" role="gridcell">
      ${project ? format.duration(project.durationSeconds) : nothing}
    </div>
    <div class="column date" role="gridcell" title=${project ? format.dateTime(project.updatedAt) : ''}>
      ${project ? format.relative(project.updatedAt, now) : nothing}
    </div>
    <div class="column actions" role="gridcell">${project ? menuButton(project, context) : nothing}</div>`;
}

export function projectHeaders(messages: Messages): TemplateResult {
  return html`<div role="columnheader" class="column name-head">${messages.t('common.title')}</div>
    <div role="columnheader" class="column status">${messages.t('projects.state')}</div>
    <div role="columnheader" class="column length">${messages.t('common.duration')}</div>
    <div role="columnheader" class="column date">${messages.t('library.modified')}</div>
    <div role="columnheader" class="column actions">
      <span class="visually-hidden">${messages.t('common.moreActions')}</span>
    </div>`;
}

function stateBadge(project: ProjectSummary, messages: Messages): TemplateResult {
  return html`<span class="badge state-badge" data-tone=${project.isDraft ? nothing : 'success'}>
    ${messages.t(project.isDraft ? 'projects.draft' : 'projects.published')}
  </span>`;
}

function menuButton(project: ProjectSummary, { messages, menu }: ProjectCardContext): TemplateResult {
  return html`<button
    class="icon-button more"
    data-size="small"
    tabindex="-1"
    aria-haspopup="menu"
    aria-label=${messages.t('library.actionsFor', { name: project.title })}
    @click=${(event: MouseEvent) => {
      menu(project, event.currentTarget as HTMLElement);
    }}
  >
    ${icon('more')}
  </button>`;
}
