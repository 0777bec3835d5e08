import type { ClipRecord } from '@lectern/timeline';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from '../foundation/style-map.js';
import { clipView } from './clip-view.js';
import { frameToX, visibleClips, type PlacedClip, type Row } from './timeline-geometry.js';
import type { TimelineView } from './timeline-view.js';
import { isLow, trackHeader, type TrackHeaderHandlers } from './track-header.js';

/** Where a dragged track would go. */
export interface TrackDrop {
  readonly rowIndex: number;
  readonly side: 'above' | 'below';
}

/** The tracks as rows of a grid: the header and the clips that can be seen. */
export function lanes(
  view: TimelineView,
  handlers: TrackHeaderHandlers,
  drop: TrackDrop | null,
  target: Row | null,
): TemplateResult {
  const { rows, messages } = view;
  const columns = rows.reduce((most, { clips }) => Math.max(most, clips.length), 0) + 1;
  return html`<div
    class="rows"
    role="grid"
    aria-label=${messages.t('timeline.tracks')}
    aria-rowcount=${rows.length}
    aria-colcount=${columns}
    aria-multiselectable="true"
    aria-readonly=${view.state.readOnly ? 'true' : nothing}
  >
    ${repeat(
      rows,
      ({ track }) => track.id,
      (row) =>
        html`<div
          class="row"
          part="track"
          role="row"
          aria-rowindex=${row.index + 1}
          data-track=${row.track.id}
          data-kind=${row.track.kind}
          data-current=${view.state.state.selection.trackId === row.track.id ? '' : nothing}
          ?data-locked=${row.track.locked}
          ?data-low=${isLow(row)}
          data-drop=${drop?.rowIndex === row.index ? drop.side : nothing}
          ?data-target=${target?.track.id === row.track.id}
          style=${styleMap({ blockSize: `${String(row.height)}px` })}
        >
          ${trackHeader(view, row, handlers)}
          <div class="lane" role="presentation" data-part="lane" data-track=${row.track.id}>
            ${laneContent(view, row)}
          </div>
        </div>`,
    )}
  </div>`;
}

function laneContent(view: TimelineView, row: Row): unknown {
  const inSight = row.y + row.height > view.rowWindow.from && row.y < view.rowWindow.to;
  const { clips, runs } = inSight ? visibleClips(row.clips, view.window, view.zoom) : { clips: [], runs: [] };
  const shown = withKept(view, row, clips);
  return html`${runs.map(
    ({ fromFrame, toFrame }) =>
      html`<div
        class="run"
        style=${styleMap({
          left: `${String(frameToX(fromFrame, view.zoom))}px`,
          width: `${String(Math.max(1, (toFrame - fromFrame) * view.zoom))}px`,
        })}
      ></div>`,
  )}
  ${repeat(
    shown,
    ({ clip }) => clip.id,
    (placed) => clipView(view, row, placed),
  )}`;
}

/** The tab stop and what is being carried stay in the document wherever they are, or the focus would be lost. */
function withKept(view: TimelineView, row: Row, clips: readonly PlacedClip[]): readonly PlacedClip[] {
  const kept: PlacedClip[] = [];
  const keep = (id: ClipRecord['id'] | null): void => {
    if (id === null || kept.some(({ clip }) => clip.id === id) || clips.some(({ clip }) => clip.id === id)) return;
    const clip = view.document.clips.get(id);
    if (clip?.trackId !== row.track.id) return;
    kept.push({ clip, index: row.clips.indexOf(clip) });
  };
  keep(view.active.clipId);
  keep(view.grabbedClipId);
  if (kept.length === 0) return clips;
  // In the order of time, which is the order that a screen reader walks in.
  return [...clips, ...kept].sort((a, b) => a.index - b.index);
}
