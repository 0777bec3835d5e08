import type { TrackRecord } from '@lectern/timeline';
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../foundation/icon.js';
import { tallRow } from './clip-view.js';
import type { Row } from './timeline-geometry.js';
import type { TimelineView } from './timeline-view.js';

export const kindIcons: Readonly<Record<TrackRecord['kind'], IconName>> = {
  video: 'film',
  audio: 'audio',
  text: 'text',
  caption: 'captions',
};

const kindWords = {
  video: 'timeline.trackVideo',
  audio: 'timeline.trackAudio',
  text: 'timeline.trackText',
  caption: 'timeline.trackCaption',
} as const;

/** The switches of a track, in the order in which they stand. */
export type TrackFlag = 'muted' | 'solo' | 'hidden' | 'locked';

interface Toggle {
  readonly flag: TrackFlag;
  readonly icons: readonly [off: IconName, on: IconName];
  readonly label: 'timeline.mute' | 'timeline.solo' | 'timeline.hide' | 'timeline.lock';
}

const toggles: readonly Toggle[] = [
  { flag: 'muted', icons: ['volume', 'muted'], label: 'timeline.mute' },
  { flag: 'solo', icons: ['headphones', 'headphones'], label: 'timeline.solo' },
  { flag: 'hidden', icons: ['visible', 'hidden'], label: 'timeline.hide' },
  { flag: 'locked', icons: ['unlock', 'lock'], label: 'timeline.lock' },
];

/** Which switches mean something on a track. */
export function trackFlags(kind: TrackRecord['kind']): readonly TrackFlag[] {
  if (kind === 'video') return ['muted', 'solo', 'hidden', 'locked'];
  if (kind === 'audio') return ['muted', 'solo', 'locked'];
  return ['hidden', 'locked'];
}

export interface TrackHeaderHandlers {
  readonly toggle: (track: TrackRecord, flag: TrackFlag) => void;
  readonly openMenu: (track: TrackRecord, button: HTMLElement) => void;
  readonly startRename: (track: TrackRecord) => void;
  readonly endRename: (track: TrackRecord, name: string | null) => void;
}

/** The header of a track: one cell of the grid, whose controls are reached with Enter and left with Escape. */
export function trackHeader(view: TimelineView, row: Row, handlers: TrackHeaderHandlers): TemplateResult {
  const { messages } = view;
  const { track } = row;
  const active = view.active.trackId === track.id && view.active.clipId === null;
  const { name } = track;
  const label = messages.t('timeline.trackLabel', {
    name,
    kind: messages.t(kindWords[track.kind]),
    count: row.clips.length,
  });
  const states = toggles.filter(({ flag }) => track[flag]).map((toggle) => messages.t(stateWords[toggle.flag]));
  return html`<div
    class="header"
    part="track-header"
    role="rowheader"
    data-part="header"
    data-track=${track.id}
    dir=${view.direction}
    aria-colindex="1"
    aria-label=${[label, ...states].join(', ')}
    tabindex=${active ? 0 : -1}
  >
    <div class="head">
      <div class="line">
        <span class="grip" data-part="grip" title=${messages.t('timeline.dragTrack', { name })}>
          <span class="still">${icon(kindIcons[track.kind])}</span><span class="hover">${icon('grip')}</span>
        </span>
        ${
          view.renamingTrackId === track.id
            ? renameField(view, track, handlers)
            : html`<button
                class="track-name truncate"
                type="button"
                tabindex="-1"
                dir="auto"
                title=${name}
                aria-label=${`${messages.t('common.rename')}: ${name}`}
                @dblclick=${() => {
                  handlers.startRename(track);
                }}
                @click=${(event: MouseEvent) => {
                  // From the keyboard there is no second click.
                  if (event.detail === 0) handlers.startRename(track);
                }}
              >
                ${name}
              </button>`
        }
        <button
          class="icon-button"
          data-size="small"
          type="button"
          tabindex="-1"
          aria-haspopup="menu"
          aria-label=${messages.t('timeline.trackActions', { name })}
          title=${messages.t('timeline.trackActions', { name })}
          @click=${(event: Event) => {
            handlers.openMenu(track, event.currentTarget as HTMLElement);
          }}
        >
          ${icon('more')}
        </button>
      </div>
      <div class="toggles">
        ${toggles
          .filter(({ flag }) => trackFlags(track.kind).includes(flag))
          .map(
            ({ flag, icons, label: key }) =>
              html`<button
                class="icon-button"
                data-size="small"
                type="button"
                tabindex="-1"
                ?data-solo=${flag === 'solo'}
                aria-pressed=${track[flag] ? 'true' : 'false'}
                aria-label=${messages.t(key, { name })}
                title=${messages.t(key, { name })}
                ?disabled=${view.state.readOnly}
                @click=${() => {
                  handlers.toggle(track, flag);
                }}
              >
                ${icon(icons[track[flag] ? 1 : 0])}
              </button>`,
          )}
      </div>
    </div>
    ${view.state.readOnly ? nothing : html`<div class="row-resize" data-part="row-resize" title=${messages.t('timeline.resizeTrack', { name })}></div>`}
  </div>`;
}

const stateWords = {
  muted: 'timeline.clipMuted',
  solo: 'timeline.trackSolo',
  hidden: 'timeline.clipHidden',
  locked: 'timeline.clipLocked',
} as const;

/** Whether a row has room for one line only. */
export function isLow(row: Row): boolean {
  return row.height < tallRow + 8;
}

function renameField(view: TimelineView, track: TrackRecord, handlers: TrackHeaderHandlers): TemplateResult {
  return html`<input
    class="input"
    data-size="small"
    data-focus
    .value=${track.name}
    maxlength="200"
    aria-label=${view.messages.t('timeline.trackName')}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      handlers.endRename(track, event.key === 'Enter' ? (event.currentTarget as HTMLInputElement).value : null);
    }}
    @blur=${(event: FocusEvent) => {
      handlers.endRename(track, (event.currentTarget as HTMLInputElement).value);
    }}
  />`;
}
