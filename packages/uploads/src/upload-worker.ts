import {
  type LecternError,
  type RunAttempt,
  serialiseError,
  toLecternError,
  type UploadDuplicate,
  type UploadItem,
  type UploadRequest,
} from '@lectern/ports';
import { assertGoing } from './aborting.js';
import { type AttemptRunner, type AttemptRunnerOptions, createAttemptRunner } from './attempt-runner.js';
import { bringIn, type Library, newReservation, sweep } from './bring-in.js';
import type { FileLimits } from './check-file.js';
import { type Clock, systemClock } from './clock.js';
import { findDuplicates } from './duplicates.js';
import { isGone } from './file-bytes.js';
import { holdBytes } from './hold-bytes.js';
import { type Network, pageNetwork, steadyNetwork } from './network.js';
import { assertReplaceable, prepareFile, type PreparedFile } from './prepare-file.js';
import { RequestLanes } from './request-lanes.js';
import { estimateRoom, lastModifiedOf, missingSource } from './snapshot.js';
import { doneItem, slow, still, type Upload, untouchable } from './upload.js';
import type { UploadEngineOptions } from './upload-engine-options.js';
import type { UploadLock } from './upload-locks.js';
import { rowSchema, type UploadRow } from './upload-row.js';
import type { UploadStorage } from './upload-storage.js';

/** What the worker needs of the engine. */
export interface WorkerHost {
  readonly uploads: ReadonlyMap<string, Upload>;
  /** Fires when the engine is disposed of. */
  readonly signal: AbortSignal;
  set(upload: Upload, change: Partial<UploadItem>): void;
  /** The same for what may be its end. */
  settle(upload: Upload, change: Partial<UploadItem>): void;
  /** Who is working. @throws `unauthenticated` */
  owner(run: RunAttempt): Promise<string>;
  /** The right to send it; null when nobody is known. */
  lock(id: string, signal: AbortSignal): Promise<UploadLock | null>;
}

const defaultMaxPixels = 64_000_000;
const stallMs = 30_000;
/** How often the journal hears of progress; the store is asked anyway, it is only for the bar of the next page. */
const noteProgressMs = 5000;
/** Somebody has to sign in, or somebody else. */
export const pausingCodes: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden']);

/** Works on one upload at a time that it is given: prepares it, sends it, and sees to how it ends. */
export class UploadWorker {
  readonly #options: UploadEngineOptions;
  readonly #host: WorkerHost;
  readonly #storage: Promise<UploadStorage>;
  readonly #library: Library;
  readonly #limits: FileLimits;
  readonly #lanes: RequestLanes;
  readonly #clock: Clock;
  readonly #network: Network;

  constructor(options: UploadEngineOptions, storage: Promise<UploadStorage>, host: WorkerHost) {
    const { requestsPerFile = 3, requests = 6, maxBytes = Infinity, maxPixels = defaultMaxPixels } = options;
    this.#options = options;
    this.#host = host;
    this.#storage = storage;
    this.#library = options;
    this.#limits = { maxBytes, maxPixels };
    this.#lanes = new RequestLanes({ perFile: requestsPerFile, inAll: requests });
    this.#clock = options.clock ?? systemClock;
    this.#network = options.network ?? pageNetwork();
  }

  async prepare(upload: Upload, { run }: AttemptRunner, signal: AbortSignal): Promise<void> {
    this.#host.set(upload, { status: 'checking' });
    await upload.swept;
    assertGoing(signal);
    const { request } = upload;
    if (!request) throw missingSource(upload.item.fileName);
    const { probe, assets, transfers, onDuplicate = 'upload-anyway' } = this.#options;
    const replaceAssetId = request.replaceAssetId ?? null;
    const prepared = await prepareFile(request.file, {
      assets,
      probe,
      limits: this.#limits,
      replaceAssetId,
      run,
      signal,
    });
    // What can't be found again by another page needn't be known to it.
    const kept = transfers.resumable || request.handle !== undefined;
    const userId = kept ? await this.#host.owner(run) : '';
    assertGoing(signal);
    const row = this.#newRow(upload, request, prepared, userId);
    upload.row = row;
    upload.poster = prepared.poster;
    upload.source = request.file;
    const ask = (request.onDuplicate ?? onDuplicate) === 'ask' && replaceAssetId === null;
    const sameHere = ask ? this.#sameUnderWay(upload, row) : [];
    if (kept) await this.#keep(upload, request, signal);
    assertGoing(signal);
    const { fingerprint } = prepared;
    const known = ask && fingerprint !== null ? await findDuplicates(request.file, fingerprint, assets, signal) : [];
    assertGoing(signal);
    const duplicates = [...known, ...sameHere.filter(({ assetId }) => known.every((each) => each.assetId !== assetId))];
    const status = duplicates.length > 0 ? 'duplicate' : 'queued';
    upload.prepared = true;
    if (status === 'duplicate') void upload.save({ status, duplicates });
    this.#host.set(upload, { status, duplicates });
  }

  async send(upload: Upload, runner: AttemptRunner, signal: AbortSignal): Promise<void> {
    const { run } = runner;
    const { newId, assets } = this.#options;
    this.#host.set(upload, { status: 'reserving', error: null });
    upload.rate.reset();
    await upload.swept;
    assertGoing(signal);
    const source = await upload.findSource();
    upload.mayAsk = false;
    assertGoing(signal);
    upload.source = source;
    const { row } = upload;
    if (!row) return;
    if (row.spoilt) {
      const made = (await sweep(this.#library, row, run)) === 'made';
      assertGoing(signal);
      if (made) {
        this.#done(upload, row);
        return;
      }
      await upload.save(newReservation(row, newId));
    }
    if (row.asset.replaces && !row.asked) await assertReplaceable(row.asset.id, row.asset.kind, { assets, run });
    let noted = this.#clock.now().getTime();
    await bringIn({
      library: this.#library,
      source,
      poster: upload.poster,
      newId,
      run,
      signal,
      row: () => upload.row ?? row,
      save: (change) => (signal.aborted ? Promise.resolve() : upload.save(change)),
      watch: (call) => upload.watch(call),
      tell: (status) => {
        if (signal.aborted) return;
        const sent = untouchable.has(status) ? { sentBytes: row.file.sizeBytes, ...still } : {};
        this.#host.set(upload, { status, ...sent });
      },
      onProgress: (sentBytes) => {
        const now = this.#clock.now().getTime();
        this.#progress(upload, sentBytes, now);
        if (now - noted < noteProgressMs) return;
        noted = now;
        void upload.save({ sentBytes });
      },
    });
    assertGoing(signal);
    this.#done(upload, row);
  }

  #progress(upload: Upload, sentBytes: number, now: number): void {
    upload.rate.add(now, sentBytes);
    const { bytesPerSecond } = upload.rate;
    const secondsLeft = upload.rate.secondsLeft(upload.item.sizeBytes - sentBytes);
    this.#host.set(upload, { sentBytes, bytesPerSecond, secondsLeft });
  }

  /** Bytes that never leave this browser need no network, and a disk that is slow isn't stuck. */
  #surroundings(): Pick<AttemptRunnerOptions, 'clock' | 'network' | 'stallMs'> {
    const clock = this.#clock;
    // Asked each time: a session may go over from this browser to a server.
    if (!this.#options.transfers.resumable) return { clock, network: steadyNetwork, stallMs: Infinity };
    return { clock, network: this.#network, stallMs };
  }

  runnerFor(upload: Upload, signal: AbortSignal): AttemptRunner {
    return createAttemptRunner({
      ...this.#surroundings(),
      lanes: this.#lanes.forFile(upload.item.sizeBytes),
      signal,
      watch: (call) => void upload.watch(call),
      onWaiting: (waiting) => {
        if (signal.aborted) return;
        const change = waiting
          ? { error: serialiseError(waiting.error), retryAt: waiting.retryAt.toISOString(), ...slow }
          : { error: null, retryAt: null };
        this.#host.set(upload, change);
      },
    });
  }

  #newRow(upload: Upload, request: UploadRequest, prepared: PreparedFile, userId: string): UploadRow {
    const { item } = upload;
    const { newId, namespace } = this.#options;
    return {
      schema: rowSchema,
      id: item.id,
      namespace,
      userId,
      createdAt: this.#clock.now().toISOString(),
      status: 'open',
      error: null,
      file: {
        name: item.fileName,
        sizeBytes: request.file.size,
        lastModified: lastModifiedOf(request.file),
        fingerprint: prepared.fingerprint,
      },
      asset: {
        id: item.assetId,
        replaces: request.replaceAssetId !== undefined,
        kind: prepared.kind,
        mimeType: prepared.mimeType,
        sourceType: request.sourceType ?? 'upload',
        studioMetadata: request.studioMetadata ?? {},
        tags: request.tags ?? [],
        probe: prepared.facts,
        undecodable: prepared.undecodable,
      },
      blobKey: `assets/${item.assetId}/${newId()}`,
      formerKeys: [],
      transferId: newId(),
      asked: false,
      transfer: null,
      spoilt: false,
      held: 'nothing',
      sentBytes: 0,
      duplicates: [],
    };
  }

  async #keep(upload: Upload, request: UploadRequest, signal: AbortSignal): Promise<void> {
    this.#host.set(upload, { status: 'snapshotting' });
    if (!upload.lock) {
      const lock = await this.#host.lock(upload.id, signal).catch(() => null);
      if (signal.aborted) lock?.release();
      else upload.lock = lock;
    }
    assertGoing(signal);
    upload.keepIn((await this.#storage).journal);
    await this.hold(upload, request);
  }

  async hold(upload: Upload, request: Pick<UploadRequest, 'file' | 'handle'>): Promise<void> {
    const snapshots = {
      wanted: this.#options.transfers.resumable,
      estimateRoom: this.#options.estimateRoom ?? estimateRoom,
    };
    await upload.hold((row, journal) => holdBytes(row, request, upload.poster, journal, snapshots));
  }

  /** Others on their way with the same fingerprint; only the later one of two is told of. */
  #sameUnderWay(upload: Upload, { file, id }: UploadRow): readonly UploadDuplicate[] {
    if (file.fingerprint === null) return [];
    const same = [...this.#host.uploads.values()].filter(
      (other) =>
        other.id !== id &&
        other.row?.file.fingerprint === file.fingerprint &&
        // Those that wait for a decision may never become an asset.
        !(other.isOver || other.follows !== null || other.item.status === 'duplicate'),
    );
    return same.map(({ item }) => ({ assetId: item.assetId, name: item.fileName, certain: false }));
  }

  #done(upload: Upload, row: UploadRow): void {
    upload.source = null;
    upload.poster = null;
    this.#host.settle(upload, { ...doneItem(row.asset.undecodable), sentBytes: row.file.sizeBytes });
    void upload.forget();
  }

  async stopped(upload: Upload, control: AbortController, cause: unknown): Promise<void> {
    if (upload.control !== control) return;
    if (control.signal.aborted) {
      // Cancelled while the record was being made.
      if (await this.clearAway(upload)) this.#host.settle(upload, { status: 'cancelled', error: null });
      this.callOff(upload);
      return;
    }
    const error = toLecternError(cause);
    const file = upload.source ?? upload.request?.file;
    const gone = error.code === 'source-missing' || (file !== undefined && (await isGone(file, cause)));
    if (upload.control !== control) return;
    this.callOff(upload);
    void upload.save({ sentBytes: upload.item.sentBytes });
    if (gone) {
      upload.source = null;
      const missing = serialiseError(missingSource(upload.item.fileName));
      this.#host.settle(upload, { status: 'needs-file', error: missing, ...still });
    } else if (pausingCodes.has(error.code)) {
      this.#host.set(upload, { status: 'paused', error: serialiseError(error), ...still });
    } else this.#failed(upload, error);
  }

  #failed(upload: Upload, error: LecternError): void {
    const serialised = serialiseError(error);
    const { row } = upload;
    // What may pass keeps its bytes, for trying again; anything else leaves nothing behind.
    const spoilt = !error.retryable && row?.asked === true;
    void upload.save({ status: 'failed', error: serialised, spoilt });
    if (row && spoilt) upload.swept = this.#afterFailure(upload, row);
    this.#host.settle(upload, { status: 'failed', error: serialised, ...still });
  }

  async #afterFailure(upload: Upload, row: UploadRow): Promise<void> {
    await upload.quiet(this.#clock);
    try {
      const { run } = this.loneRunner();
      if ((await sweep(this.#library, row, run)) === 'made') this.#done(upload, row);
      else await upload.save(newReservation(row, this.#options.newId));
    } catch {
      // The row says that it is still to be done.
    }
  }

  /**
   * Takes away what a cancelled upload has left, now or in a later page. False when it was in the library already: then it
   * is done.
   */
  async clearAway(upload: Upload): Promise<boolean> {
    const { row } = upload;
    upload.request = upload.asRequest();
    upload.follows = null;
    if (!row?.asked) {
      upload.row = null;
      upload.prepared = false;
      await upload.forget();
      return true;
    }
    await upload.abandon(row);
    await upload.quiet(this.#clock);
    const deaf = upload.hasCalls;
    try {
      const { run } = this.loneRunner();
      if ((await sweep(this.#library, row, run)) === 'made') {
        this.callOff(upload);
        this.#done(upload, row);
        return false;
      }
      await upload.forget();
      // What somebody still writes isn't there yet.
      if (deaf)
        void upload
          .quiet(this.#clock)
          .then(() => sweep(this.#library, row, run))
          .catch(() => undefined);
    } catch {
      // Nobody can say now: the row stays, and a later page looks again.
      upload.keepIn(null);
      upload.lock?.release();
      upload.lock = null;
    }
    return true;
  }

  /** For what is done after an upload is over; small, so it goes first. */
  loneRunner(): AttemptRunner {
    return createAttemptRunner({
      ...this.#surroundings(),
      lanes: this.#lanes.forFile(0),
      signal: this.#host.signal,
    });
  }

  callOff(upload: Upload): void {
    const { control } = upload;
    upload.control = null;
    upload.runner = null;
    control?.abort();
  }
}
