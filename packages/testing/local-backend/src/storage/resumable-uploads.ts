/** TUS on the library that the platform uses itself, with its habits. */
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { FileStore, MemoryConfigstore } from '@tus/file-store';
import { Metadata, Server } from '@tus/server';
import type { ServerOptions } from '@tus/server';
import { ObjectFiles } from './object-files.js';
import { checkName, checkType, eTagOf } from './object-rows.js';
import type { Asking, ObjectName, ObjectRows } from './object-rows.js';
import { StorageError } from './storage-error.js';

/** Where resumable uploads are, on the gateway. */
export const RESUMABLE_PATH = '/storage/v1/upload/resumable';

export interface ResumableOptions {
  readonly rows: ObjectRows;
  readonly files: ObjectFiles;
  /** No object is larger, in bytes. */
  readonly sizeLimit: number;
  /** How long an unfinished upload can be gone on with, in milliseconds. */
  readonly lifetime: number;
}

type Request = Parameters<NonNullable<ServerOptions['onIncomingRequest']>>[0];
type UploadMetadata = Readonly<Record<string, string | null>>;

/** What a request brings along; the library hands only the request through. */
interface Bringing {
  readonly asking: Asking;
  readonly upsert: boolean;
}

const brought = new WeakMap<IncomingMessage, Bringing>();

function nodeRequest(request: Request): IncomingMessage {
  const found = request.runtime?.node?.req;
  if (found === undefined) throw new TypeError('Not a request of Node');
  return found as IncomingMessage;
}

function bringing(request: Request): Bringing {
  const found = brought.get(nodeRequest(request));
  if (found === undefined) throw new TypeError('A request that did not come through the gateway');
  return found;
}

function nameIn(metadata: UploadMetadata | undefined): ObjectName {
  const bucket = metadata?.['bucketName'] ?? '';
  const name = metadata?.['objectName'] ?? '';
  if (bucket === '' || name === '') {
    throw new StorageError(400, 'InvalidRequest', 'bucketName and objectName are required in the metadata');
  }
  checkName(name);
  return { bucket, name };
}

/** The part of the metadata that the user gave as JSON. */
function userMetadata(metadata: UploadMetadata | undefined): Readonly<Record<string, unknown>> | undefined {
  const text = metadata?.['metadata'];
  if (text === undefined || text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const DEFAULT_TYPE = 'application/octet-stream';

/** Refusals reach the client as the library writes them: the real status, and the message as text. */
function asTus(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error;
  return Object.assign(new Error(error.message), { status_code: error.innerStatus, body: error.message });
}

export class ResumableUploads {
  readonly #options: ResumableOptions;
  readonly #store: FileStore;
  readonly #server: Server;

  constructor(options: ResumableOptions) {
    this.#options = options;
    this.#store = new FileStore({
      directory: options.files.folder,
      configstore: new MemoryConfigstore(),
      expirationPeriodInMilliseconds: options.lifetime,
    });
    this.#server = new Server({
      path: RESUMABLE_PATH,
      datastore: this.#store,
      disableTerminationForFinishedUploads: true,
      namingFunction: () => randomUUID(),
      // The platform's addresses say which object they are for; only the version in them is believed here.
      generateUrl: (request, { proto, host, path, id }) => {
        const { bucket, name } = nameIn(Metadata.parse(request.headers.get('upload-metadata') ?? ''));
        return `${proto}://${host}${path}/${Buffer.from(`${bucket}/${name}/${id}`).toString('base64url')}`;
      },
      getFileIdFromRequest: (request) => {
        const last = new URL(request.url).pathname.split('/').at(-1) ?? '';
        const id = Buffer.from(last, 'base64url').toString().split('/').at(-1) ?? '';
        return ObjectFiles.isVersion(id) ? id : undefined;
      },
      maxSize: async (request, id) => {
        try {
          const { bucket } = nameIn(await this.#metadataOf(request, id ?? ''));
          const { file_size_limit: own } = await options.rows.bucket(bucket);
          return own === null ? options.sizeLimit : Math.min(Number(own), options.sizeLimit);
        } catch (error) {
          throw asTus(error);
        }
      },
      onIncomingRequest: async (request, id) => {
        try {
          await this.#authorise(request, id);
        } catch (error) {
          throw asTus(error);
        }
      },
      onUploadCreate: async (request, upload) => {
        const metadata = { ...upload.metadata };
        try {
          const bucket = await options.rows.bucket(nameIn(metadata).bucket);
          const type = metadata['contentType'] ?? undefined;
          if (type !== undefined) checkType(bucket, type);
        } catch (error) {
          throw asTus(error);
        }
        const cache = metadata['cacheControl'] ?? '';
        metadata['cacheControl'] = /^-?\d+$/.test(cache) ? `max-age=${cache}` : 'no-cache';
        return { metadata };
      },
      onUploadFinish: async (request, upload) => {
        try {
          await this.#finish(bringing(request).asking, upload.id, upload.metadata);
        } catch (error) {
          throw asTus(error);
        }
        return { headers: { 'Tus-Complete': '1' } };
      },
    });
  }

  handle(request: IncomingMessage, response: ServerResponse, asking: Asking): Promise<void> {
    const upsert = request.headers['x-upsert'] === 'true';
    brought.set(request, { asking, upsert });
    return this.#server.handle(request, response);
  }

  /** Forgets uploads whose time is over, with their bytes. @returns how many */
  removeExpired(): Promise<number> {
    return this.#store.deleteExpired();
  }

  /** A new upload's metadata come with the request; a known one's were kept. */
  async #metadataOf(request: Request, id: string): Promise<UploadMetadata | undefined> {
    if (request.method === 'POST') {
      const header = request.headers.get('upload-metadata');
      return header === null ? undefined : Metadata.parse(header);
    }
    return (await this.#store.getUpload(id)).metadata;
  }

  async #authorise(request: Request, id: string): Promise<void> {
    // Asking how far an upload is takes a token, and no right: so it is on the platform.
    if (request.method === 'HEAD') return;
    const { asking, upsert } = bringing(request);
    const metadata = await this.#metadataOf(request, id);
    const object = nameIn(metadata);
    await this.#options.rows.bucket(object.bucket);
    const length = request.headers.get('upload-length');
    const row = {
      mimetype: metadata?.['contentType'] ?? DEFAULT_TYPE,
      ...(length === null ? {} : { contentLength: Number(length) }),
    };
    await this.#options.rows.mayUpload(asking, object, upsert, row, userMetadata(metadata));
  }

  async #finish(asking: Asking, version: string, metadata: UploadMetadata | undefined): Promise<void> {
    const { files, rows } = this.#options;
    const md5 = createHash('md5');
    await pipeline(files.read(version), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) md5.update(chunk);
    });
    await rows.complete(asking, nameIn(metadata), {
      version,
      size: await files.sizeOf(version),
      mimetype: metadata?.['contentType'] ?? DEFAULT_TYPE,
      cacheControl: metadata?.['cacheControl'] ?? 'no-cache',
      eTag: eTagOf(md5),
      userMetadata: userMetadata(metadata),
    });
  }
}
