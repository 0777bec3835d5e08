import { LecternError } from '@lectern/ports';
import {
  type MediaFile,
  type StillMedia,
  type TimedMedia,
  closeMedia,
  maxImagePixels,
  openMedia,
} from './media-file.js';

/** Asks the page for an asset's bytes. @throws LecternError `source-missing` */
export type ResolveBlob = (assetId: string) => Promise<Blob>;

/** The files that a worker has open, each opened once. */
export class MediaLibrary {
  readonly #resolve: ResolveBlob;
  readonly #files = new Map<string, Promise<MediaFile>>();
  readonly #bitmaps = new Map<string, Promise<ImageBitmap>>();

  constructor(resolve: ResolveBlob) {
    this.#resolve = resolve;
  }

  open(assetId: string): Promise<MediaFile> {
    const known = this.#files.get(assetId);
    if (known) return known;
    const opening = this.#resolve(assetId).then(openMedia);
    this.#files.set(assetId, opening);
    // What failed may work the next time: a source that was offline.
    opening.catch(() => this.#files.delete(assetId));
    return opening;
  }

  /** @throws LecternError `render-failed` when it is a still */
  async timed(assetId: string): Promise<TimedMedia> {
    const file = await this.open(assetId);
    if (file.kind === 'image') throw new LecternError('render-failed', { message: 'a still has no time' });
    return file;
  }

  /** The decoded still, kept until the library closes; the library closes it. */
  bitmap(assetId: string): Promise<ImageBitmap> {
    const known = this.#bitmaps.get(assetId);
    if (known) return known;
    const decoding = this.open(assetId).then((file) => decodeStill(file));
    this.#bitmaps.set(assetId, decoding);
    decoding.catch(() => this.#bitmaps.delete(assetId));
    return decoding;
  }

  /** Opens these anew the next time. */
  forget(assetIds: readonly string[]): void {
    const forgotten = new Set(assetIds);
    this.keepOnly(new Set([...this.#files.keys(), ...this.#bitmaps.keys()].filter((id) => !forgotten.has(id))));
  }

  /** Lets go of files that aren't among these. */
  keepOnly(assetIds: ReadonlySet<string>): void {
    for (const [id, opening] of this.#files) {
      if (assetIds.has(id)) continue;
      this.#files.delete(id);
      opening.then(closeMedia, () => undefined);
    }
    for (const [id, decoding] of this.#bitmaps) {
      if (assetIds.has(id)) continue;
      this.#bitmaps.delete(id);
      decoding.then(
        (bitmap) => {
          bitmap.close();
        },
        () => undefined,
      );
    }
  }

  close(): void {
    this.keepOnly(new Set());
  }
}

async function decodeStill(file: MediaFile): Promise<ImageBitmap> {
  if (file.kind !== 'image') throw new LecternError('render-failed', { message: 'not a still' });
  const { width, height } = (file satisfies StillMedia).facts;
  if (width * height > maxImagePixels) {
    throw new LecternError('image-too-large', { details: { width, height, limit: maxImagePixels } });
  }
  return createImageBitmap(file.blob);
}
