import type { TrackRecord } from '@lectern/timeline';
import type { PointerDragHandlers } from '../../foundation/pointer-drag-controller.js';
import type { TrackDrop } from '../lanes.js';
import { lowestRow, rowAt } from '../timeline-geometry.js';
import type { DragContext } from './drag-context.js';

/** The highest that a track can be made, in CSS pixels. */
export const highestRow = 220;

/** Carries a track to another place in the order. The list shows the topmost first, the document the lowest. */
export function reorderDrag(context: DragContext, track: TrackRecord): PointerDragHandlers | null {
  const view = context.view();
  if (!view || view.state.readOnly) return null;
  let drop: TrackDrop | null = null;
  const move = (event: PointerEvent): void => {
    const now = context.view();
    if (!now) return;
    const { y } = context.viewport.toLanes(event.clientX, event.clientY);
    const row = rowAt(now.rows, Math.max(0, y));
    drop = row ? { rowIndex: row.index, side: y < row.y + row.height / 2 ? 'above' : 'below' } : null;
    context.show({ trackDrop: drop });
    context.atEdges(event, () => {
      move(event);
    });
  };
  const clear = (): void => {
    context.stopEdges();
    context.show({ trackDrop: null });
  };
  return {
    start: () => undefined,
    move,
    end: () => {
      clear();
      const now = context.view();
      const goal = drop;
      if (!now || !goal) return;
      // `afterId` is the track that it will lie over.
      const from = goal.rowIndex + (goal.side === 'below' ? 1 : 0);
      const below = now.rows.find((row) => row.index >= from && row.track.id !== track.id);
      now.editor.run('track.reorder', { trackId: track.id, afterId: below?.track.id ?? null });
    },
    cancel: clear,
  };
}

/** Makes a track higher or lower. */
export function resizeDrag(context: DragContext, track: TrackRecord): PointerDragHandlers | null {
  const view = context.view();
  const gesture = view?.editor.begin('track', { trackId: track.id });
  if (!gesture) return null;
  let from: number | null = null;
  return {
    start: (event) => {
      from = event.clientY;
      return undefined;
    },
    move: (event) => {
      const height = Math.round(
        Math.min(highestRow, Math.max(lowestRow, track.height + event.clientY - (from ?? event.clientY))),
      );
      gesture.preview({ height });
    },
    end: () => {
      gesture.commit();
    },
    cancel: () => {
      gesture.cancel();
    },
  };
}
