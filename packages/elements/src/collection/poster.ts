import { noChange, nothing, type ElementPart } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive, PartType, type DirectiveResult, type PartInfo } from 'lit/directive.js';
import type { LecternSession } from '@lectern/core';

/**
 * Draws the stored picture of an asset or a project on a canvas. Pictures go from the blob through
 * `createImageBitmap` to the canvas: no object URL that could leak, nothing that a strict page forbids. While there is
 * none the canvas is without `data-drawn`, and what lies under it shows.
 */
class PosterDirective extends AsyncDirective {
  #canvas: HTMLCanvasElement | null = null;
  #session: LecternSession | null = null;
  #posterKey: string | null = null;
  #turn = 0;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError('poster() belongs on a <canvas>');
  }

  override render(_session: LecternSession | null, _posterKey: string | null): symbol {
    return nothing;
  }

  override update(part: ElementPart, [session, posterKey]: [LecternSession | null, string | null]): symbol {
    const canvas = part.element as HTMLCanvasElement;
    if (canvas !== this.#canvas || session !== this.#session || posterKey !== this.#posterKey) {
      if (posterKey !== this.#posterKey) canvas.removeAttribute('data-drawn');
      this.#canvas = canvas;
      this.#session = session;
      this.#posterKey = posterKey;
      void this.#draw();
    }
    return noChange;
  }

  protected override disconnected(): void {
    this.#turn += 1;
    // The pixels go now, not when the canvas is collected.
    this.#canvas?.getContext('bitmaprenderer')?.transferFromImageBitmap(null);
    this.#canvas?.removeAttribute('data-drawn');
  }

  protected override reconnected(): void {
    void this.#draw();
  }

  async #draw(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const session = this.#session;
    const canvas = this.#canvas;
    if (!session || !canvas || this.#posterKey === null) return;
    try {
      const blob = await session.queryClient.query({
        ...session.queries.poster({ posterKey: this.#posterKey }),
        retry: false,
      });
      if (!blob || turn !== this.#turn) return;
      const bitmap = await createImageBitmap(blob);
      if (turn !== this.#turn) {
        bitmap.close();
        return;
      }
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
      canvas.setAttribute('data-drawn', '');
    } catch {
      // No picture is no failure worth telling: the kind's icon stays.
    }
  }
}

/** `<canvas ${poster(session, asset.posterKey)}></canvas>` */
export const poster: (session: LecternSession | null, posterKey: string | null) => DirectiveResult =
  directive(PosterDirective);
