import { endFrame, type ClipId, type ClipRecord } from '@lectern/timeline';
import type { PointerDragHandlers } from '../../foundation/pointer-drag-controller.js';
import { rowAt, type Row } from '../timeline-geometry.js';
import type { TimelineView } from '../timeline-view.js';
import type { DragContext } from './drag-context.js';
import { snapper } from './snapping.js';

/** On the main track clips are put between others, elsewhere over them; the Alt key turns it round. */
export function moveMode(goal: Row | undefined, other: boolean): 'insert' | 'overwrite' {
  return (goal?.track.main === true) !== other ? 'insert' : 'overwrite';
}

/** Drags the picked clips in time and over tracks. */
export function moveDrag(
  context: DragContext,
  grabbed: ClipRecord,
  clipIds: readonly ClipId[],
  at: PointerEvent,
): PointerDragHandlers | null {
  const view = context.view();
  if (!view) return null;
  const from = context.viewport.toLanes(at.clientX, at.clientY);
  const fromRow = view.rows.find(({ track }) => track.id === grabbed.trackId);
  // The grabbed clip leads: it decides which track the others count from.
  const ordered = [grabbed.id, ...clipIds.filter((id) => id !== grabbed.id)];
  const moved = ordered.map((id) => view.document.clips.get(id)).filter((clip) => clip !== undefined);
  const edges = [...new Set(moved.flatMap((clip) => [clip.startFrame, endFrame(clip)]))];
  const earliest = Math.min(...moved.map(({ startFrame }) => startFrame));
  const snap = snapper(view, withLinkedIds(view, moved));
  const gesture = view.editor.begin('move', { clipIds: ordered });
  if (!gesture) return null;

  const move = (event: PointerEvent): void => {
    const now = context.view();
    if (!now) return;
    const to = context.viewport.toLanes(event.clientX, event.clientY);
    let deltaFrames = Math.max(-earliest, Math.round((to.x - from.x) / now.zoom));
    const goal = rowAt(now.rows, Math.max(0, to.y));
    const snapped = snap(
      edges.map((edge) => edge + deltaFrames),
      now.zoom,
    );
    if (snapped) deltaFrames += snapped.deltaFrames;
    const changed = goal !== undefined && goal.track.id !== fromRow?.track.id;
    const mode = moveMode(changed ? goal : fromRow, event.altKey);
    const done =
      gesture.preview({ deltaFrames, mode, ...(changed ? { trackId: goal.track.id } : {}) }) ||
      // A track that doesn't take the clip is passed by: it goes on in time where it was.
      (changed && gesture.preview({ deltaFrames, mode: moveMode(fromRow, event.altKey) }));
    context.show({
      snapFrame: done && snapped ? snapped.frame : null,
      target: done && changed ? goal : null,
      dragged: new Set(ordered),
    });
    context.atEdges(event, () => {
      move(event);
    });
  };
  const clear = (): void => {
    context.stopEdges();
    context.show({ snapFrame: null, target: null, dragged: new Set() });
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

/** What moves along must not be snapped to either. */
function withLinkedIds(view: TimelineView, clips: readonly ClipRecord[]): readonly ClipId[] {
  return clips.flatMap((clip) => (clip.linkId === null ? [clip.id] : [...view.document.linkedClips(clip.linkId)]));
}
