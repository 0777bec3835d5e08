import type { TimelineDocument } from './document.js';
import type { ClipId, MarkerId } from './ids.js';
import { endFrame } from './lane.js';
import { markerFrames } from './markers.js';
import type { ClipRecord } from './records.js';

/** A frame that a dragged edge is drawn to, and what is there. */
export interface SnapTarget {
  readonly frame: number;
  readonly kind: 'start' | 'clip-start' | 'clip-end' | 'playhead' | 'marker' | 'in' | 'out';
  readonly id: ClipId | MarkerId | null;
}

export interface SnapOptions {
  /** What is dragged: never a target of itself. Name linked clips too. */
  readonly exclude?: readonly ClipId[];
  /** Left out, or null, when the playhead itself is dragged. */
  readonly playhead?: number | null;
}

/** All that an edge can snap to, by frame; made once when a drag begins. Hidden tracks don't count. */
export function snapTargets(
  document: TimelineDocument,
  { exclude = [], playhead = null }: SnapOptions = {},
): readonly SnapTarget[] {
  const excluded = new Set(exclude);
  const targets: SnapTarget[] = [{ frame: 0, kind: 'start', id: null }];
  for (const track of document.tracks) {
    if (track.hidden) continue;
    for (const clip of document.clipsOf(track.id)) {
      if (excluded.has(clip.id)) continue;
      targets.push({ frame: clip.startFrame, kind: 'clip-start', id: clip.id });
      targets.push({ frame: endFrame(clip), kind: 'clip-end', id: clip.id });
    }
  }
  for (const { marker, frame } of markerFrames(document)) {
    // A marker attached to what is dragged moves along with it.
    const dragged = marker.clipId !== null && exclude.some((id) => showsFrame(document.clips.get(id), frame));
    if (!dragged) targets.push({ frame, kind: 'marker', id: marker.id });
  }
  const { inFrame, outFrame } = document.settings;
  if (inFrame !== null) targets.push({ frame: inFrame, kind: 'in', id: null });
  if (outFrame !== null) targets.push({ frame: outFrame, kind: 'out', id: null });
  if (playhead !== null) targets.push({ frame: playhead, kind: 'playhead', id: null });
  return targets.sort((a, b) => a.frame - b.frame);
}

export interface Snap {
  /** The frame of the target. */
  readonly frame: number;
  readonly target: SnapTarget;
  /** What to add to the dragged frames so that the edge is on the target. */
  readonly deltaFrames: number;
  /** Which of the frames given has snapped. */
  readonly index: number;
}

/**
 * The nearest target to any of the frames (both edges of a clip, say), or null when none is within the tolerance. Of two
 * as near as each other the one to the left counts, and of several frames the first.
 *
 * @param targets as `snapTargets` gives them, sorted
 * @param toleranceFrames pixels of tolerance divided by pixels per frame; needn't be whole
 */
export function snapFrame(
  frames: number | readonly number[],
  targets: readonly SnapTarget[],
  toleranceFrames: number,
): Snap | null {
  let best: Snap | null = null;
  const edges = typeof frames === 'number' ? [frames] : frames;
  edges.forEach((edge, index) => {
    const after = firstAtOrAfter(targets, edge);
    for (const target of [targets[after - 1], targets[after]]) {
      if (!target) continue;
      const deltaFrames = target.frame - edge;
      const distance = Math.abs(deltaFrames);
      if (distance > toleranceFrames || (best && distance >= Math.abs(best.deltaFrames))) continue;
      best = { frame: target.frame, target, deltaFrames, index };
    }
  });
  return best;
}

function showsFrame(clip: ClipRecord | undefined, frame: number): boolean {
  return clip !== undefined && clip.startFrame <= frame && frame < endFrame(clip);
}

function firstAtOrAfter(targets: readonly SnapTarget[], frame: number): number {
  let low = 0;
  let high = targets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((targets[middle] as SnapTarget).frame < frame) low = middle + 1;
    else high = middle;
  }
  return low;
}
