import type { TimelineDocument } from '../document.js';
import type { ClipId } from '../ids.js';
import { clipsCovering } from '../lane.js';
import type { ClipRecord } from '../records.js';
import type { TimelineState, TransactionSpec } from '../state.js';
import { type Command, type CommandContext, requireFrame } from './command.js';
import { Draft } from './draft.js';
import { pickedClips, unlocked, withLinked } from './picking.js';
import { liesAcross, splitTogether } from './ripple.js';

export interface ClipSplitArgs {
  readonly clipIds?: readonly ClipId[];
  readonly frame: number;
}

/**
 * Cuts clips, and what they are linked to, in two at a frame. Without `clipIds` those are the selected clips that lie
 * across the frame; if none does, the main track's; if that has none, the topmost track's. Clips on locked tracks and
 * clips in a transition there stay whole; null when none is left.
 */
export const splitClips: Command<ClipSplitArgs> = (state, { clipIds, frame }, context) => {
  requireFrame('frame', frame);
  const { document } = state;
  if (clipIds) return split(state, pickedClips(state, clipIds), frame, context, 'clip.split');
  const selected = pickedClips(state, undefined).filter((clip) => canSplit(clip, document, frame));
  return split(state, selected.length > 0 ? selected : underPlayhead(document, frame), frame, context, 'clip.split');
};

export interface ClipSplitAllArgs {
  readonly frame: number;
}

/** Cuts the clips of all unlocked tracks at a frame. */
export const splitAll: Command<ClipSplitAllArgs> = (state, { frame }, context) => {
  requireFrame('frame', frame);
  const clips = state.document.tracks.flatMap((track) => clipsCovering(state.document.clipsOf(track.id), frame));
  return split(state, clips, frame, context, 'clip.splitAll');
};

function underPlayhead(document: TimelineDocument, frame: number): readonly ClipRecord[] {
  const main = document.mainTrack;
  const order = [...(main ? [main] : []), ...document.tracks.toReversed()];
  for (const track of order) {
    const found = clipsCovering(document.clipsOf(track.id), frame).filter((clip) => canSplit(clip, document, frame));
    if (found.length > 0) return found;
  }
  return [];
}

function split(
  state: TimelineState,
  picked: readonly ClipRecord[],
  frame: number,
  { newId }: CommandContext,
  userEvent: string,
): TransactionSpec | null {
  const { document, selection } = state;
  const clips = withLinked(picked, document).filter((clip) => canSplit(clip, document, frame));
  if (clips.length === 0) return null;
  const draft = new Draft(document, newId);
  const rights = splitTogether(draft, clips, frame);
  const wasSelected = clips.some((clip) => selection.clipIds.includes(clip.id));
  if (!wasSelected) return draft.finish(userEvent);
  // What follows the cut is what one goes on with: to delete it, or to cut again.
  const cut = new Set(clips.map((clip) => clip.id));
  const others = selection.clipIds.filter((id) => !cut.has(id));
  return draft.finish(userEvent, {
    selection: { ...selection, clipIds: [...others, ...rights.map((clip) => clip.id)] },
  });
}

function canSplit(clip: ClipRecord, document: TimelineDocument, frame: number): boolean {
  if (!liesAcross(clip, frame) || unlocked([clip], document).length === 0) return false;
  return clipsCovering(document.clipsOf(clip.trackId), frame).length === 1;
}
