import type { LecternSession } from '@lectern/core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ClipId } from '@lectern/timeline';
import { ClipPainter, type ClipArt } from './clip-painter.js';
import { artArea } from './clip-view.js';
import { frameToX } from './timeline-geometry.js';
import type { TimelineView } from './timeline-view.js';
import type { ViewportController } from './viewport-controller.js';

/** Hands the canvases of the drawn clips to the painter of the session in force. */
export class ArtController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #viewport: ViewportController;
  readonly #view: () => TimelineView | null;
  #session: LecternSession | null = null;
  #painter: ClipPainter | null = null;

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

  /** Why an asset can't be shown or heard, or null. */
  readonly failure = (assetId: string): unknown => this.#painter?.failure(assetId) ?? null;

  setSession(session: LecternSession | null): void {
    if (session === this.#session) return;
    this.#painter?.dispose();
    this.#session = session;
    this.#painter = session
      ? new ClipPainter(session, () => {
          this.#host.requestUpdate();
        })
      : null;
  }

  hostUpdated(): void {
    this.update();
  }

  hostDisconnected(): void {
    this.setSession(null);
  }

  /** What is drawn, or where it is looked at, has changed. */
  update(): void {
    const view = this.#view();
    if (!view || !this.#painter) return;
    const left = this.#viewport.scrollLeft;
    const right = left + this.#viewport.width;
    const rowOf = new Map(view.rows.map((row) => [row.track.id, row]));
    const art: ClipArt[] = [];
    for (const canvas of this.#host.shadowRoot?.querySelectorAll<HTMLCanvasElement>('.skin > canvas') ?? []) {
      const clip = view.document.clips.get((canvas.closest<HTMLElement>('.clip')?.dataset['clip'] ?? '') as ClipId);
      const row = clip && rowOf.get(clip.trackId);
      const area = row && artArea(view, row, clip);
      if (!area) continue;
      const start = frameToX(clip.startFrame, view.zoom) + area.x;
      const quiet = row.track.muted && row.track.kind !== 'audio';
      art.push({ canvas, clip, ...area, quiet, inSight: start < right && start + area.width > left });
    }
    this.#painter.update(view.document, view.zoom, art);
  }
}
