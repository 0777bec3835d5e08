import type { ClipId } from '../ids.js';
import { endFrame } from '../lane.js';
import type { ClipRecord } from '../records.js';
import { assetFrames, headroom, longestDuration } from '../source-time.js';
import { floorScaled } from '../time.js';
import { movedTo, withEnd, withStart } from './clip-edges.js';
import { type Command, requireFrame, requireInteger } from './command.js';
import { Draft } from './draft.js';
import { isLocked, withLinked } from './picking.js';
import { neighboursOf } from './place.js';
import { closeRanges, pushLater } from './ripple.js';

export interface ClipTrimArgs {
  readonly clipId: ClipId;
  readonly edge: 'start' | 'end';
  /** Where the edge goes: the first frame of the clip, or the frame after its last. */
  readonly frame: number;
  /** Whether what comes later moves along. On the main track when left out. */
  readonly ripple?: boolean;
}

/**
 * Moves one edge of a clip as far as it can go: at least one frame stays, the source isn't overrun, and without ripple
 * neither is the neighbour (an edge in a transition changes how long that lasts). Linked clips with the same edge are
 * trimmed alike. With ripple the start of the clip stays where it is, and what comes later follows.
 *
 * Null when the edge can't move, or when any of these clips is on a locked track.
 */
export const trimClip: Command<ClipTrimArgs> = (state, { clipId, edge, frame, ripple }, { newId }) => {
  requireInteger('frame', frame);
  if (!edges.includes(edge)) throw new TypeError(`an edge is start or end, got ${JSON.stringify(edge)}`);
  const { document } = state;
  const clip = document.clips.get(clipId);
  const track = clip && document.track(clip.trackId);
  if (!clip || !track) return null;
  const edgeFrame = edgeOf(clip, edge);
  const clips = withLinked([clip], document).filter((other) => edgeOf(other, edge) === edgeFrame);
  if (clips.some((each) => isLocked(each, document))) return null;
  const draft = new Draft(document, newId);
  const rippling = ripple ?? track.main;
  let delta = frame - edgeFrame;
  for (const each of clips) {
    const [least, most] = rippling ? rippleReach(draft, each, edge) : reach(draft, each, edge);
    delta = Math.min(Math.max(delta, least), most);
  }
  if (delta === 0) return null;
  if (rippling) trimRippling(draft, clips, edge, delta);
  else
    for (const each of clips)
      draft.putClip(
        edge === 'start' ? withStart(each, each.startFrame + delta) : withEnd(each, endFrame(each) + delta),
      );
  return draft.finish('clip.trim');
};

/** Arguments may come from outside, whatever their type says. */
const edges: readonly string[] = ['start', 'end'];

function edgeOf(clip: ClipRecord, edge: 'start' | 'end'): number {
  return edge === 'start' ? clip.startFrame : endFrame(clip);
}

/** How far an edge can go to the left and to the right, between its neighbours. */
function reach(draft: Draft, clip: ClipRecord, edge: 'start' | 'end'): readonly [least: number, most: number] {
  const { before, after } = neighboursOf(draft, clip);
  const { into, outOf } = draft.overlaps(clip);
  const end = endFrame(clip);
  if (edge === 'start') {
    let earliest = before ? endFrame(before) : 0;
    if (before && into > 0) earliest = before.startFrame + Math.max(1, draft.overlaps(before).into);
    return [Math.max(-headroom(clip.source), earliest - clip.startFrame), clip.durationFrames - Math.max(1, outOf)];
  }
  let latest = after?.startFrame ?? Infinity;
  if (after && outOf > 0) latest = endFrame(after) - Math.max(1, draft.overlaps(after).outOf);
  return [Math.max(1, into) - clip.durationFrames, Math.min(tailroom(draft, clip), latest - end)];
}

/** How far an edge can go when the rest makes way. A clip stays longer than the transitions that it is in. */
function rippleReach(draft: Draft, clip: ClipRecord, edge: 'start' | 'end'): readonly [least: number, most: number] {
  const shortest = draft.shortest(clip);
  const loss = Math.max(0, clip.durationFrames - shortest);
  return edge === 'start' ? [-headroom(clip.source), loss] : [-loss, tailroom(draft, clip)];
}

/** How many frames a clip can end later than it does before its source ends. */
function tailroom(draft: Draft, clip: ClipRecord): number {
  const longest = longestDuration(clip.source, draft.document);
  return longest === null ? Infinity : Math.max(0, longest - clip.durationFrames);
}

function trimRippling(draft: Draft, clips: readonly ClipRecord[], edge: 'start' | 'end', delta: number): void {
  // Longer is positive, whichever edge it was.
  const growth = edge === 'start' ? -delta : delta;
  const trimmed = new Set(clips.map((clip) => clip.id));
  for (const clip of clips) {
    draft.putClip(
      edge === 'start'
        ? movedTo(withStart(clip, clip.startFrame + delta), clip.startFrame)
        : withEnd(clip, endFrame(clip) + delta),
    );
  }
  const main = clips.find((clip) => draft.track(clip.trackId)?.main === true);
  for (const clip of main ? [main] : clips)
    rippleLength(draft, clip, endFrame(clip), growth, edge === 'start' ? clip.startFrame : endFrame(clip), trimmed);
}

/**
 * Moves what comes after a clip whose length has changed by `growth`.
 *
 * @param clip as it was before
 * @param end where it ended
 * @param pivot from where things move on when it grows: its start if it grew there, else its end
 */
export function rippleLength(
  draft: Draft,
  clip: ClipRecord,
  end: number,
  growth: number,
  pivot: number,
  except: ReadonlySet<ClipId>,
): void {
  const track = draft.track(clip.trackId);
  if (!track || growth === 0) return;
  // What fades in over the clip's end starts before that, and must move all the same.
  const from = pivot === end ? end - draft.overlaps(clip).outOf : pivot;
  if (growth > 0) pushLater(draft, track, from, growth, except);
  else if (pivot === end) closeRanges(draft, track, [{ startFrame: from + growth, endFrame: from }]);
  else closeRanges(draft, track, [{ startFrame: from, endFrame: from - growth }]);
}

export interface ClipSlipArgs {
  readonly clipId: ClipId;
  /** Frames of the timeline by which the content goes to the left (positive: a later part shows). */
  readonly deltaFrames: number;
}

/**
 * Shows another part of the source in the same place, as far as the source goes. Linked clips of the same edges slip
 * alike. Null when nothing can slip, or when any of these clips is on a locked track.
 */
export const slipClip: Command<ClipSlipArgs> = (state, { clipId, deltaFrames }, { newId }) => {
  requireInteger('deltaFrames', deltaFrames);
  const { document } = state;
  const clip = document.clips.get(clipId);
  if (clip?.source.kind !== 'asset') return null;
  const { source } = clip;
  const clips = withLinked([clip], document).filter(
    (other) =>
      other.source.kind === 'asset' &&
      other.startFrame === clip.startFrame &&
      other.durationFrames === clip.durationFrames,
  );
  if (clips.some((each) => isLocked(each, document))) return null;
  let shift = floorScaled(deltaFrames, source.speed);
  for (const each of clips) {
    const [least, most] = slipReach(each, state.document);
    shift = Math.min(Math.max(shift, least), most);
  }
  if (shift === 0) return null;
  const draft = new Draft(document, newId);
  for (const each of clips) {
    if (each.source.kind !== 'asset') continue;
    draft.putClip({ ...each, source: { ...each.source, trimStartFrame: each.source.trimStartFrame + shift } });
  }
  return draft.finish('clip.slip');
};

/** How far the in-point of a clip can go, in source frames, with the last frame still starting inside the source. */
function slipReach(clip: ClipRecord, document: Draft['document']): readonly [least: number, most: number] {
  if (clip.source.kind !== 'asset') return [0, 0];
  const { assetId, trimStartFrame, speed } = clip.source;
  const asset = document.assets.get(assetId);
  if (!asset) return [0, 0];
  const length = assetFrames(asset, document.settings.frameRate);
  const latest = length - 1 - floorScaled(clip.durationFrames - 1, speed);
  return [-trimStartFrame, Math.max(0, latest - trimStartFrame)];
}

export interface ClipRollArgs {
  /** The earlier of two clips that touch. */
  readonly clipId: ClipId;
  /** Where the cut between them goes. */
  readonly frame: number;
}

/** Moves the cut between a clip and the one that follows it; the rest stays. Null where they don't touch, or for a lock. */
export const rollEdit: Command<ClipRollArgs> = (state, { clipId, frame }, { newId }) => {
  requireFrame('frame', frame);
  const { document } = state;
  const left = document.clips.get(clipId);
  if (!left || isLocked(left, document)) return null;
  const draft = new Draft(document, newId);
  const right = neighboursOf(draft, left).after;
  const cut = endFrame(left);
  if (right?.startFrame !== cut) return null;
  const least = Math.max(Math.max(1, draft.overlaps(left).into) - left.durationFrames, -headroom(right.source));
  const most = Math.min(tailroom(draft, left), right.durationFrames - Math.max(1, draft.overlaps(right).outOf));
  const delta = Math.min(Math.max(frame - cut, least), most);
  if (delta === 0) return null;
  draft.putClip(withEnd(left, cut + delta));
  draft.putClip(withStart(right, cut + delta));
  return draft.finish('clip.roll');
};

export interface ClipSlideArgs {
  readonly clipId: ClipId;
  readonly deltaFrames: number;
}

/**
 * Moves a clip between its neighbours, which grow and shrink to stay in touch with it: both must touch it. Null where
 * they don't, or for a lock.
 */
export const slideClip: Command<ClipSlideArgs> = (state, { clipId, deltaFrames }, { newId }) => {
  requireInteger('deltaFrames', deltaFrames);
  const { document } = state;
  const clip = document.clips.get(clipId);
  if (!clip || isLocked(clip, document)) return null;
  const draft = new Draft(document, newId);
  const { before, after } = neighboursOf(draft, clip);
  if (!before || !after || endFrame(before) !== clip.startFrame || endFrame(clip) !== after.startFrame) return null;
  const least = Math.max(Math.max(1, draft.overlaps(before).into) - before.durationFrames, -headroom(after.source));
  const most = Math.min(tailroom(draft, before), after.durationFrames - Math.max(1, draft.overlaps(after).outOf));
  const delta = Math.min(Math.max(deltaFrames, least), most);
  if (delta === 0) return null;
  draft.putClip(withEnd(before, endFrame(before) + delta));
  draft.putClip(movedTo(clip, clip.startFrame + delta));
  draft.putClip(withStart(after, after.startFrame + delta));
  return draft.finish('clip.slide');
};
