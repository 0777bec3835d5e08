import type { ClipId } from '../ids.js';
import { shiftKeyframes } from '../keyframes.js';
import { endFrame } from '../lane.js';
import type { PropertyKey } from '../properties.js';
import type { ClipRecord } from '../records.js';
import { shiftSource } from '../source-time.js';

/** The clip with its start edge at a frame; its end, and what it shows at each frame, stay where they are. */
export function withStart(clip: ClipRecord, startFrame: number): ClipRecord {
  const frames = startFrame - clip.startFrame;
  if (frames === 0) return clip;
  return {
    ...clip,
    startFrame,
    durationFrames: clip.durationFrames - frames,
    source: shiftSource(clip.source, frames),
    keyframes: shiftKeyframes(clip.keyframes, frames),
  };
}

/** The clip with its end edge at a frame. */
export function withEnd(clip: ClipRecord, end: number): ClipRecord {
  return end === endFrame(clip) ? clip : { ...clip, durationFrames: end - clip.startFrame };
}

/** The clip, elsewhere. */
export function movedTo(clip: ClipRecord, startFrame: number): ClipRecord {
  return startFrame === clip.startFrame ? clip : { ...clip, startFrame };
}

/**
 * Both halves of a clip cut at a frame inside it. The left one keeps the id and the fade in, the right one the fade out;
 * `splitFrom` names the clip that all pieces come from, so that it still says so when a piece between was deleted.
 */
export function splitClip(
  clip: ClipRecord,
  frame: number,
  rightId: ClipId,
): readonly [left: ClipRecord, right: ClipRecord] {
  const left = withEnd(clip, frame);
  const right = withStart(clip, frame);
  return [
    { ...left, props: withoutProperty(left.props, 'fadeOutFrames') },
    { ...right, id: rightId, splitFrom: originOf(clip), props: withoutProperty(right.props, 'fadeInFrames') },
  ];
}

/** The clip that a piece was first cut from; itself, if it was never cut. Markers are attached to that. */
export function originOf(clip: ClipRecord): ClipId {
  return clip.splitFrom ?? clip.id;
}

/** Properties without one. */
export function withoutProperty(props: ClipRecord['props'], key: PropertyKey): ClipRecord['props'] {
  if (!Object.hasOwn(props, key)) return props;
  const { [key]: _, ...rest } = props;
  return rest;
}
