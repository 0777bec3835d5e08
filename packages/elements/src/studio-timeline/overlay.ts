import { html, nothing, type TemplateResult } from 'lit';
import type { DirectiveResult } from 'lit/directive.js';
import { styleMap } from '../foundation/style-map.js';
import type { LaneRect, OverlayState } from './gestures/drag-context.js';
import { rulerLines } from './ruler.js';
import { frameToX } from './timeline-geometry.js';
import type { TimelineView } from './timeline-view.js';

function box({ x, y, width, height }: LaneRect): DirectiveResult {
  return styleMap({
    left: `${String(x)}px`,
    top: `${String(y)}px`,
    width: `${String(width)}px`,
    height: `${String(height)}px`,
  });
}

/** What lies over the lanes: lines, the marquee, what is being dragged in. */
export function overlay(view: TimelineView, { snapFrame, razorFrame, marquee, ghost }: OverlayState): TemplateResult {
  const line = (name: string, frame: number | null): TemplateResult | typeof nothing =>
    frame === null
      ? nothing
      : html`<div class=${name} style=${styleMap({ left: `${String(frameToX(frame, view.zoom))}px` })}></div>`;
  return html`<div class="overlay" aria-hidden="true">
    ${rulerLines(view)}
    ${ghost ? html`<div class="ghost" style=${box(ghost)}><span class="truncate">${ghost.label}</span></div>` : nothing}
    ${line('razor-line', razorFrame)}
    <div class="playhead-line"></div>
    ${line('snap-line', snapFrame)} ${marquee ? html`<div class="marquee" style=${box(marquee)}></div>` : nothing}
  </div>`;
}
