import type { Editor } from '@lectern/core';
import type { TrackId, TrackRecord } from '@lectern/timeline';
import type { ReactiveControllerHost } from 'lit';
import type { TrackFlag, TrackHeaderHandlers } from './track-header.js';

export interface TrackHeaderOptions {
  readonly editor: () => Editor | null;
  readonly openMenu: (track: TrackRecord, button: HTMLElement) => void;
  /** The name was typed, or not: the focus goes back. */
  readonly done: (track: TrackRecord) => void;
}

/** What the headers of tracks do: switches, and names that are typed in place. */
export class TrackHeaderController implements TrackHeaderHandlers {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: TrackHeaderOptions;
  #renamingId: TrackId | null = null;

  constructor(host: ReactiveControllerHost & HTMLElement, options: TrackHeaderOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** The track whose name is being typed. */
  get renamingId(): TrackId | null {
    return this.#renamingId;
  }

  readonly toggle = (track: TrackRecord, flag: TrackFlag): void => {
    this.#options.editor()?.run('track.set', { trackId: track.id, [flag]: !track[flag] });
  };

  readonly openMenu = (track: TrackRecord, button: HTMLElement): void => {
    this.#options.openMenu(track, button);
  };

  readonly startRename = (track: TrackRecord): void => {
    if (this.#options.editor()?.store.getState().readOnly !== false) return;
    this.#renamingId = track.id;
    this.#host.requestUpdate();
    void this.#host.updateComplete.then(() => {
      const field = this.#host.shadowRoot?.querySelector<HTMLInputElement>('.header .input');
      field?.focus();
      field?.select();
    });
  };

  readonly endRename = (track: TrackRecord, name: string | null): void => {
    // The field leaves the page with the focus in it, which ends it a second time.
    if (this.#renamingId !== track.id) return;
    this.#renamingId = null;
    const typed = name?.trim() ?? '';
    if (typed !== '' && typed !== track.name)
      this.#options.editor()?.run('track.rename', { trackId: track.id, name: typed });
    this.#options.done(track);
  };
}
