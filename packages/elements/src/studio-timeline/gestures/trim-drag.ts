import { endFrame, type ClipRecord } from '@lectern/timeline';
import type { PointerDragHandlers } from '../../foundation/pointer-drag-controller.js';
import type { DragContext } from './drag-context.js';
import { snapper } from './snapping.js';

/** Whether what comes later moves along: on the main track it does, elsewhere not; Shift turns it round. */
export function trimRipple(main: boolean, shift: boolean): boolean {
  return main !== shift;
}

/** Drags an edge of a clip. */
export function trimDrag(
  context: DragContext,
  clip: ClipRecord,
  edge: 'start' | 'end',
  at: PointerEvent,
): PointerDragHandlers | null {
  const view = context.view();
  if (!view) return null;
  const from = context.viewport.toLanes(at.clientX, at.clientY);
  const edgeFrame = edge === 'start' ? clip.startFrame : endFrame(clip);
  const main = view.document.track(clip.trackId)?.main === true;
  const linked = clip.linkId === null ? [clip.id] : [...view.document.linkedClips(clip.linkId)];
  const snap = snapper(view, linked);
  const gesture = view.editor.begin('trim', { clipId: clip.id, edge });
  if (!gesture) return null;

  const move = (event: PointerEvent): void => {
    const now = context.view();
    if (!now) return;
    const to = context.viewport.toLanes(event.clientX, event.clientY);
    let frame = Math.max(0, edgeFrame + Math.round((to.x - from.x) / now.zoom));
    const snapped = snap([frame], now.zoom);
    if (snapped) frame = snapped.frame;
    gesture.preview({ frame, ripple: trimRipple(main, event.shiftKey) });
    context.show({ snapFrame: snapped ? snapped.frame : null });
    context.atEdges(event, () => {
      move(event);
    });
  };
  const clear = (): void => {
    context.stopEdges();
    context.show({ snapFrame: null });
  };
  return {
    start: () => undefined,
    move,
    end: () => {
      clear();
      gesture.commit();
    },
    cancel: () => {
      clear();
      gesture.cancel();
    },
  };
}
