import type { CallOptions } from '../call-options.js';
import { LecternError, toLecternError } from '../errors.js';

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

export interface GatherOptions extends CallOptions {
  /** Bytes so far, with every chunk. */
  readonly onBytes?: (sizeBytes: number) => void;
}

/** All of a stream, without a type of its own. @throws `aborted`, and whatever the stream breaks off with */
export async function gatherBlob(
  stream: ReadableStream<Uint8Array>,
  { signal, onBytes }: GatherOptions = {},
): Promise<Blob> {
  const gathered = new BlobGatherer();
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      gathered.add(chunk);
      onBytes?.(gathered.size);
    },
  });
  try {
    await stream.pipeTo(sink, signal ? { signal } : {});
  } catch (error) {
    throw signal?.aborted === true ? new LecternError('aborted', { cause: error }) : toLecternError(error);
  }
  return gathered.finish('');
}
