import type { CallOptions } from './call-options.js';
import { LecternError } from './errors.js';

/** Bytes that are hashed together. Part of the format: another size gives another hash of the same file. */
export const hashChunkBytes: number = 8 * 1024 * 1024;

export interface ContentHashOptions extends CallOptions {
  /** Bytes hashed so far, with every chunk. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * A file's content in 64 hexadecimal digits: SHA-256 over the SHA-256 digests of its 8 MiB chunks, one after the other.
 * An empty file has no chunks. The browser that sends a file and the server that verifies it compute the very same.
 *
 * Memory is one chunk, whatever the size. @throws `aborted`, and whatever the stream fails with
 */
export async function contentHashOfStream(
  stream: ReadableStream<Uint8Array>,
  { signal, onProgress }: ContentHashOptions = {},
): Promise<string> {
  const digests: Uint8Array[] = [];
  const chunk = new Uint8Array(hashChunkBytes);
  let filled = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      assertGoing(signal);
      const { done, value } = await reader.read();
      if (done) break;
      for (let at = 0; at < value.length;) {
        const taken = Math.min(value.length - at, hashChunkBytes - filled);
        chunk.set(value.subarray(at, at + taken), filled);
        at += taken;
        filled += taken;
        if (filled < hashChunkBytes) continue;
        digests.push(await sha256(chunk));
        filled = 0;
        onProgress?.(digests.length * hashChunkBytes);
        assertGoing(signal);
      }
    }
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    throw error;
  }
  if (filled > 0) {
    onProgress?.(digests.length * hashChunkBytes + filled);
    digests.push(await sha256(chunk.subarray(0, filled)));
  }
  const root = new Uint8Array(digests.length * 32);
  digests.forEach((digest, index) => {
    root.set(digest, index * 32);
  });
  return Array.from(await sha256(root), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function assertGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new LecternError('aborted');
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
