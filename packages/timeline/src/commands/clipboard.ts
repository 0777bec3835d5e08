import type { AssetId, ClipId, LinkId, TrackId, TransitionId } from '../ids.js';
import { compareClips, endFrame } from '../lane.js';
import type { AssetRecord, ClipRecord, TrackKind, TrackRecord, TransitionRecord } from '../records.js';
import type { TimelineState, TransactionSpec } from '../state.js';
import { type FrameRate, type Rational, divideRationals, rationalEquals } from '../time.js';
import { acceptsSource, trackSort } from '../track-kinds.js';

import { assetOf } from './clip-add.js';
import { type ClipDeleteArgs, deleteClips } from './clip-delete.js';
import { rescaleLane } from './frame-rate.js';
import { type Command, requireFrame } from './command.js';
import { Draft } from './draft.js';
import { byStart, pickedClips, unlocked, withLinked } from './picking.js';
import { addTrack, freeTrack, makeRoom } from './place.js';
import { openGap } from './ripple.js';

/** Copied clips with all that another project needs to take them. Plain JSON. */
export interface ClipboardContents {
  /** By start; the earliest starts at 0. */
  readonly clips: readonly ClipRecord[];
  readonly transitions: readonly TransitionRecord[];
  readonly assets: readonly AssetRecord[];
  /** The tracks that the clips came from, bottom to top. */
  readonly tracks: readonly { readonly id: TrackId; readonly kind: TrackKind; readonly main: boolean }[];
  readonly frameRate: FrameRate;
  readonly durationFrames: number;
}

/** A copy of clips (the selection when none are named) and of what they are linked to; null when there are none. */
export function copyClips(state: TimelineState, clipIds?: readonly ClipId[]): ClipboardContents | null {
  const { document } = state;
  const clips = byStart(withLinked(pickedClips(state, clipIds), document));
  const [first] = clips;
  if (!first) return null;
  const ids = new Set(clips.map((clip) => clip.id));
  const transitions = new Map<TransitionId, TransitionRecord>();
  const assets = new Map<AssetId, AssetRecord>();
  const trackIds = new Set<TrackId>();
  for (const clip of clips) {
    trackIds.add(clip.trackId);
    const assetId = assetOf(clip);
    const asset = assetId === null ? undefined : document.assets.get(assetId);
    if (asset) assets.set(asset.id, asset);
    for (const transition of document.transitionsOf(clip.id)) {
      if (ids.has(transition.fromClipId) && ids.has(transition.toClipId)) transitions.set(transition.id, transition);
    }
  }
  return {
    clips: clips.map((clip) => ({ ...clip, startFrame: clip.startFrame - first.startFrame })),
    transitions: [...transitions.values()],
    assets: [...assets.values()],
    tracks: document.tracks.filter((track) => trackIds.has(track.id)).map(({ id, kind, main }) => ({ id, kind, main })),
    frameRate: document.settings.frameRate,
    durationFrames: clips.reduce((end, clip) => Math.max(end, endFrame(clip)), 0) - first.startFrame,
  };
}

/** `clip.delete` under its own name: the caller keeps what `copyClips` gave before. */
export const cutClips: Command<ClipDeleteArgs> = (state, args, context) => {
  const spec = deleteClips(state, args, context);
  return spec && { ...spec, userEvent: 'clip.cut' };
};

export interface ClipPasteArgs {
  readonly contents: ClipboardContents;
  readonly frame: number;
  /** Where the first clip goes; others of its sort keep their distance to it. Their own tracks when left out. */
  readonly trackId?: TrackId;
}

/**
 * Puts copied clips in at a frame, and loses nothing: on the main track a gap is opened for them, on others what is in
 * their way moves on. A clip whose track isn't there, is locked, or doesn't take it goes to a free track of its kind.
 * Frames are converted when the clips come from a project of another rate.
 */
export const pasteClips: Command<ClipPasteArgs> = (state, { contents, frame, trackId }, { newId }) => {
  requireFrame('frame', frame);
  const draft = new Draft(state.document, newId);
  const { assets, settings } = state.document;
  for (const asset of contents.assets) if (!assets.has(asset.id)) draft.put(asset);
  const available = new Set([...assets.keys(), ...contents.assets.map((asset) => asset.id)]);
  let clips = contents.clips.filter((clip) => {
    const asset = assetOf(clip);
    return asset === null || available.has(asset);
  });
  if (!rationalEquals(contents.frameRate, settings.frameRate)) {
    const ratio = divideRationals(settings.frameRate, contents.frameRate);
    clips = rescaledContents(contents, clips, ratio, settings.frameRate);
  }
  if (trackId !== undefined && draft.track(trackId)?.locked !== false) return null;
  const goal = goalChooser(draft, contents, clips[0], trackId);
  return putCopies(draft, clips, contents.transitions, (clip) => goal(clip, frame), frame, 'clip.paste', state);
};

function rescaledContents(
  contents: ClipboardContents,
  clips: readonly ClipRecord[],
  ratio: Rational,
  rate: FrameRate,
): ClipRecord[] {
  const assets = new Map(contents.assets.map((asset) => [asset.id, asset]));
  const overlaps = new Map(contents.transitions.map((transition) => [transition.toClipId, transition.durationFrames]));
  return contents.tracks
    .flatMap(({ id }) =>
      rescaleLane(
        clips.filter((clip) => clip.trackId === id),
        ratio,
        {
          rate,
          asset: (assetId) => assets.get(assetId),
          overlapInto: (clip) => overlaps.get(clip.id) ?? 0,
        },
      ),
    )
    .sort(compareClips);
}

export interface ClipDuplicateArgs {
  /** The selection when left out. */
  readonly clipIds?: readonly ClipId[];
}

/**
 * Puts a copy of clips, and of what they are linked to, right after the last of them; makes room as `clip.paste` does.
 * Clips on locked tracks are left out; null when none is left.
 */
export const duplicateClips: Command<ClipDuplicateArgs> = (state, { clipIds }, { newId }) => {
  const { document } = state;
  const clips = unlocked(withLinked(pickedClips(state, clipIds), document), document);
  const contents = copyClips(state, clips.length > 0 ? clips.map((clip) => clip.id) : []);
  if (!contents) return null;
  const kept = contents.clips.filter((clip) => clips.some((other) => other.id === clip.id));
  const end = clips.reduce((latest, clip) => Math.max(latest, endFrame(clip)), 0);
  const draft = new Draft(document, newId);
  return putCopies(
    draft,
    kept,
    contents.transitions,
    (clip) => draft.track(clip.trackId) as TrackRecord,
    end,
    'clip.duplicate',
    state,
  );
};

function putCopies(
  draft: Draft,
  clips: readonly ClipRecord[],
  transitions: readonly TransitionRecord[],
  goal: (clip: ClipRecord) => TrackRecord,
  frame: number,
  userEvent: string,
  state: TimelineState,
): TransactionSpec | null {
  const ids = new Map<ClipId, ClipId>();
  const links = new Map<LinkId, LinkId>();
  const tied = new Map<LinkId, number>();
  for (const { linkId } of clips) if (linkId !== null) tied.set(linkId, (tied.get(linkId) ?? 0) + 1);
  const goals = new Map<ClipId, TrackRecord>();
  const main = draft.document.mainTrack;
  for (const clip of clips) {
    const track = goal(clip);
    goals.set(clip.id, track);
    ids.set(clip.id, draft.newClipId());
    if (clip.linkId !== null && (tied.get(clip.linkId) ?? 0) > 1 && !links.has(clip.linkId))
      links.set(clip.linkId, draft.newLinkId());
  }
  const copies = clips.map((clip): ClipRecord => ({
    ...clip,
    id: ids.get(clip.id) as ClipId,
    trackId: goals.get(clip.id)?.id ?? clip.trackId,
    startFrame: clip.startFrame + frame,
    linkId: clip.linkId === null ? null : (links.get(clip.linkId) ?? null),
    splitFrom: null,
  }));
  if (copies.length === 0) return null;
  const onMain = copies.filter((copy) => copy.trackId === main?.id);
  if (main && onMain.length > 0) {
    const end = copies.reduce((latest, copy) => Math.max(latest, endFrame(copy)), 0);
    openGap(draft, main, frame, end - frame);
  }
  for (const copy of copies.toSorted(compareClips))
    if (copy.trackId !== main?.id) makeRoom(draft, copy.trackId, copy.startFrame, endFrame(copy));
  draft.putClips(copies);
  for (const transition of transitions) {
    const fromClipId = ids.get(transition.fromClipId);
    const toClipId = ids.get(transition.toClipId);
    if (fromClipId && toClipId) draft.put({ ...transition, id: draft.newTransitionId(), fromClipId, toClipId });
  }
  return draft.finish(userEvent, {
    selection: { clipIds: copies.map((copy) => copy.id), trackId: state.selection.trackId },
  });
}

/** Where each pasted clip goes. Tells once per track of the contents, so that what was together stays together. */
function goalChooser(
  draft: Draft,
  contents: ClipboardContents,
  first: ClipRecord | undefined,
  trackId: TrackId | undefined,
): (clip: ClipRecord, frame: number) => TrackRecord {
  const chosen = new Map<TrackId, TrackRecord>();
  const firstSort = first && trackSort(kindIn(contents, first));
  return (clip, frame) => {
    const before = chosen.get(clip.trackId);
    if (before) return before;
    const kind = kindIn(contents, clip);
    const clips = contents.clips.filter((each) => each.trackId === clip.trackId);
    const taken = new Set([...chosen.values()].map((track) => track.id));
    const suits = (track: TrackRecord | undefined): track is TrackRecord =>
      track !== undefined &&
      !track.locked &&
      !taken.has(track.id) &&
      clips.every((each) => takes(track, each, kind, draft));

    let goal = draft.track(clip.trackId);
    if (trackId !== undefined && first && trackSort(kind) === firstSort) {
      const rows = draft.tracks().filter((track) => trackSort(track.kind) === firstSort);
      goal = rows[rows.findIndex((track) => track.id === trackId) + rowIn(contents, clip) - rowIn(contents, first)];
    } else if (!suits(goal) && contents.tracks.some((track) => track.id === clip.trackId && track.main)) {
      goal = draft.document.mainTrack ?? undefined;
    }
    const end = clips.reduce((latest, each) => Math.max(latest, endFrame(each)), 0);
    const result = suits(goal) ? goal : freeTrackBut(draft, kind, frame, frame + end, taken);
    chosen.set(clip.trackId, result);
    return result;
  };
}

function freeTrackBut(
  draft: Draft,
  kind: TrackKind,
  startFrame: number,
  end: number,
  taken: ReadonlySet<TrackId>,
): TrackRecord {
  const track = freeTrack(draft, kind, startFrame, end);
  return taken.has(track.id) ? addTrack(draft, kind) : track;
}

/** Whether a track takes a clip that came from one of a kind; its asset may not be in the document yet. */
function takes(track: TrackRecord, clip: ClipRecord, cameFrom: TrackKind, draft: Draft): boolean {
  if (clip.source.kind !== 'asset') return acceptsSource(track.kind, clip.source, draft.document);
  return track.kind !== 'text' && trackSort(cameFrom) === trackSort(track.kind);
}

function kindIn(contents: ClipboardContents, clip: ClipRecord): TrackKind {
  const natural = clip.source.kind === 'text' ? 'text' : 'video';
  return contents.tracks.find((track) => track.id === clip.trackId)?.kind ?? natural;
}

function rowIn(contents: ClipboardContents, clip: ClipRecord): number {
  return contents.tracks.findIndex((track) => track.id === clip.trackId);
}
