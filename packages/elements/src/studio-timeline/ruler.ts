import { markerFrames, nominalFrameRate, rulerTicks, type MarkerRecord } from '@lectern/timeline';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from '../foundation/style-map.js';
import { frameToX, shortTimecode, xToFrame } from './timeline-geometry.js';
import type { TimelineView } from './timeline-view.js';

export interface RulerHandlers {
  readonly renameMarker: (marker: MarkerRecord, anchor: HTMLElement) => void;
}

/** Ticks with times, the range, the markers, and the playhead as one slider. */
export function ruler(view: TimelineView, handlers: RulerHandlers, playhead: TemplateResult): TemplateResult {
  const { document, zoom, window, messages } = view;
  const rate = document.settings.frameRate;
  const second = nominalFrameRate(rate);
  const ticks = rulerTicks(
    { pixelsPerFrame: zoom, scrollFrame: xToFrame(window.from, zoom), width: window.to - window.from },
    rate,
  );
  const inSeconds = ticks.every(({ frame, label }) => label === null || frame % second === 0);
  return html`<div class="ruler" part="ruler" data-part="ruler">
    <div aria-hidden="true">
      ${rangeBand(view)}
      ${repeat(
        ticks,
        ({ frame }) => frame,
        ({ frame, label }) =>
          html`<div
            class="tick"
            ?data-major=${label !== null}
            style=${styleMap({ left: `${String(frameToX(frame, zoom))}px` })}
          >
            ${label === null ? nothing : html`<span>${inSeconds ? messages.format.duration(frame / second) : shortTimecode(frame, rate)}</span>`}
          </div>`,
      )}
      ${rangeEdges(view)}
    </div>
    ${document.markers.length > 0 ? markers(view, handlers) : nothing} ${playhead}
  </div>`;
}

function rangeBand({ document, zoom }: TimelineView): TemplateResult | typeof nothing {
  const { inFrame, outFrame } = document.settings;
  if (inFrame === null && outFrame === null) return nothing;
  const from = frameToX(inFrame ?? 0, zoom);
  const to = frameToX(outFrame ?? document.totalFrames, zoom);
  return html`<div
    class="range"
    style=${styleMap({ left: `${String(from)}px`, width: `${String(Math.max(1, to - from))}px` })}
  ></div>`;
}

/** For the pointer; by key the range is set at the playhead (I and O). */
function rangeEdges({ document, zoom, messages }: TimelineView): TemplateResult {
  const { inFrame, outFrame } = document.settings;
  const edge = (name: 'in' | 'out', frame: number | null): TemplateResult | typeof nothing =>
    frame === null
      ? nothing
      : html`<div
          class="range-edge"
          data-part="range"
          data-edge=${name}
          title=${messages.t(name === 'in' ? 'timeline.rangeIn' : 'timeline.rangeOut')}
          style=${styleMap({ left: `${String(frameToX(frame, zoom))}px` })}
        ></div>`;
  return html`${edge('in', inFrame)}${edge('out', outFrame)}`;
}

function markers(view: TimelineView, handlers: RulerHandlers): TemplateResult {
  const { messages, document, zoom, window } = view;
  const placed = markerFrames(document);
  const shown = placed.filter(
    ({ frame }) => frameToX(frame, zoom) >= window.from && frameToX(frame, zoom) <= window.to,
  );
  const stop = shown.find(({ frame }) => frame >= view.state.playheadFrame) ?? shown.at(-1);
  return html`<div role="group" aria-label=${messages.t('timeline.markers')}>
    ${repeat(
      shown,
      ({ marker, frame }) => `${marker.id} ${String(frame)}`,
      (item) => {
        const time = shortTimecode(item.frame, document.settings.frameRate);
        const label = item.marker.name
          ? messages.t('timeline.marker', { name: item.marker.name, time })
          : messages.t('timeline.markerUnnamed', { time });
        return html`<button
          class="marker"
          type="button"
          data-part="marker"
          data-marker=${item.marker.id}
          tabindex=${item === stop ? 0 : -1}
          aria-label=${label}
          title=${label}
          style=${styleMap({ left: `${String(frameToX(item.frame, zoom))}px`, '--marker': item.marker.colour || null })}
          @click=${() => {
            view.editor.seek(item.frame);
          }}
          @keydown=${(event: KeyboardEvent) => {
            markerKey(view, item.marker, event, handlers);
          }}
        ></button>`;
      },
    )}
  </div>`;
}

/** Delete, F2 and the arrows on a marker; Enter is its click. */
function markerKey(
  { editor }: TimelineView,
  marker: MarkerRecord,
  event: KeyboardEvent,
  { renameMarker }: RulerHandlers,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const button = event.currentTarget as HTMLElement;
  if (event.key === 'Delete' || event.key === 'Backspace') {
    const next = (button.nextElementSibling ?? button.previousElementSibling) as HTMLElement | null;
    if (editor.run('marker.remove', { markerId: marker.id })) next?.focus();
  } else if (event.key === 'F2') renameMarker(marker, button);
  else if (event.key === 'ArrowRight') (button.nextElementSibling as HTMLElement | null)?.focus();
  else if (event.key === 'ArrowLeft') (button.previousElementSibling as HTMLElement | null)?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Lines through the lanes: markers, and a veil over what lies outside the range. */
export function rulerLines(view: TimelineView): TemplateResult {
  const { document, zoom, window } = view;
  const { inFrame, outFrame } = document.settings;
  return html`${
    inFrame === null
      ? nothing
      : html`<div
          class="outside"
          style=${styleMap({ left: '0', width: `${String(frameToX(inFrame, zoom))}px` })}
        ></div>`
  }
  ${
    outFrame === null
      ? nothing
      : html`<div
          class="outside"
          style=${styleMap({ left: `${String(frameToX(outFrame, zoom))}px`, right: '0' })}
        ></div>`
  }
  ${markerFrames(document)
    .filter(({ frame }) => frameToX(frame, zoom) >= window.from && frameToX(frame, zoom) <= window.to)
    .map(
      ({ marker, frame }) =>
        html`<div
          class="marker-line"
          style=${styleMap({ left: `${String(frameToX(frame, zoom))}px`, '--marker': marker.colour || null })}
        ></div>`,
    )}`;
}
