import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { isLecternError } from '@lectern/ports';
import type { ProjectFileProgress } from '@lectern/core';
import { saveFile } from '../collection/object-url-controller.js';
import type { SavingContext } from './saving-context.js';

/** A file that is being made. */
export interface RunningDownload {
  readonly media: boolean;
  /** Null until bytes are counted. */
  readonly progress: ProjectFileProgress | null;
}

/** Makes the open project into a file and hands it to the browser. */
export class ProjectDownload implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #context: SavingContext;
  #running: RunningDownload | null = null;
  #abort: AbortController | null = null;

  constructor(host: ReactiveControllerHost, context: SavingContext) {
    this.#host = host;
    this.#context = context;
    host.addController(this);
  }

  get running(): RunningDownload | null {
    return this.#running;
  }

  hostDisconnected(): void {
    this.cancel();
  }

  cancel(): void {
    this.#abort?.abort();
  }

  /** Resolves with whether the browser has the file; why it hasn't is told in a notice. */
  async start(media: boolean): Promise<boolean> {
    const session = this.#context.session();
    const project = this.#context.project();
    if (!session || !project || this.#running) return false;
    const abort = new AbortController();
    this.#abort = abort;
    this.#show({ media, progress: null });
    try {
      const { blob, fileName } = await session.actions.projectFile(project, {
        media,
        signal: abort.signal,
        onProgress: (progress) => {
          this.#show({ media, progress });
        },
      });
      saveFile(blob, fileName);
      this.#context.say(this.#context.messages().t('saving.downloaded', { name: fileName }));
      return true;
    } catch (error) {
      if (!isLecternError(error) || error.code !== 'aborted') this.#context.notifyFailure(error);
      return false;
    } finally {
      this.#abort = null;
      this.#show(null);
    }
  }

  #show(running: RunningDownload | null): void {
    this.#running = running;
    this.#host.requestUpdate();
  }
}
