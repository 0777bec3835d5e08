import type { ClipId } from '@lectern/timeline';
import type { PointerDragHandlers } from '../../foundation/pointer-drag-controller.js';
import { clipsBetween, xToFrame } from '../timeline-geometry.js';
import type { DragContext, LaneRect } from './drag-context.js';

/** Draws a rectangle over the lanes and picks what it touches, on top of what was picked when `add` is set. */
export function marqueeDrag(context: DragContext, at: PointerEvent, add: boolean): PointerDragHandlers | null {
  const view = context.view();
  if (!view) return null;
  const from = context.viewport.toLanes(at.clientX, at.clientY);
  const before = [...view.state.state.selection.clipIds];
  const kept = add ? before : [];
  const move = (event: PointerEvent): void => {
    const now = context.view();
    if (!now) return;
    const to = context.viewport.toLanes(event.clientX, event.clientY);
    const marquee: LaneRect = {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      width: Math.abs(to.x - from.x),
      height: Math.abs(to.y - from.y),
    };
    const touched: ClipId[] = [];
    for (const row of now.rows) {
      if (row.track.locked || row.y + row.height < marquee.y || row.y > marquee.y + marquee.height) continue;
      const touching = clipsBetween(
        row.clips,
        xToFrame(marquee.x, now.zoom),
        xToFrame(marquee.x + marquee.width, now.zoom),
      );
      for (const clip of touching) touched.push(clip.id);
    }
    now.editor.select([...new Set([...kept, ...touched])]);
    context.show({ marquee });
    context.atEdges(event, () => {
      move(event);
    });
  };
  const clear = (): void => {
    context.stopEdges();
    context.show({ marquee: null });
  };
  return {
    start: () => undefined,
    move,
    end: clear,
    cancel: () => {
      clear();
      context.view()?.editor.select(before);
    },
  };
}
