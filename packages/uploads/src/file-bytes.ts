import { toLecternError } from '@lectern/ports';

/** Reads a stretch of a file; shorter at its end. Rejects as `Blob.arrayBuffer` does when the file has gone or changed. */
export async function readBytes(file: Blob, start: number, length: number): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(start, start + length).arrayBuffer());
}

/** Four (or more) characters as Latin-1. */
export function textAt(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** True for the browser's errors about a file that can't be read any more: moved, changed, or its drive taken out. */
export function isUnreadable(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    if (at.name === 'NotReadableError' || at.name === 'NotFoundError') return true;
  }
  return false;
}

/** A back end may hide the file's own error behind one of its own; reading a byte of it tells. */
export async function isGone(file: Blob, error: unknown): Promise<boolean> {
  if (isUnreadable(error)) return true;
  if (toLecternError(error).code !== 'unknown') return false;
  try {
    await readBytes(file, 0, 1);
    return false;
  } catch {
    return true;
  }
}
