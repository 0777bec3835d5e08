import { throwIfAborted } from '../cancelling.js';
import { removeEntry } from '../export/private-files.js';
import { conversionFolder } from './converted-bytes.js';

const lockName = 'lectern-conversion';

/** A place on disk for what is converted. */
export interface ConversionSlot {
  /** Null where the browser gives this page no private file system: then it is kept in memory. */
  readonly fileName: string | null;
  handle(): Promise<FileSystemFileHandle>;
  /** Removes the file. */
  release(): Promise<void>;
}

/** Takes a name for a file, and clears away those of pages that are gone. */
export async function claimConversionSlot(extension: string, signal: AbortSignal | undefined): Promise<ConversionSlot> {
  const folder = await openFolder();
  throwIfAborted(signal);
  if (!folder) {
    return {
      fileName: null,
      handle: () => Promise.reject(new TypeError('it is in memory')),
      release: () => Promise.resolve(),
    };
  }
  await clearAway(folder);
  const fileName = `${crypto.randomUUID()}.${extension}`;
  // Held as long as the file is needed: what isn't held is left over.
  const letGo = hold(`${lockName}:${fileName}`);
  return {
    fileName,
    handle: () => folder.getFileHandle(fileName),
    release: async () => {
      // What can't be removed stays for the next conversion to clear away.
      await removeEntry(folder, fileName);
      letGo();
    },
  };
}

async function openFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(conversionFolder, { create: true });
  } catch {
    return null;
  }
}

async function clearAway(folder: FileSystemDirectoryHandle): Promise<void> {
  const { locks } = navigator as { readonly locks?: LockManager };
  if (!locks) return;
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  for (const name of names) {
    await locks
      .request(`${lockName}:${name}`, { ifAvailable: true }, async (held) => {
        if (held) await folder.removeEntry(name).catch(() => undefined);
      })
      .catch(() => undefined);
  }
}

/** Holds a lock until what comes back is called. Where the browser has none, nobody clears anything away either. */
function hold(name: string): () => void {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { locks } = navigator as { readonly locks?: LockManager };
  locks?.request(name, () => held).catch(() => undefined);
  return letGo;
}
