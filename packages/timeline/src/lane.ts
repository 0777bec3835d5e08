import type { ClipRecord } from './records.js';

/** The frame after a clip's last one. */
export function endFrame(clip: Pick<ClipRecord, 'startFrame' | 'durationFrames'>): number {
  return clip.startFrame + clip.durationFrames;
}

/** The order of clips on a track: by start, then by id, so that it doesn't depend on how they came there. */
export function compareClips(a: ClipRecord, b: ClipRecord): number {
  if (a.startFrame !== b.startFrame) return a.startFrame - b.startFrame;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** How many clips of a sorted list start before `frame`: the index of the first that doesn't. */
export function countStartingBefore(clips: readonly ClipRecord[], frame: number): number {
  let low = 0;
  let high = clips.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((clips[middle] as ClipRecord).startFrame < frame) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a clip stands in a sorted list, or would stand. */
export function placeInLane(clips: readonly ClipRecord[], clip: ClipRecord): number {
  let low = 0;
  let high = clips.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareClips(clips[middle] as ClipRecord, clip) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The clips that cover a frame, earlier start first: none, one, or the two of a transition. Looks no further back than
 * one clip before the last that starts in time, because no more than two ever overlap (see `checkInvariants`).
 */
export function clipsCovering(clips: readonly ClipRecord[], frame: number): readonly ClipRecord[] {
  const last = countStartingBefore(clips, frame + 1) - 1;
  const found: ClipRecord[] = [];
  for (let index = Math.max(0, last - 1); index <= last; index += 1) {
    const clip = clips[index] as ClipRecord;
    if (frame < endFrame(clip)) found.push(clip);
  }
  return found;
}

/** The part of a sorted list that touches `[startFrame, endFrame)`, as indices `[from, to)`. */
export function laneRange(
  clips: readonly ClipRecord[],
  fromFrame: number,
  toFrame: number,
): readonly [from: number, to: number] {
  let from = countStartingBefore(clips, fromFrame);
  while (from > 0 && endFrame(clips[from - 1] as ClipRecord) > fromFrame) from -= 1;
  return [from, Math.max(from, countStartingBefore(clips, toFrame))];
}

/** The clips of one track, sorted, and the frame where the last of them ends. */
export interface Lane {
  readonly clips: readonly ClipRecord[];
  readonly endFrame: number;
}

export const emptyLane: Lane = { clips: [], endFrame: 0 };

/** A lane over clips in any order. */
export function laneOf(clips: ClipRecord[]): Lane {
  let sorted = true;
  let end = 0;
  let before: ClipRecord | undefined;
  for (const clip of clips) {
    if (before && sorted && compareClips(before, clip) > 0) sorted = false;
    end = Math.max(end, endFrame(clip));
    before = clip;
  }
  if (!sorted) clips.sort(compareClips);
  return { clips, endFrame: end };
}

/**
 * A lane after a few edits: one copy of the list, and a binary search for each. The end moves along without a walk, unless
 * the clip that made it left. Arguments as for `rebuildLane`.
 */
export function editLane(
  lane: Lane,
  stays: readonly (readonly [from: ClipRecord, to: ClipRecord])[],
  gone: readonly ClipRecord[],
  arrived: readonly ClipRecord[],
): Lane {
  const clips = lane.clips.slice();
  let end = lane.endFrame;
  const take = (clip: ClipRecord): void => {
    clips.splice(placeInLane(clips, clip), 1);
  };
  const give = (clip: ClipRecord): void => {
    clips.splice(placeInLane(clips, clip), 0, clip);
    end = Math.max(end, endFrame(clip));
  };
  for (const clip of gone) take(clip);
  for (const [from] of stays) take(from);
  for (const [, to] of stays) give(to);
  for (const clip of arrived) give(clip);
  const madeEnd = (clip: ClipRecord): boolean => endFrame(clip) === lane.endFrame;
  const lostEnd = gone.some(madeEnd) || stays.some(([from]) => madeEnd(from));
  if (lostEnd && end === lane.endFrame) end = clips.reduce((latest, clip) => Math.max(latest, endFrame(clip)), 0);
  return { clips, endFrame: end };
}

/**
 * A lane after many edits, in one walk and without a look-up where the replaced come in the order of the lane, as they do
 * when a track ripples.
 *
 * @param stays what is replaced and stays on the track, with what takes its place
 * @param gone what leaves the track
 * @param arrived what comes to it
 */
export function rebuildLane(
  lane: Lane,
  stays: readonly (readonly [from: ClipRecord, to: ClipRecord])[],
  gone: readonly ClipRecord[],
  arrived: readonly ClipRecord[],
): Lane {
  const leaving = new Set(gone);
  const clips = leaving.size > 0 ? lane.clips.filter((clip) => !leaving.has(clip)) : lane.clips.slice();
  const [first] = stays;
  let next = 0;
  for (let index = first ? placeInLane(clips, first[0]) : clips.length; index < clips.length; index += 1) {
    const pair = stays[next];
    if (pair?.[0] !== clips[index]) continue;
    clips[index] = (pair as readonly [ClipRecord, ClipRecord])[1];
    next += 1;
  }
  if (next < stays.length) {
    const successors = new Map(stays);
    clips.forEach((clip, index) => {
      clips[index] = successors.get(clip) ?? clip;
    });
  }
  for (const clip of arrived) clips.push(clip);
  return laneOf(clips);
}
