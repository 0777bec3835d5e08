import type { ClipId, TrackId } from '../ids.js';
import { type Selection, emptySelection } from '../state.js';
import type { Command } from './command.js';

export interface SelectionSetArgs {
  readonly clipIds: readonly ClipId[];
  /** The track of the last clip when left out. */
  readonly trackId?: TrackId | null;
}

/** Picks clips, and a track. Null when just those are picked already. */
export const setSelection: Command<SelectionSetArgs> = (state, { clipIds, trackId }) => {
  const present = [...new Set(clipIds)].filter((id) => state.document.clips.has(id));
  const last = present.at(-1);
  const track = trackId === undefined ? ((last && state.document.clips.get(last)?.trackId) ?? null) : trackId;
  return select(state.selection, { clipIds: present, trackId: track });
};

/** Picks every clip, those of locked tracks aside. */
export const selectAll: Command<Readonly<Record<string, never>>> = (state) => {
  const { document, selection } = state;
  const clipIds = document.tracks
    .filter((track) => !track.locked)
    .flatMap((track) => document.clipsOf(track.id).map((clip) => clip.id));
  return select(selection, { clipIds, trackId: selection.trackId });
};

/** Picks nothing. */
export const selectNone: Command<Readonly<Record<string, never>>> = (state) => select(state.selection, emptySelection);

/** Whether two selections pick the same, in the same order. */
export function sameSelection(a: Selection, b: Selection): boolean {
  if (a === b) return true;
  if (a.trackId !== b.trackId || a.clipIds.length !== b.clipIds.length) return false;
  return a.clipIds.every((id, index) => id === b.clipIds[index]);
}

function select(before: Selection, selection: Selection): ReturnType<typeof selectNone> {
  if (sameSelection(before, selection)) return null;
  return { selection, userEvent: 'select', addToHistory: false };
}
