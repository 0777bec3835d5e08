import type { LecternSession, ProjectSession } from '@lectern/core';
import type { Asset } from '@lectern/ports';
import { endFrame, secondsToFrame, type TrackRecord } from '@lectern/timeline';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { filesOf } from '../collection/brought-files.js';
import type { AssetDragDetail } from '../foundation/asset-drag.js';
import type { LaneRect, OverlayState } from './gestures/drag-context.js';
import { snapper } from './gestures/snapping.js';
import { clipAtFrame, clipsBetween, frameToX, rowAt, xToFrame, type Row } from './timeline-geometry.js';
import type { TimelineView } from './timeline-view.js';
import type { ViewportController } from './viewport-controller.js';

export interface DropOptions {
  readonly view: () => TimelineView | null;
  readonly session: () => LecternSession | null;
  readonly viewport: ViewportController;
  readonly show: (overlay: Partial<OverlayState>) => void;
  readonly failed: (error: unknown) => void;
}

interface Incoming {
  readonly kind: Asset['kind'] | null;
  readonly durationSeconds: number;
  readonly name: string;
}

/** Where something lands. */
interface Landing {
  readonly row: Row | undefined;
  readonly frame: number;
  readonly mode: 'insert' | 'overwrite';
}

/** How long a still lasts on the timeline, and what isn't known yet is drawn. */
const stillSeconds = 5;

/** Takes assets dragged from the library, and files from the desktop: shows where they land and puts them there. */
export class DropController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: DropOptions;
  readonly #known = new Map<string, Incoming>();

  constructor(host: ReactiveControllerHost & HTMLElement, options: DropOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.addEventListener('lectern-asset-drag-over', this.#onAssetOver as EventListener);
    this.#host.addEventListener('lectern-asset-drag-leave', this.#onLeave);
    this.#host.addEventListener('lectern-asset-drop', this.#onAssetDrop as EventListener);
    this.#host.addEventListener('dragover', this.#onFilesOver);
    this.#host.addEventListener('dragleave', this.#onFilesLeave);
    this.#host.addEventListener('drop', this.#onFilesDrop);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener('lectern-asset-drag-over', this.#onAssetOver as EventListener);
    this.#host.removeEventListener('lectern-asset-drag-leave', this.#onLeave);
    this.#host.removeEventListener('lectern-asset-drop', this.#onAssetDrop as EventListener);
    this.#host.removeEventListener('dragover', this.#onFilesOver);
    this.#host.removeEventListener('dragleave', this.#onFilesLeave);
    this.#host.removeEventListener('drop', this.#onFilesDrop);
  }

  readonly #onAssetOver = (event: CustomEvent<AssetDragDetail>): void => {
    const view = this.#options.view();
    if (!view || view.state.readOnly) return;
    event.preventDefault();
    const incoming = event.detail.assetIds.map((id) => this.#incoming(id));
    this.#ghost(view, incoming, event.detail);
  };

  readonly #onAssetDrop = (event: CustomEvent<AssetDragDetail>): void => {
    const view = this.#options.view();
    this.#clear();
    if (!view || view.state.readOnly) return;
    event.preventDefault();
    const { assetIds } = event.detail;
    const landing = this.#landing(
      view,
      assetIds.map((id) => this.#incoming(id)),
      event.detail,
    );
    void this.#put(view.project, (options) => view.project.addAssets(assetIds, options), landing);
  };

  readonly #onFilesOver = (event: DragEvent): void => {
    const view = this.#options.view();
    if (!view || view.state.readOnly || event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    this.#ghost(view, [fileFacts(event.dataTransfer.items[0]?.type ?? '')], event);
  };

  readonly #onFilesLeave = (event: DragEvent): void => {
    // Moving between the element's own parts leaves and enters too.
    if (event.relatedTarget instanceof Node && this.#host.contains(event.relatedTarget)) return;
    const box = this.#host.getBoundingClientRect();
    const inside =
      event.clientX > box.left && event.clientX < box.right && event.clientY > box.top && event.clientY < box.bottom;
    if (!inside) this.#clear();
  };

  readonly #onFilesDrop = (event: DragEvent): void => {
    const view = this.#options.view();
    this.#clear();
    const { dataTransfer } = event;
    if (!view || view.state.readOnly || !dataTransfer || dataTransfer.files.length === 0) return;
    event.preventDefault();
    // The library's own drop area may lie around the studio: these files are taken.
    event.stopPropagation();
    const landing = this.#landing(view, [fileFacts(dataTransfer.files[0]?.type ?? '')], event);
    const brought = filesOf(dataTransfer);
    void this.#put(view.project, async (options) => view.project.addFiles(await brought, options), landing);
  };

  readonly #onLeave = (): void => {
    this.#clear();
  };

  #clear(): void {
    this.#options.show({ ghost: null, over: false, snapFrame: null, target: null });
  }

  async #put(
    project: ProjectSession,
    add: (options: Parameters<ProjectSession['addAssets']>[1]) => Promise<unknown>,
    { row, frame, mode }: Landing,
  ): Promise<void> {
    try {
      // An empty timeline starts at its beginning, wherever on it something was dropped.
      if (project.editor.document.clips.size === 0) await add({});
      else await add({ frame, mode, ...(row ? { trackId: row.track.id } : {}) });
    } catch (error) {
      this.#options.failed(error);
    }
  }

  #ghost(
    view: TimelineView,
    incoming: readonly Incoming[],
    at: { readonly clientX: number; readonly clientY: number },
  ): void {
    if (view.document.clips.size === 0) {
      this.#options.show({ over: true });
      return;
    }
    const { row, frame, mode } = this.#landing(view, incoming, at);
    const snapFrame = mode === 'insert' ? frame : null;
    if (!row) {
      this.#options.show({ over: true, ghost: null, snapFrame, target: null });
      return;
    }
    const frames = incoming.reduce(
      (sum, { durationSeconds }) => sum + secondsToFrame(durationSeconds, view.document.settings.frameRate),
      0,
    );
    const ghost: LaneRect & { readonly label: string } = {
      x: frameToX(frame, view.zoom),
      y: row.y + 3,
      width: Math.max(24, frames * view.zoom),
      height: row.height - 6,
      label:
        incoming.length > 1
          ? view.messages.t('common.itemCount', { count: incoming.length })
          : (incoming[0]?.name ?? ''),
    };
    this.#options.show({ over: true, ghost, snapFrame, target: row });
  }

  /** On the main track between clips, elsewhere where there is room, else between clips too: nothing is cut by a drop. */
  #landing(
    view: TimelineView,
    incoming: readonly Incoming[],
    at: { readonly clientX: number; readonly clientY: number },
  ): Landing {
    const { x, y } = this.#options.viewport.toLanes(at.clientX, at.clientY);
    const kind = incoming[0]?.kind ?? null;
    const last = view.rows.at(-1);
    const under = last && y < last.y + last.height ? rowAt(view.rows, Math.max(0, y)) : undefined;
    const row =
      under && takes(under.track, kind)
        ? under
        : view.rows.find(({ track }) => takes(track, kind) && (track.main || kind === 'audio'));
    const pointed = Math.max(0, Math.round(xToFrame(x, view.zoom)));
    const snapped = snapper(view, [])([pointed], view.zoom)?.frame ?? pointed;
    if (!row) return { row, frame: snapped, mode: 'insert' };
    const frames = secondsToFrame(incoming[0]?.durationSeconds ?? stillSeconds, view.document.settings.frameRate);
    const free = clipsBetween(row.clips, snapped, snapped + frames).length === 0;
    if (!row.track.main && free) return { row, frame: snapped, mode: 'overwrite' };
    const inside = clipAtFrame(row.clips, snapped);
    if (!inside) return { row, frame: snapped, mode: 'insert' };
    const nearer = snapped - inside.startFrame < endFrame(inside) - snapped ? inside.startFrame : endFrame(inside);
    return { row, frame: nearer, mode: 'insert' };
  }

  /** What is known of an asset; asked for on first sight, so that the ghost gets its real length a moment later. */
  #incoming(assetId: string): Incoming {
    const known = this.#known.get(assetId);
    if (known) return known;
    const unknown: Incoming = { kind: null, durationSeconds: stillSeconds, name: '' };
    this.#known.set(assetId, unknown);
    const session = this.#options.session();
    session?.queryClient.query({ ...session.queries.asset(assetId), staleTime: 60_000 }).then(
      (asset) => {
        const seconds = asset.probe?.durationSeconds ?? 0;
        this.#known.set(assetId, {
          kind: asset.kind,
          durationSeconds: seconds > 0 ? seconds : stillSeconds,
          name: asset.name,
        });
      },
      () => {
        this.#known.delete(assetId);
      },
    );
    return unknown;
  }
}

function takes(track: TrackRecord, kind: Asset['kind'] | null): boolean {
  if (track.locked) return false;
  if (kind === 'audio') return track.kind === 'audio';
  return track.kind === 'video';
}

function fileFacts(mimeType: string): Incoming {
  const [type] = mimeType.split('/');
  const kind = type === 'video' || type === 'audio' || type === 'image' ? type : null;
  return { kind, durationSeconds: stillSeconds, name: '' };
}
