import type { ClipId } from '../ids.js';
import { keyframesOf } from '../keyframes.js';
import { endFrame } from '../lane.js';
import {
  type PropertyDefinition,
  type PropertyKey,
  type PropertyValue,
  coerceProperty,
  getProperty,
  isPropertyKey,
  propertyDefinition,
  propertySubjects,
} from '../properties.js';
import type { ClipRecord, Keyframe } from '../records.js';
import { longestDuration } from '../source-time.js';
import { type Rational, divideRationals, rationalEquals, reduceRational, roundScaled } from '../time.js';
import { longestText, titleName } from './clip-add.js';
import { withoutProperty } from './clip-edges.js';
import { rippleLength } from './clip-trim.js';
import { type Command, requireInteger, requireText } from './command.js';
import { Draft } from './draft.js';
import { rescaledKeyframes } from './frame-rate.js';
import { byStart, isLocked, pickedClips, unlocked, withLinked } from './picking.js';
import { neighboursOf, pushAfter } from './place.js';

export interface ClipSetPropertyArgs {
  readonly clipIds: readonly ClipId[];
  readonly key: PropertyKey;
  /** Numbers out of range are clamped. */
  readonly value: PropertyValue;
  /** Other properties that change along with it, so that a clip that is dragged on the picture is one edit. */
  readonly also?: Readonly<Partial<Record<PropertyKey, PropertyValue>>>;
}

/**
 * Sets a property, and those along with it, of all clips that it means something for. Opposite crops leave a twentieth
 * of the picture between them, fades are never longer than the clip. Skips clips on locked tracks.
 *
 * @throws TypeError for an unknown key, or a value of another type
 */
export const setProperty: Command<ClipSetPropertyArgs> = (state, { clipIds, key, value, also = {} }, { newId }) => {
  const wanted = [[key, value] as const, ...Object.entries(also)].map(([name, given]) => {
    const definition = knownProperty(name as PropertyKey);
    return { definition, value: requireValue(definition, given) };
  });
  const draft = new Draft(state.document, newId);
  for (const before of unlocked(pickedClips(state, clipIds), state.document)) {
    let clip = before;
    for (const { definition, value: next } of wanted) {
      if (!means(definition, clip, draft)) continue;
      const fitting = fittingValue(clip, definition, next);
      const rest = withoutProperty(clip.props, definition.id);
      clip = { ...clip, props: fitting === definition.default ? rest : { ...rest, [definition.id]: fitting } };
    }
    if (clip !== before) draft.putClip(clip);
  }
  return draft.finish('clip.setProperty');
};

export interface ClipSetKeyframeArgs {
  readonly clipId: ClipId;
  readonly key: PropertyKey;
  /** From the start of the clip. */
  readonly frame: number;
  readonly value: PropertyValue;
  /** `linear` when left out. */
  readonly easing?: Keyframe['easing'];
}

/** Sets a key frame of an animatable property, replacing one at the same frame. Null for other properties, and a lock. */
export const setKeyframe: Command<ClipSetKeyframeArgs> = (
  state,
  { clipId, key, frame, value, easing = 'linear' },
  { newId },
) => {
  requireInteger('frame', frame);
  const definition = knownProperty(key);
  const clip = state.document.clips.get(clipId);
  if (!clip || isLocked(clip, state.document) || !definition.animatable) return null;
  const draft = new Draft(state.document, newId);
  if (!means(definition, clip, draft)) return null;
  const keyframe: Keyframe = { frame, value: requireValue(definition, value), easing };
  const others = keyframesOf(clip, key).filter((other) => other.frame !== frame);
  const keyframes = [...others, keyframe].sort((a, b) => a.frame - b.frame);
  draft.putClip({ ...clip, keyframes: { ...clip.keyframes, [key]: keyframes } });
  return draft.finish('clip.setKeyframe');
};

export interface ClipRemoveKeyframeArgs {
  readonly clipId: ClipId;
  readonly key: PropertyKey;
  readonly frame: number;
}

/** Removes a key frame; with the last one the property is its plain value again. */
export const removeKeyframe: Command<ClipRemoveKeyframeArgs> = (state, { clipId, key, frame }, { newId }) => {
  knownProperty(key);
  const clip = state.document.clips.get(clipId);
  if (!clip || isLocked(clip, state.document)) return null;
  const left = keyframesOf(clip, key).filter((keyframe) => keyframe.frame !== frame);
  const { [key]: _, ...others } = clip.keyframes;
  const draft = new Draft(state.document, newId);
  draft.putClip({ ...clip, keyframes: left.length > 0 ? { ...others, [key]: left } : others });
  return draft.finish('clip.removeKeyframe');
};

export interface ClipSetTextArgs {
  readonly clipId: ClipId;
  readonly text: string;
}

/** Sets the text of a title; its name follows unless it was given one of its own. Null for other clips, and a lock. */
export const setText: Command<ClipSetTextArgs> = (state, { clipId, text }, { newId }) => {
  const next = requireText('text', text, longestText);
  const clip = state.document.clips.get(clipId);
  if (clip?.source.kind !== 'text' || isLocked(clip, state.document)) return null;
  const name = clip.name === titleName(clip.source.text) ? titleName(next) : clip.name;
  const draft = new Draft(state.document, newId);
  draft.putClip({ ...clip, name, source: { ...clip.source, text: next } });
  return draft.finish('clip.setText');
};

export interface ClipRenameArgs {
  readonly clipId: ClipId;
  readonly name: string;
}

/** Names a clip; the asset keeps its own name. Null for an empty name, and a lock. */
export const renameClip: Command<ClipRenameArgs> = (state, { clipId, name }, { newId }) => {
  const next = requireText('name', name, 200).trim();
  const clip = state.document.clips.get(clipId);
  if (!clip || next === '' || isLocked(clip, state.document)) return null;
  const draft = new Draft(state.document, newId);
  draft.putClip({ ...clip, name: next });
  return draft.finish('clip.rename');
};

export interface ClipSetSpeedArgs {
  readonly clipId: ClipId;
  /** `{num: 2, den: 1}` is twice as fast; from 1/100 to 100. */
  readonly speed: Rational;
  /** Whether what comes later moves along. On the main track when left out. */
  readonly ripple?: boolean;
}

/**
 * Plays a clip, and the files that it is linked to, faster or slower; the same part of the source shows, to the nearest
 * frame. Without ripple a clip that grows ends at the latest where the next one starts. Key frames keep their share of the
 * clip. Null for what has no speed, when nothing changes, or when any of these clips is on a locked track.
 */
export const setSpeed: Command<ClipSetSpeedArgs> = (state, { clipId, speed, ripple }, { newId }) => {
  const wanted = reduceRational(speed);
  if (wanted.num > wanted.den * 100 || wanted.den > wanted.num * 100 || wanted.den > 10_000 || wanted.num > 10_000) {
    throw new RangeError(`speed must be from 1/100 to 100, got ${speed.num}/${speed.den}`);
  }
  const { document } = state;
  const clip = document.clips.get(clipId);
  const track = clip && document.track(clip.trackId);
  if (clip?.source.kind !== 'asset' || !track) return null;
  const clips = withLinked([clip], document).filter((each) => each.source.kind === 'asset');
  if (
    clips.some((each) => isLocked(each, document)) ||
    clips.every((each) => each.source.kind === 'asset' && rationalEquals(each.source.speed, wanted))
  ) {
    return null;
  }
  const draft = new Draft(document, newId);
  const rippling = ripple ?? track.main;
  const before = rippling ? clips.map((each) => withRoomFor(draft, each, wanted)) : clips;
  for (const each of before) draft.putClip(atSpeed(draft, each, wanted, rippling));
  if (rippling) {
    const isMain = (each: ClipRecord): boolean => draft.track(each.trackId)?.main === true;
    const pulling = before.some(isMain) ? before.filter(isMain) : before;
    for (const each of byStart(pulling)) {
      // One before it may have moved it.
      const now = draft.clip(each.id) ?? each;
      const then = { ...now, durationFrames: each.durationFrames };
      rippleLength(draft, then, endFrame(then), now.durationFrames - each.durationFrames, endFrame(then), new Set());
    }
    for (const each of before) pushAfter(draft, each.id);
  }
  return draft.finish('clip.setSpeed');
};

/** The clip, without its transitions where it would be too short for them at a speed. */
function withRoomFor(draft: Draft, clip: ClipRecord, speed: Rational): ClipRecord {
  if (atSpeed(draft, clip, speed, true).durationFrames >= draft.shortest(clip)) return clip;
  for (const transition of draft.transitionsOf(clip.id)) draft.dissolve(transition);
  return draft.clip(clip.id) ?? clip;
}

function atSpeed(draft: Draft, clip: ClipRecord, speed: Rational, rippling: boolean): ClipRecord {
  if (clip.source.kind !== 'asset') return clip;
  const source = { ...clip.source, speed };
  const ratio = divideRationals(clip.source.speed, speed);
  let durationFrames = Math.max(1, roundScaled(clip.durationFrames, ratio));
  durationFrames = Math.min(durationFrames, longestDuration(source, draft.document) ?? Infinity);
  if (!rippling) {
    const { after } = neighboursOf(draft, clip);
    if (after) durationFrames = Math.min(durationFrames, Math.max(after.startFrame, endFrame(clip)) - clip.startFrame);
  }
  const keyframes: Partial<Record<PropertyKey, readonly Keyframe[]>> = {};
  for (const [key, list] of Object.entries(clip.keyframes))
    keyframes[key as PropertyKey] = rescaledKeyframes(list, ratio);
  return { ...clip, source, durationFrames: Math.max(1, durationFrames), keyframes };
}

function knownProperty(key: PropertyKey): PropertyDefinition {
  if (!isPropertyKey(key)) throw new TypeError(`no property is called ${JSON.stringify(key)}`);
  return propertyDefinition(key);
}

function requireValue(definition: PropertyDefinition, value: PropertyValue): PropertyValue {
  const wanted = coerceProperty(definition, value);
  if (wanted === undefined)
    throw new TypeError(`${definition.id} takes a ${definition.type}, got ${JSON.stringify(value)}`);
  return wanted;
}

function means(definition: PropertyDefinition, clip: ClipRecord, draft: Draft): boolean {
  const subjects = propertySubjects(clip, draft.document);
  return definition.appliesTo.some((subject) => subjects.includes(subject));
}

/** The least share of the picture that two opposite crops leave. */
const leastPicture = 0.05;
const oppositeCrop: Readonly<Partial<Record<PropertyKey, 'cropLeft' | 'cropTop' | 'cropRight' | 'cropBottom'>>> = {
  cropLeft: 'cropRight',
  cropRight: 'cropLeft',
  cropTop: 'cropBottom',
  cropBottom: 'cropTop',
};

function fittingValue(clip: ClipRecord, definition: PropertyDefinition, value: PropertyValue): PropertyValue {
  if (typeof value !== 'number') return value;
  if (definition.unit === 'frame') return Math.min(value, clip.durationFrames);
  const opposite = oppositeCrop[definition.id];
  return opposite ? Math.max(0, Math.min(value, 1 - leastPicture - getProperty(clip, opposite))) : value;
}
