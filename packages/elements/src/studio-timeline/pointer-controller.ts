import type { ClipId, ClipRecord, MarkerRecord } from '@lectern/timeline';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { PointerDragController, type PointerDragHandlers } from '../foundation/pointer-drag-controller.js';
import { ClipPicker, onStillRelease } from './clip-picker.js';
import { EdgeScroller } from './edge-scroller.js';
import { emptyOverlay, type DragContext, type OverlayState } from './gestures/drag-context.js';
import { fadeDrag } from './gestures/fade-drag.js';
import { marqueeDrag } from './gestures/marquee-drag.js';
import { moveDrag } from './gestures/move-drag.js';
import { markerDrag, rangeDrag, scrubDrag } from './gestures/ruler-drags.js';
import { reorderDrag, resizeDrag } from './gestures/track-drags.js';
import { trimDrag } from './gestures/trim-drag.js';
import { clipAtFrame, rowAt, xToFrame, type Row } from './timeline-geometry.js';
import type { TimelineView } from './timeline-view.js';
import type { ViewportController } from './viewport-controller.js';

/** What lies under the pointer. */
export interface Hit {
  readonly part: string;
  readonly element: HTMLElement;
  readonly row: Row | undefined;
  readonly clip: ClipRecord | null;
  readonly marker: MarkerRecord | null;
  /** Whole frame under the pointer. */
  readonly frame: number;
}

export interface PointerOptions {
  readonly viewport: ViewportController;
  readonly view: () => TimelineView | null;
  /** A clip became the tab stop of the grid. */
  readonly activate: (clip: ClipRecord) => void;
  readonly inspect: (clip: ClipRecord) => void;
  readonly openMenu: (hit: Hit, at: { readonly x: number; readonly y: number }) => void;
}

/** How many CSS pixels beside a clip still count as the clip, where clips are too narrow to be hit. */
const slackPixels = 3;

/** Mouse, pen and finger on the ruler and the tracks: turns presses into picks, edits and drags. */
export class PointerController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: PointerOptions;
  readonly #drag: PointerDragController;
  readonly #edges: EdgeScroller;
  readonly #context: DragContext;
  readonly #picker: ClipPicker;
  #overlay: OverlayState = emptyOverlay;
  #again: () => void = () => undefined;

  constructor(host: ReactiveControllerHost, options: PointerOptions) {
    this.#host = host;
    this.#options = options;
    this.#drag = new PointerDragController(host);
    this.#picker = new ClipPicker(options);
    const { viewport, view } = options;
    this.#edges = new EdgeScroller(
      () => viewport.lanesBox(),
      (x, y) => {
        viewport.scrollBy(x, y);
      },
      () => {
        this.#again();
      },
    );
    this.#context = {
      viewport,
      view,
      show: (overlay) => {
        this.show(overlay);
      },
      atEdges: (event, again) => {
        this.#again = again;
        this.#edges.update(event.clientX, event.clientY);
      },
      stopEdges: () => {
        this.#edges.stop();
      },
    };
    host.addController(this);
  }

  get overlay(): OverlayState {
    return this.#overlay;
  }

  get dragging(): boolean {
    return this.#drag.active;
  }

  show(overlay: Partial<OverlayState>): void {
    this.#overlay = { ...this.#overlay, ...overlay };
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#edges.stop();
    this.#overlay = emptyOverlay;
  }

  readonly handleDown = (event: PointerEvent): void => {
    const view = this.#options.view();
    const hit = this.hit(event);
    if (!view || !hit || event.button !== 0 || !event.isPrimary) return;
    switch (hit.part) {
      case 'playhead':
      case 'ruler':
        this.#begin(event, scrubDrag(this.#context), 0);
        return;
      case 'range':
        this.#begin(event, rangeDrag(this.#context, hit.element.dataset['edge'] === 'in' ? 'in' : 'out'));
        return;
      case 'grip':
        if (hit.row) this.#begin(event, reorderDrag(this.#context, hit.row.track));
        return;
      case 'row-resize':
        if (hit.row) this.#begin(event, resizeDrag(this.#context, hit.row.track), 0);
        return;
      case 'marker': {
        const { marker } = hit;
        if (marker)
          this.#begin(
            event,
            startedBy(() => markerDrag(this.#context, marker)),
            4,
          );
        return;
      }
      case 'trim':
      case 'fade':
        this.#edge(event, hit, view);
        return;
      case 'clip':
        if (hit.clip) this.#clip(event, hit.clip, view);
        return;
      case 'lane':
        if (hit.clip) this.#clip(event, hit.clip, view);
        else this.#lane(event, view);
        return;
      default:
    }
  };

  /** A tap: fingers pick here, because a press may still become a scroll. */
  readonly handleClick = (event: PointerEvent): void => {
    if (event.pointerType !== 'touch') return;
    const view = this.#options.view();
    const hit = this.hit(event);
    if (!view || !hit) return;
    if (hit.clip && (hit.part === 'clip' || hit.part === 'lane')) {
      if (view.state.tool === 'razor') this.#cut(event, hit.clip, view);
      else this.#picker.pick(hit.clip, event, view);
    } else if (hit.part === 'lane') {
      view.editor.select([]);
      view.editor.seek(hit.frame);
    }
  };

  readonly handleDoubleClick = (event: MouseEvent): void => {
    const hit = this.hit(event);
    if (hit?.clip && hit.part === 'clip') this.#options.inspect(hit.clip);
  };

  readonly handleContextMenu = (event: MouseEvent): void => {
    const view = this.#options.view();
    const hit = this.hit(event);
    if (!view || !hit || (event.composedPath()[0] as Element).closest('input, textarea')) return;
    event.preventDefault();
    if (hit.clip && !view.selected.has(hit.clip.id)) {
      view.editor.select([hit.clip.id]);
      this.#options.activate(hit.clip);
    }
    this.#options.openMenu(hit, { x: event.clientX, y: event.clientY });
  };

  /** Where the razor would cut. */
  readonly handleHover = (event: PointerEvent): void => {
    const view = this.#options.view();
    if (!view || this.#drag.active) return;
    const hit = view.state.tool === 'razor' ? this.hit(event) : null;
    const razorFrame = hit?.clip ? this.#razorFrame(event, view) : null;
    if (razorFrame !== this.#overlay.razorFrame) this.show({ razorFrame });
  };

  readonly handleLeave = (): void => {
    if (this.#overlay.razorFrame !== null) this.show({ razorFrame: null });
  };

  /** What an event is about. */
  hit(event: MouseEvent): Hit | null {
    const view = this.#options.view();
    const element = event
      .composedPath()
      .find((target): target is HTMLElement => target instanceof HTMLElement && target.dataset['part'] !== undefined);
    const part = element?.dataset['part'];
    if (!view || !element || part === undefined) return null;
    const { x, y } = this.#options.viewport.toLanes(event.clientX, event.clientY);
    const trackId = element.closest<HTMLElement>('[data-track]')?.dataset['track'];
    const row = trackId === undefined ? rowAt(view.rows, y) : view.rows.find(({ track }) => track.id === trackId);
    const clipId = element.closest<HTMLElement>('[data-clip]')?.dataset['clip'] as ClipId | undefined;
    const frame = xToFrame(x, view.zoom);
    const clip =
      clipId !== undefined
        ? (view.document.clips.get(clipId) ?? null)
        : part === 'lane' && row
          ? clipAtFrame(row.clips, frame, slackPixels / view.zoom)
          : null;
    const marker = view.document.markers.find(({ id }) => id === element.dataset['marker']) ?? null;
    return { part, element, row, clip, marker, frame: Math.max(0, Math.round(frame)) };
  }

  #begin(event: PointerEvent, handlers: PointerDragHandlers | null, threshold = 3): void {
    if (handlers) this.#drag.begin(event, handlers, threshold);
  }

  #edge(event: PointerEvent, { clip, row, part, element }: Hit, view: TimelineView): void {
    if (!clip || !row || row.track.locked || view.state.readOnly) return;
    if (view.state.tool === 'razor') {
      this.#cut(event, clip, view);
      return;
    }
    if (event.pointerType === 'touch' && !view.selected.has(clip.id)) return;
    if (!view.selected.has(clip.id)) this.#picker.pick(clip, event, view);
    const lazily = (make: () => PointerDragHandlers | null): PointerDragHandlers => startedBy(make);
    const { edge, side } = element.dataset;
    if (part === 'fade')
      this.#begin(
        event,
        lazily(() => fadeDrag(this.#context, clip, side === 'in' ? 'in' : 'out', event)),
      );
    else
      this.#begin(
        event,
        lazily(() => trimDrag(this.#context, clip, edge === 'start' ? 'start' : 'end', event)),
        2,
      );
  }

  #clip(event: PointerEvent, clip: ClipRecord, view: TimelineView): void {
    if (view.state.tool === 'razor') {
      if (event.pointerType !== 'touch') this.#cut(event, clip, view);
      return;
    }
    const modified = event.ctrlKey || event.metaKey || event.shiftKey;
    const selected = view.selected.has(clip.id);
    if (event.pointerType === 'touch' && !selected) return;
    if (modified || !selected) {
      if (event.pointerType !== 'touch') this.#picker.pick(clip, event, view);
    } else {
      this.#options.activate(clip);
      // A press on one of several picked clips may begin a drag of all; if it doesn't, it picks that one.
      if (view.selected.size > 1) this.#picker.pickOnRelease(clip, event);
    }
    if (view.state.readOnly || view.document.track(clip.trackId)?.locked === true) return;
    this.#begin(
      event,
      startedBy(() => {
        const ids = this.#options.view()?.state.state.selection.clipIds ?? [];
        return ids.includes(clip.id) ? moveDrag(this.#context, clip, ids, event) : null;
      }),
      4,
    );
  }

  #lane(event: PointerEvent, view: TimelineView): void {
    if (event.pointerType === 'touch') return;
    const add = event.shiftKey || event.ctrlKey || event.metaKey;
    if (!add) {
      view.editor.select([]);
      this.#seekOnRelease(event);
    }
    this.#begin(
      event,
      startedBy(() => marqueeDrag(this.#context, event, add)),
    );
  }

  #seekOnRelease(event: PointerEvent): void {
    const { x } = this.#options.viewport.toLanes(event.clientX, event.clientY);
    onStillRelease(event, 3, () => {
      const view = this.#options.view();
      view?.editor.seek(Math.max(0, Math.round(xToFrame(x, view.zoom))));
    });
  }

  #cut(event: MouseEvent, clip: ClipRecord, view: TimelineView): void {
    const frame = this.#razorFrame(event, view);
    if (view.editor.run('clip.split', { clipIds: [clip.id], frame })) this.show({ razorFrame: null });
  }

  #razorFrame(event: MouseEvent, view: TimelineView): number {
    const { x } = this.#options.viewport.toLanes(event.clientX, event.clientY);
    const frame = Math.max(0, Math.round(xToFrame(x, view.zoom)));
    // Towards the playhead only: a cut at an edge would cut nothing.
    const { playheadFrame, snapping } = view.state;
    return snapping && Math.abs(playheadFrame - frame) * view.zoom <= 6 ? playheadFrame : frame;
  }
}

/** Handlers that are made when the pointer has moved far enough: a mere press begins no gesture. */
function startedBy(make: () => PointerDragHandlers | null): PointerDragHandlers {
  let handlers: PointerDragHandlers | null = null;
  return {
    start: (event) => {
      handlers = make();
      return handlers === null ? false : handlers.start(event);
    },
    move: (event) => handlers?.move(event),
    end: (event) => handlers?.end(event),
    cancel: () => handlers?.cancel(),
  };
}
