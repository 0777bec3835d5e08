import type { AssetId } from '../ids.js';
import { endFrame } from '../lane.js';
import { type PropertyKey, type PropertyValue, isPropertyKey, propertyDefinition } from '../properties.js';
import type { AssetRecord, ClipRecord, Keyframe } from '../records.js';
import { assetFrames } from '../source-time.js';
import {
  type FrameRate,
  type Rational,
  ceilScaled,
  divideRationals,
  floorScaled,
  rationalEquals,
  reduceRational,
  roundScaled,
} from '../time.js';
import type { Command } from './command.js';
import { Draft } from './draft.js';

export interface SettingsSetFrameRateArgs {
  readonly frameRate: FrameRate;
}

/**
 * Changes the project's frame rate; everything keeps its place in seconds, as near as whole frames allow:
 *
 * - starts, in-points, markers and the range are rounded down, lengths to the nearest frame, at least one;
 * - clips that touched still touch: such an end is rounded down, as the start after it;
 * - where a lower rate leaves no frame for a clip it takes the next, and pushes what follows until a gap takes it up;
 * - clips on locked tracks change too: they would be wrong otherwise.
 *
 * Going back to the old rate doesn't bring back what was rounded; undoing does.
 */
export const setFrameRate: Command<SettingsSetFrameRateArgs> = (state, { frameRate }, { newId }) => {
  const rate = reduceRational(frameRate);
  if (rate.num > rate.den * 1000 || rate.den > rate.num) {
    throw new RangeError(`frame rate must be from 1 to 1000, got ${frameRate.num}/${frameRate.den}`);
  }
  const { document } = state;
  const { settings } = document;
  if (rationalEquals(rate, settings.frameRate)) return null;
  const ratio = divideRationals(rate, settings.frameRate);
  const draft = new Draft(document, newId);
  const inFrame = settings.inFrame === null ? null : floorScaled(settings.inFrame, ratio);
  let outFrame = settings.outFrame === null ? null : floorScaled(settings.outFrame, ratio);
  if (outFrame !== null) outFrame = Math.max(outFrame, (inFrame ?? 0) + 1);
  draft.put({ ...settings, frameRate: rate, inFrame, outFrame });
  for (const marker of document.markers) draft.put({ ...marker, frame: floorScaled(marker.frame, ratio) });
  for (const track of document.tracks) {
    const lane = document.clipsOf(track.id);
    const rescaled = rescaleLane(lane, ratio, {
      rate,
      asset: (id) => document.assets.get(id),
      overlapInto: (clip) => draft.overlaps(clip).into,
    });
    draft.removeClips(new Set(lane.map((clip) => clip.id)));
    draft.putClips(rescaled);
  }
  return draft.finish('settings.setFrameRate');
};

export interface RescaleOptions {
  /** The rate to come. */
  readonly rate: FrameRate;
  readonly asset: (id: AssetId) => AssetRecord | undefined;
  /** Frames of the transition into a clip, in the old rate. */
  readonly overlapInto: (clip: ClipRecord) => number;
}

/** The clips of one track, by start, at another frame rate; see `setFrameRate` for how they are rounded. */
export function rescaleLane(lane: readonly ClipRecord[], ratio: Rational, options: RescaleOptions): ClipRecord[] {
  const rescaled: ClipRecord[] = [];
  let taken = 0;
  /** How many frames of the clip before a transition may use. */
  let room = 0;
  lane.forEach((clip, index) => {
    const before = lane[index - 1];
    const after = lane[index + 1];
    const oldOverlap = before ? options.overlapInto(clip) : 0;
    const overlap = oldOverlap > 0 ? Math.max(0, Math.min(Math.max(1, roundScaled(oldOverlap, ratio)), room)) : 0;
    const touches = oldOverlap > 0 || (before !== undefined && endFrame(before) === clip.startFrame);
    const next = rescaledClip(clip, ratio);
    const startFrame = touches ? taken - overlap : Math.max(next.startFrame, taken);

    const end = endFrame(clip);
    let wantedEnd = next.startFrame + next.durationFrames;
    if (after?.startFrame === end) wantedEnd = floorScaled(end, ratio);
    else if (after && after.startFrame > end) wantedEnd = Math.min(wantedEnd, floorScaled(after.startFrame, ratio));
    const least = overlap > 0 ? overlap + 1 : 1;
    const fitted = fitSource({ ...next, startFrame, durationFrames: Math.max(least, wantedEnd - startFrame) }, options);
    rescaled.push(fitted);
    taken = endFrame(fitted);
    room = fitted.durationFrames - Math.max(1, overlap);
  });
  return rescaled;
}

function rescaledClip(clip: ClipRecord, ratio: Rational): ClipRecord {
  const { source } = clip;
  const props: Partial<Record<PropertyKey, PropertyValue>> = {};
  for (const [key, value] of Object.entries(clip.props)) {
    const isFrames = isPropertyKey(key) && propertyDefinition(key).unit === 'frame' && typeof value === 'number';
    props[key as PropertyKey] = isFrames ? roundScaled(value, ratio) : value;
  }
  const keyframes: Partial<Record<PropertyKey, readonly Keyframe[]>> = {};
  for (const [key, list] of Object.entries(clip.keyframes))
    keyframes[key as PropertyKey] = rescaledKeyframes(list, ratio);
  return {
    ...clip,
    startFrame: floorScaled(clip.startFrame, ratio),
    durationFrames: Math.max(1, roundScaled(clip.durationFrames, ratio)),
    source: source.kind === 'asset' ? { ...source, trimStartFrame: floorScaled(source.trimStartFrame, ratio) } : source,
    props,
    keyframes,
  };
}

/** Key frames in their places on a longer or shorter clip. Of those that fall on one frame the last stays. */
export function rescaledKeyframes(keyframes: readonly Keyframe[], ratio: Rational): readonly Keyframe[] {
  const byFrame = new Map<number, Keyframe>();
  for (const keyframe of keyframes) {
    const frame = roundScaled(keyframe.frame, ratio);
    byFrame.set(frame, { ...keyframe, frame });
  }
  return [...byFrame.values()];
}

/** Rounding can reach a frame beyond the source. */
function fitSource(clip: ClipRecord, { rate, asset }: RescaleOptions): ClipRecord {
  if (clip.source.kind !== 'asset') return clip;
  const record = asset(clip.source.assetId);
  if (!record) return clip;
  const length = assetFrames(record, rate);
  const trimStartFrame = Math.min(clip.source.trimStartFrame, length - 1);
  const { speed } = clip.source;
  const longest = ceilScaled(length - trimStartFrame, { num: speed.den, den: speed.num });
  return {
    ...clip,
    source: { ...clip.source, trimStartFrame },
    durationFrames: Math.min(clip.durationFrames, longest),
  };
}
