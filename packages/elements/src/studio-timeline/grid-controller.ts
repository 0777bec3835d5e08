import { endFrame, type ClipId, type ClipRecord, type TimelineDocument, type TrackId } from '@lectern/timeline';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { clipAtFrame, type Row } from './timeline-geometry.js';
import type { TimelineView } from './timeline-view.js';
import type { ViewportController } from './viewport-controller.js';

/** Where the one tab stop of the grid is: a clip, or the header of a track. */
export interface GridPlace {
  readonly trackId: TrackId | null;
  readonly clipId: ClipId | null;
}

/**
 * The tracks as a grid with one tab stop. Arrows move it between clips and tracks and pick what they reach; Shift picks
 * on top, Control moves without picking. Enter on a header goes to its controls, Escape comes back.
 */
export class GridController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #view: () => TimelineView | null;
  readonly #viewport: ViewportController;
  #place: GridPlace = { trackId: null, clipId: null };
  /** The time that up and down keep to. */
  #frame = 0;
  #focusWanted = false;
  #hadFocus = false;

  constructor(
    host: ReactiveControllerHost & HTMLElement,
    viewport: ViewportController,
    view: () => TimelineView | null,
  ) {
    this.#host = host;
    this.#viewport = viewport;
    this.#view = view;
    host.addController(this);
  }

  /** The place, moved to something that is there. */
  place(rows: readonly Row[], document: TimelineDocument): GridPlace {
    const row = rows.find(({ track }) => track.id === this.#place.trackId);
    const { clipId } = this.#place;
    const clip = clipId === null ? undefined : document.clips.get(clipId);
    if (row && (clipId === null || clip?.trackId === row.track.id)) return this.#place;
    if (clip) this.#place = { trackId: clip.trackId, clipId: clip.id };
    else if (row)
      this.#place = { trackId: row.track.id, clipId: clipAtFrame(row.clips, this.#frame, Infinity)?.id ?? null };
    else this.#place = firstPlace(rows);
    return this.#place;
  }

  /** Makes a clip the tab stop, without moving the focus. */
  activate(clip: ClipRecord): void {
    this.#place = { trackId: clip.trackId, clipId: clip.id };
    this.#frame = clip.startFrame;
    this.#host.requestUpdate();
  }

  /** Moves the tab stop and the focus. */
  focus(place: GridPlace): void {
    this.#place = place;
    this.#focusWanted = true;
    const view = this.#view();
    const clip = place.clipId === null ? undefined : view?.document.clips.get(place.clipId);
    const row = view?.rows.find(({ track }) => track.id === place.trackId);
    if (clip) this.#viewport.reveal(clip.startFrame, endFrame(clip));
    if (row) this.#viewport.revealRow(row.y, row.height);
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    const focused = this.#host.shadowRoot?.activeElement;
    this.#hadFocus = focused instanceof HTMLElement && focused.closest('.rows') !== null;
  }

  hostUpdated(): void {
    const focused = this.#host.shadowRoot?.activeElement;
    // What had the focus may be gone: deleted, or moved to another row, which makes it a new node.
    const lost = this.#hadFocus && (focused === null || focused === undefined) && document.activeElement !== null;
    if (!this.#focusWanted && !lost) return;
    this.#focusWanted = false;
    this.#cell()?.focus({ preventScroll: true });
  }

  /** The focus came to a cell by other means. */
  readonly handleFocusIn = (event: FocusEvent): void => {
    const target = event.target as HTMLElement;
    const cell = target.closest<HTMLElement>('[role=gridcell], [role=rowheader]');
    const view = this.#view();
    if (!cell || !view) return;
    const clip = view.document.clips.get((cell.dataset['clip'] ?? '') as ClipId);
    const trackId = cell.closest<HTMLElement>('.row')?.dataset['track'] as TrackId | undefined;
    if (clip) {
      if (clip.id !== this.#place.clipId) this.activate(clip);
    } else if (trackId && (this.#place.trackId !== trackId || this.#place.clipId !== null)) {
      this.#place = { trackId, clipId: null };
      this.#host.requestUpdate();
    }
  };

  /** @returns whether the key was used */
  handleKey(event: KeyboardEvent): boolean {
    const view = this.#view();
    const target = event.composedPath()[0] as HTMLElement;
    if (!view) return false;
    const header = target.closest<HTMLElement>('.header');
    if (header && target !== header) return this.#inHeader(event, header, target);
    const place = this.place(view.rows, view.document);
    const row = view.rows.find(({ track }) => track.id === place.trackId);
    if (!row || event.altKey) return false;
    if (header && (event.key === 'Enter' || event.key === 'F2') && !event.ctrlKey && !event.metaKey) {
      controls(header)[0]?.focus();
      return true;
    }
    const index = place.clipId === null ? -1 : row.clips.findIndex(({ id }) => id === place.clipId);
    const jump = event.ctrlKey || event.metaKey;
    switch (event.key) {
      case 'ArrowRight':
        return this.#toClip(view, row, Math.min(index + 1, row.clips.length - 1), event);
      case 'ArrowLeft':
        return this.#toClip(view, row, index - 1, event);
      case 'ArrowUp':
        return this.#toRow(view, row.index - 1, index < 0, event);
      case 'ArrowDown':
        return this.#toRow(view, row.index + 1, index < 0, event);
      case 'Home':
        return this.#toClip(view, jump ? (view.rows[0] ?? row) : row, jump ? 0 : -1, event, false);
      case 'End': {
        const goal = jump ? (view.rows.at(-1) ?? row) : row;
        return this.#toClip(view, goal, goal.clips.length - 1, event, false);
      }
      case ' ':
        if (!jump || place.clipId === null) return false;
        this.#toggle(view, place.clipId);
        return true;
      default:
        return false;
    }
  }

  #toClip(view: TimelineView, row: Row, index: number, event: KeyboardEvent, withModifiers = true): boolean {
    const clip = row.clips[index];
    this.focus({ trackId: row.track.id, clipId: clip?.id ?? null });
    if (!clip) return true;
    this.#frame = clip.startFrame;
    if (withModifiers) this.#pick(view, clip, event);
    else view.editor.select([clip.id]);
    return true;
  }

  #toRow(view: TimelineView, index: number, header: boolean, event: KeyboardEvent): boolean {
    const row = view.rows[index];
    if (!row) return true;
    const clip = header ? null : clipAtFrame(row.clips, this.#frame, Infinity);
    const frame = this.#frame;
    this.focus({ trackId: row.track.id, clipId: clip?.id ?? null });
    if (clip) this.#pick(view, clip, event);
    this.#frame = frame;
    return true;
  }

  #pick(view: TimelineView, clip: ClipRecord, event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey) return;
    const { clipIds } = view.state.state.selection;
    view.editor.select(event.shiftKey ? [...new Set([...clipIds, clip.id])] : [clip.id]);
  }

  #toggle(view: TimelineView, clipId: ClipId): void {
    const { clipIds } = view.state.state.selection;
    view.editor.select(clipIds.includes(clipId) ? clipIds.filter((id) => id !== clipId) : [...clipIds, clipId]);
  }

  #inHeader(event: KeyboardEvent, header: HTMLElement, target: HTMLElement): boolean {
    if (target instanceof HTMLInputElement) return false;
    const items = controls(header);
    const index = items.indexOf(target);
    const forward = this.#view()?.direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const backward = forward === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight';
    switch (event.key) {
      case 'Escape':
        header.focus();
        return true;
      case forward:
        items[(index + 1) % items.length]?.focus();
        return true;
      case backward:
        items[(index - 1 + items.length) % items.length]?.focus();
        return true;
      default:
        return false;
    }
  }

  #cell(): HTMLElement | null {
    const { clipId, trackId } = this.#place;
    const selector =
      clipId === null
        ? `.header[data-track="${CSS.escape(trackId ?? '')}"]`
        : `.clip[data-clip="${CSS.escape(clipId)}"]`;
    return this.#host.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
  }
}

function controls(header: HTMLElement): readonly HTMLElement[] {
  return [...header.querySelectorAll<HTMLElement>('button:not(:disabled)')].filter(
    (button) => button.offsetParent !== null,
  );
}

function firstPlace(rows: readonly Row[]): GridPlace {
  const withClips = rows.find(({ clips }) => clips.length > 0);
  const row = withClips ?? rows[0];
  return { trackId: row?.track.id ?? null, clipId: withClips?.clips[0]?.id ?? null };
}
