import type { Backend, Preview } from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';

const widest = 320;
const everyMs = 60_000;

/** Keeps the small picture by which a project is recognised in lists. A picture is never worth an error or a wait. */
export class ProjectPoster {
  readonly #backend: Backend;
  readonly #projectId: string;
  readonly #newId: () => string;
  #drawn: TimelineDocument | null = null;
  #drawnAt = -Infinity;
  #key: string | null;
  #work: Promise<void> | null = null;

  constructor(backend: Backend, projectId: string, newId: () => string, key: string | null) {
    this.#backend = backend;
    this.#projectId = projectId;
    this.#newId = newId;
    this.#key = key;
  }

  /** After a save: draws it anew when the document is another one and the last picture is some time old. */
  refresh(preview: Preview, document: TimelineDocument, now: number): void {
    if (typeof OffscreenCanvas === 'undefined' || this.#work !== null) return;
    if (document.totalFrames === 0 || document === this.#drawn || now - this.#drawnAt < everyMs) return;
    // Taking a picture would take time from playing.
    if (preview.state().status !== 'paused') return;
    this.#drawn = document;
    this.#drawnAt = now;
    this.#work = this.#draw(preview, document)
      .catch(() => undefined)
      .finally(() => {
        this.#work = null;
      });
  }

  /** Resolves when nothing is being drawn. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #draw(preview: Preview, document: TimelineDocument): Promise<void> {
    // Past what most videos fade in from.
    const bitmap = await preview.capture(Math.min(document.totalFrames - 1, Math.floor(document.totalFrames / 10)));
    const scale = Math.min(1, widest / bitmap.width);
    const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const picture = await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
    const key = `posters/projects/${this.#projectId}/${this.#newId()}`;
    const { blobs, projects } = this.#backend;
    await blobs.put(key, picture, { mimeType: picture.type });
    try {
      await projects.describe(this.#projectId, { posterKey: key });
    } catch (error) {
      await blobs.delete(key);
      throw error;
    }
    const former = this.#key;
    this.#key = key;
    if (former !== null) await blobs.delete(former);
  }
}
