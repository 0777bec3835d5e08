import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** The panels whose size a person sets, in CSS pixels. */
export type PanelName = 'media' | 'inspector' | 'timeline';

interface Limits {
  readonly start: number;
  readonly min: number;
  /** As a share of the studio's width (of its height for the timeline). */
  readonly maxShare: number;
}

const limits: Readonly<Record<PanelName, Limits>> = {
  media: { start: 300, min: 200, maxShare: 0.4 },
  inspector: { start: 288, min: 220, maxShare: 0.35 },
  timeline: { start: 290, min: 140, maxShare: 0.7 },
};

const storageKey = 'lectern.studio.panels';

/**
 * The sizes of the studio's panels. They are remembered in this browser where it allows that, and held inside what the
 * studio's own size leaves room for without forgetting what was asked for.
 */
export class PanelSizes implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #wanted: Record<PanelName, number> = {
    media: limits.media.start,
    inspector: limits.inspector.start,
    timeline: limits.timeline.start,
  };
  #width = 0;
  #height = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#wanted = { ...this.#wanted, ...read() };
  }

  /** Tells it how large the studio is, in CSS pixels. */
  setRoom(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
  }

  min(name: PanelName): number {
    return limits[name].min;
  }

  max(name: PanelName): number {
    const room = name === 'timeline' ? this.#height : this.#width;
    return Math.max(limits[name].min, Math.round(room * limits[name].maxShare));
  }

  get(name: PanelName): number {
    return Math.round(Math.min(this.max(name), Math.max(limits[name].min, this.#wanted[name])));
  }

  set(name: PanelName, size: number): void {
    this.#wanted[name] = Math.round(Math.min(this.max(name), Math.max(limits[name].min, size)));
    this.#host.requestUpdate();
  }

  reset(name: PanelName): void {
    this.set(name, limits[name].start);
    this.remember();
  }

  remember(): void {
    try {
      localStorage.setItem(storageKey, JSON.stringify(this.#wanted));
    } catch {
      // Denied or full: the sizes then last as long as the page.
    }
  }
}

function read(): Partial<Record<PanelName, number>> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    return Object.fromEntries(
      Object.entries(stored).filter(
        ([name, size]) => Object.hasOwn(limits, name) && typeof size === 'number' && Number.isFinite(size),
      ),
    );
  } catch {
    return {};
  }
}
