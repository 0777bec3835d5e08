import type { MarkerRecord } from '@lectern/timeline';
import type { PointerDragHandlers } from '../../foundation/pointer-drag-controller.js';
import { xToFrame } from '../timeline-geometry.js';
import type { DragContext } from './drag-context.js';
import { snapper } from './snapping.js';

/** Moves the playhead with the pointer, from the press on. */
export function scrubDrag(context: DragContext): PointerDragHandlers | null {
  const view = context.view();
  if (!view) return null;
  const before = view.state.playheadFrame;
  const snap = snapper(view, [], { playhead: false });
  const move = (event: PointerEvent): void => {
    const now = context.view();
    if (!now) return;
    const { x } = context.viewport.toLanes(event.clientX, event.clientY);
    let frame = Math.max(0, Math.round(xToFrame(x, now.zoom)));
    // Shift scrubs freely: while looking for a picture, the pull of cuts is in the way.
    const snapped = event.shiftKey ? null : snap([frame], now.zoom);
    if (snapped) frame = snapped.frame;
    now.editor.seek(frame);
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
    start: (event) => {
      move(event);
      return undefined;
    },
    move,
    end: clear,
    cancel: () => {
      clear();
      context.view()?.editor.seek(before);
    },
  };
}

/** Moves one end of the range; it is set when the pointer lets go, as one step of the history. */
export function rangeDrag(context: DragContext, edge: 'in' | 'out'): PointerDragHandlers | null {
  const view = context.view();
  if (!view || view.state.readOnly) return null;
  const snap = snapper(view, []);
  let frame: number | null = null;
  return {
    start: () => undefined,
    move: (event) => {
      const now = context.view();
      if (!now) return;
      const { x } = context.viewport.toLanes(event.clientX, event.clientY);
      frame = Math.max(0, Math.round(xToFrame(x, now.zoom)));
      frame = snap([frame], now.zoom)?.frame ?? frame;
      context.show({ snapFrame: frame });
    },
    end: () => {
      context.show({ snapFrame: null });
      if (frame !== null) context.view()?.editor.run(edge === 'in' ? 'range.setIn' : 'range.setOut', { frame });
    },
    cancel: () => {
      context.show({ snapFrame: null });
    },
  };
}

/** Moves a marker of the timeline; those of a clip's source go where the clip goes. */
export function markerDrag(context: DragContext, marker: MarkerRecord): PointerDragHandlers | null {
  const view = context.view();
  if (!view || marker.clipId !== null) return null;
  const gesture = view.editor.begin('marker', { markerId: marker.id });
  if (!gesture) return null;
  const snap = snapper(view, []);
  return {
    start: () => undefined,
    move: (event) => {
      const now = context.view();
      if (!now) return;
      const { x } = context.viewport.toLanes(event.clientX, event.clientY);
      const frame = Math.max(0, Math.round(xToFrame(x, now.zoom)));
      const snapped = snap([frame], now.zoom);
      // Its own old place is a target too, and no reason for a line.
      gesture.preview({ frame: snapped?.frame ?? frame });
      context.show({ snapFrame: snapped && snapped.target.id !== marker.id ? snapped.frame : null });
    },
    end: () => {
      context.show({ snapFrame: null });
      gesture.commit();
    },
    cancel: () => {
      context.show({ snapFrame: null });
      gesture.cancel();
    },
  };
}
