import { LecternError } from '@lectern/ports';
import { defer, throwIfAborted } from '../cancelling.js';
import { exportFolder } from './output-file.js';

const lockName = 'lectern-export';

/** The right to export, and a file to do it into. */
export interface ExportSlot {
  /** Null where the browser gives this page no private file system. */
  readonly fileName: string | null;
  /** The finished file, on disk. */
  file(mimeType: string): Promise<Blob>;
  /** Lets the next export begin; the file stays. */
  finishWriting(): void;
  /** Removes the file. */
  release(): Promise<void>;
}

/**
 * Waits until no other export of this browser runs (of any tab, where it has Web Locks), clears away files that nobody
 * needs any more, and takes a name for the new one.
 */
export async function claimExportSlot(extension: string, signal: AbortSignal | undefined): Promise<ExportSlot> {
  const finishWriting = await lock(lockName, signal);
  try {
    throwIfAborted(signal);
    const folder = await openFolder();
    if (folder) await clearAway(folder);
    const fileName = folder ? `${crypto.randomUUID()}.${extension}` : null;
    // Held as long as the file is needed: what isn't held is left over from a page that is gone.
    const letGo = fileName === null ? (): void => undefined : await lock(`${lockName}:${fileName}`, undefined);
    return {
      fileName,
      file: async (mimeType) => {
        if (!folder || fileName === null) throw new LecternError('storage-denied');
        const file = await (await folder.getFileHandle(fileName)).getFile();
        // A file takes its type from its name, which knows nothing of `audio/mp4`.
        return file.slice(0, file.size, mimeType);
      },
      finishWriting,
      release: async () => {
        if (folder && fileName !== null) await remove(folder, fileName);
        letGo();
      },
    };
  } catch (error) {
    finishWriting();
    throw error;
  }
}

async function openFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(exportFolder, { create: true });
  } catch {
    return null;
  }
}

/** A worker that was ended in the middle still holds its file for a moment. */
async function remove(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (let tries = 0; tries < 25; tries += 1) {
    try {
      await folder.removeEntry(name);
      return;
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundError') return;
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
  }
  // It stays for the next export to clear away.
}

async function clearAway(folder: FileSystemDirectoryHandle): Promise<void> {
  const { locks } = navigator as { readonly locks?: LockManager };
  if (!locks) return;
  const names: string[] = [];
  for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
  for (const name of names) {
    await locks.request(`${lockName}:${name}`, { ifAvailable: true }, async (held) => {
      if (held) await folder.removeEntry(name).catch(() => undefined);
    });
  }
}

const waiting = new Map<string, Promise<void>>();

/** Takes a lock of the browser, or of this page where the browser has none; what comes back lets it go. */
async function lock(name: string, signal: AbortSignal | undefined): Promise<() => void> {
  const { locks } = navigator as { readonly locks?: LockManager };
  const held = defer<undefined>();
  const letGo = (): void => {
    held.resolve(undefined);
  };
  if (!locks) {
    const before = waiting.get(name) ?? Promise.resolve();
    waiting.set(
      name,
      before.then(() => held.promise),
    );
    await before;
    return letGo;
  }
  const granted = defer<undefined>();
  locks
    .request(name, signal ? { signal } : {}, () => {
      granted.resolve(undefined);
      return held.promise;
    })
    .catch((error: unknown) => {
      // A document in a sandbox has locks that refuse: then there is nobody to share with.
      if (signal?.aborted) granted.reject(new LecternError('aborted', { cause: error }));
      else granted.resolve(undefined);
    });
  await granted.promise;
  return letGo;
}
