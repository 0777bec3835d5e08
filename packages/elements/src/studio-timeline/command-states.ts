import { studioCommands, type ProjectSession, type StudioCommandId } from '@lectern/core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** The commands that buttons of the toolbar show. */
const shown: ReadonlySet<StudioCommandId> = new Set([
  'split',
  'delete',
  'undo',
  'redo',
  'toggleSnapping',
  'link',
  'unlink',
  'addMarker',
]);

/**
 * Which commands would do something now. Asking makes the edit without keeping it, so it waits until the hand and the
 * playhead stand still for a moment.
 */
export class CommandStates implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #project: () => ProjectSession | null;
  #enabled: ReadonlySet<StudioCommandId> = new Set();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(host: ReactiveControllerHost, project: () => ProjectSession | null) {
    this.#host = host;
    this.#project = project;
    host.addController(this);
  }

  get enabled(): ReadonlySet<StudioCommandId> {
    return this.#enabled;
  }

  /** Something changed. */
  invalidate(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#read();
    }, 80);
  }

  hostDisconnected(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #read(): void {
    const project = this.#project();
    if (project?.editor.store.getState().gesture !== 'none') return;
    const enabled = new Set(
      studioCommands.filter((each) => shown.has(each.id) && each.isEnabled(project)).map(({ id }) => id),
    );
    if (enabled.size === this.#enabled.size && [...enabled].every((id) => this.#enabled.has(id))) return;
    this.#enabled = enabled;
    this.#host.requestUpdate();
  }
}
