import { snapFrame, snapTargets, type ClipId, type Snap } from '@lectern/timeline';
import type { TimelineView } from '../timeline-view.js';

/** How near something must come, in CSS pixels. */
const reach = 9;

/**
 * Makes a function that pulls frames (the edges of what is dragged) to the nearest edge, marker, range or playhead.
 * Targets are collected once, at the start of a drag.
 */
export function snapper(
  view: TimelineView,
  exclude: readonly ClipId[],
  options: { readonly playhead?: boolean } = {},
): (frames: readonly number[], zoom: number) => Snap | null {
  const { snapping, playheadFrame } = view.state;
  const playhead = options.playhead === false ? null : playheadFrame;
  const targets = snapping ? snapTargets(view.editor.document, { exclude, playhead }) : [];
  return (frames, zoom) => (targets.length === 0 ? null : snapFrame(frames, targets, reach / zoom));
}
