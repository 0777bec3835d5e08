import { LecternError } from '@lectern/ports';
import { sha256 } from '../autosave/content-hash.js';
import { crc32OfBytes } from '../autosave/crc32.js';

export interface DigestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called for every piece with its size in bytes. */
  readonly onBytes?: (bytes: number) => void;
}

/** What tells one sequence of bytes from another. */
export interface MediaDigest {
  readonly sizeBytes: number;
  /** CRC-32 as in zip, an unsigned number. */
  readonly crc32: number;
  /** SHA-256 of the SHA-256 of each 4 MiB, one after the other, in hex. */
  readonly contentHash: string;
}

const pieceBytes = 4 * 1024 * 1024;
const hashBytes = 32;
const readBytes = 1024 * 1024;

/**
 * Takes bytes piece by piece, so that gigabytes need no memory. The browser's own SHA-256 takes only what is in memory
 * at once, which is why the hash is one of hashes: ten times as fast as one in JavaScript, and beside the page.
 */
export class MediaDigester {
  readonly #piece: Uint8Array<ArrayBuffer> = new Uint8Array(pieceBytes);
  #filled = 0;
  readonly #hashes: Uint8Array[] = [];
  #sizeBytes = 0;
  #crc = 0;

  async update(bytes: Uint8Array): Promise<void> {
    this.#sizeBytes += bytes.byteLength;
    this.#crc = crc32OfBytes(bytes, bytes.byteLength, this.#crc);
    for (let at = 0; at < bytes.byteLength;) {
      const part = bytes.subarray(at, at + pieceBytes - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.byteLength;
      at += part.byteLength;
      if (this.#filled === pieceBytes) await this.#hash();
    }
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async finish(): Promise<MediaDigest> {
    if (this.#filled > 0) await this.#hash();
    const all = new Uint8Array(this.#hashes.length * hashBytes);
    this.#hashes.forEach((hash, index) => {
      all.set(hash, index * hashBytes);
    });
    const contentHash = Array.from(await sha256Of(all), (byte) => byte.toString(16).padStart(2, '0')).join('');
    return { sizeBytes: this.#sizeBytes, crc32: this.#crc, contentHash };
  }

  async #hash(): Promise<void> {
    this.#hashes.push(await sha256Of(this.#piece.subarray(0, this.#filled)));
    this.#filled = 0;
  }
}

/** Pages without a secure context have no `crypto.subtle`. */
async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto as { readonly subtle?: SubtleCrypto };
  return subtle === undefined ? sha256(bytes) : new Uint8Array(await subtle.digest('SHA-256', bytes));
}

/** Reads a blob once, piece by piece. @throws `aborted`, and what reading it throws */
export async function digestOf(blob: Blob, { signal, onBytes }: DigestOptions = {}): Promise<MediaDigest> {
  const digester = new MediaDigester();
  for await (const bytes of bytesOf(blob, signal)) {
    await digester.update(bytes);
    onBytes?.(bytes.byteLength);
  }
  return digester.finish();
}

/**
 * The bytes of a blob, piece by piece. A piece is good until the next one: where the browser can, all are read into the
 * same memory, which leaves nothing to be cleared away. @throws `aborted`
 */
export async function* bytesOf(blob: Blob, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = blob.stream();
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: 'byob' });
  } catch {
    yield* piecesOf(stream, signal);
    return;
  }
  let buffer = new ArrayBuffer(readBytes);
  yield* readFrom(
    reader,
    async () => {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (value !== undefined) buffer = value.buffer;
      return done ? undefined : value;
    },
    signal,
  );
}

/** A stream as pieces, let go of when the loop over it ends early. @throws `aborted` */
export async function* piecesOf(
  stream: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  yield* readFrom(reader, async () => (await reader.read()).value, signal);
}

async function* readFrom(
  reader: ReadableStreamDefaultReader<Uint8Array> | ReadableStreamBYOBReader,
  next: () => Promise<Uint8Array | undefined>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let ended = false;
  try {
    for (;;) {
      if (signal?.aborted === true) throw new LecternError('aborted');
      const piece = await next();
      if (piece === undefined) break;
      yield piece;
    }
    ended = true;
  } finally {
    if (!ended) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}
