import type { TimelineDocument } from './document.js';
import type { TrackId } from './ids.js';
import { endFrame, laneRange } from './lane.js';
import type { ClipRecord, TrackRecord } from './records.js';
import { type FrameRate, formatTimecode, nominalFrameRate } from './time.js';

/** What part of the timeline a view shows, and how large. Pixels are CSS pixels; time goes from left to right. */
export interface TimelineView {
  readonly pixelsPerFrame: number;
  /** The frame at the left edge; needn't be whole. */
  readonly scrollFrame: number;
  /** Width of the area that clips are drawn in. */
  readonly width: number;
}

/** Closest and farthest zoom, in pixels per frame. */
export const zoomLimits: { readonly least: number; readonly most: number } = { least: 0.001, most: 64 };

/** Where a frame's left edge is in a view. */
export function frameToX(frame: number, view: TimelineView): number {
  return (frame - view.scrollFrame) * view.pixelsPerFrame;
}

/** The whole frame whose left edge is nearest to a place in a view; never before the start. */
export function xToFrame(x: number, view: TimelineView): number {
  return Math.max(0, Math.round(view.scrollFrame + x / view.pixelsPerFrame));
}

/** The frames that a view shows, any part of them. */
export function visibleRange(view: TimelineView): { readonly startFrame: number; readonly endFrame: number } {
  return {
    startFrame: Math.max(0, Math.floor(view.scrollFrame)),
    endFrame: Math.max(0, Math.ceil(view.scrollFrame + view.width / view.pixelsPerFrame)),
  };
}

/** The clips of a track that a view shows, by start; O(log n) apart from those. `overscan` is in pixels on both sides. */
export function visibleClips(
  document: TimelineDocument,
  trackId: TrackId,
  view: TimelineView,
  overscan = 0,
): readonly ClipRecord[] {
  const clips = document.clipsOf(trackId);
  const extra = overscan / view.pixelsPerFrame;
  const { startFrame, endFrame: end } = visibleRange({
    ...view,
    scrollFrame: view.scrollFrame - extra,
    width: view.width + 2 * overscan,
  });
  const [from, to] = laneRange(clips, startFrame, end);
  return clips.slice(from, to);
}

/** The view at another zoom, with the frame under `anchorX` where it is. */
export function zoomAround(view: TimelineView, pixelsPerFrame: number, anchorX: number): TimelineView {
  const zoom = Math.min(Math.max(pixelsPerFrame, zoomLimits.least), zoomLimits.most);
  const anchorFrame = view.scrollFrame + anchorX / view.pixelsPerFrame;
  return { ...view, pixelsPerFrame: zoom, scrollFrame: Math.max(0, anchorFrame - anchorX / zoom) };
}

/** The view that shows a range, with `padding` pixels free at both sides. */
export function zoomToRange(
  view: TimelineView,
  range: { readonly startFrame: number; readonly endFrame: number },
  padding = 24,
): TimelineView {
  const frames = Math.max(1, range.endFrame - range.startFrame);
  const room = Math.max(1, view.width - 2 * padding);
  const zoom = Math.min(Math.max(room / frames, zoomLimits.least), zoomLimits.most);
  return { ...view, pixelsPerFrame: zoom, scrollFrame: Math.max(0, range.startFrame - padding / zoom) };
}

/** The view that shows everything. */
export function zoomToFit(view: TimelineView, document: TimelineDocument, padding = 24): TimelineView {
  return zoomToRange(view, { startFrame: 0, endFrame: document.totalFrames }, padding);
}

/** The view moved so that a frame is inside it, by as little as needed. */
export function scrollTo(view: TimelineView, frame: number, margin = 48): TimelineView {
  const x = frameToX(frame, view);
  const least = Math.min(margin, view.width / 2);
  if (x >= least && x <= view.width - least) return view;
  const goal = x < least ? least : view.width - least;
  const scrollFrame = Math.max(0, frame - goal / view.pixelsPerFrame);
  return scrollFrame === view.scrollFrame ? view : { ...view, scrollFrame };
}

/** A mark of the ruler. */
export interface RulerTick {
  readonly frame: number;
  readonly x: number;
  /** Timecode on the large marks; null on the small ones between. */
  readonly label: string | null;
}

/**
 * The marks of the ruler in a view. Large ones stand on whole frames, seconds or minutes, at least `labelPixels` apart;
 * between them as many small ones as divide them evenly and stay 6 pixels apart.
 */
export function rulerTicks(view: TimelineView, rate: FrameRate, labelPixels = 88): readonly RulerTick[] {
  const { large, small } = tickSteps(rate, labelPixels / view.pixelsPerFrame, 6 / view.pixelsPerFrame);
  const { startFrame, endFrame: end } = visibleRange(view);
  const ticks: RulerTick[] = [];
  for (let index = Math.floor(startFrame / small); index * small <= end; index += 1) {
    const frame = index * small;
    ticks.push({ frame, x: frameToX(frame, view), label: frame % large === 0 ? formatTimecode(frame, rate) : null });
  }
  return ticks;
}

/** Frames between large and small marks. Counted in nominal frames, so that marks are on round timecodes. */
function tickSteps(rate: FrameRate, leastLarge: number, leastSmall: number): { large: number; small: number } {
  const second = nominalFrameRate(rate);
  const steps = [
    ...[1, 2, 5, 10, 15].filter((frames) => frames < second && second % frames === 0),
    ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((seconds) => seconds * second),
  ];
  const last = steps.at(-1) ?? second;
  const large = steps.find((step) => step >= leastLarge) ?? Math.ceil(leastLarge / last) * last;
  const small = steps.find((step) => step >= leastSmall && large % step === 0) ?? large;
  return { large, small };
}

/** A track's place in the view from top to bottom: the topmost picture comes first, as it lies over the others. */
export interface LaneLayout {
  readonly track: TrackRecord;
  readonly y: number;
  readonly height: number;
}

/** The lanes from top to bottom with `gap` pixels between. */
export function laneLayouts(document: TimelineDocument, gap = 4): readonly LaneLayout[] {
  let y = 0;
  return document.tracks.toReversed().map((track) => {
    const lane: LaneLayout = { track, y, height: track.height };
    y += track.height + gap;
    return lane;
  });
}

/** Height of all lanes together. */
export function lanesHeight(lanes: readonly LaneLayout[]): number {
  const last = lanes.at(-1);
  return last ? last.y + last.height : 0;
}

/** The lane at a height; null between lanes and outside. */
export function laneAt(lanes: readonly LaneLayout[], y: number): LaneLayout | null {
  return lanes.find((lane) => y >= lane.y && y < lane.y + lane.height) ?? null;
}

/** The lane nearest to a height, for what is dragged out of all of them; null when there are none. */
export function nearestLane(lanes: readonly LaneLayout[], y: number): LaneLayout | null {
  let nearest: LaneLayout | null = null;
  let least = Infinity;
  for (const lane of lanes) {
    const distance = y < lane.y ? lane.y - y : Math.max(0, y - lane.y - lane.height);
    if (distance < least) [nearest, least] = [lane, distance];
  }
  return nearest;
}

/** A clip's box in a view. */
export interface ClipBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a clip is drawn. */
export function clipBox(clip: ClipRecord, lane: LaneLayout, view: TimelineView): ClipBox {
  return {
    x: frameToX(clip.startFrame, view),
    y: lane.y,
    width: clip.durationFrames * view.pixelsPerFrame,
    height: lane.height,
  };
}

export type TimelineHit =
  | { readonly kind: 'none'; readonly frame: number }
  | { readonly kind: 'lane'; readonly frame: number; readonly lane: LaneLayout }
  | {
      readonly kind: 'clip' | 'clip-start' | 'clip-end';
      readonly frame: number;
      readonly lane: LaneLayout;
      readonly clip: ClipRecord;
    };

/**
 * What is under a point. The handles at a clip's edges are `handlePixels` wide, inside the clip, but never more than a
 * third of it each, so that even a sliver of a clip can still be picked up. In a transition the later clip is on top.
 */
export function hitTest(
  document: TimelineDocument,
  point: { readonly x: number; readonly y: number },
  view: TimelineView,
  lanes: readonly LaneLayout[],
  handlePixels = 8,
): TimelineHit {
  const frame = xToFrame(point.x, view);
  const lane = laneAt(lanes, point.y);
  if (!lane) return { kind: 'none', frame };
  const exact = view.scrollFrame + point.x / view.pixelsPerFrame;
  const clips = document.clipsOf(lane.track.id);
  const [from, to] = laneRange(clips, Math.floor(exact), Math.floor(exact) + 1);
  const clip = clips.slice(from, to).findLast((each) => each.startFrame <= exact && exact < endFrame(each));
  if (!clip) return { kind: 'lane', frame, lane };
  const handle = Math.min(handlePixels / view.pixelsPerFrame, clip.durationFrames / 3);
  if (exact - clip.startFrame < handle) return { kind: 'clip-start', frame, lane, clip };
  if (endFrame(clip) - exact <= handle) return { kind: 'clip-end', frame, lane, clip };
  return { kind: 'clip', frame, lane, clip };
}
