import type { Preview } from '@lectern/ports';
import type { LecternSession } from '@lectern/core';
import type { TimelineDocument } from '@lectern/timeline';

/** Widest that a picture is kept, in device pixels. */
const widest = 960;

/** Draws frames of documents that aren't open: always the newest that was asked for, one at a time. */
export class VersionPicture {
  readonly #changed: () => void;
  #preview: Preview | null = null;
  #document: TimelineDocument | null = null;
  #wanted: number | null = null;
  #isDrawing = false;
  #status: 'none' | 'drawing' | 'drawn' | 'failed' = 'none';
  /** The canvas that shows it; a new one begins empty. */
  #canvas: HTMLCanvasElement | null = null;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get status(): 'none' | 'drawing' | 'drawn' | 'failed' {
    return this.#status;
  }

  /** Where it is drawn. */
  readonly use = (canvas: Element | undefined): void => {
    this.#canvas = (canvas as HTMLCanvasElement | undefined) ?? null;
  };

  show(session: LecternSession, document: TimelineDocument, frame: number): void {
    if (document !== this.#document) {
      this.#document = document;
      this.#preview ??= session.render.createPreview();
      this.#preview.setDocument(document);
      this.#status = document.totalFrames > 0 ? 'drawing' : 'none';
    }
    if (document.totalFrames === 0) return;
    this.#wanted = Math.max(0, Math.min(document.totalFrames - 1, Math.round(frame)));
    if (!this.#isDrawing) void this.#drawWanted();
  }

  /** Forgets the document, and frees what drawing takes. */
  dispose(): void {
    this.#preview?.dispose();
    this.#preview = null;
    this.#document = null;
    this.#wanted = null;
    this.#status = 'none';
  }

  async #drawWanted(): Promise<void> {
    this.#isDrawing = true;
    for (let frame = this.#wanted; frame !== null && this.#preview !== null; frame = this.#wanted) {
      this.#wanted = null;
      const document = this.#document;
      try {
        const bitmap = await this.#preview.capture(frame);
        if (document === this.#document) this.#draw(bitmap);
        bitmap.close();
      } catch {
        // A picture that can't be made (a decoder that is missing, a file that is gone) says so in its place.
        if (document === this.#document) this.#status = 'failed';
      }
      this.#changed();
    }
    this.#isDrawing = false;
  }

  #draw(bitmap: ImageBitmap): void {
    const canvas = this.#canvas;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const scale = Math.min(1, widest / bitmap.width);
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    this.#status = 'drawn';
  }
}
