import type { TimelineDocument } from './document.js';
import { fadeAt, fadeFrames } from './fades.js';
import type { SoundLayer, SoundSpan } from './frame-graph.js';
import { transitionBetween } from './invariants.js';
import { getPropertyAt, keyframesOf } from './keyframes.js';
import { clipsCovering, laneRange } from './lane.js';
import { getProperty, silenceDecibels } from './properties.js';
import type { AssetSource, ClipRecord, TrackRecord } from './records.js';
import { sourceSecondsAt } from './source-time.js';

/** A stretch of the timeline in frames; the end is exclusive. */
export interface FrameRange {
  readonly startFrame: number;
  readonly endFrame: number;
}

/**
 * Every clip's sound over its whole stretch, by track from the bottom and by start; cut to a range when one is given.
 *
 * - What sounds: clips of audio tracks, and videos with a sound track of their own unless `audioEnabled` is off.
 * - A muted track gives no sound. While any track is solo, only solo tracks do (a muted one not even then). Solo says
 *   nothing about pictures, `hidden` nothing about sound, `locked` nothing at all.
 * - Volume is in dB, −60 and below is silence. Fades multiply the linear gain. A crossfade has constant power: the two
 *   gains follow a quarter of a sine.
 * - The envelope is exact at every edge of a frame. It is linear between its breakpoints, which stand close together
 *   where the gain isn't: a jump from one key frame to the next ramps over the frame before it, so it never clicks.
 */
export function soundSpans(document: TimelineDocument, range?: FrameRange): SoundSpan[] {
  const start = Math.max(0, range?.startFrame ?? 0);
  const end = Math.min(document.totalFrames, range?.endFrame ?? Infinity);
  if (end <= start) return [];
  const isMixed = mixesSound(document);
  const spans: SoundSpan[] = [];
  for (const track of document.tracks) {
    if (!isMixed(track)) continue;
    const clips = document.clipsOf(track.id);
    const [from, to] = laneRange(clips, start, end);
    for (let index = from; index < to; index += 1) {
      const clip = clips[index] as ClipRecord;
      if (!hasSound(clip, track, document)) continue;
      spans.push(spanOf(clip, neighbours(clips, index), document, start, end));
    }
  }
  return spans;
}

/** Tells which tracks are heard, mute and solo considered. */
export function mixesSound(document: TimelineDocument): (track: TrackRecord) => boolean {
  const anySolo = document.tracks.some((track) => track.solo);
  return (track) => !track.muted && (track.solo || !anySolo);
}

/** What sounds on a track during a frame. */
export function soundsAt(document: TimelineDocument, track: TrackRecord, frame: number): SoundLayer[] {
  const covering = clipsCovering(document.clipsOf(track.id), frame);
  const sounds: SoundLayer[] = [];
  covering.forEach((clip, index) => {
    if (!hasSound(clip, track, document)) return;
    const inside = frame - clip.startFrame;
    const beside = { before: covering[index - 1], after: covering[index + 1] };
    sounds.push({
      clipId: clip.id,
      trackId: clip.trackId,
      assetId: clip.source.assetId,
      sourceSeconds: sourceSecondsAt(clip.source, inside, document.settings.frameRate),
      speed: clip.source.speed.num / clip.source.speed.den,
      gain: gainAt(clip, inside, beside, document),
      gainEnd: gainAt(clip, inside + 1, beside, document),
      pan: getProperty(clip, 'pan'),
    });
  });
  return sounds;
}

type SoundingClip = ClipRecord & { readonly source: AssetSource };

function hasSound(clip: ClipRecord, track: TrackRecord, document: TimelineDocument): clip is SoundingClip {
  if (clip.source.kind !== 'asset' || track.kind === 'text' || track.kind === 'caption') return false;
  const asset = document.assets.get(clip.source.assetId);
  return (asset?.audioCodec ?? null) !== null && getProperty(clip, 'audioEnabled');
}

/** The clips that a clip may share a transition with. */
interface Neighbours {
  readonly before: ClipRecord | undefined;
  readonly after: ClipRecord | undefined;
}

function neighbours(clips: readonly ClipRecord[], index: number): Neighbours {
  return { before: clips[index - 1], after: clips[index + 1] };
}

/** Linear gain at an edge of a clip's frames, 0 being its start. */
function gainAt(clip: ClipRecord, edge: number, beside: Neighbours, document: TimelineDocument): number {
  const decibels = getPropertyAt(clip, 'volume', edge);
  if (decibels <= silenceDecibels) return 0;
  let gain = 10 ** (decibels / 20) * fadeAt(clip, edge);
  const { into, outOf } = crossfades(clip, beside, document);
  if (into > 0 && edge < into) gain *= Math.sin(((edge / into) * Math.PI) / 2);
  const left = clip.durationFrames - edge;
  if (outOf > 0 && left < outOf) gain *= Math.sin(((left / outOf) * Math.PI) / 2);
  return gain;
}

/** Frames of the transitions into and out of a clip. */
function crossfades(
  clip: ClipRecord,
  { before, after }: Neighbours,
  document: TimelineDocument,
): { into: number; outOf: number } {
  return {
    into: (before && transitionBetween(before, clip, document)?.durationFrames) ?? 0,
    outOf: (after && transitionBetween(clip, after, document)?.durationFrames) ?? 0,
  };
}

function spanOf(
  clip: SoundingClip,
  beside: Neighbours,
  document: TimelineDocument,
  from: number,
  to: number,
): SoundSpan {
  const first = Math.max(0, from - clip.startFrame);
  const last = Math.min(clip.durationFrames, to - clip.startFrame);
  return {
    clipId: clip.id,
    trackId: clip.trackId,
    assetId: clip.source.assetId,
    startFrame: clip.startFrame + first,
    endFrame: clip.startFrame + last,
    sourceStartSeconds: sourceSecondsAt(clip.source, first, document.settings.frameRate),
    speed: clip.source.speed.num / clip.source.speed.den,
    keepPitch: getProperty(clip, 'keepPitch'),
    pan: getProperty(clip, 'pan'),
    envelope: breakpoints(clip, beside, document, first, last).map((edge) => ({
      frame: edge - first,
      gain: gainAt(clip, edge, beside, document),
    })),
  };
}

/** The edges between which the gain is a straight line. */
function breakpoints(
  clip: ClipRecord,
  beside: Neighbours,
  document: TimelineDocument,
  first: number,
  last: number,
): number[] {
  const edges = new Set<number>([first, last]);
  const addEach = (from: number, to: number): void => {
    for (let edge = Math.max(from, first); edge <= Math.min(to, last); edge += 1) edges.add(edge);
  };
  const add = (edge: number): void => {
    addEach(edge, edge);
  };
  const { fadeIn, fadeOut } = fadeFrames(clip);
  const length = clip.durationFrames;
  if (fadeIn > 0) add(fadeIn);
  if (fadeOut > 0) add(length - fadeOut);
  // Two slopes multiplied are a parabola.
  if (fadeIn > 0 && fadeOut > 0) addEach(length - fadeOut, fadeIn);
  const { into, outOf } = crossfades(clip, beside, document);
  if (into > 0) addEach(0, into);
  if (outOf > 0) addEach(length - outOf, length);
  const keyframes = keyframesOf(clip, 'volume');
  keyframes.forEach((keyframe, index) => {
    const next = keyframes[index + 1];
    if (!next || next.value === keyframe.value) return;
    if (keyframe.easing === 'hold') addEach(next.frame - 1, next.frame);
    else addEach(keyframe.frame, next.frame);
  });
  return [...edges].sort((a, b) => a - b);
}
