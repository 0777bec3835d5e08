import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import { newTrack } from '../document.js';
import type { ClipId, TrackId } from '../ids.js';
import { countStartingBefore, endFrame, laneRange, placeInLane } from '../lane.js';
import type { ClipRecord, TrackKind, TrackRecord } from '../records.js';
import { withEnd, withStart } from './clip-edges.js';
import type { Draft } from './draft.js';
import { liesAcross } from './ripple.js';

/** Frees a stretch of a track: what lies in it is cut off or removed. */
export function clearRange(draft: Draft, trackId: TrackId, startFrame: number, end: number): void {
  const lane = draft.lane(trackId);
  const [from, to] = laneRange(lane, startFrame, end);
  for (const clip of lane.slice(from, to)) {
    // A split before may have replaced it.
    const now = draft.clip(clip.id);
    if (!now || endFrame(now) <= startFrame || now.startFrame >= end) continue;
    let right: ClipRecord = now;
    if (liesAcross(right, startFrame)) {
      if (endFrame(right) <= end) {
        draft.putClip(withEnd(right, startFrame));
        continue;
      }
      right = draft.split(right, startFrame)[1];
    }
    if (endFrame(right) <= end) draft.removeClip(right.id);
    else draft.putClip(withStart(right, end));
  }
}

/** Frees a stretch of a track and loses nothing: what is in the way moves on, and pushes what it meets. */
export function makeRoom(draft: Draft, trackId: TrackId, startFrame: number, end: number): void {
  const lane = draft.lane(trackId);
  const [from] = laneRange(lane, startFrame, end);
  let taken = end;
  let isFirst = true;
  draft.moveLane(trackId, from, (clip) => {
    // What fades in keeps lying over what goes; the first has nothing before it any more.
    const overlap = isFirst ? 0 : draft.overlapInto(clip);
    const goal = Math.max(clip.startFrame, taken - overlap);
    isFirst = false;
    taken = goal + clip.durationFrames;
    return goal;
  });
}

/** Moves on what a clip has grown over, and what that meets. */
export function pushAfter(draft: Draft, clipId: ClipId): void {
  const clip = draft.clip(clipId);
  if (!clip) return;
  let taken = endFrame(clip);
  draft.moveLane(clip.trackId, placeInLane(draft.lane(clip.trackId), clip) + 1, (later) => {
    const goal = Math.max(later.startFrame, taken - draft.overlapInto(later));
    taken = goal + later.durationFrames;
    return goal;
  });
}

/** Whether nothing lies in a stretch of a track. */
export function isFree(draft: Draft, trackId: TrackId, startFrame: number, end: number): boolean {
  const [from, to] = laneRange(draft.lane(trackId), startFrame, end);
  return from === to;
}

/** The frame where the last clip of a track ends. */
export function laneEnd(draft: Draft, trackId: TrackId): number {
  const last = draft.lane(trackId).at(-1);
  return last ? endFrame(last) : 0;
}

/** The clips on either side of one on its track. */
export function neighboursOf(
  draft: Draft,
  clip: ClipRecord,
): { readonly before: ClipRecord | undefined; readonly after: ClipRecord | undefined } {
  const lane = draft.lane(clip.trackId);
  let index = countStartingBefore(lane, clip.startFrame);
  while (index < lane.length && lane[index]?.id !== clip.id) index += 1;
  return { before: lane[index - 1], after: lane[index + 1] };
}

/** The first unlocked track of a kind, from the top, with nothing in a stretch; a new one when there is none. */
export function freeTrack(draft: Draft, kind: TrackKind, startFrame: number, end: number): TrackRecord {
  const found = draft
    .tracks()
    .filter((track) => track.kind === kind && !track.locked && isFree(draft, track.id, startFrame, end))
    .at(-1);
  return found ?? addTrack(draft, kind);
}

/**
 * Adds a track: pictures above the topmost of their kind, titles and captions on top, sound below everything, unless an
 * index (0 is the bottom) says otherwise. The first video track of a document becomes the main one.
 */
export function addTrack(
  draft: Draft,
  kind: TrackKind,
  options: { readonly name?: string; readonly index?: number } = {},
): TrackRecord {
  const tracks = draft.tracks();
  const same = tracks.filter((track) => track.kind === kind);
  const index = Math.min(Math.max(0, options.index ?? defaultIndex(tracks, kind)), tracks.length);
  const track = newTrack({
    id: draft.newTrackId(),
    kind,
    name: options.name ?? freeName(same, kind),
    order: orderAt(draft, tracks, index),
    main: kind === 'video' && !tracks.some((other) => other.main),
  });
  draft.put(track);
  return track;
}

/** An order that sorts before the track at an index. Gives all tracks new ones where theirs leave no room. */
export function orderAt(draft: Draft, tracks: readonly TrackRecord[], index: number): string {
  const below = tracks[index - 1]?.order ?? null;
  const above = tracks[index]?.order ?? null;
  try {
    if (below === null || above === null || below < above) return generateKeyBetween(below, above);
  } catch {
    // An order from elsewhere that isn't a fractional index: number all tracks anew.
  }
  const orders = generateNKeysBetween(null, null, tracks.length + 1);
  tracks.forEach((track, at) => {
    draft.put({ ...track, order: orders[at < index ? at : at + 1] as string });
  });
  return orders[index] as string;
}

function defaultIndex(tracks: readonly TrackRecord[], kind: TrackKind): number {
  if (kind === 'audio') return 0;
  if (kind !== 'video') return tracks.length;
  const top = tracks.findLastIndex((track) => track.kind === 'video');
  if (top >= 0) return top + 1;
  const firstTitle = tracks.findIndex((track) => track.kind !== 'audio');
  return firstTitle >= 0 ? firstTitle : tracks.length;
}

const kindNames: Readonly<Record<TrackKind, string>> = {
  video: 'Video',
  audio: 'Audio',
  text: 'Titles',
  caption: 'Captions',
};

function freeName(same: readonly TrackRecord[], kind: TrackKind): string {
  const taken = new Set(same.map((track) => track.name));
  let number = same.length + 1;
  while (taken.has(`${kindNames[kind]} ${number}`)) number += 1;
  return `${kindNames[kind]} ${number}`;
}
