import { originOf } from './commands/clip-edges.js';
import type { TimelineDocument } from './document.js';
import type { ClipId } from './ids.js';
import type { ClipRecord, MarkerRecord } from './records.js';
import { timelineFrameAt } from './source-time.js';

/** A marker and where it is on the timeline. */
export interface PlacedMarker {
  readonly marker: MarkerRecord;
  readonly frame: number;
}

/**
 * Where the markers are, by frame. One that is attached to a clip is where any piece of that clip shows its source frame
 * (the first such piece); it is left out while that part is cut away.
 */
export function markerFrames(document: TimelineDocument): readonly PlacedMarker[] {
  const placed: PlacedMarker[] = [];
  let pieces: ReadonlyMap<ClipId, readonly ClipRecord[]> | undefined;
  for (const marker of document.markers) {
    if (marker.clipId === null) {
      placed.push({ marker, frame: marker.frame });
      continue;
    }
    pieces ??= piecesByOrigin(document);
    const frames = (pieces.get(marker.clipId) ?? [])
      .map((clip) => timelineFrameAt(clip, marker.frame))
      .filter((frame) => frame !== null);
    if (frames.length > 0) placed.push({ marker, frame: Math.min(...frames) });
  }
  return placed.sort((a, b) => a.frame - b.frame || (a.marker.id < b.marker.id ? -1 : 1));
}

function piecesByOrigin(document: TimelineDocument): ReadonlyMap<ClipId, readonly ClipRecord[]> {
  const wanted = new Set(document.markers.map((marker) => marker.clipId));
  const pieces = new Map<ClipId, ClipRecord[]>();
  for (const clip of document.clips.values()) {
    const origin = originOf(clip);
    if (!wanted.has(origin)) continue;
    const list = pieces.get(origin);
    if (list) list.push(clip);
    else pieces.set(origin, [clip]);
  }
  return pieces;
}
