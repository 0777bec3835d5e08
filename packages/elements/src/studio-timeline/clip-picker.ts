import type { ClipId, ClipRecord } from '@lectern/timeline';
import type { TimelineView } from './timeline-view.js';

export interface ClipPickerOptions {
  readonly view: () => TimelineView | null;
  /** A clip became the tab stop of the grid. */
  readonly activate: (clip: ClipRecord) => void;
}

/** What a press on a clip picks: it alone, with Control one more or less, with Shift all from the last one to it. */
export class ClipPicker {
  readonly #options: ClipPickerOptions;
  /** Where a range of picks with Shift begins. */
  #anchor: ClipId | null = null;

  constructor(options: ClipPickerOptions) {
    this.#options = options;
  }

  pick(clip: ClipRecord, event: MouseEvent, view: TimelineView): void {
    const { clipIds } = view.state.state.selection;
    this.#options.activate(clip);
    if (event.ctrlKey || event.metaKey) {
      this.#anchor = clip.id;
      view.editor.select(clipIds.includes(clip.id) ? clipIds.filter((id) => id !== clip.id) : [...clipIds, clip.id]);
      return;
    }
    const anchor = this.#anchor === null ? undefined : view.document.clips.get(this.#anchor);
    if (event.shiftKey && anchor) {
      view.editor.select([...new Set([...clipIds, ...between(view, anchor, clip)])]);
      return;
    }
    this.#anchor = clip.id;
    view.editor.select(event.shiftKey ? [...new Set([...clipIds, clip.id])] : [clip.id]);
  }

  /** Picks it alone once the button is let go, unless the press became a drag. */
  pickOnRelease(clip: ClipRecord, event: PointerEvent): void {
    onStillRelease(event, 4, () => {
      this.#anchor = clip.id;
      this.#options.view()?.editor.select([clip.id]);
    });
  }
}

/** Calls back when a pointer is let go less than `distance` CSS pixels from where it was pressed. */
export function onStillRelease(event: PointerEvent, distance: number, then: () => void): void {
  const end = (up: PointerEvent): void => {
    if (up.pointerId !== event.pointerId) return;
    window.removeEventListener('pointerup', end);
    window.removeEventListener('pointercancel', end);
    if (up.type === 'pointerup' && Math.hypot(up.clientX - event.clientX, up.clientY - event.clientY) < distance)
      then();
  };
  window.addEventListener('pointerup', end);
  window.addEventListener('pointercancel', end);
}

/** Clips from one to the other: on one track those between them, on several all that lie between their ends. */
function between(view: TimelineView, a: ClipRecord, b: ClipRecord): readonly ClipId[] {
  const rowOf = (clip: ClipRecord): number => view.rows.findIndex(({ track }) => track.id === clip.trackId);
  const [top, bottom] = [rowOf(a), rowOf(b)].sort((x, y) => x - y) as [number, number];
  const from = Math.min(a.startFrame, b.startFrame);
  const to = Math.max(a.startFrame, b.startFrame);
  return view.rows
    .slice(top, bottom + 1)
    .flatMap(({ clips }) =>
      clips.filter(({ startFrame }) => startFrame >= from && startFrame <= to).map(({ id }) => id),
    );
}
