/** Blobs that were read, by key: bytes under a key never change. What wasn't used for longest goes first. */
export class BlobCache {
  readonly #limit: number;
  readonly #blobs = new Map<string, Blob>();
  #bytes = 0;

  /** @param limit bytes in all */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): Blob | null {
    const blob = this.#blobs.get(key);
    if (!blob) return null;
    // The order of a map is that of insertion.
    this.#blobs.delete(key);
    this.#blobs.set(key, blob);
    return blob;
  }

  set(key: string, blob: Blob): void {
    this.delete(key);
    if (blob.size > this.#limit) return;
    this.#blobs.set(key, blob);
    this.#bytes += blob.size;
    for (const oldest of this.#blobs.keys()) {
      if (this.#bytes <= this.#limit) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const blob = this.#blobs.get(key);
    if (!blob) return;
    this.#blobs.delete(key);
    this.#bytes -= blob.size;
  }
}
