import { LecternError } from '@lectern/ports';
import { assertGoing } from './aborting.js';

/** Bytes that are hashed together. Part of the format: another size gives another hash of the same file. */
export const hashChunkBytes: number = 8 * 1024 * 1024;

export interface ContentHashOptions {
  readonly signal?: AbortSignal;
  /** Bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * A file's content in 64 hexadecimal digits: SHA-256 over the SHA-256 digests of its 8 MiB chunks, one after the other.
 * An empty file has no chunks. Whoever verifies stored bytes computes the very same (`contentHashOfStream`).
 *
 * Memory is one chunk, whatever the size. @throws `aborted`, and as `Blob.arrayBuffer` does when the file has gone
 */
export async function contentHash(file: Blob, { signal, onProgress }: ContentHashOptions = {}): Promise<string> {
  const digests: Uint8Array[] = [];
  for (let start = 0; start < file.size; start += hashChunkBytes) {
    if (signal) assertGoing(signal);
    const end = Math.min(start + hashChunkBytes, file.size);
    digests.push(await sha256(new Uint8Array(await file.slice(start, end).arrayBuffer())));
    onProgress?.(end);
  }
  return hex(await sha256(concat(digests)));
}

/** The same hash of bytes that come in pieces of any size. */
export async function contentHashOfStream(
  stream: ReadableStream<Uint8Array>,
  { signal, onProgress }: ContentHashOptions = {},
): Promise<string> {
  const digests: Uint8Array[] = [];
  const chunk = new Uint8Array(hashChunkBytes);
  let filled = 0;
  let total = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      if (signal) assertGoing(signal);
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
      }
      total += value.length;
      onProgress?.(total);
    }
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    throw error;
  }
  if (filled > 0) digests.push(await sha256(chunk.subarray(0, filled)));
  return hex(await sha256(concat(digests)));
}

/** False on pages without a secure context, which have no WebCrypto. */
export function canHash(): boolean {
  return (globalThis.crypto as { readonly subtle?: SubtleCrypto } | undefined)?.subtle !== undefined;
}

/** @internal @throws `unknown` where there is no WebCrypto */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  if (!canHash()) throw new LecternError('unknown', { message: 'WebCrypto needs a secure context' });
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

/** @internal */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @internal */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
