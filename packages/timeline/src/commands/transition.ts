import type { ClipId, TransitionId } from '../ids.js';
import { endFrame } from '../lane.js';
import { headroom, longestDuration } from '../source-time.js';
import { withEnd, withStart } from './clip-edges.js';
import { type Command, requireInteger } from './command.js';
import { Draft } from './draft.js';
import { isLocked } from './picking.js';
import { neighboursOf } from './place.js';

export interface TransitionAddArgs {
  /** The earlier of two clips that touch. */
  readonly clipId: ClipId;
  readonly durationFrames: number;
}

/**
 * Lets a clip fade into the one that touches it. Both grow over the cut into what was trimmed off them, half of the
 * length each; where one has too little, the other gives more, and where both have, the transition is shorter. Null where
 * nothing touches, where neither has any material left, or for a lock.
 */
export const addTransition: Command<TransitionAddArgs> = (state, { clipId, durationFrames }, { newId }) => {
  requireInteger('durationFrames', durationFrames, 1);
  const { document } = state;
  const from = document.clips.get(clipId);
  if (!from || isLocked(from, document)) return null;
  const draft = new Draft(document, newId);
  const to = neighboursOf(draft, from).after;
  const cut = endFrame(from);
  if (to?.startFrame !== cut) return null;
  // Neither may grow over the other's own transitions, nor over all of it.
  const roomAfter = to.durationFrames - Math.max(1, draft.overlaps(to).outOf);
  const roomBefore = from.durationFrames - Math.max(1, draft.overlaps(from).into);
  const longest = longestDuration(from.source, document) ?? Infinity;
  const canGrowEnd = Math.max(0, Math.min(longest - from.durationFrames, roomAfter));
  const canGrowStart = Math.max(0, Math.min(headroom(to.source), roomBefore));
  const half = Math.floor(durationFrames / 2);
  const start = Math.min(canGrowStart, Math.max(half, durationFrames - canGrowEnd));
  const end = Math.min(canGrowEnd, durationFrames - start);
  if (start + end < 1) return null;
  draft.putClip(withEnd(from, cut + end));
  draft.putClip(withStart(to, cut - start));
  draft.put({
    type: 'transition',
    id: draft.newTransitionId(),
    fromClipId: from.id,
    toClipId: to.id,
    kind: 'crossfade',
    durationFrames: start + end,
  });
  return draft.finish('transition.add');
};

export interface TransitionRemoveArgs {
  readonly transitionId: TransitionId;
}

/** Makes a hard cut in the middle of where two clips faded. Null for a lock. */
export const removeTransition: Command<TransitionRemoveArgs> = (state, { transitionId }, { newId }) => {
  const { document } = state;
  const transition = document.transitions.find((each) => each.id === transitionId);
  if (!transition) return null;
  const draft = new Draft(document, newId);
  const from = document.clips.get(transition.fromClipId);
  const to = document.clips.get(transition.toClipId);
  if ((from && isLocked(from, document)) || (to && isLocked(to, document))) return null;
  draft.dissolve(transition);
  return draft.finish('transition.remove');
};
