import { getProperty, endFrame, longestDuration, type ClipRecord } from '@lectern/timeline';
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../foundation/style-map.js';
import { icon } from '../foundation/icon.js';
import { frameToX, shortTimecode, type PlacedClip, type Row } from './timeline-geometry.js';
import { clipCaption, clipLabel, clipName, isMissing, type TimelineView } from './timeline-view.js';

/** From this height on a clip has a caption above its picture instead of over it. */
export const tallRow = 46;
/** Narrower clips show their colour only: a canvas each would cost more than it tells. */
const narrowestArt = 18;
/** Height of the caption, and the gap of a clip to its lane above and below. */
const captionPixels = 17;
const lanePadding = 3;

/** The part of a clip that is drawn, in CSS pixels from its left edge. */
export interface ArtArea {
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

/** Where the picture and the waveform of a clip go, or null when it has neither or no room for them. */
export function artArea(view: TimelineView, row: Row, clip: ClipRecord): ArtArea | null {
  if (!('assetId' in clip.source) || !view.document.assets.has(clip.source.assetId)) return null;
  const left = frameToX(clip.startFrame, view.zoom);
  const right = left + clip.durationFrames * view.zoom;
  const from = Math.max(left, view.window.from);
  const to = Math.min(right, view.window.to);
  if (right - left < narrowestArt || to <= from) return null;
  const height = row.height - lanePadding * 2 - (row.height >= tallRow ? captionPixels : 0);
  return { x: from - left, width: to - from, height };
}

/** What a clip looks like: `audio` also for the sound of a video on a track of its own. */
function clipKind(view: TimelineView, row: Row, clip: ClipRecord): string {
  if (clip.source.kind !== 'asset') return clip.source.kind;
  if (row.track.kind === 'audio') return 'audio';
  return view.document.assets.get(clip.source.assetId)?.kind ?? 'video';
}

export function clipView(view: TimelineView, row: Row, { clip, index }: PlacedClip): TemplateResult {
  const { zoom } = view;
  const width = Math.max(2, clip.durationFrames * zoom);
  const selected = view.selected.has(clip.id);
  const missing = isMissing(view, clip);
  const art = missing ? null : artArea(view, row, clip);
  const tall = row.height >= tallRow;
  const active = view.active.clipId === clip.id;
  const silent = !getProperty(clip, 'audioEnabled') || row.track.muted;
  const withHandles = selected && !row.track.locked && !view.state.readOnly && (view.selected.size === 1 || active);
  const flag = (on: boolean): '' | typeof nothing => (on ? '' : nothing);
  return html`<div
    class="clip"
    part="clip"
    role="gridcell"
    data-part="clip"
    data-clip=${clip.id}
    data-kind=${clipKind(view, row, clip)}
    ?data-tall=${tall}
    ?data-narrow=${width < 40}
    data-selected=${flag(selected)}
    data-dragged=${flag(view.dragged.has(clip.id))}
    data-silent=${flag(silent)}
    data-hidden=${flag(row.track.hidden)}
    data-missing=${flag(missing)}
    aria-label=${clipLabel(view, row, clip, index)}
    aria-selected=${selected ? 'true' : 'false'}
    aria-colindex=${index + 2}
    aria-keyshortcuts="Enter M"
    tabindex=${active ? 0 : -1}
    style=${styleMap({ left: `${String(frameToX(clip.startFrame, zoom))}px`, width: `${String(width)}px` })}
  >
    <div class="skin">
      ${clip.source.kind === 'colour' && tall ? html`<div class="fill" style=${styleMap({ backgroundColor: clip.source.colour })}></div>` : nothing}
      ${
        art
          ? html`<canvas
              aria-hidden="true"
              style=${styleMap({ left: `${String(art.x)}px`, width: `${String(art.width)}px` })}
            ></canvas>`
          : nothing
      }
      ${width < 14 ? nothing : captionView(view, clip, width, missing)}
      ${clip.source.kind === 'text' && tall && width > 40 ? html`<div class="text-body" dir="auto">${clip.source.text}</div>` : nothing}
      ${fadeView(clip, 'in', width, zoom)}${fadeView(clip, 'out', width, zoom)}
    </div>
    ${withHandles ? handles(view, clip, width) : width > 40 && !row.track.locked ? edges() : nothing}
  </div>`;
}

function captionView(view: TimelineView, clip: ClipRecord, width: number, missing: boolean): TemplateResult {
  const name = clipName(clip, view.messages);
  if (width < 28) return html`<div class="caption"></div>`;
  return html`<div class="caption" title=${name}>
    ${missing ? icon('warning') : clip.linkId !== null ? icon('link') : nothing}
    ${clip.source.kind === 'colour' ? html`<i class="swatch" style=${styleMap({ backgroundColor: clip.source.colour })}></i>` : nothing}
    <span class="truncate" dir="auto">${clipCaption(view, clip)}</span>
  </div>`;
}

function fadeFrames(clip: ClipRecord, side: 'in' | 'out'): number {
  return Math.min(clip.durationFrames, getProperty(clip, side === 'in' ? 'fadeInFrames' : 'fadeOutFrames'));
}

function fadeView(clip: ClipRecord, side: 'in' | 'out', width: number, zoom: number): TemplateResult | typeof nothing {
  const pixels = fadeFrames(clip, side) * zoom;
  if (pixels < 1 || width < 8) return nothing;
  return html`<div class="fade" data-side=${side} style=${styleMap({ width: `${String(pixels)}px` })}></div>`;
}

/** Thin zones at the edges of a clip that isn't picked, for a mouse; the targets of full size are on the picked one. */
function edges(): TemplateResult {
  return html`<div class="edge" data-part="trim" data-edge="start"></div>
    <div class="edge" data-part="trim" data-edge="end"></div>`;
}

function handles(view: TimelineView, clip: ClipRecord, width: number): TemplateResult {
  const { messages, document, zoom } = view;
  const rate = document.settings.frameRate;
  const name = clipName(clip, messages);
  const end = endFrame(clip);
  const inside = styleMap({ '--inside': `${String(Math.max(0, Math.min(12, width / 2 - 8)))}px` });
  const longest = longestDuration(clip.source, document);
  const trim = (edge: 'start' | 'end', value: number, min: number, max: number): TemplateResult =>
    html`<div
      class="trim"
      part="trim-handle"
      role="slider"
      tabindex="0"
      data-part="trim"
      data-edge=${edge}
      aria-orientation="horizontal"
      aria-label=${messages.t(edge === 'start' ? 'timeline.trimStart' : 'timeline.trimEnd', { name })}
      aria-valuemin=${min}
      aria-valuemax=${Math.max(max, value)}
      aria-valuenow=${value}
      aria-valuetext=${shortTimecode(value, rate)}
      style=${inside}
    ></div>`;
  const fade = (side: 'in' | 'out'): TemplateResult => {
    const frames = fadeFrames(clip, side);
    const at = Math.max(18, Math.min(width - 18, frames * zoom));
    return html`<div
      class="fade-handle"
      part="fade-handle"
      role="slider"
      tabindex="0"
      data-part="fade"
      data-side=${side}
      aria-orientation="horizontal"
      aria-label=${messages.t(side === 'in' ? 'timeline.fadeIn' : 'timeline.fadeOut', { name })}
      aria-valuemin="0"
      aria-valuemax=${clip.durationFrames}
      aria-valuenow=${frames}
      aria-valuetext=${shortTimecode(frames, rate)}
      style=${styleMap({ left: `${String(side === 'in' ? at : width - at)}px` })}
    ></div>`;
  };
  return html`${trim('start', clip.startFrame, 0, end - 1)}
  ${trim('end', end, clip.startFrame + 1, longest === null ? Math.max(end, document.totalFrames) : clip.startFrame + longest)}
  ${width >= 84 ? html`${fade('in')}${fade('out')}` : nothing}`;
}
