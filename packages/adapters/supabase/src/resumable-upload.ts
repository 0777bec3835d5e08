import { LecternError, toLecternError } from '@lectern/ports';
import type { DetailedError, HttpRequest, Upload } from 'tus-js-client';
import { type Connection, storageFailureOf } from './connection.js';
import { throwIfAborted } from './deadline.js';
import { TokenRefused, retryAfterOf } from './errors.js';

/** The one size of piece that the platform takes. */
const chunkBytes = 6 * 1024 * 1024;

export interface ResumableUploadOptions {
  readonly source: Blob;
  readonly objectName: string;
  readonly mimeType: string;
  /** Where an upload that was begun goes on. */
  readonly uploadUrl: string | null;
  /** Awaited before the first byte is sent. */
  readonly remember: (url: string) => Promise<void>;
  /** Bytes that the server has, and those on their way. */
  readonly onProgress: (bytes: number) => void;
}

/**
 * One upload by TUS. It never begins anew by itself, since that is decided by what the reservation says, and it never
 * repeats a request, since that is the caller's business; only a token that was refused is renewed once.
 */
export class ResumableUpload {
  readonly #connection: Connection;
  readonly #options: ResumableUploadOptions;
  #uploadUrl: string | null;
  #token = '';

  constructor(connection: Connection, options: ResumableUploadOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#uploadUrl = options.uploadUrl;
  }

  /** Resolves when the server has every byte. @throws `not-found` when it knows the upload no more */
  async send(signal: AbortSignal): Promise<void> {
    const { Upload: TusUpload } = await import('tus-js-client');
    try {
      await this.#sendOnce(TusUpload, signal);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      throwIfAborted(signal);
      await this.#connection.renew(this.#token);
      await this.#sendOnce(TusUpload, signal);
    }
  }

  async #sendOnce(TusUpload: typeof Upload, signal: AbortSignal): Promise<void> {
    await this.#connection.client();
    const { storage, key } = this.#connection.addresses() ?? { storage: '', key: '' };
    const { source, objectName, mimeType, onProgress } = this.#options;
    let remembered: Promise<void> = Promise.resolve();
    throwIfAborted(signal);
    await new Promise<void>((resolve, reject) => {
      let stopped: unknown;
      const upload = new TusUpload(source, {
        // With an address to begin at, any refusal of the resuming HEAD would begin anew at byte 0.
        endpoint: this.#uploadUrl === null ? `${storage}/upload/resumable` : null,
        uploadUrl: this.#uploadUrl,
        chunkSize: chunkBytes,
        parallelUploads: 1,
        retryDelays: null,
        storeFingerprintForResuming: false,
        removeFingerprintOnSuccess: false,
        fingerprint: () => Promise.resolve(''),
        metadata: { bucketName: 'media', objectName, contentType: mimeType, cacheControl: '31536000' },
        headers: { apikey: key, 'x-upsert': 'false' },
        fileReader: { openFile: () => Promise.resolve(sourceOf(source)) },
        onUploadUrlAvailable: () => {
          this.#uploadUrl = upload.url;
          remembered = upload.url === null ? Promise.resolve() : this.#options.remember(upload.url);
          // It is waited for before the next request.
          remembered.catch(() => undefined);
        },
        onBeforeRequest: async (request: HttpRequest) => {
          try {
            await remembered;
            const { token } = await this.#connection.session();
            // A request that waited here is sent even after its upload was stopped, unless this fails.
            throwIfAborted(signal);
            this.#token = token;
            request.setHeader('authorization', `Bearer ${token}`);
          } catch (error) {
            stopped = error;
            throw error;
          }
        },
        onProgress: (bytesSent) => {
          onProgress(bytesSent);
        },
        onSuccess: () => {
          finish();
          resolve();
        },
        onError: (error) => {
          finish();
          reject(stopped === undefined ? failureOf(error) : toLecternError(stopped));
        },
      });
      const stop = (): void => {
        finish();
        void upload.abort(false);
        reject(new LecternError('aborted'));
      };
      const finish = (): void => {
        signal.removeEventListener('abort', stop);
      };
      signal.addEventListener('abort', stop, { once: true });
      upload.start();
    });
    await remembered;
  }
}

/** Pieces as bytes in memory: what the library's own reader of blobs does, and it has none outside browsers. */
function sourceOf(blob: Blob): {
  readonly size: number;
  slice(start: number, end: number): Promise<{ value: Uint8Array; done: boolean }>;
  close(): void;
} {
  return {
    size: blob.size,
    slice: async (start, end) => {
      try {
        return { value: new Uint8Array(await blob.slice(start, end).arrayBuffer()), done: false };
      } catch (cause) {
        throw new LecternError('source-missing', { message: 'The file can’t be read any more', cause });
      }
    },
    close: () => undefined,
  };
}

function failureOf(error: Error | DetailedError): LecternError {
  const cause = 'causingError' in error ? error.causingError : null;
  if (cause instanceof LecternError) return cause;
  const response = 'originalResponse' in error ? error.originalResponse : null;
  if (!response) return new LecternError('offline', { cause: error, message: error.message });
  const failure = storageFailureOf(
    response.getStatus(),
    response.getBody(),
    retryAfterOf(response.getHeader('retry-after') ?? null),
  );
  // The server has other bytes than was thought; the next try asks it.
  if (failure.code === 'already-exists') {
    return new LecternError('server', { message: failure.message, details: failure.details });
  }
  return failure;
}
