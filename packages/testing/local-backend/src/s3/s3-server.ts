/**
 * A bucket with the habits of Backblaze B2's S3 interface, on a port of its own: strict signatures, versions that only a
 * key with the right may delete, rules for other origins' pages, and no checksums in headers.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, NotOfferedError } from '../http/api-error.js';
import { Bucket } from './bucket.js';
import { ByteFiles } from './byte-files.js';
import { answerPreflight, checkCorsRules, corsHeaders } from './cors-rules.js';
import type { CorsRule } from './cors-rules.js';
import { perform } from './operations.js';
import { S3Error, accessDenied, invalidArgument } from './s3-error.js';
import { parseQuery } from './signature.js';
import { verifyRequest } from './verify-request.js';
import type { ApplicationKey } from './verify-request.js';

/** A version of an object whose bytes are there. */
export interface StoredObject {
  readonly key: string;
  readonly versionId: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly contentType: string;
  /** Whether readers see it: it is the newest of its key, and nothing hides it. */
  readonly visible: boolean;
}

/** A multipart upload that was neither finished nor given up. */
export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  /** In milliseconds. */
  readonly initiated: number;
  readonly parts: readonly { readonly part: number; readonly sizeBytes: number }[];
}

export interface S3Backend {
  /** `http://127.0.0.1:<port>`; keys of objects are below `/<bucket>/`. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** All that the two keys may touch begins with this. */
  readonly namePrefix: string;
  /** May write, read and list. */
  readonly keyId: string;
  readonly applicationKey: string;
  /** May delete versions as well. */
  readonly deleteKeyId: string;
  readonly deleteApplicationKey: string;
  /** Which pages may ask; none at the start. @throws RangeError for rules that B2 wouldn't take, and for wildcards */
  setCorsRules(rules: readonly CorsRule[]): void;
  /** Everything whose bytes are there, hidden or not, in the order of the keys. */
  storedObjects(): Promise<readonly StoredObject[]>;
  openUploads(): readonly OpenUpload[];
  /** How many files of bytes there are on the disk: one for each part, and for each object that was put in one go. */
  storedPieces(): Promise<number>;
  /** As the bucket's rule does: gives up what was begun more than so many days ago. @returns how many */
  cancelUnfinishedUploads(olderThanDays: number): Promise<number>;
  /** The next completion is answered 200 with an `<Error>` in it, and does nothing. */
  failNextCompletion(code?: string): void;
  /** Moves the clock on, or back; signatures, times and the bucket's rules go by it. Milliseconds. */
  shiftClock(milliseconds: number): void;
}

const REGION = 'local-001';
const BUCKET = 'lectern-media';
const NAME_PREFIX = 'media/';
/** Headers of Amazon's that are understood. */
const KNOWN_HEADERS = /^x-amz-(?:date|content-sha256|user-agent|meta-.+)$/;
const CHECKSUMS = /^x-amz-(?:sdk-)?checksum-/;

export class S3Server {
  readonly #files: ByteFiles;
  readonly #bucket: Bucket;
  readonly #complain: (line: string) => void;
  readonly #server: ReturnType<typeof createServer>;
  readonly #keys: readonly [ApplicationKey, ApplicationKey];
  readonly #failures: string[] = [];
  #rules: readonly CorsRule[] = [];
  #shift = 0;

  private constructor(files: ByteFiles, complain: (line: string) => void) {
    this.#files = files;
    this.#complain = complain;
    this.#bucket = new Bucket(files, () => this.#now());
    const key = (...more: readonly 'deleteFiles'[]): ApplicationKey => ({
      keyId: `003${randomBytes(11).toString('hex')}`,
      applicationKey: `K003${randomBytes(20).toString('base64url')}`,
      capabilities: ['writeFiles', 'readFiles', 'listFiles', ...more],
      namePrefix: NAME_PREFIX,
    });
    this.#keys = [key(), key('deleteFiles')];
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.requestTimeout = 0;
    // A browser that pauses between two parts doesn't find its connection closed.
    this.#server.keepAliveTimeout = 60_000;
  }

  /** @param complain what was asked for and isn't offered, and what broke; each a line */
  static async start(complain: (line: string) => void): Promise<S3Server> {
    const server = new S3Server(await ByteFiles.create(), complain);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  #now(): number {
    return Date.now() + this.#shift;
  }

  /** What tests and demonstrations see of it. */
  get backend(): S3Backend {
    const [key, deleteKey] = this.#keys;
    return {
      endpoint: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      region: REGION,
      bucket: BUCKET,
      namePrefix: NAME_PREFIX,
      keyId: key.keyId,
      applicationKey: key.applicationKey,
      deleteKeyId: deleteKey.keyId,
      deleteApplicationKey: deleteKey.applicationKey,
      setCorsRules: (rules) => {
        checkCorsRules(rules);
        this.#rules = rules;
      },
      storedObjects: () => this.#storedObjects(),
      openUploads: () =>
        this.#bucket.uploads().map(({ key: name, uploadId, initiated, parts }) => ({
          key: name,
          uploadId,
          initiated,
          parts: [...parts]
            .map(([part, { piece }]) => ({ part, sizeBytes: piece.sizeBytes }))
            .sort((a, b) => a.part - b.part),
        })),
      storedPieces: () => this.#files.count(),
      cancelUnfinishedUploads: (days) => this.#cancelUnfinished(days),
      failNextCompletion: (code = 'InternalError') => void this.#failures.push(code),
      shiftClock: (milliseconds) => {
        this.#shift += milliseconds;
      },
    };
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    await this.#files.dispose();
  }

  async #storedObjects(): Promise<readonly StoredObject[]> {
    const visible = new Set(this.#bucket.objects());
    const objects: StoredObject[] = [];
    for (const version of this.#bucket.versions()) {
      if (version.hides) continue;
      const sha256 = createHash('sha256');
      if (version.sizeBytes > 0) {
        const bytes = this.#files.read(version.pieces, 0, version.sizeBytes - 1) as AsyncIterable<Buffer>;
        for await (const chunk of bytes) sha256.update(chunk);
      }
      const { key, versionId, sizeBytes, headings } = version;
      const { contentType } = headings;
      const isVisible = visible.has(version);
      objects.push({ key, versionId, sizeBytes, sha256: sha256.digest('hex'), contentType, visible: isVisible });
    }
    return objects;
  }

  async #cancelUnfinished(days: number): Promise<number> {
    const old = this.#bucket.uploads().filter(({ initiated }) => this.#now() - initiated > days * 86_400_000);
    for (const { key, uploadId } of old) await this.#bucket.abort(key, uploadId);
    return old.length;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-amz-request-id', randomBytes(8).toString('hex'));
    try {
      if (request.method === 'OPTIONS') {
        const allowed = answerPreflight(this.#rules, request);
        if (allowed === undefined) throw accessDenied('This CORS request is not allowed.');
        response.writeHead(200, { ...allowed, 'content-length': 0 }).end();
        return;
      }
      for (const [name, value] of Object.entries(corsHeaders(this.#rules, request))) response.setHeader(name, value);
      await this.#perform(request, response);
    } catch (error) {
      const refusal = this.#refusalOf(request, error);
      await drain(request);
      refuse(request, response, refusal);
    }
  }

  async #perform(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [rawPath = '/', rawQuery = ''] = (request.url ?? '/').split(/\?(.*)/s);
    const signing = new Map<string, string>();
    const query = new Map<string, string>();
    let path: string;
    try {
      path = decodeURIComponent(rawPath);
      for (const [name, value] of parseQuery(rawQuery)) {
        const map = /^X-Amz-(?:Algorithm|Credential|Date|Expires|SignedHeaders|Signature)$/.test(name)
          ? signing
          : query;
        if (map.has(name)) throw invalidArgument(`"${name}" is there twice`);
        map.set(name, value);
      }
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
    }
    const amazons = [...Object.keys(request.headers), ...query.keys()].map((name) => name.toLowerCase());
    const checksum = amazons.find((name) => CHECKSUMS.test(name));
    if (checksum !== undefined) throw invalidArgument(`Unsupported header '${checksum}' received for this API call.`);
    const method = request.method ?? 'GET';
    const incoming = { request, method, rawPath, rawQuery, query };
    const { key: application, payloadSha256 } = verifyRequest(incoming, signing, this.#keys, REGION, this.#now());
    const other = amazons.find((name) => name.startsWith('x-amz-') && !KNOWN_HEADERS.test(name));
    if (other !== undefined) throw new NotOfferedError(`the header ${other}`);
    const [, bucketName = '', key = ''] = /^\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? [];
    if (bucketName === '') throw new NotOfferedError('a list of buckets');
    if (bucketName !== BUCKET) throw accessDenied('not entitled');
    if (Buffer.byteLength(key) > 1024) throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
    await perform({
      ...incoming,
      response,
      bucketName,
      key,
      bucket: this.#bucket,
      files: this.#files,
      payloadSha256,
      application,
      takeFailure: () => this.#failures.shift(),
    });
  }

  #refusalOf(request: IncomingMessage, error: unknown): S3Error {
    const what = `${request.method ?? 'GET'} s3:${(request.url ?? '/').split('?')[0] ?? ''}`;
    if (error instanceof S3Error) return error;
    if (error instanceof NotOfferedError) {
      this.#complain(`501 ${what}: ${error.message}`);
      return new S3Error(501, 'NotImplemented', error.message);
    }
    if (error instanceof ApiError) return new S3Error(error.status, 'EntityTooLarge', error.message);
    // Whoever sent it has gone, maybe with the last byte, or it broke here.
    if (request.complete && !(error instanceof Error && 'code' in error && error.code === 'ECONNRESET'))
      this.#complain(`500 ${what}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
    return new S3Error(500, 'InternalError', 'The local backend broke.');
  }
}

/** Hears a body to its end, so that whoever sends it hears the answer and not a broken connection. */
async function drain(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error']) request.once(event, () => resolve());
    request.resume();
  });
}

function refuse(request: IncomingMessage, response: ServerResponse, refusal: S3Error): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = Buffer.from(refusal.toXml());
  response.writeHead(refusal.status, {
    'content-type': 'application/xml',
    'content-length': body.length,
    ...refusal.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
