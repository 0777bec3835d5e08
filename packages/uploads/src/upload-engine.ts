import {
  type AssetKind,
  type AssetsPort,
  type BlobsPort,
  isLecternError,
  LecternError,
  type NewAssetVersion,
  normaliseAssetName,
  type ProbeFacts,
  type RenderEngine,
  serialiseError,
  toLecternError,
  type Unsubscribe,
  type UploadEngine,
  type UploadItem,
  type UploadRequest,
  type UploadStatus,
} from '@lectern/ports';
import { ChangeSignal } from './change-signal.js';
import { checkFile, type FileLimits, type MediaType } from './check-file.js';
import { isUnreadable, readBytes } from './file-bytes.js';

export interface UploadEngineOptions {
  readonly assets: Pick<AssetsPort, 'create' | 'addVersion' | 'get'>;
  readonly blobs: Pick<BlobsPort, 'put' | 'delete'>;
  readonly probe: RenderEngine['probe'];
  readonly newId: () => string;
  /** The largest file that is taken, in bytes; no limit when left out. */
  readonly maxBytes?: number;
  /** The largest picture that is taken, in pixels; 64 megapixels when left out. */
  readonly maxPixels?: number;
  /** How many files are worked on at once; 3 when left out. */
  readonly lanes?: number;
}

/** Makes the engine that brings files into a library. */
export function createUploadEngine(options: UploadEngineOptions): UploadEngine {
  return new Uploads(options);
}

interface Job {
  request: UploadRequest;
  item: UploadItem;
  /** Of the attempt that is going on. */
  controller: AbortController | null;
  /** Settles when what a failed or cancelled attempt had stored is gone again. */
  swept: Promise<unknown>;
  /** Bytes whose record may exist although the answer was lost. */
  readonly uncertainKeys: Set<string>;
  readonly waiting: Set<(item: UploadItem) => void>;
}

interface Probed {
  readonly facts: ProbeFacts | null;
  readonly poster: Blob | null;
  /** Names the codec that this browser lacks. */
  readonly undecodable: string | null;
}

interface Sent {
  readonly stored: NewAssetVersion;
  readonly kind: AssetKind;
  /** Names the codec that this browser lacks. */
  readonly undecodable: string | null;
}

/** What an attempt stores, so that it can be taken away again. */
interface Attempt {
  readonly signal: AbortSignal;
  readonly keys: string[];
  /** A put that was given up may still be writing. */
  readonly puts: Promise<unknown>[];
}

const settledStatuses: ReadonlySet<UploadStatus> = new Set(['done', 'failed', 'needs-file', 'cancelled']);
const defaultMaxPixels = 64_000_000;

class Uploads implements UploadEngine {
  readonly #options: UploadEngineOptions;
  readonly #limits: FileLimits;
  readonly #lanes: number;
  readonly #jobs = new Map<string, Job>();
  readonly #changes = new ChangeSignal(() => this.items());
  #running = 0;
  #snapshot: readonly UploadItem[] | null = null;
  #disposed = false;

  constructor(options: UploadEngineOptions) {
    const { lanes = 3, maxBytes = Infinity, maxPixels = defaultMaxPixels } = options;
    if (!Number.isInteger(lanes) || lanes < 1)
      throw new RangeError(`lanes is ${String(lanes)}, not a whole number above 0`);
    this.#options = options;
    this.#lanes = lanes;
    this.#limits = { maxBytes, maxPixels };
  }

  add(requests: readonly UploadRequest[]): readonly UploadItem[] {
    if (this.#disposed) throw new TypeError('The upload engine was disposed of');
    const jobs = requests.map((request): Job => {
      const item: UploadItem = {
        id: this.#options.newId(),
        fileName: normaliseAssetName(request.fileName),
        sizeBytes: request.file.size,
        sentBytes: 0,
        status: 'queued',
        assetId: request.replaceAssetId ?? this.#options.newId(),
        error: null,
        storedUndecodable: false,
        bytesPerSecond: null,
        secondsLeft: null,
        retryAt: null,
        elsewhere: false,
        duplicates: [],
      };
      return {
        request,
        item,
        controller: null,
        swept: Promise.resolve(),
        uncertainKeys: new Set(),
        waiting: new Set(),
      };
    });
    for (const job of jobs) this.#jobs.set(job.item.id, job);
    const items = jobs.map(({ item }) => item);
    this.#changed();
    this.#fillLanes();
    return items;
  }

  async finished(id: string): Promise<UploadItem> {
    const job = this.#jobs.get(id);
    if (!job)
      throw new LecternError('not-found', { message: `There is no upload ${id}`, details: { what: 'upload', id } });
    const item = settledStatuses.has(job.item.status)
      ? job.item
      : await new Promise<UploadItem>((resolve) => {
          job.waiting.add(resolve);
        });
    await job.swept;
    if (item.status === 'done') return item;
    if (item.status === 'cancelled' || !item.error) throw new LecternError('aborted');
    throw new LecternError(item.error.code, { message: item.error.message, details: item.error.details });
  }

  items(): readonly UploadItem[] {
    this.#snapshot ??= [...this.#jobs.values()].map(({ item }) => item);
    return this.#snapshot;
  }

  cancel(id: string): void {
    const job = this.#jobs.get(id);
    if (!job || settledStatuses.has(job.item.status)) return;
    job.controller?.abort();
    // While the record is being made, the attempt itself finds out whether this was in time.
    if (job.item.status === 'completing') return;
    job.controller = null;
    this.#settle(job, { status: 'cancelled' });
  }

  retry(id: string): void {
    const job = this.#jobs.get(id);
    if (!job || !settledStatuses.has(job.item.status) || job.item.status === 'done') return;
    this.#set(job, { status: 'queued', sentBytes: 0, error: null });
    this.#fillLanes();
  }

  /** Takes it out of the queue until `resume`; what is being sent begins anew then. */
  pause(id: string): void {
    const job = this.#jobs.get(id);
    if (!job || settledStatuses.has(job.item.status) || job.item.status === 'completing') return;
    const { controller } = job;
    job.controller = null;
    controller?.abort();
    this.#set(job, { status: 'paused', sentBytes: 0 });
  }

  resume(id: string): void {
    const job = this.#jobs.get(id);
    if (job?.item.status !== 'paused') return;
    this.#set(job, { status: 'queued' });
    this.#fillLanes();
  }

  pauseAll(): void {
    for (const id of this.#jobs.keys()) this.pause(id);
  }

  resumeAll(): void {
    for (const id of this.#jobs.keys()) this.resume(id);
  }

  retryAll(): void {
    for (const { item } of this.#jobs.values()) if (item.status === 'failed') this.retry(item.id);
  }

  decide(id: string): void {
    // Nothing is asked yet.
    this.resume(id);
  }

  provideFile(id: string, file: Blob): Promise<void> {
    const job = this.#jobs.get(id);
    if (job?.item.status !== 'needs-file') return Promise.resolve();
    job.request = { ...job.request, file };
    this.retry(id);
    return Promise.resolve();
  }

  clear(id?: string): void {
    for (const [key, { item }] of this.#jobs) {
      if ((id === undefined || id === key) && settledStatuses.has(item.status)) this.#jobs.delete(key);
    }
    this.#changed();
  }

  subscribe(listener: (items: readonly UploadItem[]) => void): Unsubscribe {
    return this.#changes.subscribe(listener);
  }

  dispose(): void {
    if (this.#disposed) return;
    for (const { item } of this.#jobs.values()) this.cancel(item.id);
    this.#disposed = true;
    this.#changes.close();
  }

  /** Small files first: they are done before anybody has waited for a large one. */
  #fillLanes(): void {
    while (this.#running < this.#lanes && !this.#disposed) {
      const queued = [...this.#jobs.values()].filter(({ item }) => item.status === 'queued');
      const [first, ...others] = queued;
      if (!first) return;
      const job = others.reduce((a, b) => (b.item.sizeBytes < a.item.sizeBytes ? b : a), first);
      this.#running++;
      void this.#attempt(job).finally(() => {
        this.#running--;
        this.#fillLanes();
      });
    }
  }

  /** One attempt from beginning to end. Never rejects. */
  async #attempt(job: Job): Promise<void> {
    const controller = new AbortController();
    const attempt: Attempt = { signal: controller.signal, keys: [], puts: [] };
    job.controller = controller;
    this.#set(job, { status: 'checking' });
    try {
      // A retry has to wait until what the attempt before had stored is gone.
      await job.swept;
      // A port that doesn't listen to the signal must not hold the lane; what it stores is taken away once it is there.
      const sent = await untilAborted(attempt.signal, this.#send(job, attempt));
      this.#set(job, { status: 'completing', sentBytes: job.item.sizeBytes });
      await this.#record(job, sent, attempt.signal);
      const { undecodable } = sent;
      this.#settle(job, {
        status: 'done',
        sentBytes: job.item.sizeBytes,
        storedUndecodable: undecodable !== null,
        error: undecodable === null ? null : serialiseError(undecodableError(undecodable)),
      });
    } catch (error) {
      await this.#fail(job, controller, attempt, error);
    }
  }

  async #send(job: Job, attempt: Attempt): Promise<Sent> {
    const { file, replaceAssetId } = job.request;
    const { signal } = attempt;
    const type = await checkFile(file, this.#limits);
    signal.throwIfAborted();
    const probed = await this.#probe(file, type, signal);
    const kind = probed.facts?.kind ?? type.kind;
    if (replaceAssetId !== undefined) await this.#assertReplaceable(replaceAssetId, kind, type, signal);
    signal.throwIfAborted();

    this.#set(job, { status: 'sending' });
    const mimeType = kind === 'audio' ? type.mimeType.replace(/^video\//, 'audio/') : type.mimeType;
    const blobKey = `assets/${job.item.assetId}/${this.#options.newId()}`;
    await this.#put(attempt, blobKey, file, mimeType, (sentBytes) => {
      if (!signal.aborted && job.item.status === 'sending') this.#set(job, { sentBytes });
    });
    const posterKey = await this.#putPoster(attempt, blobKey, probed.poster);
    signal.throwIfAborted();
    const stored = { blobKey, posterKey, mimeType, sizeBytes: file.size, probe: probed.facts };
    return { stored, kind, undecodable: probed.undecodable };
  }

  async #probe(file: Blob, type: MediaType, signal: AbortSignal): Promise<Probed> {
    try {
      const { facts, poster } = await this.#options.probe(file, { signal });
      const codec = facts.videoCodec ?? facts.audioCodec ?? type.name;
      return { facts, poster, undecodable: facts.decodable ? null : codec };
    } catch (error) {
      const { code, details } = toLecternError(error);
      const codec = details['codec'];
      if (code === 'undecodable')
        return { facts: null, poster: null, undecodable: typeof codec === 'string' ? codec : type.name };
      // Its first bytes say what it is; this browser has no reader for it.
      if (code === 'file-type-unknown' || code === 'file-type-unsupported') {
        return { facts: null, poster: null, undecodable: type.name };
      }
      throw error;
    }
  }

  /** A picture in the place of a video would break every timeline that it is on. */
  async #assertReplaceable(id: string, kind: AssetKind, type: MediaType, signal: AbortSignal): Promise<void> {
    const asset = await this.#options.assets.get(id, { signal });
    if (asset.kind === kind) return;
    throw new LecternError('file-type-unsupported', {
      message: `A ${kind} can't replace the ${asset.kind} ${id}`,
      details: { type: type.name, expected: asset.kind },
    });
  }

  async #put(
    attempt: Attempt,
    key: string,
    data: Blob,
    mimeType: string,
    onProgress?: (sentBytes: number) => void,
  ): Promise<void> {
    attempt.signal.throwIfAborted();
    attempt.keys.push(key);
    const put = this.#options.blobs.put(key, data, {
      mimeType,
      signal: attempt.signal,
      ...(onProgress && { onProgress }),
    });
    attempt.puts.push(put.catch(() => undefined));
    await put;
  }

  /** An asset without its picture is better than none. */
  async #putPoster(attempt: Attempt, blobKey: string, poster: Blob | null): Promise<string | null> {
    if (!poster) return null;
    const key = `${blobKey}-poster`;
    try {
      await this.#put(attempt, key, poster, poster.type);
      return key;
    } catch {
      return null;
    }
  }

  /** The record comes last: what has one is whole. */
  async #record(job: Job, { stored, kind }: Sent, signal: AbortSignal): Promise<void> {
    const { assets } = this.#options;
    const { sourceType = 'upload', studioMetadata = {}, tags = [], replaceAssetId } = job.request;
    const id = job.item.assetId;
    try {
      if (replaceAssetId !== undefined) await assets.addVersion(id, stored, { signal });
      else {
        const name = job.item.fileName;
        await assets.create({ ...stored, id, name, kind, sourceType, studioMetadata, tags }, { signal });
      }
    } catch (error) {
      const { code, retryable } = toLecternError(error);
      if (!retryable && code !== 'aborted' && code !== 'already-exists') throw error;
      // The answer may have been lost on its way, not the record.
      job.uncertainKeys.add(stored.blobKey);
      const current = await assets.get(id).then(
        ({ blobKey }) => blobKey,
        (reason: unknown) => (isLecternError(reason) && reason.code === 'not-found' ? null : undefined),
      );
      if (current === stored.blobKey) return;
      if (current !== undefined) job.uncertainKeys.delete(stored.blobKey);
      if (code === 'already-exists' && current && job.uncertainKeys.has(current)) {
        // An earlier attempt made it after all; this one's bytes are not needed.
        await this.#remove([stored.blobKey, ...(stored.posterKey === null ? [] : [stored.posterKey])]);
        return;
      }
      throw error;
    }
  }

  async #fail(job: Job, controller: AbortController, attempt: Attempt, error: unknown): Promise<void> {
    const keys = attempt.keys.filter((key) => !job.uncertainKeys.has(key.replace(/-poster$/, '')));
    job.swept = Promise.allSettled(attempt.puts).then(() => this.#remove(keys));
    // Cancelled or asked for again meanwhile: then this attempt has no say any more.
    if (job.controller !== controller) return;
    if (attempt.signal.aborted) {
      this.#settle(job, { status: 'cancelled' });
    } else if (await isGone(job.request.file, error)) {
      const { fileName } = job.item;
      const gone = new LecternError('source-missing', {
        message: `The file ${fileName} can't be read any more`,
        details: { asset: fileName },
      });
      this.#settle(job, { status: 'needs-file', error: serialiseError(gone) });
    } else {
      this.#settle(job, { status: 'failed', error: serialiseError(error) });
    }
  }

  /** What can't be removed now is nobody's, and the back end sweeps it away some day. */
  async #remove(keys: readonly string[]): Promise<void> {
    await Promise.allSettled(keys.map((key) => this.#options.blobs.delete(key)));
  }

  #settle(job: Job, change: Partial<UploadItem>): void {
    this.#set(job, change);
    for (const resolve of job.waiting) resolve(job.item);
    job.waiting.clear();
  }

  #set(job: Job, change: Partial<UploadItem>): void {
    job.item = { ...job.item, ...change };
    this.#changed();
  }

  #changed(): void {
    this.#snapshot = null;
    this.#changes.send();
  }
}

const undecodableError = (codec: string): LecternError =>
  new LecternError('undecodable', { message: `This browser has no decoder for ${codec}`, details: { codec } });

/** Rejects as soon as the signal fires, whatever the work does then. */
async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(new LecternError('aborted'));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

/** A back end may hide the file's own error behind one of its own; reading a byte of it tells. */
async function isGone(file: Blob, error: unknown): Promise<boolean> {
  if (isUnreadable(error)) return true;
  if (toLecternError(error).code !== 'unknown') return false;
  try {
    await readBytes(file, 0, 1);
    return false;
  } catch {
    return true;
  }
}
