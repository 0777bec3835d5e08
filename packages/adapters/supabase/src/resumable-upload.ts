import { LecternError, toLecternError } from '@lectern/ports';
import type { DetailedError, HttpRequest, Upload } from 'tus-js-client';
import type { Connection } from './connection.js';
import { throwIfAborted } from '@lectern/ports/adapter-kit';
import { retryAfterOf, TokenRefused } from './errors.js';
import { storageFailureOf } from './requests.js';

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

/** One piece on its way: who waits for it, and how it is stopped. */
interface Piece {
  readonly signal: AbortSignal;
  readonly progressed: () => void;
  readonly resolve: (outcome: 'more' | 'sent') => void;
  readonly reject: (error: LecternError) => void;
}

/**
 * One upload by TUS, a piece at a time. It never begins anew by itself, since that is decided by what the reservation
 * says, and it never repeats a request, since that is the caller's business; only a token that was refused is renewed.
 */
export class ResumableUpload {
  readonly #connection: Connection;
  readonly #options: ResumableUploadOptions;
  #uploadUrl: string | null;
  #token = '';
  /** Between two pieces the library waits at its gate; after a failure there is none, and the server is asked anew. */
  #running: { readonly upload: Upload; open: () => void } | null = null;
  #piece: Piece | null = null;

  constructor(connection: Connection, options: ResumableUploadOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#uploadUrl = options.uploadUrl;
  }

  /** Sends one piece; `sent` after the last. @throws `not-found` when the server knows the upload no more */
  async next(attempt: Pick<Piece, 'signal' | 'progressed'>): Promise<'more' | 'sent'> {
    try {
      return await this.#next(attempt);
    } catch (error) {
      this.stop();
      if (!(error instanceof TokenRefused)) throw error;
      throwIfAborted(attempt.signal);
      await this.#connection.renew(this.#token);
    }
    try {
      return await this.#next(attempt);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Lets go of what is on its way; the server keeps what it has. */
  stop(): void {
    const running = this.#running;
    this.#running = null;
    this.#piece = null;
    void running?.upload.abort(false);
    // Whoever waits at the gate finds that it is no more the one that runs.
    running?.open();
  }

  async #next({ signal, progressed }: Pick<Piece, 'signal' | 'progressed'>): Promise<'more' | 'sent'> {
    const { Upload: TusUpload } = await import('tus-js-client');
    await this.#connection.client();
    throwIfAborted(signal);
    let stop: () => void = () => undefined;
    try {
      return await new Promise((resolve, reject) => {
        stop = () => {
          reject(new LecternError('aborted'));
        };
        signal.addEventListener('abort', stop, { once: true });
        this.#piece = { signal, progressed, resolve, reject };
        if (this.#running) this.#running.open();
        else this.#start(TusUpload);
      });
    } finally {
      signal.removeEventListener('abort', stop);
      this.#piece = null;
    }
  }

  #start(TusUpload: typeof Upload): void {
    const { storage, key } = this.#connection.addresses() ?? { storage: '', key: '' };
    const { source, objectName, mimeType, onProgress } = this.#options;
    let remembered: Promise<void> = Promise.resolve();
    let stopped: unknown;
    // Held back after each piece, until the next is asked for.
    let gate: Promise<void> = Promise.resolve();
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
          await gate;
          const { token } = await this.#connection.session();
          // A request that waited here is sent even after its upload was stopped, unless this fails.
          if (this.#running !== running || this.#piece?.signal.aborted !== false) throw new LecternError('aborted');
          this.#token = token;
          request.setHeader('authorization', `Bearer ${token}`);
        } catch (error) {
          stopped = error;
          throw error;
        }
      },
      onProgress: (bytes) => {
        if (this.#running !== running) return;
        this.#piece?.progressed();
        onProgress(bytes);
      },
      onChunkComplete: (_size, bytes) => {
        if (this.#running !== running || bytes === source.size) return;
        gate = new Promise((resolve) => {
          running.open = resolve;
        });
        this.#piece?.resolve('more');
      },
      onSuccess: () => {
        if (this.#running !== running) return;
        this.#running = null;
        remembered.then(
          () => this.#piece?.resolve('sent'),
          (error: unknown) => this.#piece?.reject(toLecternError(error)),
        );
      },
      onError: (error) => {
        if (this.#running !== running) return;
        this.#running = null;
        this.#piece?.reject(stopped === undefined ? failureOf(error) : toLecternError(stopped));
      },
    });
    const running = { upload, open: (): void => undefined };
    this.#running = running;
    upload.start();
  }
}

/**
 * Pieces of the file itself where there is an `XMLHttpRequest`, which reads them as they go; the library's way in Node takes
 * bytes.
 */
function sourceOf(blob: Blob): {
  readonly size: number;
  slice(start: number, end: number): Promise<{ value: Blob | Uint8Array; done: boolean }>;
  close(): void;
} {
  return {
    size: blob.size,
    slice: async (start, end) => {
      const piece = blob.slice(start, end);
      const byItself = typeof XMLHttpRequest !== 'undefined';
      try {
        // A file that has gone fails a request as a broken line does; here it says so.
        const bytes = await (byItself ? piece.slice(0, 1) : piece).arrayBuffer();
        return { value: byItself ? piece : new Uint8Array(bytes), done: false };
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
