import { LecternError, toLecternError } from '@lectern/ports';

export interface WrittenFile {
  readonly file: string;
  readonly sizeBytes: number;
}

/**
 * A folder of the origin's private file system. A file in it counts only once a row names it: the row is written last,
 * and what has no row is swept away at the next start.
 */
export class ByteFolder {
  readonly #folder: FileSystemDirectoryHandle;

  private constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  /** Null where the browser has no such folder, doesn't give it to this page, or can't stream into it. */
  static async open(name: string): Promise<ByteFolder | null> {
    if (typeof FileSystemFileHandle === 'undefined' || !('createWritable' in FileSystemFileHandle.prototype))
      return null;
    try {
      const root = await navigator.storage.getDirectory();
      return new ByteFolder(await root.getDirectoryHandle(name, { create: true }));
    } catch {
      return null;
    }
  }

  /** Whether a page on this origin has ever had such a folder. */
  static async exists(name: string): Promise<boolean> {
    try {
      await (await navigator.storage.getDirectory()).getDirectoryHandle(name);
      return true;
    } catch {
      return false;
    }
  }

  /** Streams into a new file; the file is whole or not there. */
  async write(
    file: string,
    stream: ReadableStream<Uint8Array>,
    options: { readonly signal?: AbortSignal | undefined; readonly onBytes: (sizeBytes: number) => void },
  ): Promise<WrittenFile> {
    const handle = await this.#folder.getFileHandle(file, { create: true });
    let sizeBytes = 0;
    try {
      const counted = stream.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
          transform(chunk, controller) {
            sizeBytes += chunk.byteLength;
            options.onBytes(sizeBytes);
            controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
          },
        }),
      );
      // On failure the pipe aborts the writable, which drops what it had written beside the file.
      await counted.pipeTo(await handle.createWritable(), options.signal ? { signal: options.signal } : {});
      return { file, sizeBytes };
    } catch (error) {
      await this.remove(file);
      if (options.signal?.aborted === true) throw new LecternError('aborted', { cause: error });
      throw toLecternError(error);
    }
  }

  /** @throws `not-found` */
  async read(file: string): Promise<File> {
    try {
      return await (await this.#folder.getFileHandle(file)).getFile();
    } catch (error) {
      throw new LecternError('not-found', {
        cause: error,
        message: `The file ${file} is gone from the private folder`,
      });
    }
  }

  async remove(file: string): Promise<void> {
    try {
      await this.#folder.removeEntry(file);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw toLecternError(error);
    }
  }

  async files(): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const name of this.#folder.keys()) names.push(name);
    return names;
  }
}
