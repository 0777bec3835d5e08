import type { FileEntry } from '@zip.js/zip.js/lib/zip-core-reader.js';
import { toLecternError } from '@lectern/ports';
import { bytesOf, MediaDigester, piecesOf, type DigestOptions, type MediaDigest } from './media-digest.js';
import { projectFileLimits } from './project-file.js';
import { projectFileError } from './project-file-error.js';

/** One file in a zip. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes once unpacked, as the zip's directory says. */
  readonly sizeBytes: number;
  /** The bytes as they were put in, with what was found out by reading them. @throws `corrupt`, `aborted` */
  read(options?: DigestOptions): Promise<{ readonly blob: Blob; readonly digest: MediaDigest }>;
}

const stored = 0;
const deflated = 8;
/** Pieces of an unpacked file become blobs of this size, which a browser may keep on disk. */
const partBytes = 8 * 1024 * 1024;

/**
 * Opens a zip by its directory, without reading what is in it. Whatever another program could read in another way, or
 * could unpack to somewhere else, is refused.
 *
 * @throws `file-truncated`, `corrupt`, and `file-type-unsupported` for one that isn't safe to open
 */
export async function openZip(file: Blob): Promise<ReadonlyMap<string, ZipEntry>> {
  const { ZipReader } = await import('@zip.js/zip.js/lib/zip-core-reader.js');
  const reader = new ZipReader(new BlobRandomAccess(file), { strictness: 'strict', useWebWorkers: false });
  const entries = new Map<string, ZipEntry>();
  const seen = new Set<string>();
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      const name = entry.filename;
      const folded = name.normalize('NFC').toLowerCase();
      if (seen.has(folded) || seen.size >= projectFileLimits.entries || name.includes('\\')) throw unsafe(name);
      seen.add(folded);
      if (entry.directory) continue;
      if (entry.encrypted || ![stored, deflated].includes(entry.compressionMethod)) throw unsafe(name);
      if (entry.uncompressedSize > entry.compressedSize * projectFileLimits.inflation + partBytes) throw unsafe(name);
      entries.set(name, zipEntry(file, entry));
    }
  } catch (error) {
    throw translated(error);
  }
  return entries;
}

/** Lets the zip library read a blob here and there. It asks for no stream: what is in the entries is read by us. */
class BlobRandomAccess {
  readonly size: number;
  readonly #blob: Blob;

  constructor(blob: Blob) {
    this.#blob = blob;
    this.size = blob.size;
  }

  /** For whoever wants all of it; the library doesn't when it can read here and there. */
  get readable(): ReadableStream {
    return this.#blob.stream();
  }

  init(): void {
    // There is nothing to wait for.
  }

  async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    // A zip may say that all of its gigabytes are its directory.
    if (length > projectFileLimits.directoryBytes) throw projectFileError('file-type-unsupported');
    return new Uint8Array(await this.#blob.slice(index, index + length).arrayBuffer());
  }
}

function zipEntry(file: Blob, entry: FileEntry): ZipEntry {
  const name = entry.filename;
  return {
    name,
    sizeBytes: entry.uncompressedSize,
    async read(options = {}) {
      const packed = await packedBytes(file, entry);
      if (entry.compressionMethod === stored && packed.size !== entry.uncompressedSize) throw damaged(name);
      const digester = new MediaDigester();
      const parts = entry.compressionMethod === stored ? null : new BlobParts();
      const { signal } = options;
      const pieces = parts === null ? bytesOf(packed, signal) : piecesOf(inflated(packed), signal);
      try {
        for await (const piece of pieces) {
          await digester.update(piece);
          // At once, not when it has filled the disk.
          if (digester.sizeBytes > entry.uncompressedSize) throw unsafe(name);
          parts?.push(piece);
          options.onBytes?.(piece.byteLength);
        }
      } catch (error) {
        if (error instanceof TypeError) throw damaged(name, error); // What the browser's own unpacking throws.
        throw toLecternError(error, 'corrupt');
      }
      const digest = await digester.finish();
      if (digest.sizeBytes !== entry.uncompressedSize || digest.crc32 !== entry.crc32) throw damaged(name);
      return { blob: parts === null ? packed : parts.finish(), digest };
    },
  };
}

/** The part of the file that an entry's bytes are in. Its own header and those of its neighbours are checked. */
async function packedBytes(file: Blob, entry: FileEntry): Promise<Blob> {
  try {
    await entry.getData(new WritableStream(), {
      checkOverlappingEntryOnly: true,
      strictness: 'strict',
      useWebWorkers: false,
    });
  } catch (error) {
    throw translated(error, entry.filename);
  }
  const start = entry.localDirectory?.dataOffset;
  if (start === undefined) throw damaged(entry.filename);
  return file.slice(start, start + entry.compressedSize);
}

function inflated(packed: Blob): ReadableStream<Uint8Array> {
  return packed.stream().pipeThrough(new DecompressionStream('deflate-raw'));
}

/** Gathers pieces into blobs as they come. */
class BlobParts {
  readonly #blobs: Blob[] = [];
  #pending: Uint8Array<ArrayBuffer>[] = [];
  #pendingBytes = 0;

  push(piece: Uint8Array): void {
    this.#pending.push(piece as Uint8Array<ArrayBuffer>);
    this.#pendingBytes += piece.byteLength;
    if (this.#pendingBytes >= partBytes) this.#flush();
  }

  finish(): Blob {
    this.#flush();
    return new Blob(this.#blobs);
  }

  #flush(): void {
    this.#blobs.push(new Blob(this.#pending));
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

const unsafeReasons = ['Unsafe filename', 'Ambiguous', 'Overlapping', 'ncrypt', 'not supported', 'Split zip', '64-bit'];

/** An error of the zip library: its messages are its codes. */
function translated(error: unknown, entry?: string): Error {
  const { message } = toLecternError(error);
  const details = entry === undefined ? {} : { entry };
  if (toLecternError(error).code !== 'unknown') return toLecternError(error);
  if (message.startsWith('End of central directory not found'))
    return projectFileError('file-truncated', { cause: error, message });
  if (unsafeReasons.some((reason) => message.includes(reason))) {
    const name = (error as { readonly filename?: unknown }).filename;
    return projectFileError('file-type-unsupported', {
      cause: error,
      message,
      details: typeof name === 'string' ? { entry: name } : details,
    });
  }
  return projectFileError('corrupt', { cause: error, message, details });
}

function unsafe(entry: string): Error {
  return projectFileError('file-type-unsupported', { details: { entry } });
}

function damaged(entry: string, cause?: unknown): Error {
  return projectFileError('corrupt', { details: { entry }, ...(cause === undefined ? {} : { cause }) });
}
