import { LecternError } from '@lectern/ports';
import { type ShelfEntry, evictions, readEntries } from './shelf-plan.js';

/** The folder of proxies in the page's private file system. */
export const shelfFolder = 'lectern-proxies';
const indexName = 'index.json';
const lockName = 'lectern-proxy-shelf';

/** What a worker writes files with; TypeScript knows it only in its library for workers. */
interface SyncAccessHandle {
  write(data: Uint8Array<ArrayBuffer>, options?: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
interface WritableFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}

/** A file of the shelf that is being written. Bytes may come in any order. */
export interface ShelfFile {
  write(data: Uint8Array<ArrayBuffer>, at: number): void;
  /** @returns its size in bytes */
  close(): number;
}

/**
 * Proxies on disk, by their source's content, used longest ago out first. For workers. A list beside the files says what
 * is whole: what isn't in it, or has another size than it says, is no proxy.
 */
export class ProxyShelf {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #budgetBytes: number;

  private constructor(folder: FileSystemDirectoryHandle, budgetBytes: number) {
    this.#folder = folder;
    this.#budgetBytes = budgetBytes;
  }

  /** Null where the browser gives this page no private file system. */
  static async open(budgetBytes: number): Promise<ProxyShelf | null> {
    try {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle(shelfFolder, { create: true });
      const { quota } = await navigator.storage.estimate();
      // Proxies can be made again; what a person has brought can't.
      return new ProxyShelf(folder, Math.min(budgetBytes, quota === undefined ? Infinity : quota / 5));
    } catch {
      return null;
    }
  }

  /** The finished proxy of a content, counted as used now. Null when there is none. */
  async find(key: string): Promise<File | null> {
    const entry = (await this.#entries()).find((each) => each.key === key);
    const file = entry?.sizeBytes == null ? null : await this.#file(finishedName(key), entry.sizeBytes);
    if (file) await this.#change((entries) => entries.map((each) => (each.key === key ? used(each) : each)));
    return file;
  }

  /** The pieces that are whole, by their number. */
  async pieces(key: string): Promise<ReadonlyMap<number, File>> {
    const entry = (await this.#entries()).find((each) => each.key === key);
    const found = new Map<number, File>();
    for (const [number, size] of Object.entries(entry?.pieces ?? {})) {
      const file = await this.#file(pieceName(key, Number(number)), size);
      if (file) found.set(Number(number), file);
    }
    return found;
  }

  async putPiece(key: string, number: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const file = await this.#create(pieceName(key, number));
    try {
      file.write(bytes, 0);
    } finally {
      file.close();
    }
    await this.#change((entries) => {
      const entry = entries.find((each) => each.key === key) ?? { key, usedAt: 0, sizeBytes: null, pieces: {} };
      const pieces = { ...entry.pieces, [String(number)]: bytes.byteLength };
      return [...entries.filter((each) => each.key !== key), used({ ...entry, pieces })];
    });
    await this.#shrink(key);
  }

  /** A file for the finished proxy; `finish` makes it one. */
  create(key: string): Promise<ShelfFile> {
    return this.#create(finishedName(key));
  }

  /** The finished proxy takes the place of its pieces. */
  async finish(key: string, sizeBytes: number): Promise<File> {
    await this.#change((entries) => [
      ...entries.filter((each) => each.key !== key),
      used({ key, usedAt: 0, sizeBytes, pieces: {} }),
    ]);
    await this.#clearAway();
    const file = await this.#file(finishedName(key), sizeBytes);
    if (!file) throw new LecternError('storage-denied', { message: 'the proxy is gone' });
    return file;
  }

  /** Removes what goes over the budget, and files that the list knows nothing of. */
  async #shrink(keep: string): Promise<void> {
    let gone: readonly string[] = [];
    await this.#change((entries) => {
      gone = evictions(entries, this.#budgetBytes, Date.now(), keep);
      return entries.filter(({ key }) => !gone.includes(key));
    });
    if (gone.length > 0) await this.#clearAway();
  }

  async #clearAway(): Promise<void> {
    const known = new Set<string>([indexName]);
    for (const { key, sizeBytes, pieces } of await this.#entries()) {
      if (sizeBytes !== null) known.add(finishedName(key));
      for (const number of Object.keys(pieces)) known.add(pieceName(key, Number(number)));
    }
    const names: string[] = [];
    for await (const name of (this.#folder as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
    for (const name of names) {
      // One that is being written refuses, and stays.
      if (!known.has(name)) await this.#folder.removeEntry(name).catch(() => undefined);
    }
  }

  async #create(name: string): Promise<ShelfFile> {
    const handle = (await this.#folder.getFileHandle(name, { create: true })) as WritableFileHandle;
    const access = await handle.createSyncAccessHandle();
    access.truncate(0);
    let size = 0;
    return {
      write: (data, at) => {
        let written: number;
        try {
          written = access.write(data, { at });
        } catch (error) {
          throw new LecternError('quota-exceeded', { cause: error });
        }
        // A full disk may also just write less.
        if (written < data.byteLength) throw new LecternError('quota-exceeded');
        size = Math.max(size, at + data.byteLength);
      },
      close: () => {
        access.flush();
        access.close();
        return size;
      },
    };
  }

  async #file(name: string, sizeBytes: number): Promise<File | null> {
    try {
      const file = await (await this.#folder.getFileHandle(name)).getFile();
      return file.size === sizeBytes ? file : null;
    } catch {
      return null;
    }
  }

  async #entries(): Promise<readonly ShelfEntry[]> {
    try {
      return readEntries(await (await (await this.#folder.getFileHandle(indexName)).getFile()).text());
    } catch {
      return [];
    }
  }

  /** Changes the list; one tab after the other. */
  async #change(change: (entries: readonly ShelfEntry[]) => readonly ShelfEntry[]): Promise<void> {
    await locked(async () => {
      const bytes = new TextEncoder().encode(JSON.stringify(change(await this.#entries())));
      const file = await this.#create(indexName);
      try {
        file.write(bytes, 0);
      } finally {
        file.close();
      }
    });
  }
}

function used(entry: ShelfEntry): ShelfEntry {
  return { ...entry, usedAt: Date.now() };
}

function finishedName(key: string): string {
  return `${key}.mp4`;
}

function pieceName(key: string, number: number): string {
  return `${key}.${String(number)}.mp4`;
}

async function locked(act: () => Promise<void>): Promise<void> {
  const { locks } = navigator as { readonly locks?: LockManager };
  if (locks) await locks.request(lockName, act);
  else await act();
}
