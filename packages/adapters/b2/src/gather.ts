import { LecternError, toLecternError } from '@lectern/ports';

const pieceBytes = 8 * 1024 * 1024;

/** Bytes on their way from a stream into a blob: pieces become blobs as they come, which a browser may keep on disk. */
export class Gathering {
  #pieces: Blob[] = [];
  #pending: Uint8Array<ArrayBuffer>[] = [];
  #pendingBytes = 0;
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  add(chunk: Uint8Array): void {
    this.#pending.push(chunk as Uint8Array<ArrayBuffer>);
    this.#pendingBytes += chunk.byteLength;
    this.#sizeBytes += chunk.byteLength;
    if (this.#pendingBytes >= pieceBytes) this.#flush();
  }

  startAgain(): void {
    this.#pieces = [];
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#sizeBytes = 0;
  }

  blob(mimeType: string): Blob {
    this.#flush();
    return new Blob(this.#pieces, { type: mimeType });
  }

  #flush(): void {
    this.#pieces.push(new Blob(this.#pending));
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

/** All of a stream. @throws `aborted`, and whatever the stream breaks off with */
export async function gather(stream: ReadableStream<Uint8Array>, signal: AbortSignal | undefined): Promise<Blob> {
  const gathering = new Gathering();
  try {
    await stream.pipeTo(
      new WritableStream<Uint8Array>({ write: (chunk) => gathering.add(chunk) }),
      signal ? { signal } : {},
    );
  } catch (error) {
    throw signal?.aborted === true ? new LecternError('aborted', { cause: error }) : toLecternError(error);
  }
  return gathering.blob('');
}
