import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { LecternError } from '@lectern/ports';

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

const table: Uint32Array = /* @__PURE__ */ (() => {
  const made = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    made[byte] = value;
  }
  return made;
})();

/** CRC-32 of bytes that come piece by piece; `value` is 0 at first, then what the piece before gave. */
export function crc32Of(bytes: Uint8Array, value = 0): number {
  let crc = ~value;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Takes bytes piece by piece, so that gigabytes need no memory. */
export class MediaDigester {
  readonly #sha = sha256.create();
  #sizeBytes = 0;
  #crc = 0;

  update(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.byteLength;
    this.#crc = crc32Of(bytes, this.#crc);
    this.#sha.update(bytes);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  finish(): MediaDigest {
    return { sizeBytes: this.#sizeBytes, crc32: this.#crc, sha256: bytesToHex(this.#sha.digest()) };
  }
}

/** Reads a blob once, piece by piece. @throws `aborted`, and what reading it throws */
export async function digestOf(blob: Blob, { signal, onBytes }: DigestOptions = {}): Promise<MediaDigest> {
  const digester = new MediaDigester();
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
