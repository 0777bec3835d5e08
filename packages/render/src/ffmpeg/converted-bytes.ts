/**
 * Where ffmpeg's output goes: a file in the private file system, or pieces in memory. ffmpeg writes in order, corrects a
 * few places at the end, and reads what it wrote when it moves the index to the front.
 */
export interface WrittenBytes {
  readonly size: number;
  /** True once a write didn't find room. */
  readonly isFull: boolean;
  /** @returns how many bytes were read; 0 at the end */
  read(into: Uint8Array, position: number): number;
  /** @returns how many bytes were written, fewer than given when there is no more room */
  write(data: Uint8Array, position: number): number;
  truncate(size: number): void;
  /** Ends writing. The bytes, unless they are in a file on disk. */
  close(): Blob | null;
}

/** What a worker writes files with; TypeScript knows it only in its library for workers. */
interface SyncAccessHandle {
  read(into: Uint8Array, options: { at: number }): number;
  write(data: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}
interface WritableFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}

/** The folder of conversions in the page's private file system. */
export const conversionFolder = 'lectern-conversions';

/** A file of that name; in memory for null, and where the file can't be opened. */
export async function openWrittenBytes(fileName: string | null): Promise<WrittenBytes> {
  if (fileName === null) return new BytesInMemory();
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(conversionFolder, { create: true });
    const handle = (await folder.getFileHandle(fileName, { create: true })) as WritableFileHandle;
    return new BytesOnDisk(await handle.createSyncAccessHandle());
  } catch {
    return new BytesInMemory();
  }
}

class BytesOnDisk implements WrittenBytes {
  readonly #handle: SyncAccessHandle;
  size = 0;
  isFull = false;

  constructor(handle: SyncAccessHandle) {
    this.#handle = handle;
  }

  read(into: Uint8Array, position: number): number {
    return position >= this.size ? 0 : this.#handle.read(into, { at: position });
  }

  write(data: Uint8Array, position: number): number {
    let written = 0;
    try {
      written = this.#handle.write(data, { at: position });
    } catch {
      // A full disk, or a quota that is used up.
    }
    if (written < data.byteLength) this.isFull = true;
    this.size = Math.max(this.size, position + written);
    return written;
  }

  truncate(size: number): void {
    this.#handle.truncate(size);
    this.size = size;
  }

  close(): Blob | null {
    this.#handle.flush();
    this.#handle.close();
    return null;
  }
}

const pieceBytes = 4 * 1024 * 1024;
/** As much as a tab can be trusted to hold beside ffmpeg's own memory. */
export const mostInMemory: number = 1024 ** 3;

export class BytesInMemory implements WrittenBytes {
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  readonly #most: number;
  size = 0;
  isFull = false;

  constructor(most: number = mostInMemory) {
    this.#most = most;
  }

  read(into: Uint8Array, position: number): number {
    const end = Math.min(this.size, position + into.byteLength);
    for (let at = position; at < end;) {
      const offset = at % pieceBytes;
      const count = Math.min(end - at, pieceBytes - offset);
      const piece = this.#pieces[Math.floor(at / pieceBytes)];
      if (piece) into.set(piece.subarray(offset, offset + count), at - position);
      at += count;
    }
    return Math.max(0, end - position);
  }

  write(data: Uint8Array, position: number): number {
    const end = Math.min(this.#most, position + data.byteLength);
    if (end < position + data.byteLength) this.isFull = true;
    for (let at = position; at < end;) {
      const offset = at % pieceBytes;
      const count = Math.min(end - at, pieceBytes - offset);
      this.#pieceAt(Math.floor(at / pieceBytes)).set(data.subarray(at - position, at - position + count), offset);
      at += count;
    }
    this.size = Math.max(this.size, end);
    return Math.max(0, end - position);
  }

  #pieceAt(index: number): Uint8Array<ArrayBuffer> {
    while (this.#pieces.length <= index) this.#pieces.push(new Uint8Array(pieceBytes));
    return this.#pieces[index] as Uint8Array<ArrayBuffer>;
  }

  truncate(size: number): void {
    this.#pieces.length = Math.ceil(size / pieceBytes);
    const last = this.#pieces.at(-1);
    // What is written behind it later leaves zeros between.
    if (last && size % pieceBytes > 0) last.fill(0, size % pieceBytes);
    this.size = size;
  }

  close(): Blob | null {
    const pieces = this.#pieces.map((piece, index) => piece.subarray(0, this.size - index * pieceBytes));
    const blob = new Blob(pieces);
    this.#pieces = [];
    return blob;
  }
}
