import type { ClipId, TrackId } from '../ids.js';
import { clipsCovering, compareClips, countStartingBefore, endFrame, placeInLane } from '../lane.js';
import type { ClipRecord, TrackRecord } from '../records.js';
import type { FrameRange } from '../sound.js';
import { type Command, requireFrame } from './command.js';
import { Draft } from './draft.js';
import { pickedClips, unlocked, withLinked } from './picking.js';
import { closeRanges } from './ripple.js';

export interface ClipDeleteArgs {
  /** The selection when left out. */
  readonly clipIds?: readonly ClipId[];
}

/** Removes clips and what they are linked to, and leaves gaps. Those on locked tracks stay; null when none is left. */
export const deleteClips: Command<ClipDeleteArgs> = (state, { clipIds }, { newId }) => {
  const clips = unlocked(withLinked(pickedClips(state, clipIds), state.document), state.document);
  if (clips.length === 0) return null;
  const draft = new Draft(state.document, newId);
  draft.removeClips(new Set(clips.map((clip) => clip.id)));
  return draft.finish('clip.delete');
};

/**
 * Removes clips and what they are linked to, and closes the gaps. If any of them is on the main track, that one's gaps
 * are closed and everything else moves along; if none is, each track closes its own. Locked tracks stay as they are.
 */
export const rippleDelete: Command<ClipDeleteArgs> = (state, { clipIds }, { newId }) => {
  const { document } = state;
  const clips = unlocked(withLinked(pickedClips(state, clipIds), document), document);
  if (clips.length === 0) return null;
  const draft = new Draft(document, newId);
  const ids = new Set(clips.map((clip) => clip.id));
  const trackIds = new Set(clips.map((clip) => clip.trackId));
  const main = document.mainTrack;
  const rippling = main && trackIds.has(main.id) ? [main.id] : [...trackIds];
  const ranges = rippling.map((trackId) =>
    freedRanges(
      document.clipsOf(trackId),
      clips.filter((clip) => clip.trackId === trackId),
    ),
  );
  draft.removeClips(ids);
  rippling.forEach((trackId, index) => {
    closeRanges(draft, draft.track(trackId) as TrackRecord, ranges[index] ?? []);
  });
  return draft.finish('clip.rippleDelete');
};

/** The stretches of a track that only the clips named fill: not those that a clip that stays fades into. */
export function freedRanges(lane: readonly ClipRecord[], clips: readonly ClipRecord[]): FrameRange[] {
  const ranges: { startFrame: number; endFrame: number }[] = [];
  const ids = new Set(clips.map((clip) => clip.id));
  for (const clip of clips.toSorted(compareClips)) {
    const index = placeInLane(lane, clip);
    const before = lane[index - 1];
    const after = lane[index + 1];
    const startFrame = before && !ids.has(before.id) ? Math.max(clip.startFrame, endFrame(before)) : clip.startFrame;
    const end = after && !ids.has(after.id) ? Math.min(endFrame(clip), after.startFrame) : endFrame(clip);
    const last = ranges.at(-1);
    if (last && last.endFrame >= startFrame) last.endFrame = Math.max(last.endFrame, end);
    else if (end > startFrame) ranges.push({ startFrame, endFrame: end });
  }
  return ranges;
}

export interface ClipCloseGapArgs {
  readonly trackId: TrackId;
  /** A frame in the gap. */
  readonly frame: number;
}

/** Closes a gap before a clip. On the main track everything else moves along. Null where there is no gap, or a lock. */
export const closeGap: Command<ClipCloseGapArgs> = (state, { trackId, frame }, { newId }) => {
  requireFrame('frame', frame);
  const track = state.document.track(trackId);
  if (!track || track.locked) return null;
  const lane = state.document.clipsOf(trackId);
  const next = lane[countStartingBefore(lane, frame)];
  if (!next || clipsCovering(lane, frame).length > 0) return null;
  const before = lane[countStartingBefore(lane, frame) - 1];
  const draft = new Draft(state.document, newId);
  closeRanges(draft, track, [{ startFrame: before ? endFrame(before) : 0, endFrame: next.startFrame }]);
  return draft.finish('clip.closeGap');
};
