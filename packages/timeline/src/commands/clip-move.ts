import type { TimelineDocument } from '../document.js';
import type { ClipId, TrackId } from '../ids.js';
import { compareClips, endFrame } from '../lane.js';
import type { ClipRecord, TrackRecord } from '../records.js';
import { acceptsSource, trackSort } from '../track-kinds.js';
import { freedRanges } from './clip-delete.js';
import { withEnd } from './clip-edges.js';
import { type Command, requireInteger } from './command.js';
import { Draft } from './draft.js';
import { pickedClips, withLinked } from './picking.js';
import { clearRange, makeRoom } from './place.js';
import { closeRanges, closedFrame, openGap } from './ripple.js';

export interface ClipMoveArgs {
  readonly clipIds: readonly ClipId[];
  /** To the left when negative; never further than to the start of the timeline. */
  readonly deltaFrames: number;
  /** The track that the first clip goes to. Others of its sort (picture or sound) go as many tracks up or down. */
  readonly trackId?: TrackId;
  /** The same as a number of tracks, up when positive; counts among tracks of the first clip's sort. */
  readonly deltaTracks?: number;
  /** `overwrite` when left out: what lies there is cut. `insert`: see `moveClips`. */
  readonly mode?: 'overwrite' | 'insert';
}

/**
 * Moves clips, and in time also what they are linked to. Null when nothing would move, when any of them or its goal is
 * on a locked track, when a goal takes no such clip, when two of them would meet there, or when inserting would put what
 * is linked before the start of the timeline.
 *
 * - `overwrite` leaves gaps behind and cuts what is in the way.
 * - `insert` takes the clips out, closing their gap on the main track, and puts them in at the nearest cut of the goal
 *   track, where the rest makes room: reordering, without loss. On the main track everything else moves along.
 */
export const moveClips: Command<ClipMoveArgs> = (state, args, { newId }) => {
  requireInteger('deltaFrames', args.deltaFrames);
  if (args.deltaTracks !== undefined) requireInteger('deltaTracks', args.deltaTracks);
  const { document } = state;
  const named = pickedClips(state, args.clipIds);
  const [first] = named;
  if (!first) return null;
  const clips = withLinked(named, document).sort(compareClips);
  const goals = goalTracks(document, named, first, args);
  if (!goals || clips.some((clip) => !canMove(clip, goalOf(clip, goals), document))) return null;
  const plan: MovePlan = { clips, goals, first, deltaFrames: clampedDelta(clips, args.deltaFrames) };
  const draft = new Draft(document, newId);
  const moved = args.mode === 'insert' ? insertMoved(draft, plan) : overwriteWithMoved(draft, plan);
  return moved ? draft.finish('clip.move') : null;
};

interface MovePlan {
  /** By start. */
  readonly clips: readonly ClipRecord[];
  /** For the clips that change tracks. */
  readonly goals: ReadonlyMap<ClipId, TrackId>;
  readonly first: ClipRecord;
  readonly deltaFrames: number;
}

function goalOf(clip: ClipRecord, goals: ReadonlyMap<ClipId, TrackId>): TrackId {
  return goals.get(clip.id) ?? clip.trackId;
}

function clampedDelta(clips: readonly ClipRecord[], deltaFrames: number): number {
  const earliest = clips.reduce((least, clip) => Math.min(least, clip.startFrame), Infinity);
  return Math.max(deltaFrames, -earliest);
}

function goalTracks(
  document: TimelineDocument,
  named: readonly ClipRecord[],
  first: ClipRecord,
  { trackId, deltaTracks }: ClipMoveArgs,
): ReadonlyMap<ClipId, TrackId> | null {
  const goals = new Map<ClipId, TrackId>();
  const from = document.track(first.trackId);
  if (!from) return null;
  const sort = trackSort(from.kind);
  const rows = document.tracks.filter((track) => trackSort(track.kind) === sort);
  let rowsUp = deltaTracks ?? 0;
  if (trackId !== undefined) {
    const row = rows.findIndex((track) => track.id === trackId);
    if (row < 0) return null;
    rowsUp = row - rows.indexOf(from);
  }
  if (rowsUp === 0) return goals;
  for (const clip of named) {
    const row = rows.findIndex((track) => track.id === clip.trackId);
    if (row < 0) continue;
    const goal = rows[row + rowsUp];
    if (!goal) return null;
    goals.set(clip.id, goal.id);
  }
  return goals;
}

function canMove(clip: ClipRecord, goal: TrackId, document: TimelineDocument): boolean {
  const to = document.track(goal);
  return (
    document.track(clip.trackId)?.locked === false &&
    to?.locked === false &&
    acceptsSource(to.kind, clip.source, document)
  );
}

function overwriteWithMoved(draft: Draft, { clips, goals, deltaFrames }: MovePlan): boolean {
  if (deltaFrames === 0 && goals.size === 0) return false;
  const moved = clips.map((clip) => ({
    ...clip,
    trackId: goalOf(clip, goals),
    startFrame: clip.startFrame + deltaFrames,
  }));
  if (meet(moved, draft)) return false;
  draft.removeClips(new Set(clips.map((clip) => clip.id)));
  for (const clip of moved) clearRange(draft, clip.trackId, clip.startFrame, endFrame(clip));
  draft.putClips(moved);
  return true;
}

function insertMoved(draft: Draft, { clips, goals, first, deltaFrames }: MovePlan): boolean {
  const { mainTrack } = draft.document;
  const ids = new Set(clips.map((clip) => clip.id));
  const goal = draft.track(goalOf(first, goals)) as TrackRecord;
  const inserted = clips.filter((clip) => goalOf(clip, goals) === goal.id);
  const start = Math.min(...inserted.map((clip) => clip.startFrame));
  const frames = Math.max(...inserted.map(endFrame)) - start;
  const fromMain = mainTrack ? clips.filter((clip) => clip.trackId === mainTrack.id) : [];
  const ranges = mainTrack ? freedRanges(draft.document.clipsOf(mainTrack.id), fromMain) : [];
  const close = closedFrame(ranges);

  draft.removeClips(ids);
  let at = close(Math.max(0, start + deltaFrames));
  if (goal.main) {
    // Close and open in one go: most clips stay where they are in the end.
    at = nearestCut(draft, goal, at, close);
    closeRanges(draft, goal, ranges, { frame: at, frames });
  } else {
    if (mainTrack) closeRanges(draft, mainTrack, ranges);
    at = nearestCut(draft, goal, at, (frame) => frame);
    openGap(draft, goal, at, frames);
  }
  const moved = clips.map((clip) => ({
    ...clip,
    trackId: goalOf(clip, goals),
    startFrame: clip.startFrame + at - start,
  }));
  if (moved.some((clip) => clip.startFrame < 0) || meet(moved, draft)) return false;
  for (const clip of moved)
    if (clip.trackId !== goal.id) makeRoom(draft, clip.trackId, clip.startFrame, endFrame(clip));
  draft.putClips(moved);
  return true;
}

/**
 * Where to put something into a track, near a frame: the frame itself where nothing is, inside a clip the nearer of its
 * edges. In a transition it is the start of the later clip, where the earlier one is then cut off.
 *
 * @param place where a clip that starts at a frame is when the frame is looked at; keeps the order
 */
function nearestCut(draft: Draft, track: TrackRecord, frame: number, place: (frame: number) => number): number {
  const lane = draft.lane(track.id);
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (place((lane[middle] as ClipRecord).startFrame) <= frame) low = middle + 1;
    else high = middle;
  }
  const clip = lane[low - 1];
  if (!clip) return frame;
  const start = place(clip.startFrame);
  const end = start + clip.durationFrames;
  const { into, outOf } = draft.overlaps(clip);
  const before = lane[low - 2];
  if (frame >= end) return frame;
  if (frame - start < end - outOf - frame || frame < start + into) {
    if (before && into > 0) draft.putClip(withEnd(before, clip.startFrame));
    return start;
  }
  if (outOf > 0) draft.putClip(withEnd(clip, endFrame(clip) - outOf));
  return end - outOf;
}

/** Whether clips that move together would lie on each other, other than by the transitions that they have. */
function meet(moved: readonly ClipRecord[], draft: Draft): boolean {
  const last = new Map<TrackId, ClipRecord>();
  for (const clip of moved) {
    const before = last.get(clip.trackId);
    if (before && endFrame(before) > clip.startFrame) {
      const from = draft.document.clips.get(before.id);
      const to = draft.document.clips.get(clip.id);
      if (from?.trackId !== to?.trackId) return true;
    }
    last.set(clip.trackId, clip);
  }
  return false;
}
