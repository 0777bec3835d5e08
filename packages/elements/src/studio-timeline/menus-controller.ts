import type { ClipRecord, MarkerRecord, TrackRecord } from '@lectern/timeline';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { html, type TemplateResult } from 'lit';
import { MenuController } from '../foundation/menu-controller.js';
import { menuLines, type KeyNames, type MenuEntry } from './menu-items.js';
import type { Hit } from './pointer-controller.js';
import type { Row } from './timeline-geometry.js';
import { clipMenu, laneMenu, type MenuActions } from './timeline-menus.js';
import { overflowMenu, type Fold } from './timeline-toolbar.js';
import type { TimelineView } from './timeline-view.js';
import { addTrackMenu, markerMenu, trackMenu } from './track-menus.js';

export interface MenusOptions {
  readonly view: () => TimelineView | null;
  readonly names: () => KeyNames;
  readonly inspect: (clip: ClipRecord) => void;
  readonly grab: (clip: ClipRecord) => void;
  readonly renameClip: (clip: ClipRecord, anchor: HTMLElement) => void;
  readonly renameMarker: (marker: MarkerRecord, anchor: HTMLElement) => void;
  readonly renameTrack: (track: TrackRecord) => void;
}

type Anchor = HTMLElement | { readonly x: number; readonly y: number };

/** The one menu of the element; what is in it is decided each time it opens. */
export class MenusController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: MenusOptions;
  readonly #menu: MenuController;
  #entries: readonly MenuEntry[] = [];

  constructor(host: ReactiveControllerHost & HTMLElement, options: MenusOptions) {
    this.#host = host;
    this.#options = options;
    this.#menu = new MenuController(host);
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#entries = [];
  }

  render(label: string): TemplateResult {
    return html`<div class="menu timeline-menu" popover role="menu" aria-label=${label}>
      ${menuLines(this.#entries, (item) => {
        this.#menu.close();
        item.run();
      })}
    </div>`;
  }

  /** For what was pressed with the right button, or with the menu key. */
  forHit(hit: Hit, at: { readonly x: number; readonly y: number }): void {
    const view = this.#options.view();
    if (!view) return;
    const box = hit.element.getBoundingClientRect();
    const keyed = at.x === 0 && at.y === 0;
    const anchor: Anchor = keyed ? { x: box.left + Math.min(24, box.width / 2), y: box.bottom } : at;
    const cell = hit.element.closest<HTMLElement>('.clip, .header, .marker') ?? hit.element;
    if (hit.marker) {
      const { marker } = hit;
      void this.#open(markerMenu(view, marker, hit.frame, this.#actions(cell)), anchor, cell);
    } else if (hit.clip && hit.row) {
      void this.#open(clipMenu(view, this.#options.names(), hit.row, hit.clip, this.#actions(cell)), anchor, cell);
    } else if ((hit.part === 'header' || hit.part === 'grip') && hit.row) {
      void this.#open(trackMenu(view, hit.row, this.#actions(cell)), anchor, cell);
    } else {
      void this.#open(
        laneMenu(view, this.#options.names(), hit.part === 'lane' ? hit.row : undefined, hit.frame),
        anchor,
      );
    }
  }

  forClip(row: Row, clip: ClipRecord, button: HTMLElement): void {
    const view = this.#options.view();
    if (view) void this.#open(clipMenu(view, this.#options.names(), row, clip, this.#actions(button)), button);
  }

  forTrack(track: TrackRecord, button: HTMLElement): void {
    const view = this.#options.view();
    const row = view?.rows.find((each) => each.track.id === track.id);
    if (view && row) void this.#open(trackMenu(view, row, this.#actions(button)), button);
  }

  forNewTrack(button: HTMLElement): void {
    const view = this.#options.view();
    if (view) void this.#open(addTrackMenu(view, this.#options.names()), button);
  }

  forTools(fold: Fold, button: HTMLElement): void {
    const view = this.#options.view();
    if (view) void this.#open(overflowMenu(view, { fold, names: this.#options.names() }), button);
  }

  #actions(anchor: HTMLElement): MenuActions {
    const { inspect, grab, renameTrack, renameClip, renameMarker } = this.#options;
    return {
      inspect,
      grab,
      renameTrack,
      renameClip: (clip) => {
        renameClip(clip, anchor);
      },
      renameMarker: (marker) => {
        renameMarker(marker, anchor);
      },
    };
  }

  async #open(entries: readonly MenuEntry[], anchor: Anchor, returnTo?: HTMLElement): Promise<void> {
    this.#entries = entries;
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    const menu = this.#host.shadowRoot?.querySelector<HTMLElement>('.timeline-menu');
    if (menu && entries.length > 0) this.#menu.open(menu, anchor, returnTo);
  }
}
