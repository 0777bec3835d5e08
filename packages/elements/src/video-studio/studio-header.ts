import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { styleMap } from '../foundation/style-map.js';
import {
  exportInShort,
  exportSentence,
  isExportMoving,
  mainExport,
  type EditorState,
  type ExportJob,
  type Messages,
  type ProjectDetailsState,
} from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';
import type { StudioLayout } from './studio-layout.js';

export type HeaderAction =
  'projects' | 'new' | 'details' | 'undo' | 'redo' | 'help' | 'full-screen' | 'publish' | 'export' | 'menu';

export interface StudioHeaderView {
  readonly m: Messages;
  readonly layout: StudioLayout;
  readonly compactSaving: boolean;
  readonly details: ProjectDetailsState | null;
  readonly editor: Pick<EditorState, 'canUndo' | 'canRedo' | 'undoLabel' | 'redoLabel' | 'readOnly'> | null;
  /** Those that somebody may want to see, in the order in which they were begun. */
  readonly exports: readonly ExportJob[];
  readonly publishing: boolean;
  readonly fullScreen: 'no' | 'yes' | 'impossible';
  readonly detailsOpen: boolean;
  readonly menuOpen: boolean;
  readonly act: (action: HeaderAction, event: Event) => void;
  readonly setTitle: (title: string) => void;
  /** A copy was made in it, to go on in. */
  readonly openProject: (event: HTMLElementEventMap['lectern-project-open']) => void;
}

/** The bar over the studio: which project, where its changes are, and the ways out. */
export function studioHeader(view: StudioHeaderView): TemplateResult {
  const { m, layout } = view;
  const narrow = layout === 'narrow';
  return html`<header class="bar" part="header">
    ${
      narrow
        ? nothing
        : html`<button class="button" data-variant="plain" type="button" @click=${on(view, 'projects')}>
              ${icon('folder')}<span>${m.t('studio.projects')}</span>
            </button>
            <span class="rule"></span>`
    }
    ${titleGroup(view)}
    <span class="spacer"></span>
    ${
      view.details
        ? html`<autosave-manager
            ?compact=${view.compactSaving}
            @lectern-project-open=${view.openProject}
          ></autosave-manager>`
        : nothing
    }
    ${view.editor && !narrow ? history(view, view.editor) : nothing}
    ${
      narrow
        ? html`${exportButton(view)}
            <button
              class="icon-button"
              type="button"
              id="menu-button"
              aria-label=${m.t('studio.menu')}
              aria-haspopup="menu"
              aria-expanded=${view.menuOpen ? 'true' : 'false'}
              @click=${on(view, 'menu')}
            >
              ${icon('more')}
            </button>`
        : html`<span class="group">
              ${tool(view, 'help', 'help', m.t('studio.help'))}
              ${
                view.fullScreen === 'impossible'
                  ? nothing
                  : tool(
                      view,
                      'full-screen',
                      view.fullScreen === 'yes' ? 'shrink' : 'fullscreen',
                      m.t(view.fullScreen === 'yes' ? 'workspace.leaveFullScreen' : 'workspace.fullScreen'),
                    )
              }
            </span>
            ${publishButton(view)} ${exportButton(view)}`
    }
  </header>`;
}

function on(view: StudioHeaderView, action: HeaderAction): (event: Event) => void {
  return (event) => {
    view.act(action, event);
  };
}

function tool(
  view: StudioHeaderView,
  action: HeaderAction,
  name: IconName,
  label: string,
  disabled = false,
): TemplateResult {
  return html`<button
    class="icon-button"
    type="button"
    aria-label=${label}
    title=${label}
    ?disabled=${disabled}
    @click=${on(view, action)}
  >
    ${icon(name)}
  </button>`;
}

function titleGroup(view: StudioHeaderView): TemplateResult | typeof nothing {
  const { m, details } = view;
  if (!details) return nothing;
  return html`<div class="group title-group">
    <input
      class="title"
      type="text"
      maxlength="200"
      autocomplete="off"
      spellcheck="false"
      placeholder=${m.t('studio.untitled')}
      aria-label=${m.t('workspace.editTitle')}
      title=${details.title}
      .value=${live(details.title)}
      ?readonly=${view.editor?.readOnly ?? false}
      @change=${(event: Event) => {
        const field = event.target as HTMLInputElement;
        const title = field.value.trim();
        if (title === '') field.value = details.title;
        else view.setTitle(title);
      }}
      @keydown=${(event: KeyboardEvent) => {
        const field = event.target as HTMLInputElement;
        if (event.key === 'Enter') field.blur();
        else if (event.key === 'Escape') {
          event.stopPropagation();
          field.value = details.title;
          field.blur();
        }
      }}
    />
    ${
      view.layout === 'narrow'
        ? nothing
        : html`<span class="badge" data-tone=${details.isDraft ? nothing : 'success'}>
            ${m.t(details.isDraft ? 'autosave.draft' : 'autosave.published')}
          </span>`
    }
    ${view.layout === 'narrow' ? nothing : detailsButton(view)}
  </div>`;
}

function detailsButton(view: StudioHeaderView): TemplateResult {
  const label = view.m.t('workspace.details');
  return html`<button
    class="icon-button"
    data-size="small"
    id="details-button"
    type="button"
    aria-label=${label}
    title=${label}
    aria-haspopup="dialog"
    aria-expanded=${view.detailsOpen ? 'true' : 'false'}
    @click=${on(view, 'details')}
  >
    ${icon('info')}
  </button>`;
}

function history(view: StudioHeaderView, editor: NonNullable<StudioHeaderView['editor']>): TemplateResult {
  const { m } = view;
  const undo = editor.undoLabel
    ? m.t('workspace.undo', { what: m.t(editor.undoLabel) })
    : m.t('workspace.nothingToUndo');
  const redo = editor.redoLabel
    ? m.t('workspace.redo', { what: m.t(editor.redoLabel) })
    : m.t('workspace.nothingToRedo');
  return html`<span class="group">
    ${tool(view, 'undo', 'undo', undo, !editor.canUndo || editor.readOnly)}
    ${tool(view, 'redo', 'redo', redo, !editor.canRedo || editor.readOnly)}
  </span>`;
}

function publishButton(view: StudioHeaderView): TemplateResult {
  const { m, details, publishing } = view;
  return html`<button
    class="button"
    type="button"
    title=${m.t('workspace.publishHint')}
    ?disabled=${!details || publishing || (view.editor?.readOnly ?? true)}
    @click=${on(view, 'publish')}
  >
    ${publishing ? html`<span class="spinner"></span>` : icon('publish')}
    <span>${m.t(publishing ? 'workspace.publishing' : 'studio.publish')}</span>
  </button>`;
}

/** *Export*, or how far the exports are that go on in the background. */
function exportButton(view: StudioHeaderView): TemplateResult {
  const { m, exports, layout } = view;
  const job = mainExport(exports);
  if (!job)
    return html`<button
      class="button"
      data-variant="primary"
      type="button"
      ?disabled=${!view.details}
      @click=${on(view, 'export')}
    >
      ${icon('export')}<span>${m.t('studio.export')}</span>
    </button>`;
  const short = exportInShort(job, m);
  const more = exports.length - 1;
  const others = more > 0 ? ` ${m.t('workspace.exportsMore', { count: more })}` : '';
  const moves = isExportMoving(job);
  const sentence = exportSentence(job, exports, m);
  const label = m.t('workspace.exportState', {
    state: `${job.status === 'waiting' || !moves ? sentence : short}${others}`,
  });
  const symbol = chipIcons[job.status];
  return html`<button
    class="button chip"
    part="export-progress"
    type="button"
    data-status=${moves ? 'running' : job.status}
    aria-label=${label}
    title=${label}
    @click=${on(view, 'export')}
  >
    ${
      symbol
        ? html`${icon(symbol)}${layout === 'narrow' ? nothing : html`<span>${short}</span>`}`
        : html`<span class="progress"><span style=${styleMap({ '--value': String(job.fraction) })}></span></span
            ><span>${short}</span>`
    }
    ${more > 0 ? html`<span class="more" aria-hidden="true">+${m.format.number(more)}</span>` : nothing}
  </button>`;
}

const chipIcons: Readonly<Partial<Record<ExportJob['status'], IconName>>> = {
  done: 'done',
  failed: 'error',
  interrupted: 'warning',
  paused: 'pause',
};
