import { studioCommand, type StudioCommandId } from '@lectern/core';
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../foundation/icon.js';
import { commandItem, keyText, type KeyNames, type MenuEntry } from './menu-items.js';
import type { TimelineView } from './timeline-view.js';

/** How much of the toolbar is folded into its menu: 0 nothing, 3 all but the most needed. */
export type Fold = 0 | 1 | 2 | 3;

/** What fits a width, in CSS pixels. */
export function foldAt(width: number): Fold {
  if (width >= 780) return 0;
  if (width >= 600) return 1;
  if (width >= 440) return 2;
  return 3;
}

interface Tool {
  readonly id: StudioCommandId;
  readonly icon: IconName;
  /** From this fold on it is in the menu; null for what always stays. */
  readonly foldsAt: Fold | null;
}

const tools: readonly (Tool | 'gap')[] = [
  { id: 'split', icon: 'split', foldsAt: null },
  { id: 'delete', icon: 'delete', foldsAt: null },
  'gap',
  { id: 'undo', icon: 'undo', foldsAt: null },
  { id: 'redo', icon: 'redo', foldsAt: null },
  'gap',
  { id: 'toggleSnapping', icon: 'magnet', foldsAt: 2 },
  { id: 'link', icon: 'link', foldsAt: 1 },
  { id: 'addMarker', icon: 'marker', foldsAt: 1 },
];

export interface ToolbarState {
  readonly fold: Fold;
  readonly names: KeyNames;
  /** Commands that would do something now. */
  readonly enabled: ReadonlySet<StudioCommandId>;
  readonly shown: 'graphics' | 'table';
  readonly setShown: (shown: 'graphics' | 'table') => void;
  readonly openMore: (button: HTMLElement) => void;
  readonly handleKey: (event: KeyboardEvent) => void;
}

function isFolded(tool: Tool, fold: Fold): boolean {
  return tool.foldsAt !== null && fold >= tool.foldsAt;
}

/** Whether the link button would part what is linked. */
function unlinks(view: TimelineView): boolean {
  return [...view.selected].some((id) => view.document.clips.get(id)?.linkId != null);
}

/** `link` stands for both; which of them is meant follows from what is picked. */
function commandFor(view: TimelineView, tool: Tool): Tool {
  return tool.id === 'link' && unlinks(view) ? { ...tool, id: 'unlink', icon: 'unlink' } : tool;
}

export function toolbar(view: TimelineView, state: ToolbarState): TemplateResult {
  const { messages } = view;
  const { fold, shown } = state;
  return html`<div class="toolbar" part="toolbar">
    <div class="tools" role="toolbar" aria-label=${messages.t('timeline.toolbar')} @keydown=${state.handleKey}>
      <div class="segmented" role="group" aria-label=${messages.t('timeline.tool')}>
        ${toolSwitch(view, state, 'select')}${toolSwitch(view, state, 'razor')}
      </div>
      ${tools.map((tool) => {
        if (tool === 'gap') return fold < 3 ? html`<span class="gap"></span>` : nothing;
        return isFolded(tool, fold) ? nothing : button(view, state, tool);
      })}
      ${
        fold > 0
          ? html`<button
              class="icon-button"
              type="button"
              data-tool
              aria-haspopup="menu"
              aria-label=${messages.t('timeline.moreTools')}
              title=${messages.t('timeline.moreTools')}
              @click=${(event: Event) => {
                state.openMore(event.currentTarget as HTMLElement);
              }}
            >
              ${icon('more')}
            </button>`
          : nothing
      }
    </div>
    <div class="spring"></div>
    ${fold < 3 && shown === 'graphics' ? zoomControls(view, state) : nothing}
    <div class="segmented" role="group" aria-label=${messages.t('timeline.view')}>
      ${viewSwitch(view, state, 'graphics', 'film')}${viewSwitch(view, state, 'table', 'table')}
    </div>
  </div>`;
}

function titled(label: string, keys: string): string {
  return keys === '' ? label : `${label} (${keys})`;
}

function toolSwitch(view: TimelineView, state: ToolbarState, tool: 'select' | 'razor'): TemplateResult {
  const id = tool === 'select' ? 'selectTool' : 'razorTool';
  const label = view.messages.t(studioCommand(id).label);
  return html`<button
    type="button"
    data-tool
    aria-pressed=${view.state.tool === tool ? 'true' : 'false'}
    aria-label=${label}
    title=${titled(label, keyText(id, state.names))}
    @click=${() => {
      view.editor.setTool(tool);
    }}
  >
    ${icon(tool === 'select' ? 'cursor' : 'scissors')}
  </button>`;
}

function button(view: TimelineView, state: ToolbarState, tool: Tool): TemplateResult {
  const { id, icon: picture } = commandFor(view, tool);
  const command = studioCommand(id);
  const label = view.messages.t(command.label);
  const pressed = id === 'toggleSnapping' ? (view.state.snapping ? 'true' : 'false') : nothing;
  return html`<button
    class="icon-button"
    type="button"
    data-tool
    data-command=${id}
    aria-pressed=${pressed}
    aria-disabled=${state.enabled.has(id) ? nothing : 'true'}
    aria-label=${label}
    title=${titled(label, keyText(id, state.names))}
    @click=${() => {
      command.run(view.project);
    }}
  >
    ${icon(picture)}
  </button>`;
}

function viewSwitch(
  view: TimelineView,
  state: ToolbarState,
  shown: 'graphics' | 'table',
  picture: IconName,
): TemplateResult {
  const label = view.messages.t(shown === 'graphics' ? 'timeline.showGraphics' : 'timeline.showTable');
  return html`<button
    type="button"
    aria-pressed=${state.shown === shown ? 'true' : 'false'}
    aria-label=${label}
    title=${label}
    @click=${() => {
      state.setShown(shown);
    }}
  >
    ${icon(picture)}
  </button>`;
}

/** The slider is logarithmic: each step makes everything larger by the same factor. */
const leastZoom = Math.log(0.002);
const mostZoom = Math.log(40);

function zoomControls(view: TimelineView, { fold, names }: ToolbarState): TemplateResult {
  const { messages, editor, zoom, project } = view;
  const step = (id: 'zoomIn' | 'zoomOut' | 'zoomToFit', picture: IconName): TemplateResult => {
    const label = messages.t(studioCommand(id).label);
    return html`<button
      class="icon-button"
      type="button"
      aria-label=${label}
      title=${titled(label, keyText(id, names))}
      @click=${() => {
        studioCommand(id).run(project);
      }}
    >
      ${icon(picture)}
    </button>`;
  };
  const across = view.state.viewWidth / zoom;
  const rate = view.document.settings.frameRate;
  return html`<div class="zoom" role="group" aria-label=${messages.t('timeline.zoom')}>
    ${fold < 2 ? step('zoomOut', 'zoom-out') : nothing}
    ${
      fold < 1
        ? html`<input
            type="range"
            min="0"
            max="100"
            step="1"
            .value=${String(Math.round(((Math.log(zoom) - leastZoom) / (mostZoom - leastZoom)) * 100))}
            aria-label=${messages.t('timeline.zoom')}
            aria-valuetext=${messages.t('timeline.zoomValue', { time: messages.format.durationInWords((across * rate.den) / rate.num) })}
            @input=${(event: Event) => {
              const value = Number((event.currentTarget as HTMLInputElement).value);
              editor.setZoom(Math.exp(leastZoom + (value / 100) * (mostZoom - leastZoom)));
            }}
          />`
        : nothing
    }
    ${fold < 2 ? step('zoomIn', 'zoom-in') : nothing}${step('zoomToFit', 'fit')}
  </div>`;
}

/** What the toolbar has no room for. */
export function overflowMenu(
  view: TimelineView,
  { fold, names }: Pick<ToolbarState, 'fold' | 'names'>,
): readonly MenuEntry[] {
  const { project } = view;
  const folded = tools.filter((tool): tool is Tool => tool !== 'gap' && isFolded(tool, fold));
  return [
    ...folded.map((tool) => {
      const { id, icon: picture } = commandFor(view, tool);
      return commandItem(project, names, id, picture, id === 'toggleSnapping' ? { checked: view.state.snapping } : {});
    }),
    'separator',
    ...(fold >= 2
      ? [commandItem(project, names, 'zoomIn', 'zoom-in'), commandItem(project, names, 'zoomOut', 'zoom-out')]
      : []),
    ...(fold >= 3 ? [commandItem(project, names, 'zoomToFit', 'fit')] : []),
    'separator',
    commandItem(project, names, 'setIn', 'go-start'),
    commandItem(project, names, 'setOut', 'go-end'),
    commandItem(project, names, 'addTitle', 'text'),
  ];
}
