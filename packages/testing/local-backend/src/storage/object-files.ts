/** The bytes of objects, in files named after their versions: no name that a user chose ever meets the disk. */
import { createReadStream } from 'node:fs';
import type { ReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const VERSION = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class ObjectFiles {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<ObjectFiles> {
    return new ObjectFiles(await mkdtemp(path.join(tmpdir(), 'lectern-objects-')));
  }

  /** Whether a text can be a version: a UUID. */
  static isVersion(text: string): boolean {
    return VERSION.test(text);
  }

  /** @throws RangeError for anything but a UUID */
  pathOf(version: string): string {
    if (!ObjectFiles.isVersion(version)) throw new RangeError(`"${version}" is no version of an object`);
    return path.join(this.folder, version);
  }

  async sizeOf(version: string): Promise<number> {
    return (await stat(this.pathOf(version))).size;
  }

  /** @param range first and last byte, both included */
  read(version: string, range?: { readonly start: number; readonly end: number }): ReadStream {
    return createReadStream(this.pathOf(version), range);
  }

  async remove(version: string): Promise<void> {
    await rm(this.pathOf(version), { force: true });
  }

  /** The versions that have bytes, finished or not. */
  async list(): Promise<readonly string[]> {
    return (await readdir(this.folder)).filter((name) => ObjectFiles.isVersion(name)).sort();
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
