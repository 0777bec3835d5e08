import type { TimelineDocument } from '@lectern/timeline';
import type { CopyStretch } from './copy-stretches.js';

/** Frames of the document whose packets come from one place. Sections follow each other without a gap. */
export type PictureSection =
  | { readonly kind: 'encode'; readonly startFrame: number; readonly endFrame: number }
  | { readonly kind: 'copy'; readonly startFrame: number; readonly endFrame: number; readonly stretch: CopyStretch };

/** The sections of `[startFrame, endFrame)`: the stretches that can be copied, and what lies between cut into pieces. */
export function planPictureSections(
  _document: TimelineDocument,
  startFrame: number,
  endFrame: number,
  copies: readonly CopyStretch[],
): readonly PictureSection[] {
  const sections: PictureSection[] = [];
  let at = startFrame;
  for (const stretch of copies) {
    if (stretch.startFrame > at) sections.push({ kind: 'encode', startFrame: at, endFrame: stretch.startFrame });
    sections.push({ kind: 'copy', startFrame: stretch.startFrame, endFrame: stretch.endFrame, stretch });
    at = stretch.endFrame;
  }
  if (endFrame > at) sections.push({ kind: 'encode', startFrame: at, endFrame });
  return sections;
}
