import { type ExportRequest, type Json, LecternError } from '@lectern/ports';
import type { ExportPlace } from '../worker/protocol.js';
import { type Release, takeLock } from './browser-locks.js';
import {
  type FinishedRecord,
  type JobRecord,
  clearAway,
  finishedFile,
  folderOf,
  jobFile,
  lockOfExport,
  plainRequest,
  readFinished,
  readJob,
} from './kept-exports.js';
import { type KeptParts, lookAtParts } from './part-store.js';
import { entriesOf, exportFolder, openFolder, removeEntry } from './private-files.js';

const turnLock = 'lectern-export';

/** Writes a small file, in a worker: not every browser lets a page do it. */
export type WriteText = (folder: string, fileName: string, text: string) => Promise<void>;

/** The place of one export in this browser: its folder, and the right to work in it until it is released. */
export class ExportSlot {
  readonly #id: string;
  readonly #isNamed: boolean;
  readonly #folder: FileSystemDirectoryHandle | null;
  readonly #write: WriteText;
  readonly #letGo: Release;
  #endTurn: Release = () => undefined;
  #request = '';

  private constructor(
    id: string,
    isNamed: boolean,
    folder: FileSystemDirectoryHandle | null,
    write: WriteText,
    letGo: Release,
  ) {
    this.#id = id;
    this.#isNamed = isNamed;
    this.#folder = folder;
    this.#write = write;
    this.#letGo = letGo;
  }

  /**
   * Takes the folder of an export. A second call with one name waits until the first has been released.
   *
   * @param name null for an export of which nothing is kept
   */
  static async claim(
    name: string | null,
    write: WriteText,
    signal: AbortSignal | undefined,
    onWaiting: () => void,
  ): Promise<ExportSlot> {
    const id = name ?? crypto.randomUUID();
    const letGo = await takeLock(lockOfExport(id), signal, onWaiting);
    const folder = await openFolder(exportFolder, folderOf(id));
    return new ExportSlot(id, name !== null && folder !== null, folder, write, letGo);
  }

  /** Writes down what is to be exported, so that another page can go on with it. Without a name it does nothing. */
  async writeDown(request: ExportRequest, context: Json): Promise<void> {
    if (!this.#isNamed || !this.#folder) return;
    const known = await readJob(this.#folder);
    const plain = plainRequest(request);
    this.#request = JSON.stringify(plain);
    const job: JobRecord = { version: 1, startedAt: known?.startedAt ?? Date.now(), request: plain, context };
    const text = JSON.stringify(job);
    if (known && JSON.stringify(known) === text) return;
    await this.#write(folderOf(this.#id), jobFile, text);
  }

  /** Waits for the turn of this export: one at a time, in the order in which they came. Clears away what is left over. */
  async waitForTurn(signal: AbortSignal | undefined, onWaiting: () => void): Promise<void> {
    this.#endTurn = await takeLock(turnLock, signal, onWaiting);
    await clearAway(Date.now());
  }

  /** The next may begin; the files of this one stay. */
  endTurn(): void {
    this.#endTurn();
  }

  get isNamed(): boolean {
    return this.#isNamed;
  }

  /** What an earlier attempt has left. */
  async kept(): Promise<KeptParts> {
    return this.#folder ? lookAtParts(this.#folder) : { frames: 0, bytes: 0 };
  }

  /** A new place for the file. What an attempt before has begun is removed. Null without a private file system. */
  async place(extension: string): Promise<ExportPlace | null> {
    if (!this.#folder) return null;
    await this.#removeFiles();
    const fileName = `${crypto.randomUUID()}.${extension}`;
    return { folder: folderOf(this.#id), fileName, keepParts: this.#isNamed };
  }

  /** The whole file of an attempt whose page was closed before the bytes were stored; null when there is none. */
  async finished(): Promise<FinishedRecord | null> {
    const finished = this.#isNamed && this.#folder ? await readFinished(this.#folder) : null;
    return finished?.request === this.#request ? finished : null;
  }

  /** The file is whole: writes that down, and removes the parts. */
  async finish(fileName: string, frames: FinishedRecord['frames']): Promise<void> {
    if (!this.#isNamed || !this.#folder) return;
    const finished: FinishedRecord = { version: 1, fileName, frames, request: this.#request };
    try {
      await this.#write(folderOf(this.#id), finishedFile, JSON.stringify(finished));
    } catch {
      // The disk is full: then the parts stay, and the file could be made of them again.
      return;
    }
    for (const [name] of await entriesOf(this.#folder)) {
      if (name.endsWith('.part')) await removeEntry(this.#folder, name);
    }
  }

  /** The file on disk. */
  async handle(fileName: string): Promise<FileSystemFileHandle> {
    if (!this.#folder) throw new LecternError('storage-denied');
    return this.#folder.getFileHandle(fileName);
  }

  /** Keeps what a named export has so far, and lets another page go on with it. Of one without a name nothing stays. */
  async suspend(): Promise<void> {
    if (!this.#isNamed) return this.release();
    await this.#removeFiles();
    this.#letGo();
  }

  /** Removes everything. */
  async release(): Promise<void> {
    const root = this.#folder && (await openFolder(exportFolder));
    if (root) await removeEntry(root, folderOf(this.#id));
    this.#letGo();
  }

  /** Removes files that were begun, and the note of one that was finished. */
  async #removeFiles(): Promise<void> {
    if (!this.#folder) return;
    for (const [name] of await entriesOf(this.#folder)) {
      if (!name.endsWith('.part') && name !== jobFile) await removeEntry(this.#folder, name);
    }
  }
}
