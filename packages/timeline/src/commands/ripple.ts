import type { ClipId, TrackId } from '../ids.js';
import { countStartingBefore, endFrame } from '../lane.js';
import type { ClipRecord, TrackRecord } from '../records.js';
import type { FrameRange } from '../sound.js';
import { frameToSeconds, secondsToFrame } from '../time.js';
import { withEnd, withStart } from './clip-edges.js';
import type { Draft } from './draft.js';

/**
 * What moves when a track ripples. The main track carries everything else along, so that titles, music and markers stay
 * with the picture that they belong to; a locked track stays. Any other track ripples alone.
 */
function ripplingTracks(draft: Draft, track: TrackRecord): readonly TrackRecord[] {
  return track.main ? draft.tracks().filter((other) => !other.locked) : [track];
}

/**
 * Makes a gap: everything that starts at `frame` or later moves on by `frames`. On the track itself a clip that lies
 * across the frame is cut there (and what is linked to it, wherever it ripples along); on others it stays whole.
 */
export function openGap(draft: Draft, track: TrackRecord, frame: number, frames: number): void {
  const tracks = ripplingTracks(draft, track);
  const moving = new Set(tracks.map((each) => each.id));
  cutAcross(draft, track.id, frame, moving);
  shiftLater(draft, tracks, frame, frames, new Set());
  if (track.main) moveMarks(draft, (at) => (at >= frame ? at + frames : at));
}

/** Moves everything that starts at `frame` or later, apart from the clips named. */
export function pushLater(
  draft: Draft,
  track: TrackRecord,
  frame: number,
  frames: number,
  except: ReadonlySet<ClipId>,
): void {
  shiftLater(draft, ripplingTracks(draft, track), frame, frames, except);
  if (track.main) moveMarks(draft, (at) => (at >= frame ? at + frames : at));
}

/**
 * Closes stretches of a track that are free by now: what comes after moves up. Where another track ripples along,
 * clips that start inside a stretch go to where it was, and nothing is ever overlapped: a clip that finds its place
 * taken stands right after, and those that follow fall back into step at the next gap.
 *
 * @param ranges ascending, apart from each other
 * @param gap to open right after, at a frame as it is then; nothing may lie across it on the track itself
 */
export function closeRanges(
  draft: Draft,
  track: TrackRecord,
  ranges: readonly FrameRange[],
  gap: { readonly frame: number; readonly frames: number } = { frame: Infinity, frames: 0 },
): void {
  const first = Math.min(ranges[0]?.startFrame ?? Infinity, gap.frame);
  if (first === Infinity) return;
  const close = closedFrame(ranges);
  const open = (frame: number): number => (frame >= gap.frame ? frame + gap.frames : frame);
  for (const { id } of ripplingTracks(draft, track)) {
    const lane = draft.lane(id);
    const from = countStartingBefore(lane, first);
    const before = lane[from - 1];
    let taken = before ? endFrame(before) : 0;
    draft.moveLane(id, from, (clip) => {
      // What fades in keeps lying over what goes, by as much as before.
      const startFrame = Math.max(close(clip.startFrame), taken - draft.overlapInto(clip));
      taken = startFrame + clip.durationFrames;
      return open(startFrame);
    });
  }
  if (track.main) moveMarks(draft, (frame) => open(close(frame)));
}

/** Where a frame is after stretches of the timeline are taken out; frames inside one go to where it was. */
export function closedFrame(ranges: readonly FrameRange[]): (frame: number) => number {
  const starts = ranges.map((range) => range.startFrame);
  const removedBefore: number[] = [];
  let removed = 0;
  for (const range of ranges) {
    removedBefore.push(removed);
    removed += range.endFrame - range.startFrame;
  }
  return (frame) => {
    const index = lastAtOrBefore(starts, frame);
    const range = ranges[index];
    if (!range) return frame;
    const inside = Math.min(frame, range.endFrame) - range.startFrame;
    return frame - (removedBefore[index] ?? 0) - inside;
  };
}

function lastAtOrBefore(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function shiftLater(
  draft: Draft,
  tracks: readonly TrackRecord[],
  frame: number,
  frames: number,
  except: ReadonlySet<ClipId>,
): void {
  for (const { id } of tracks) {
    draft.moveLane(id, countStartingBefore(draft.lane(id), frame), (clip) =>
      except.has(clip.id) ? clip.startFrame : clip.startFrame + frames,
    );
  }
}

function cutAcross(draft: Draft, trackId: TrackId, frame: number, moving: ReadonlySet<TrackId>): void {
  const [first, second] = across(draft, trackId, frame);
  if (!first) return;
  if (second) {
    // Inside a transition: both clips end where they are cut, and there is nothing left to fade.
    draft.putClip(withEnd(first, frame));
    draft.putClip(withStart(second, frame));
    return;
  }
  const group = first.linkId === null ? [] : draft.document.linkedClips(first.linkId);
  const linked = group.map((id) => draft.clip(id)).filter((clip) => clip !== undefined);
  const cut = [
    first,
    ...linked.filter((clip) => clip.id !== first.id && moving.has(clip.trackId) && liesAcross(clip, frame)),
  ];
  splitTogether(draft, cut, frame);
}

/** The clip that lies across a frame, or the two whose transition does (the later may start at the frame). */
function across(draft: Draft, trackId: TrackId, frame: number): readonly ClipRecord[] {
  const lane = draft.lane(trackId);
  const index = countStartingBefore(lane, frame);
  const first = lane[index - 1];
  if (!first || endFrame(first) <= frame) return [];
  const before = lane[index - 2];
  if (before && endFrame(before) > frame) return [before, first];
  const after = lane[index];
  return after?.startFrame === frame ? [first, after] : [first];
}

/** Whether a frame is inside a clip, not at an edge. */
export function liesAcross(clip: ClipRecord, frame: number): boolean {
  return clip.startFrame < frame && frame < endFrame(clip);
}

/** Splits clips at one frame. The right halves are linked among themselves as the whole clips were. */
export function splitTogether(draft: Draft, clips: readonly ClipRecord[], frame: number): readonly ClipRecord[] {
  const rights = clips.map((clip) => draft.split(clip, frame)[1]);
  const sizes = new Map<string, number>();
  for (const { linkId } of rights) if (linkId !== null) sizes.set(linkId, (sizes.get(linkId) ?? 0) + 1);
  const renamed = new Map<string, ClipRecord['linkId']>();
  return rights.map((right) => {
    if (right.linkId === null) return right;
    let linkId = renamed.get(right.linkId);
    if (linkId === undefined) {
      linkId = (sizes.get(right.linkId) ?? 0) > 1 ? draft.newLinkId() : null;
      renamed.set(right.linkId, linkId);
    }
    const relinked = { ...right, linkId };
    draft.putClip(relinked);
    return relinked;
  });
}

/** Markers and cues that are anchored to the timeline move with the picture under them. */
function moveMarks(draft: Draft, map: (frame: number) => number): void {
  const { markers, captionTracks, settings } = draft.document;
  for (const marker of markers) {
    if (marker.clipId !== null) continue;
    const frame = map(marker.frame);
    if (frame !== marker.frame) draft.put({ ...marker, frame });
  }
  const frameSeconds = frameToSeconds(1, settings.frameRate);
  const moved = (seconds: number): number => {
    const frame = secondsToFrame(seconds, settings.frameRate);
    return seconds + frameToSeconds(map(frame) - frame, settings.frameRate);
  };
  for (const captions of captionTracks) {
    if (captions.assetId !== null) continue;
    const cues = captions.cues.map((cue) => {
      const startSeconds = moved(cue.startSeconds);
      const endSeconds = moved(cue.endSeconds);
      return startSeconds === cue.startSeconds && endSeconds === cue.endSeconds
        ? cue
        : { ...cue, startSeconds, endSeconds };
    });
    // A cue whose picture was taken out has shrunk to less than a frame.
    const kept = cues.filter(
      (cue, index) => cue === captions.cues[index] || cue.endSeconds - cue.startSeconds >= frameSeconds,
    );
    if (kept.length !== captions.cues.length || kept.some((cue, index) => cue !== captions.cues[index])) {
      draft.put({ ...captions, cues: kept });
    }
  }
}
