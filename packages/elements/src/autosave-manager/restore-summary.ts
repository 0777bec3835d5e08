import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { compareDocuments, createDocument, type DocumentComparison, type TimelineDocument } from '@lectern/timeline';
import type { ProjectSession } from '@lectern/core';
import type { SavingContext } from './saving-context.js';

/** What was found in this browser against the saved version, read once for each find. */
export class RestoreSummary implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #context: SavingContext;
  #of: ProjectSession | null = null;
  #comparison: DocumentComparison | null = null;

  constructor(host: ReactiveControllerHost, context: SavingContext) {
    this.#host = host;
    this.#context = context;
    host.addController(this);
  }

  /** Null while it isn't known, and where the saved version can't be read: then the count has to do. */
  get comparison(): DocumentComparison | null {
    return this.#comparison;
  }

  hostUpdate(): void {
    const project = this.#context.project();
    const wanted = project?.autosave.store.getState().restorable ? project : null;
    if (wanted === this.#of) return;
    this.#of = wanted;
    this.#comparison = null;
    if (wanted) void this.#compare(wanted);
  }

  hostDisconnected(): void {
    this.#of = null;
    this.#comparison = null;
  }

  async #compare(project: ProjectSession): Promise<void> {
    // As it was found: what is edited while the saved version is read doesn't count.
    const found = project.editor.document;
    try {
      const { rev } = project.details.getState();
      const saved = rev === 0 ? emptyLike(found) : await project.versions.open(rev);
      if (this.#of !== project) return;
      this.#comparison = compareDocuments(saved, found);
      this.#host.requestUpdate();
    } catch {
      // Without a connection there is nothing to compare with.
    }
  }
}

/** A project that was never saved, as it began: its tracks are nobody's edit. */
function emptyLike(document: TimelineDocument): TimelineDocument {
  return createDocument({ records: [document.settings, ...document.tracks] });
}
