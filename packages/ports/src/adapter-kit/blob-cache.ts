/**
 * Blobs that were downloaded, the latest ones: preview, filmstrip and export read the same file one after the other.
 * Bytes of a key never change. Browsers keep large blobs on disk, so the limit is on room and not on memory.
 */
export class BlobCache {
  readonly #limitBytes: number;
  /** In the order of use. */
  readonly #blobs = new Map<string, Blob>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(key: string): Blob | undefined {
    const blob = this.#blobs.get(key);
    if (blob) {
      this.#blobs.delete(key);
      this.#blobs.set(key, blob);
    }
    return blob;
  }

  set(key: string, blob: Blob): void {
    this.delete(key);
    if (blob.size > this.#limitBytes) return;
    this.#blobs.set(key, blob);
    this.#bytes += blob.size;
    for (const oldest of this.#blobs.keys()) {
      if (this.#bytes <= this.#limitBytes) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#bytes -= this.#blobs.get(key)?.size ?? 0;
    this.#blobs.delete(key);
  }

  clear(): void {
    this.#blobs.clear();
    this.#bytes = 0;
  }
}
