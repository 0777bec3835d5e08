import type { TimelineDocument } from './document.js';
import { endFrame } from './lane.js';
import type { AssetRecord, AssetSource, ClipRecord } from './records.js';
import { type FrameRate, ceilScaled, floorScaled, secondsToFrame } from './time.js';

/**
 * How many project frames a file lasts, to the nearest, at least one. Nearest rather than up or down, because a probe's
 * duration is a float: 300 NTSC frames may be told as 10.009999 or 10.010001 seconds.
 */
export function assetFrames(asset: AssetRecord, rate: FrameRate): number {
  return Math.max(1, secondsToFrame(asset.durationSeconds, rate));
}

/**
 * The longest that a clip may be from `trimStartFrame` on: every frame of it starts inside the source. Null for what has
 * no length of its own: pictures, titles, colours.
 */
export function longestDuration(source: ClipRecord['source'], document: TimelineDocument): number | null {
  if (source.kind !== 'asset') return null;
  const asset = document.assets.get(source.assetId);
  if (!asset) return null;
  const left = assetFrames(asset, document.settings.frameRate) - source.trimStartFrame;
  return Math.max(0, ceilScaled(left, inverse(source)));
}

/**
 * How many frames a clip can start earlier than it does, before its source begins; `Infinity` for what has no length of
 * its own.
 */
export function headroom(source: ClipRecord['source']): number {
  return source.kind === 'asset' ? floorScaled(source.trimStartFrame, inverse(source)) : Infinity;
}

/**
 * The in-point after moving a clip's start by `frames` of the timeline (negative: earlier). Whole frames, rounded down,
 * so that a clip never reaches beyond its source; at normal speed nothing is rounded.
 */
export function shiftedTrim(source: AssetSource, frames: number): number {
  return Math.max(0, source.trimStartFrame + floorScaled(frames, source.speed));
}

/** A clip's source with its start moved by `frames` of the timeline. */
export function shiftSource(source: ClipRecord['source'], frames: number): ClipRecord['source'] {
  if (source.kind !== 'asset' || frames === 0) return source;
  return { ...source, trimStartFrame: shiftedTrim(source, frames) };
}

/**
 * Seconds from the start of the source at the start of a clip's frame (0 is the clip's first): exactly
 * `(trimStartFrame + frame · speed) / rate`, in integers up to the one division at the end.
 */
export function sourceSecondsAt(source: AssetSource, frame: number, rate: FrameRate): number {
  const { num, den } = source.speed;
  const top = (source.trimStartFrame * den + frame * num) * rate.den;
  const bottom = den * rate.num;
  if (Number.isSafeInteger(top) && Number.isSafeInteger(bottom)) return top / bottom;
  const exactTop = (BigInt(source.trimStartFrame) * BigInt(den) + BigInt(frame) * BigInt(num)) * BigInt(rate.den);
  const exactBottom = BigInt(den) * BigInt(rate.num);
  return Number(exactTop / exactBottom) + Number(exactTop % exactBottom) / Number(exactBottom);
}

/** The source frame (project frames from the source's start, rounded down) that a clip shows at a frame of the timeline. */
export function sourceFrameAt(clip: ClipRecord, frame: number): number {
  const inside = frame - clip.startFrame;
  if (clip.source.kind !== 'asset') return inside;
  return clip.source.trimStartFrame + floorScaled(inside, clip.source.speed);
}

/** The frame of the timeline where a clip shows a source frame; null when that part was cut away. */
export function timelineFrameAt(clip: ClipRecord, sourceFrame: number): number | null {
  const { source } = clip;
  const inside =
    source.kind === 'asset' ? ceilScaled(sourceFrame - source.trimStartFrame, inverse(source)) : sourceFrame;
  const frame = clip.startFrame + inside;
  return inside >= 0 && frame < endFrame(clip) ? frame : null;
}

function inverse(source: AssetSource): { num: number; den: number } {
  return { num: source.speed.den, den: source.speed.num };
}
