import { getProperty } from './properties.js';
import type { ClipRecord } from './records.js';

/** Frames of a clip's fades, never longer than the clip. */
export function fadeFrames(clip: ClipRecord): { readonly fadeIn: number; readonly fadeOut: number } {
  return {
    fadeIn: Math.min(getProperty(clip, 'fadeInFrames'), clip.durationFrames),
    fadeOut: Math.min(getProperty(clip, 'fadeOutFrames'), clip.durationFrames),
  };
}

/** How far a clip's own fades let it through at an edge of its frames (0 is its start), 0…1. */
export function fadeAt(clip: ClipRecord, edge: number): number {
  const { fadeIn, fadeOut } = fadeFrames(clip);
  const rising = fadeIn > 0 ? Math.min(1, edge / fadeIn) : 1;
  const falling = fadeOut > 0 ? Math.min(1, (clip.durationFrames - edge) / fadeOut) : 1;
  return Math.max(0, rising * falling);
}
