import { LecternError } from '@lectern/ports';
import type { StreamTargetChunk } from 'mediabunny';
import { type SyncAccessHandle, openForWriting } from './private-files.js';

export { exportFolder } from './private-files.js';

/** Where an export's bytes go. They come in pieces, mostly in order; a few overwrite what was written before. */
export interface OutputFile {
  /** Bytes from the start to the furthest that was written. */
  readonly size: number;
  write(chunk: StreamTargetChunk): void;
  /** Ends writing. The bytes, unless they are in the file that the page knows by its name. */
  finish(): Promise<Blob | null>;
  /** Throws away what was written. */
  discard(): Promise<void>;
}

/** A file on disk; blobs where the browser has no private file system for this page, or no room in it to open a file. */
export async function openOutputFile(
  folder: FileSystemDirectoryHandle | null,
  fileName: string,
  mimeType: string,
): Promise<OutputFile> {
  if (!folder) return new BlobFile(mimeType);
  try {
    return new DiskFile(folder, fileName, await openForWriting(folder, fileName));
  } catch {
    return new BlobFile(mimeType);
  }
}

class DiskFile implements OutputFile {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #name: string;
  readonly #handle: SyncAccessHandle;
  #closed = false;
  size = 0;

  constructor(folder: FileSystemDirectoryHandle, name: string, handle: SyncAccessHandle) {
    this.#folder = folder;
    this.#name = name;
    this.#handle = handle;
  }

  write({ data, position }: StreamTargetChunk): void {
    let written: number;
    try {
      written = this.#handle.write(data, { at: position });
    } catch (error) {
      throw new LecternError('quota-exceeded', { cause: error });
    }
    // A full disk may also just write less.
    if (written < data.byteLength) throw new LecternError('quota-exceeded');
    this.size = Math.max(this.size, position + data.byteLength);
  }

  finish(): Promise<Blob | null> {
    this.#close(true);
    return Promise.resolve(null);
  }

  async discard(): Promise<void> {
    this.#close(false);
    await this.#folder.removeEntry(this.#name).catch(() => undefined);
  }

  #close(keep: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (keep) this.#handle.flush();
    } finally {
      this.#handle.close();
    }
  }
}

const pieceBytes = 4 * 1024 * 1024;

/** Pieces of 4 MB, each handed to the browser as a blob, which may keep it on disk. Later corrections are put over them. */
class BlobFile implements OutputFile {
  readonly #mimeType: string;
  readonly #pieces: Blob[] = [];
  /** The newest bytes, from `#tailStart` on. */
  #tail = new Uint8Array(pieceBytes);
  #tailStart = 0;
  #tailLength = 0;
  readonly #corrections: { readonly position: number; readonly data: Uint8Array<ArrayBuffer> }[] = [];

  constructor(mimeType: string) {
    this.#mimeType = mimeType;
  }

  get size(): number {
    return this.#tailStart + this.#tailLength;
  }

  write({ data, position }: StreamTargetChunk): void {
    const before = Math.min(data.byteLength, this.#tailStart - position);
    if (before > 0) this.#corrections.push({ position, data: data.slice(0, before) });
    let at = Math.max(0, before);
    while (at < data.byteLength) {
      const offset = position + at - this.#tailStart;
      if (offset >= pieceBytes) {
        this.#freeze();
        continue;
      }
      const count = Math.min(data.byteLength - at, pieceBytes - offset);
      this.#tail.set(data.subarray(at, at + count), offset);
      this.#tailLength = Math.max(this.#tailLength, offset + count);
      at += count;
    }
  }

  #freeze(): void {
    // What was skipped is written later, or stays zero.
    this.#pieces.push(new Blob([this.#tail]));
    this.#tail = new Uint8Array(pieceBytes);
    this.#tailStart += pieceBytes;
    this.#tailLength = 0;
  }

  finish(): Promise<Blob | null> {
    const parts: Blob[] = [...this.#pieces, new Blob([this.#tail.subarray(0, this.#tailLength)])];
    let blob = new Blob(parts, { type: this.#mimeType });
    for (const { position, data } of this.#corrections) {
      blob = new Blob([blob.slice(0, position), data, blob.slice(position + data.byteLength)], {
        type: this.#mimeType,
      });
    }
    return Promise.resolve(blob);
  }

  discard(): Promise<void> {
    this.#pieces.length = 0;
    return Promise.resolve();
  }
}
