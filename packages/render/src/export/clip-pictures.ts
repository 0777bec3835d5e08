import { LecternError, toLecternError } from '@lectern/ports';
import type { FrameGraph, ImageLayer, TimelineDocument, VideoLayer } from '@lectern/timeline';
import type { MediaLibrary } from '../media/media-library.js';
import { PictureReader, lookUpGuard } from '../media/picture-reader.js';
import type { LayerPicture } from '../picture/canvas-compositor.js';
import type { HardwareAcceleration } from '../worker/protocol.js';
import type { SegmentMedia } from './render-plan.js';

/** The pictures of the clips of a document, read in order: one reader per clip that shows. */
export class ClipPictures {
  readonly #document: TimelineDocument;
  readonly #library: MediaLibrary;
  readonly #guard: number;
  readonly #acceleration: HardwareAcceleration;
  readonly #readers = new Map<string, Promise<PictureReader>>();

  /** @param acceleration how the decoders are to work: in software after those of the hardware have failed */
  constructor(document: TimelineDocument, library: MediaLibrary, acceleration: HardwareAcceleration = 'no-preference') {
    this.#document = document;
    this.#library = library;
    this.#acceleration = acceleration;
    this.#guard = lookUpGuard(document.settings.frameRate);
  }

  /**
   * The pictures of a frame's layers, valid until the next call.
   *
   * @param onClip hears which clip is being read
   * @throws LecternError `render-failed` or `source-missing`, naming the clip
   */
  async of(graph: FrameGraph, onClip: (clip: string) => void): Promise<Map<string, LayerPicture>> {
    const pictures = new Map<string, LayerPicture>();
    for (const layer of graph.layers) {
      if (layer.kind !== 'video' && layer.kind !== 'image') continue;
      const name = this.#nameOf(layer);
      onClip(name);
      try {
        const picture = await this.#pictureOf(layer);
        if (picture) pictures.set(layer.clipId, picture);
      } catch (error) {
        throw namingClip(error, name, graph.frame, this.#document.assets.get(layer.assetId)?.name ?? layer.assetId);
      }
    }
    return pictures;
  }

  async #pictureOf(layer: VideoLayer | ImageLayer): Promise<LayerPicture | null> {
    const nominal = nominalSize(this.#document, layer);
    if (layer.kind === 'image') {
      return { kind: 'image', bitmap: await this.#library.bitmap(layer.assetId), nominal };
    }
    const reader = await this.#readerOf(layer.clipId, layer.assetId);
    const sample = await reader.at(layer.sourceSeconds + this.#guard);
    return sample && { kind: 'video', sample, nominal };
  }

  #readerOf(clipId: string, assetId: string): Promise<PictureReader> {
    const known = this.#readers.get(clipId);
    if (known) return known;
    const opening = this.#library.timed(assetId).then((media) => new PictureReader(media, this.#acceleration));
    this.#readers.set(clipId, opening);
    return opening;
  }

  /** Opens what comes next and decodes its first picture, so that the cut doesn't wait. Errors come when it is read. */
  warm(media: readonly SegmentMedia[]): void {
    for (const each of media) {
      if (each.kind === 'image') {
        this.#library.bitmap(each.assetId).catch(() => undefined);
      } else if (!this.#readers.has(each.clipId)) {
        this.#readerOf(each.clipId, each.assetId)
          .then((reader) => reader.prepare(each.sourceSeconds + this.#guard))
          .catch(() => undefined);
      }
    }
  }

  /** Closes the readers of clips that aren't among these. */
  async keepOnly(clipIds: ReadonlySet<string>): Promise<void> {
    for (const [id, opening] of [...this.#readers]) {
      if (clipIds.has(id)) continue;
      this.#readers.delete(id);
      await opening.then((reader) => reader.close()).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.keepOnly(new Set());
  }

  #nameOf(layer: VideoLayer | ImageLayer): string {
    return this.#document.clips.get(layer.clipId)?.name ?? layer.clipId;
  }
}

/** The size that `evaluate` took the asset to have: its own, or the project's where the probe found none. */
export function nominalSize(
  document: TimelineDocument,
  layer: VideoLayer | ImageLayer,
): { readonly width: number; readonly height: number } {
  const asset = document.assets.get(layer.assetId);
  return asset && asset.width > 0 && asset.height > 0 ? asset : document.settings;
}

/** An error of reading a clip, in our words, with the clip's name. */
export function namingClip(error: unknown, clip: string, frame: number, asset: string): LecternError {
  const gone = error instanceof Error && (error.name === 'NotReadableError' || error.name === 'NotFoundError');
  const known = toLecternError(error, gone ? 'source-missing' : 'render-failed');
  const code = known.code === 'unknown' ? 'render-failed' : known.code;
  if (code === 'aborted') return known;
  return new LecternError(code, {
    message: known.message,
    cause: error,
    details: { ...known.details, clip, frame, asset },
  });
}
