import type { TrackId } from '../ids.js';
import type { TrackKind, TrackRecord } from '../records.js';
import { type Command, requireInteger, requireText } from './command.js';
import { Draft } from './draft.js';
import { addTrack as addTrackTo, orderAt } from './place.js';

export interface TrackAddArgs {
  readonly kind: TrackKind;
  /** "Video 2" and the like when left out. */
  readonly name?: string;
  /** Where the track will stand from the bottom (0). Above the others of its kind when left out; sound at the bottom. */
  readonly index?: number;
}

/** Adds a track and picks it. */
export const addTrack: Command<TrackAddArgs> = (state, { kind, name, index }, { newId }) => {
  if (!['video', 'audio', 'text', 'caption'].includes(kind))
    throw new TypeError(`no kind of track is called ${JSON.stringify(kind)}`);
  const draft = new Draft(state.document, newId);
  const track = addTrackTo(draft, kind, {
    ...(name !== undefined && { name: requireText('name', name, 200) }),
    ...(index !== undefined && { index: requireInteger('index', index, 0) }),
  });
  return draft.finish('track.add', { selection: { clipIds: [], trackId: track.id } });
};

export interface TrackRemoveArgs {
  readonly trackId: TrackId;
}

/** Removes a track and all that is on it. Not the main track, nor a locked one. */
export const removeTrack: Command<TrackRemoveArgs> = (state, { trackId }, { newId }) => {
  const track = state.document.track(trackId);
  if (!track || track.main || track.locked) return null;
  const draft = new Draft(state.document, newId);
  draft.removeClips(new Set(state.document.clipsOf(trackId).map((clip) => clip.id)));
  draft.remove(trackId);
  return draft.finish('track.remove');
};

export interface TrackRenameArgs {
  readonly trackId: TrackId;
  readonly name: string;
}

/** Names a track; works on locked ones too, as all that says nothing about clips. */
export const renameTrack: Command<TrackRenameArgs> = (state, { trackId, name }, { newId }) => {
  const track = state.document.track(trackId);
  const next = requireText('name', name, 200).trim();
  if (!track || next === '') return null;
  const draft = new Draft(state.document, newId);
  draft.put({ ...track, name: next });
  return draft.finish('track.rename');
};

export interface TrackReorderArgs {
  readonly trackId: TrackId;
  /** The track that it will stand right above; null for the bottom. */
  readonly afterId: TrackId | null;
}

/** Moves a track up or down among the others. */
export const reorderTrack: Command<TrackReorderArgs> = (state, { trackId, afterId }, { newId }) => {
  const { tracks } = state.document;
  const track = state.document.track(trackId);
  if (!track || afterId === trackId) return null;
  const others = tracks.filter((other) => other.id !== trackId);
  const below = afterId === null ? -1 : others.findIndex((other) => other.id === afterId);
  if (afterId !== null && below < 0) return null;
  if (tracks.indexOf(track) === below + 1) return null;
  const draft = new Draft(state.document, newId);
  const order = orderAt(draft, others, below + 1);
  draft.put({ ...track, order });
  return draft.finish('track.reorder');
};

export interface TrackSetArgs {
  readonly trackId: TrackId;
  readonly locked?: boolean;
  readonly muted?: boolean;
  readonly solo?: boolean;
  readonly hidden?: boolean;
  /** CSS pixels, 24 to 400. */
  readonly height?: number;
}

/** Locks, mutes, solos, hides or resizes a track. */
export const setTrack: Command<TrackSetArgs> = (state, { trackId, ...wanted }, { newId }) => {
  const track = state.document.track(trackId);
  if (!track) return null;
  const draft = new Draft(state.document, newId);
  const next: TrackRecord = {
    ...track,
    locked: flag('locked', wanted.locked, track.locked),
    muted: flag('muted', wanted.muted, track.muted),
    solo: flag('solo', wanted.solo, track.solo),
    hidden: flag('hidden', wanted.hidden, track.hidden),
    height:
      wanted.height === undefined
        ? track.height
        : Math.min(Math.max(requireInteger('height', Math.round(wanted.height), 0), 24), 400),
  };
  draft.put(next);
  if (track.locked && !next.locked) dropLoneLinks(draft, trackId);
  return draft.finish('track.set');
};

/** While the track was locked, the last partner of a clip on it may have gone. */
function dropLoneLinks(draft: Draft, trackId: TrackId): void {
  for (const clip of draft.document.clipsOf(trackId)) {
    if (clip.linkId !== null && draft.document.linkedClips(clip.linkId).length < 2)
      draft.putClip({ ...clip, linkId: null });
  }
}

function flag(name: string, wanted: boolean | undefined, current: boolean): boolean {
  if (wanted === undefined) return current;
  if (typeof wanted !== 'boolean') throw new TypeError(`${name} must be a boolean, got ${typeof wanted}`);
  return wanted;
}
