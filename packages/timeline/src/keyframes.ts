import {
  type PropertyKey,
  type PropertyValueOf,
  coerceProperty,
  getProperty,
  propertyDefinition,
} from './properties.js';
import type { ClipRecord, Keyframe } from './records.js';

/** The key frames of a clip's property; none where it isn't animated. */
export function keyframesOf(clip: Pick<ClipRecord, 'keyframes'>, key: PropertyKey): readonly Keyframe[] {
  return (Object.hasOwn(clip.keyframes, key) ? clip.keyframes[key] : undefined) ?? [];
}

/**
 * The value of a clip's property at a frame of the clip, key frames included. Before the first key frame it is the
 * first's, after the last the last's. Numbers move from one to the next by the *former's* easing; what isn't a number
 * holds. Key frames may lie outside the clip after a trim: they still shape what is inside.
 */
export function getPropertyAt<K extends PropertyKey>(
  clip: Pick<ClipRecord, 'props' | 'keyframes'>,
  key: K,
  frame: number,
): PropertyValueOf<K> {
  if (!Object.hasOwn(clip.keyframes, key)) return getProperty(clip, key);
  const keyframes = keyframesOf(clip, key);
  const definition = propertyDefinition(key);
  if (keyframes.length === 0 || !definition.animatable) return getProperty(clip, key);
  const value = interpolate(keyframes, frame);
  return (coerceProperty(definition, value) ?? definition.default) as PropertyValueOf<K>;
}

function interpolate(keyframes: readonly Keyframe[], frame: number): Keyframe['value'] {
  let low = 0;
  let high = keyframes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keyframes[middle] as Keyframe).frame <= frame) low = middle + 1;
    else high = middle;
  }
  const from = keyframes[low - 1];
  const to = keyframes[low];
  if (!from) return to?.value ?? null;
  if (!to || typeof from.value !== 'number' || typeof to.value !== 'number') return from.value;
  const progress = eased((frame - from.frame) / (to.frame - from.frame), from.easing);
  return from.value + (to.value - from.value) * progress;
}

/** Cubic, as in CSS's keywords in spirit: slow at the end that the name says. */
function eased(progress: number, easing: Keyframe['easing']): number {
  switch (easing) {
    case 'hold':
      return 0;
    case 'linear':
      return progress;
    case 'ease-in':
      return progress ** 3;
    case 'ease-out':
      return 1 - (1 - progress) ** 3;
    case 'ease-in-out':
      return progress < 0.5 ? 4 * progress ** 3 : 1 - (2 - 2 * progress) ** 3 / 2;
  }
}

/** A clip's key frames with its start moved by `frames`: they stay where they were on the timeline. */
export function shiftKeyframes(keyframes: ClipRecord['keyframes'], frames: number): ClipRecord['keyframes'] {
  if (frames === 0) return keyframes;
  const shifted: Partial<Record<PropertyKey, readonly Keyframe[]>> = {};
  for (const [key, list] of Object.entries(keyframes)) {
    shifted[key as PropertyKey] = list.map((keyframe) => ({ ...keyframe, frame: keyframe.frame - frames }));
  }
  return shifted;
}
