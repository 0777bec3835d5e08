import { LecternError } from '@lectern/ports';

/**
 * Raised whenever the same document would come out as other packets than before: another compositor, mixer or way of
 * cutting. Parts and earlier exports of another number aren't used.
 */
export const engineLook = 2;

/** 128 bits of a SHA-256, as 22 characters that may stand in a file's name. */
export type Fingerprint = string;

/** The fingerprint of what determines a section, given as plain values. The order of an object's keys counts. */
export async function fingerprintOf(description: unknown): Promise<Fingerprint> {
  return shorten(await digest(new TextEncoder().encode(JSON.stringify(description))));
}

const pieceBytes = 64 * 1024;
const pieces = 8;

/**
 * Tells the bytes of a file from others: its size, and pieces of 64 KB from all over it, first and last among them. Two
 * files of one size that differ only between the pieces are taken for the same; that takes bad luck or bad intent.
 *
 * @throws LecternError `source-missing` when it can't be read
 */
export async function identifyBytes(blob: Blob): Promise<Fingerprint> {
  const last = Math.max(0, blob.size - pieceBytes);
  const starts =
    blob.size <= pieceBytes * pieces
      ? Array.from({ length: Math.ceil(blob.size / pieceBytes) }, (_, piece) => piece * pieceBytes)
      : Array.from({ length: pieces }, (_, piece) => Math.round((last * piece) / (pieces - 1)));
  const size = new TextEncoder().encode(String(blob.size));
  try {
    const parts = await Promise.all(starts.map((start) => blob.slice(start, start + pieceBytes).arrayBuffer()));
    return shorten(await digest(new Uint8Array(await new Blob([size, ...parts]).arrayBuffer())));
  } catch (cause) {
    throw new LecternError('source-missing', { cause });
  }
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

function shorten(hash: Uint8Array): Fingerprint {
  return btoa(String.fromCharCode(...hash.subarray(0, 16)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
