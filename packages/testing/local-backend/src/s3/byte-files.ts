/** Bytes on disk, in files with names of our own; an object is one of them, or the files of its parts in a row. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Bytes that were written in one go. */
export interface Piece {
  readonly file: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
  /** Hex. */
  readonly sha256: string;
}

class Measure extends Transform {
  size = 0;
  readonly md5: ReturnType<typeof createHash> = createHash('md5');
  readonly sha256: ReturnType<typeof createHash> = createHash('sha256');

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.size += chunk.length;
    this.md5.update(chunk);
    this.sha256.update(chunk);
    done(null, chunk);
  }
}

export class ByteFiles {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<ByteFiles> {
    return new ByteFiles(await mkdtemp(path.join(tmpdir(), 'lectern-s3-')));
  }

  /** Writes all that comes. What breaks off leaves nothing behind. */
  async write(source: Readable): Promise<Piece> {
    const file = randomUUID();
    const measure = new Measure();
    try {
      await pipeline(source, measure, createWriteStream(path.join(this.#folder, file)));
    } catch (error) {
      await rm(path.join(this.#folder, file), { force: true });
      throw error;
    }
    return { file, sizeBytes: measure.size, md5: measure.md5.digest('hex'), sha256: measure.sha256.digest('hex') };
  }

  /** @param start first byte @param end last byte, included */
  read(pieces: readonly Piece[], start: number, end: number): Readable {
    const folder = this.#folder;
    async function* bytes(): AsyncGenerator<Buffer> {
      let from = 0;
      for (const { file, sizeBytes } of pieces) {
        const [first, last] = [Math.max(start - from, 0), Math.min(end - from, sizeBytes - 1)];
        if (first <= last) {
          yield* createReadStream(path.join(folder, file), { start: first, end: last }) as AsyncIterable<Buffer>;
        }
        from += sizeBytes;
      }
    }
    return Readable.from(bytes(), { objectMode: false });
  }

  async remove(pieces: readonly Piece[]): Promise<void> {
    await Promise.all(pieces.map(({ file }) => rm(path.join(this.#folder, file), { force: true })));
  }

  /** How many files there are: for finding those that nobody knows of. */
  async count(): Promise<number> {
    return (await readdir(this.#folder)).length;
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
