/** What a bucket of B2's holds: versions of objects, and uploads that aren't finished. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { S3Error, invalidArgument } from './s3-error.js';
import type { ByteFiles, Piece } from './byte-files.js';
import type { NamedPart } from './xml.js';

/** The smallest part but the last, in bytes: B2's, which isn't S3's 5 MiB. */
export const SMALLEST_PART = 5_000_000;

/** What is said of bytes when they are sent. */
export interface Headings {
  readonly contentType: string;
  /** Such as `cache-control` and `x-amz-meta-…`, by lower-case name. */
  readonly others: Readonly<Record<string, string>>;
}

/** One version of an object, or the mark that hides those before it. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly hides: boolean;
  readonly pieces: readonly Piece[];
  readonly sizeBytes: number;
  /** With its quotes. */
  readonly eTag: string;
  readonly headings: Headings;
  /** In milliseconds. */
  readonly modified: number;
}

export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
  /** In milliseconds. */
  readonly initiated: number;
  readonly headings: Headings;
  readonly parts: Map<number, { readonly piece: Piece; readonly modified: number }>;
}

const noSuchUpload = (): S3Error =>
  new S3Error(404, 'NoSuchUpload', 'The specified multipart upload does not exist. The upload ID may be invalid.');
export const noSuchKey = (): S3Error => new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
}

export class Bucket {
  readonly #files: ByteFiles;
  readonly #now: () => number;
  /** Newest first, by key. */
  readonly #versions = new Map<string, ObjectVersion[]>();
  readonly #uploads = new Map<string, UnfinishedUpload>();

  /** @param now the time in milliseconds */
  constructor(files: ByteFiles, now: () => number) {
    this.#files = files;
    this.#now = now;
  }

  put(key: string, piece: Piece, headings: Headings): ObjectVersion {
    return this.#add(key, [piece], `"${piece.md5}"`, headings);
  }

  #add(key: string, pieces: readonly Piece[], eTag: string, headings: Headings, hides = false): ObjectVersion {
    const sizeBytes = pieces.reduce((sum, piece) => sum + piece.sizeBytes, 0);
    const versionId = `4_z${randomBytes(12).toString('hex')}`;
    const version = { key, versionId, hides, pieces, sizeBytes, eTag, headings, modified: this.#now() };
    this.#versions.set(key, [version, ...(this.#versions.get(key) ?? [])]);
    return version;
  }

  /** @throws S3Error `NoSuchKey`, `NoSuchVersion` */
  find(key: string, versionId?: string): ObjectVersion {
    const versions = this.#versions.get(key) ?? [];
    if (versionId === undefined) {
      const newest = versions[0];
      if (newest === undefined || newest.hides) throw noSuchKey();
      return newest;
    }
    const found = versions.find((version) => version.versionId === versionId && !version.hides);
    if (found === undefined) throw new S3Error(404, 'NoSuchVersion', 'The specified version does not exist.');
    return found;
  }

  /** Puts a mark over what is there: bytes stay, as on B2, until their version is deleted. */
  hide(key: string): ObjectVersion | undefined {
    const newest = this.#versions.get(key)?.[0];
    if (newest === undefined || newest.hides) return undefined;
    return this.#add(key, [], '""', { contentType: '', others: {} }, true);
  }

  /** Deleting what isn't there is harmless. */
  async removeVersion(key: string, versionId: string): Promise<ObjectVersion | undefined> {
    const versions = this.#versions.get(key) ?? [];
    const found = versions.find((version) => version.versionId === versionId);
    if (found === undefined) return undefined;
    const others = versions.filter((version) => version !== found);
    if (others.length === 0) this.#versions.delete(key);
    else this.#versions.set(key, others);
    await this.#files.remove(found.pieces);
    return found;
  }

  /** What a reader sees, in the order of the keys. */
  objects(): readonly ObjectVersion[] {
    return this.versions().filter((version) => !version.hides && this.#versions.get(version.key)?.[0] === version);
  }

  /** Everything, in the order of the keys, newest first. */
  versions(): readonly ObjectVersion[] {
    return [...this.#versions.values()].sort(([a], [b]) => (a && b ? byKey(a, b) : 0)).flat();
  }

  begin(key: string, headings: Headings): UnfinishedUpload {
    const uploadId = `4_z${randomUUID().replaceAll('-', '')}_u${randomBytes(4).toString('hex')}`;
    const upload = { key, uploadId, initiated: this.#now(), headings, parts: new Map() };
    this.#uploads.set(uploadId, upload);
    return upload;
  }

  /** @throws S3Error `NoSuchUpload`, also for an upload of another key */
  upload(key: string, uploadId: string): UnfinishedUpload {
    const upload = this.#uploads.get(uploadId);
    if (upload?.key !== key) throw noSuchUpload();
    return upload;
  }

  /** Takes a part that has been written; one with the same number goes. */
  async addPart(key: string, uploadId: string, part: number, piece: Piece): Promise<void> {
    let upload: UnfinishedUpload;
    try {
      upload = this.upload(key, uploadId);
    } catch (error) {
      // It was given up while its bytes were coming.
      await this.#files.remove([piece]);
      throw error;
    }
    const before = upload.parts.get(part);
    upload.parts.set(part, { piece, modified: this.#now() });
    if (before !== undefined) await this.#files.remove([before.piece]);
  }

  /** @throws S3Error `InvalidPartOrder`, `InvalidPart`, `EntityTooSmall` */
  async complete(key: string, uploadId: string, list: readonly NamedPart[]): Promise<ObjectVersion> {
    const upload = this.upload(key, uploadId);
    const pieces: Piece[] = [];
    let last = 0;
    for (const { part, eTag } of list) {
      if (part <= last) {
        const message = 'The list of parts was not in ascending order. Parts must be ordered by part number.';
        throw new S3Error(400, 'InvalidPartOrder', message);
      }
      last = part;
      const piece = upload.parts.get(part)?.piece;
      if (piece?.md5 !== eTag) {
        const message =
          'One or more of the specified parts could not be found. The part may not have been uploaded, or the ' +
          "specified entity tag may not match the part's entity tag.";
        throw new S3Error(400, 'InvalidPart', message);
      }
      pieces.push(piece);
    }
    if (pieces.slice(0, -1).some(({ sizeBytes }) => sizeBytes < SMALLEST_PART)) {
      const message = 'Your proposed upload is smaller than the minimum allowed object size.';
      throw new S3Error(400, 'EntityTooSmall', message);
    }
    this.#uploads.delete(uploadId);
    const sums = Buffer.concat(pieces.map(({ md5 }) => Buffer.from(md5, 'hex')));
    const eTag = `"${createHash('md5').update(sums).digest('hex')}-${pieces.length}"`;
    const version = this.#add(key, pieces, eTag, upload.headings);
    const unused = [...upload.parts.values()].map(({ piece }) => piece).filter((piece) => !pieces.includes(piece));
    await this.#files.remove(unused);
    return version;
  }

  async abort(key: string, uploadId: string): Promise<void> {
    const upload = this.upload(key, uploadId);
    this.#uploads.delete(uploadId);
    await this.#files.remove([...upload.parts.values()].map(({ piece }) => piece));
  }

  /** In the order of keys, then of their beginning. */
  uploads(): readonly UnfinishedUpload[] {
    return [...this.#uploads.values()].sort((a, b) => byKey(a, b) || a.initiated - b.initiated);
  }
}

/** @throws S3Error `InvalidArgument` */
export function partNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 10_000) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive');
  }
  return Number(text);
}
