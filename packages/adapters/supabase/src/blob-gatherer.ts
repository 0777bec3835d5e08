/** Bytes in memory before they are given to the browser, which keeps large blobs on disk. */
const flushBytes = 8 * 1024 * 1024;

/** Puts a blob together from what comes in, without ever holding all of it in memory. */
export class BlobGatherer {
  #parts: Blob[] = [];
  #recent: Uint8Array<ArrayBuffer>[] = [];
  #recentBytes = 0;
  #size = 0;

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  add(chunk: Uint8Array): void {
    this.#recent.push(chunk as Uint8Array<ArrayBuffer>);
    this.#recentBytes += chunk.byteLength;
    this.#size += chunk.byteLength;
    if (this.#recentBytes >= flushBytes) this.#flush();
  }

  reset(): void {
    this.#parts = [];
    this.#recent = [];
    this.#recentBytes = 0;
    this.#size = 0;
  }

  finish(type: string): Blob {
    this.#flush();
    return new Blob(this.#parts, { type });
  }

  #flush(): void {
    if (this.#recent.length > 0) this.#parts.push(new Blob(this.#recent));
    this.#recent = [];
    this.#recentBytes = 0;
  }
}
