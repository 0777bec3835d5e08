import type { ImageLayer, TimelineDocument, VideoLayer } from '@lectern/timeline';
import { closeMedia, openMedia, type TimedMedia } from '../media/media-file.js';
import type { MediaLibrary } from '../media/media-library.js';

/** The file that an asset's pictures are read from: the source, or a proxy of it. */
export interface PictureFile {
  /** Names the pictures of this very file in the cache. */
  readonly key: string;
  readonly assetId: string;
  readonly media: TimedMedia;
  /** When its first picture begins, in seconds of the file: before it there is nothing else to show. */
  readonly first: number;
  readonly isProxy: boolean;
}

/** Where the pictures of a preview come from: sources, or their proxies where there are any and they are wanted. */
export class PreviewMedia {
  readonly library: MediaLibrary;
  readonly #files = new Map<string, Promise<PictureFile>>();
  readonly #open = new Map<string, PictureFile>();
  readonly #bitmaps = new Map<string, ImageBitmap>();
  readonly #proxies = new Map<string, Blob>();
  readonly #broken = new Set<string>();
  #useProxies = true;

  constructor(library: MediaLibrary) {
    this.library = library;
  }

  /** The file of an asset's pictures. @throws LecternError `source-missing` and what opening throws */
  file(assetId: string): Promise<PictureFile> {
    const known = this.#files.get(assetId);
    if (known) return known;
    const opening = this.#openFile(assetId);
    this.#files.set(assetId, opening);
    opening.then(
      (file) => {
        if (this.#files.get(assetId) === opening) this.#open.set(assetId, file);
      },
      () => {
        if (this.#files.get(assetId) === opening) this.#files.delete(assetId);
      },
    );
    return opening;
  }

  /** The same without waiting; null while it isn't open. */
  opened(assetId: string): PictureFile | null {
    return this.#open.get(assetId) ?? null;
  }

  /** A decoded still, which the library keeps and closes. */
  async bitmap(assetId: string): Promise<ImageBitmap> {
    const bitmap = await this.library.bitmap(assetId);
    this.#bitmaps.set(assetId, bitmap);
    return bitmap;
  }

  /** The same without waiting; null while it isn't decoded. */
  openedBitmap(assetId: string): ImageBitmap | null {
    return this.#bitmaps.get(assetId) ?? null;
  }

  /** The size that `evaluate` took an asset to have: its own, or the project's where the probe found none. */
  nominalSize(document: TimelineDocument, { assetId }: VideoLayer | ImageLayer): { width: number; height: number } {
    const asset = document.assets.get(assetId);
    return asset && asset.width > 0 && asset.height > 0 ? asset : document.settings;
  }

  /**
   * Another set of proxies, or of the wish to see them.
   *
   * @returns the assets whose pictures come from elsewhere now
   */
  setProxies(proxies: ReadonlyMap<string, Blob>, use: boolean): readonly string[] {
    const before = new Map([...this.#files.keys()].map((id) => [id, this.#proxyOf(id)]));
    this.#useProxies = use;
    this.#proxies.clear();
    for (const [id, blob] of proxies) this.#proxies.set(id, blob);
    const changed = [...before].filter(([id, proxy]) => proxy !== this.#proxyOf(id)).map(([id]) => id);
    for (const id of changed) this.#close(id);
    return changed;
  }

  hasProxy(assetId: string): boolean {
    return this.#proxies.has(assetId) && !this.#broken.has(assetId);
  }

  /** A proxy that can't be read any more: its source is read instead. */
  giveUpProxy(assetId: string): void {
    this.#broken.add(assetId);
    this.#close(assetId);
  }

  /** Opens these anew the next time: their bytes may be there again. */
  forget(assetIds: readonly string[]): void {
    for (const id of assetIds) {
      this.#close(id);
      this.#bitmaps.delete(id);
    }
    this.library.forget(assetIds);
  }

  /** Lets go of what isn't among these. */
  keepOnly(assetIds: ReadonlySet<string>): void {
    for (const id of [...this.#files.keys()]) if (!assetIds.has(id)) this.#close(id);
    for (const id of [...this.#bitmaps.keys()]) if (!assetIds.has(id)) this.#bitmaps.delete(id);
    this.library.keepOnly(assetIds);
  }

  close(): void {
    this.keepOnly(new Set());
  }

  #proxyOf(assetId: string): Blob | null {
    if (!this.#useProxies || this.#broken.has(assetId)) return null;
    return this.#proxies.get(assetId) ?? null;
  }

  async #openFile(assetId: string): Promise<PictureFile> {
    const proxy = this.#proxyOf(assetId);
    if (proxy) {
      try {
        const media = await openMedia(proxy);
        if (media.kind === 'video') return { key: `${assetId} proxy`, assetId, media, first: 0, isProxy: true };
      } catch {
        // Cleared away by the browser, or by another tab.
      }
      this.#broken.add(assetId);
    }
    const media = await this.library.timed(assetId);
    const first = media.video ? await media.video.getFirstTimestamp() : 0;
    return { key: assetId, assetId, media, first, isProxy: false };
  }

  #close(assetId: string): void {
    const opening = this.#files.get(assetId);
    this.#files.delete(assetId);
    this.#open.delete(assetId);
    opening?.then(
      ({ isProxy, media }) => {
        // A source is the library's.
        if (isProxy) closeMedia(media);
      },
      () => undefined,
    );
  }
}
