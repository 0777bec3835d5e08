import { readBytes } from './file-bytes.js';

const endBytes = 1024 * 1024;

/**
 * 64 hexadecimal digits that equal files have in common, in no time whatever their size: SHA-256 over the size (8 bytes,
 * big-endian), the first and the last MiB. Unequal files may have the same one, so it proves nothing. Null where there is
 * no WebCrypto. Rejects as `Blob.arrayBuffer` does when the file has gone.
 */
export async function fingerprintOf(file: Blob): Promise<string | null> {
  const { subtle } = globalThis.crypto as { readonly subtle?: SubtleCrypto };
  if (!subtle) return null;
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(file.size));
  const head = await readBytes(file, 0, endBytes);
  const tail = file.size > endBytes ? await readBytes(file, Math.max(endBytes, file.size - endBytes), endBytes) : null;
  const parts = new Blob((tail ? [size, head, tail] : [size, head]) as BlobPart[]);
  const digest = await subtle.digest('SHA-256', await parts.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
