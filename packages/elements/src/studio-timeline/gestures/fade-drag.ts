import { getProperty, type ClipRecord } from '@lectern/timeline';
import type { PointerDragHandlers } from '../../foundation/pointer-drag-controller.js';
import type { DragContext } from './drag-context.js';

/** Drags the end of a fade in, or the start of a fade out. */
export function fadeDrag(
  context: DragContext,
  clip: ClipRecord,
  side: 'in' | 'out',
  at: PointerEvent,
): PointerDragHandlers | null {
  const view = context.view();
  const key = side === 'in' ? 'fadeInFrames' : 'fadeOutFrames';
  if (!view) return null;
  const gesture = view.editor.begin('property', { clipIds: [clip.id], key });
  if (!gesture) return null;
  const from = context.viewport.toLanes(at.clientX, at.clientY);
  const before = getProperty(clip, key);
  const other = getProperty(clip, side === 'in' ? 'fadeOutFrames' : 'fadeInFrames');
  return {
    start: () => undefined,
    move: (event) => {
      const now = context.view();
      if (!now) return;
      const to = context.viewport.toLanes(event.clientX, event.clientY);
      const pixels = side === 'in' ? to.x - from.x : from.x - to.x;
      const most = Math.max(0, clip.durationFrames - other);
      const value = Math.min(most, Math.max(0, before + Math.round(pixels / now.zoom)));
      gesture.preview({ value });
    },
    end: () => {
      gesture.commit();
    },
    cancel: () => {
      gesture.cancel();
    },
  };
}
