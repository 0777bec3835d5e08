import type { TimelineDocument } from '../document.js';
import type { ClipId } from '../ids.js';
import { compareClips } from '../lane.js';
import type { ClipRecord } from '../records.js';
import type { TimelineState } from '../state.js';

/** The clips that a command is about: those named, or the selection. What isn't there is left out, each counts once. */
export function pickedClips(state: TimelineState, clipIds: readonly ClipId[] | undefined): ClipRecord[] {
  const ids = new Set(clipIds ?? state.selection.clipIds);
  return [...ids].map((id) => state.document.clips.get(id)).filter((clip) => clip !== undefined);
}

/** The clips and all that they are linked to. */
export function withLinked(clips: readonly ClipRecord[], document: TimelineDocument): ClipRecord[] {
  const found = new Map(clips.map((clip) => [clip.id, clip]));
  for (const { linkId } of clips) {
    if (linkId === null) continue;
    for (const id of document.linkedClips(linkId)) {
      const clip = document.clips.get(id);
      if (clip) found.set(id, clip);
    }
  }
  return [...found.values()];
}

/** The clips that aren't on a locked track. */
export function unlocked(clips: readonly ClipRecord[], document: TimelineDocument): ClipRecord[] {
  return clips.filter((clip) => !isLocked(clip, document));
}

/** Whether a clip's track is locked. */
export function isLocked(clip: ClipRecord, document: TimelineDocument): boolean {
  return document.track(clip.trackId)?.locked === true;
}

/** By start, then by id. */
export function byStart(clips: readonly ClipRecord[]): ClipRecord[] {
  return [...clips].sort(compareClips);
}
