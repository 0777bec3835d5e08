import type { Transfer } from '../transfers-port.js';

/** What is put in one go and isn't larger than this is known by its bytes. */
const hashedBytes = 16 * 1024 * 1024;

/**
 * The transfer that a put is. The same bytes under the same key are the same one: a put that died with its page is in
 * nobody's way, and is gone on with by the next try. Large ones aren't read for that.
 */
export async function putTransfer(key: string, source: Blob, mimeType: string): Promise<Transfer> {
  const id = (await idOf(key, source, mimeType)) ?? crypto.randomUUID();
  return { id, key, sizeBytes: source.size, mimeType, resume: null };
}

/** A UUID of version 8, out of all that a put is; null where that can't be had. */
async function idOf(key: string, source: Blob, mimeType: string): Promise<string | null> {
  // Pages without TLS have none.
  const { subtle } = crypto as { readonly subtle?: SubtleCrypto };
  if (!subtle || source.size > hashedBytes) return null;
  const head = new TextEncoder().encode(JSON.stringify([key, mimeType, source.size]));
  const bytes = await new Blob([head, source]).arrayBuffer();
  const digest = Array.from(new Uint8Array(await subtle.digest('SHA-256', bytes)).subarray(0, 16));
  const hex = digest.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
