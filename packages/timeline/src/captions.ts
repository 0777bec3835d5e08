import type { TimelineDocument } from './document.js';
import type { AssetId } from './ids.js';
import { endFrame } from './lane.js';
import type { CaptionTrackRecord, ClipRecord } from './records.js';
import { sourceSecondsAt } from './source-time.js';
import { frameToSeconds } from './time.js';

/** A cue, in seconds of the timeline. */
export interface PlacedCue {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
}

/**
 * The cues of a caption track as they come on the timeline, by start. Those of an asset are mapped through every clip
 * that shows or sounds it, cut where the clip is cut and stretched by its speed: cut twelve seconds out of a lecture, and
 * every cue after that moves by itself. An asset's picture and its detached sound give each cue once.
 */
export function placeCues(document: TimelineDocument, captions: CaptionTrackRecord): readonly PlacedCue[] {
  if (captions.assetId === null) return captions.cues.toSorted((a, b) => a.startSeconds - b.startSeconds);
  const placed = new Map<string, PlacedCue>();
  for (const clip of document.clips.values()) {
    for (const cue of cuesThrough(clip, captions, captions.assetId, document)) {
      placed.set(`${cue.startSeconds} ${cue.endSeconds} ${cue.text}`, cue);
    }
  }
  return [...placed.values()].sort((a, b) => a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds);
}

function cuesThrough(
  clip: ClipRecord,
  captions: CaptionTrackRecord,
  assetId: AssetId,
  document: TimelineDocument,
): PlacedCue[] {
  const { source } = clip;
  if (source.kind !== 'asset' || source.assetId !== assetId) return [];
  const { frameRate } = document.settings;
  const start = frameToSeconds(clip.startFrame, frameRate);
  const end = frameToSeconds(endFrame(clip), frameRate);
  const from = sourceSecondsAt(source, 0, frameRate);
  const toTimeline = (seconds: number): number => start + ((seconds - from) * source.speed.den) / source.speed.num;
  const cues: PlacedCue[] = [];
  for (const cue of captions.cues) {
    const startSeconds = Math.max(start, toTimeline(cue.startSeconds));
    const endSeconds = Math.min(end, toTimeline(cue.endSeconds));
    if (endSeconds > startSeconds) cues.push({ startSeconds, endSeconds, text: cue.text });
  }
  return cues;
}
