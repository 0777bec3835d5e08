/** The private file system of the page, as far as exports use it. */
import { LecternError } from '@lectern/ports';

/** The folder of unfinished and not yet fetched exports. */
export const exportFolder = 'lectern-exports';

/** What a worker writes files with; TypeScript knows it only in its library for workers. */
export interface SyncAccessHandle {
  write(data: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
interface WritableFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle?: () => Promise<SyncAccessHandle>;
}

/** Ten seconds: a worker that was ended holds its file until it has really stopped, and the processor may be busy. */
const tries = 125;
const retryMilliseconds = 80;

/** The folder below the root, made when it isn't there. Null where the browser gives this page no private file system. */
export async function openFolder(...path: readonly string[]): Promise<FileSystemDirectoryHandle | null> {
  try {
    let folder = await navigator.storage.getDirectory();
    for (const name of path) folder = await folder.getDirectoryHandle(name, { create: true });
    return folder;
  } catch {
    return null;
  }
}

/** What is in a folder; nothing when it is gone. */
export async function entriesOf(
  folder: FileSystemDirectoryHandle,
): Promise<readonly (readonly [string, FileSystemHandle])[]> {
  const entries: (readonly [string, FileSystemHandle])[] = [];
  try {
    for await (const entry of (
      folder as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }
    ).entries()) {
      entries.push(entry);
    }
  } catch {
    // It was removed while it was read.
  }
  return entries;
}

/**
 * Opens a file for writing, in a worker. A worker that was ended in the middle holds its files for a moment longer, so
 * it is tried for a while.
 *
 * @throws what the browser throws, or TypeError on a page
 */
export async function openForWriting(folder: FileSystemDirectoryHandle, name: string): Promise<SyncAccessHandle> {
  const handle = (await folder.getFileHandle(name, { create: true })) as WritableFileHandle;
  const open = (): Promise<SyncAccessHandle> => {
    if (!handle.createSyncAccessHandle) throw new TypeError('only workers write files');
    return handle.createSyncAccessHandle();
  };
  for (let left = tries; ; left -= 1) {
    try {
      return await open();
    } catch (error) {
      const held = error instanceof Error && error.name === 'NoModificationAllowedError';
      if (!held || left === 0) throw error;
      await pause();
    }
  }
}

/** Writes a small file into an export's folder, in a worker. @throws LecternError `quota-exceeded`, `storage-denied` */
export async function writeText(folder: string, fileName: string, text: string): Promise<void> {
  const place = await openFolder(exportFolder, folder);
  if (!place) throw new LecternError('storage-denied');
  const bytes = new TextEncoder().encode(text);
  const file = await openForWriting(place, fileName);
  try {
    file.truncate(0);
    if (file.write(bytes, { at: 0 }) < bytes.byteLength) throw new LecternError('quota-exceeded');
    // What is written here has to be there after the machine has lost its power, too.
    file.flush();
  } finally {
    file.close();
  }
}

/**
 * How many bytes can be stored, as far as that is less than `bytes`: found by making a file of that length, which nothing
 * is written into. What browsers tell of their quota is rounded up, or the same for everybody. In a worker.
 */
export async function roomFor(bytes: number): Promise<number> {
  const root = await openFolder(exportFolder);
  if (!root) return bytes;
  const name = `room-${crypto.randomUUID()}`;
  try {
    const file = await openForWriting(root, name);
    const fits = (length: number): boolean => {
      try {
        file.truncate(length);
        return true;
      } catch {
        return false;
      }
    };
    try {
      if (fits(bytes)) return bytes;
      let [room, tooMuch] = [0, bytes];
      while (tooMuch - room > bytes / 64) {
        const middle = Math.round((room + tooMuch) / 2);
        if (fits(middle)) room = middle;
        else tooMuch = middle;
      }
      return room;
    } finally {
      file.close();
    }
  } catch {
    // No file can be opened here: then there is none to be made either.
    return bytes;
  } finally {
    await removeEntry(root, name);
  }
}

/** Removes a file or a folder with all that is in it; false when somebody holds it for too long. */
export async function removeEntry(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  for (let left = tries; left > 0; left -= 1) {
    try {
      await folder.removeEntry(name, { recursive: true });
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundError') return true;
      await pause();
    }
  }
  return false;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
}
