import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { filesOf, type BroughtFile } from './brought-files.js';

export interface FileDropOptions {
  /** Whether files are taken now. */
  readonly enabled: () => boolean;
  readonly files: (files: readonly BroughtFile[]) => void;
}

/** Takes files that are dropped anywhere on the host, folders with what is in them. */
export class FileDropController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: FileDropOptions;
  #depth = 0;

  constructor(host: ReactiveControllerHost & HTMLElement, options: FileDropOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** True while files are held over the host. */
  get active(): boolean {
    return this.#depth > 0;
  }

  hostConnected(): void {
    this.#host.addEventListener('dragenter', this.#onEnter);
    this.#host.addEventListener('dragover', this.#onOver);
    this.#host.addEventListener('dragleave', this.#onLeave);
    this.#host.addEventListener('drop', this.#onDrop);
  }

  hostDisconnected(): void {
    this.#depth = 0;
    this.#host.removeEventListener('dragenter', this.#onEnter);
    this.#host.removeEventListener('dragover', this.#onOver);
    this.#host.removeEventListener('dragleave', this.#onLeave);
    this.#host.removeEventListener('drop', this.#onDrop);
  }

  #takes(event: DragEvent): boolean {
    return !event.defaultPrevented && this.#options.enabled() && (event.dataTransfer?.types.includes('Files') ?? false);
  }

  readonly #onEnter = (event: DragEvent): void => {
    if (!this.#takes(event)) return;
    event.preventDefault();
    this.#depth += 1;
    if (this.#depth === 1) this.#host.requestUpdate();
  };

  readonly #onOver = (event: DragEvent): void => {
    if (!this.#takes(event) || !event.dataTransfer) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
  };

  readonly #onLeave = (event: DragEvent): void => {
    if (this.#depth === 0) return;
    // Leaving the host altogether counts once and for all: enter and leave of what is inside don't always pair.
    const inside = event.relatedTarget instanceof Node && this.#host.contains(event.relatedTarget);
    this.#depth =
      inside || event.relatedTarget === this.#host ? Math.max(1, this.#depth - 1) : Math.max(0, this.#depth - 1);
    if (this.#depth === 0) this.#host.requestUpdate();
  };

  readonly #onDrop = (event: DragEvent): void => {
    this.#depth = 0;
    this.#host.requestUpdate();
    if (!this.#takes(event) || !event.dataTransfer) return;
    event.preventDefault();
    void filesOf(event.dataTransfer).then((files) => {
      if (files.length > 0) this.#options.files(files);
    });
  };
}
