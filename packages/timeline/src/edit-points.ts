import type { TimelineDocument } from './document.js';
import { countStartingBefore, endFrame } from './lane.js';
import type { ClipRecord } from './records.js';

/** The nearest start or end of a clip after a frame, on any track; null when there is none. */
export function nextEditPoint(document: TimelineDocument, frame: number): number | null {
  let next = Infinity;
  for (const track of document.tracks) {
    const lane = document.clipsOf(track.id);
    const later = countStartingBefore(lane, frame + 1);
    // The one that starts next, and the ends of the two at most that have begun.
    for (let index = Math.max(0, later - 2); index <= later && index < lane.length; index += 1) {
      const clip = lane[index] as ClipRecord;
      for (const edge of [clip.startFrame, endFrame(clip)]) if (edge > frame && edge < next) next = edge;
    }
  }
  return Number.isFinite(next) ? next : null;
}

/** The nearest start or end of a clip before a frame, on any track, or the start of the timeline; null at frame 0. */
export function previousEditPoint(document: TimelineDocument, frame: number): number | null {
  if (frame <= 0) return null;
  let previous = 0;
  for (const track of document.tracks) {
    const lane = document.clipsOf(track.id);
    const last = countStartingBefore(lane, frame) - 1;
    for (let index = Math.max(0, last - 1); index <= last; index += 1) {
      const clip = lane[index] as ClipRecord;
      for (const edge of [clip.startFrame, endFrame(clip)]) if (edge < frame && edge > previous) previous = edge;
    }
  }
  return previous;
}
