import type { ClipId } from '@lectern/timeline';
import type { TrackDrop } from '../lanes.js';
import type { Row } from '../timeline-geometry.js';
import type { TimelineView } from '../timeline-view.js';
import type { ViewportController } from '../viewport-controller.js';

/** A rectangle in the lanes: CSS pixels from their left edge and from the top of the first row. */
export interface LaneRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a pointer shows while it does something: drawn over the lanes, never part of the document. */
export interface OverlayState {
  /** Where something snapped to. */
  readonly snapFrame: number | null;
  readonly razorFrame: number | null;
  readonly marquee: LaneRect | null;
  /** What is being dragged in from outside would land here. */
  readonly ghost: (LaneRect & { readonly label: string }) | null;
  /** Files or assets are over the element. */
  readonly over: boolean;
  readonly target: Row | null;
  readonly trackDrop: TrackDrop | null;
  readonly dragged: ReadonlySet<ClipId>;
}

export const emptyOverlay: OverlayState = {
  snapFrame: null,
  razorFrame: null,
  marquee: null,
  ghost: null,
  over: false,
  target: null,
  trackDrop: null,
  dragged: new Set(),
};

/** What a drag works with. */
export interface DragContext {
  readonly viewport: ViewportController;
  /** As it is now; null when the project went away meanwhile. */
  readonly view: () => TimelineView | null;
  /** Changes what is drawn over the lanes. */
  readonly show: (overlay: Partial<OverlayState>) => void;
  /** Scrolls when the pointer is at an edge, and repeats the last move. */
  readonly atEdges: (event: PointerEvent, again: () => void) => void;
  readonly stopEdges: () => void;
}
