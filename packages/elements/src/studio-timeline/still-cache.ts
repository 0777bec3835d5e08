import type { LecternSession } from '@lectern/core';

/** The small pictures that the library keeps of its assets: what an image clip shows, and a video until its strip has come. */
export class StillCache {
  readonly #session: LecternSession;
  readonly #onChange: (assetId: string) => void;
  readonly #pictures = new Map<string, ImageBitmap | null>();
  #disposed = false;

  constructor(session: LecternSession, onChange: (assetId: string) => void) {
    this.#session = session;
    this.#onChange = onChange;
  }

  /** The picture, asked for on first sight; null until it is there, or for good. */
  picture(assetId: string): ImageBitmap | null {
    const known = this.#pictures.get(assetId);
    if (known !== undefined) return known;
    this.#pictures.set(assetId, null);
    void this.#load(assetId);
    return null;
  }

  dispose(): void {
    this.#disposed = true;
    for (const picture of this.#pictures.values()) picture?.close();
    this.#pictures.clear();
  }

  async #load(assetId: string): Promise<void> {
    const { queries, queryClient } = this.#session;
    try {
      const asset = await queryClient.query({ ...queries.asset(assetId), staleTime: 60_000 });
      const poster = await queryClient.query(queries.poster(asset));
      if (!poster) return;
      const picture = await createImageBitmap(poster);
      if (this.#disposed) {
        picture.close();
        return;
      }
      this.#pictures.set(assetId, picture);
      this.#onChange(assetId);
    } catch {
      // A clip without its picture is still a clip; what is wrong with the file shows where it is read.
    }
  }
}
