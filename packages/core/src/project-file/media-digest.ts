import type { sha256 } from '@noble/hashes/sha2.js';
import { LecternError } from '@lectern/ports';
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
  /** In hex. */
  readonly sha256: string;
}

type Sha256 = ReturnType<(typeof sha256)['create']>;

/** Takes bytes piece by piece, so that gigabytes need no memory: the browser's own SHA-256 wants them all at once. */
export class MediaDigester {
  readonly #sha: Sha256;
  #sizeBytes = 0;
  #crc = 0;

  private constructor(sha: Sha256) {
    this.#sha = sha;
  }

  static async begin(): Promise<MediaDigester> {
    const hashes = await import('@noble/hashes/sha2.js');
    return new MediaDigester(hashes.sha256.create());
  }

  update(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.byteLength;
    this.#crc = crc32OfBytes(bytes, bytes.byteLength, this.#crc);
    this.#sha.update(bytes);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  finish(): MediaDigest {
    const hex = Array.from(this.#sha.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('');
    return { sizeBytes: this.#sizeBytes, crc32: this.#crc, sha256: hex };
  }
}

/** Reads a blob once, piece by piece. @throws `aborted`, and what reading it throws */
export async function digestOf(blob: Blob, { signal, onBytes }: DigestOptions = {}): Promise<MediaDigest> {
  const digester = await MediaDigester.begin();
  for await (const bytes of piecesOf(blob.stream(), signal)) {
    digester.update(bytes);
    onBytes?.(bytes.byteLength);
  }
  return digester.finish();
}

/** A stream as pieces, let go of when the loop over it ends early. @throws `aborted` */
export async function* piecesOf(
  stream: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      if (signal?.aborted === true) throw new LecternError('aborted');
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    ended = true;
  } finally {
    if (!ended) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}
