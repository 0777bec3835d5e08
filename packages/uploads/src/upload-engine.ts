import {
  type AssetsPort,
  type BlobsPort,
  type DuplicateDecision,
  type Identity,
  type IdentityPort,
  LecternError,
  normaliseAssetName,
  type RenderEngine,
  serialiseError,
  toLecternError,
  type TransfersPort,
  type Unsubscribe,
  type UploadDuplicate,
  type UploadEngine,
  type UploadItem,
  type UploadRequest,
  type UploadStatus,
} from '@lectern/ports';
import { assertGoing, untilAborted } from './aborting.js';
import { type AttemptRunner, type AttemptRunnerOptions, createAttemptRunner } from './attempt-runner.js';
import { bringIn, findMade, type Library, newReservation, sweep } from './bring-in.js';
import { ChangeSignal } from './change-signal.js';
import type { FileLimits } from './check-file.js';
import { type Clock, systemClock } from './clock.js';
import { findDuplicates } from './duplicates.js';
import { isGone } from './file-bytes.js';
import { holdBytes } from './hold-bytes.js';
import { type Network, pageNetwork, steadyNetwork } from './network.js';
import { assertReplaceable, prepareFile, type PreparedFile } from './prepare-file.js';
import { RequestLanes } from './request-lanes.js';
import { estimateRoom, isSameFile, lastModifiedOf, missingSource, type RoomEstimate } from './snapshot.js';
import type { OpenUploadChannel, UploadCommand } from './upload-channel.js';
import type { UploadJournal } from './upload-journal.js';
import type { UploadLocks } from './upload-locks.js';
import { rowSchema, type UploadRow } from './upload-row.js';
import { openUploadStorage, type UploadStorage } from './upload-storage.js';
import { type TabsHost, UploadTabs } from './upload-tabs.js';
import { doneItem, endError, itemOfRow, Upload } from './upload.js';

export interface UploadEngineOptions {
  readonly assets: Pick<AssetsPort, 'create' | 'addVersion' | 'get' | 'versions' | 'update' | 'findByFingerprint'>;
  readonly blobs: Pick<BlobsPort, 'put' | 'delete'>;
  readonly transfers: TransfersPort;
  readonly identity: IdentityPort;
  readonly probe: RenderEngine['probe'];
  /** A UUID each time. */
  readonly newId: () => string;
  /** Sets these uploads apart from those for other back ends on the same origin. */
  readonly namespace: string;
  /** Where uploads are written down: IndexedDB, memory where that is denied, when left out. */
  readonly journal?: UploadJournal;
  /** Which tab sends an upload: Web Locks when left out. */
  readonly locks?: UploadLocks;
  /** How tabs tell each other: broadcast channels when left out. */
  readonly openChannel?: OpenUploadChannel;
  /** Whether there is a network: what the page hears of it when left out. */
  readonly network?: Network;
  readonly clock?: Clock;
  /** How much room the browser has for snapshots: its own estimate when left out. */
  readonly estimateRoom?: () => Promise<RoomEstimate | null>;
  /** The largest file that is taken, in bytes; no limit when left out. */
  readonly maxBytes?: number;
  /** The largest picture that is taken, in pixels; 64 megapixels when left out. */
  readonly maxPixels?: number;
  /** How many files are worked on at once; 3 when left out. */
  readonly files?: number;
  /** How many requests go at once for one file; 3 when left out. */
  readonly requestsPerFile?: number;
  /** How many requests go at once in all; 6 when left out. */
  readonly requests?: number;
  /** What is done with a file that is there already, where a request doesn't say; it is uploaded when left out. */
  readonly onDuplicate?: 'ask' | 'upload-anyway';
}

/** Makes the engine that brings files into a library. */
export function createUploadEngine(options: UploadEngineOptions): UploadEngine {
  return new Uploads(options);
}

const defaultMaxPixels = 64_000_000;
const stallMs = 30_000;
/** How often the journal hears of progress; the store is asked anyway, it is only for the bar of the next page. */
const noteProgressMs = 5000;

const pausingCodes: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden']);
const untouchable: ReadonlySet<UploadStatus> = new Set(['completing', 'verifying']);

type Stage = 'prepare' | 'send';

class Uploads implements UploadEngine {
  readonly #options: UploadEngineOptions;
  readonly #library: Library;
  readonly #limits: FileLimits;
  readonly #files: number;
  readonly #lanes: RequestLanes;
  readonly #clock: Clock;
  readonly #network: Network;
  readonly #storage: Promise<UploadStorage>;
  readonly #uploads = new Map<string, Upload>();
  readonly #working: Record<Stage, number> = { prepare: 0, send: 0 };
  readonly #changes: ChangeSignal;
  readonly #stop: Unsubscribe;
  /** Calls off what belongs to no upload in the list. */
  readonly #ending = new AbortController();
  #userId: string | null = null;
  #entered: Promise<void> = Promise.resolve();
  #tabs: UploadTabs | null = null;
  #snapshot: readonly UploadItem[] | null = null;

  constructor(options: UploadEngineOptions) {
    const { files = 3, requestsPerFile = 3, requests = 6, maxBytes = Infinity, maxPixels = defaultMaxPixels } = options;
    if (!Number.isInteger(files) || files < 1)
      throw new RangeError(`files is ${String(files)}, not a whole number above 0`);
    this.#options = options;
    this.#library = options;
    this.#limits = { maxBytes, maxPixels };
    this.#files = files;
    this.#lanes = new RequestLanes({ perFile: requestsPerFile, inAll: requests });
    this.#clock = options.clock ?? systemClock;
    this.#network = options.network ?? pageNetwork();
    this.#storage = openUploadStorage(options);
    this.#changes = new ChangeSignal(() => this.items(), this.#clock);
    this.#changes.subscribe(() => this.#tabs?.tell(this.#uploads.values()));
    this.#stop = options.identity.subscribe((identity) => {
      void this.#hearOf(identity);
    });
    void this.#begin();
  }

  get #disposed(): boolean {
    return this.#ending.signal.aborted;
  }

  // ── What people ask for ───────────────────────────────────────────────────────────────────────────────────────────

  add(requests: readonly UploadRequest[]): readonly UploadItem[] {
    if (this.#disposed) throw new TypeError('The upload engine was disposed of');
    const uploads = requests.map((request) => {
      const { newId } = this.#options;
      const id = newId();
      const item: UploadItem = {
        id,
        fileName: normaliseAssetName(request.fileName),
        sizeBytes: request.file.size,
        sentBytes: 0,
        status: 'queued',
        assetId: request.replaceAssetId ?? newId(),
        error: null,
        storedUndecodable: false,
        bytesPerSecond: null,
        secondsLeft: null,
        retryAt: null,
        elsewhere: false,
        duplicates: [],
      };
      return new Upload(item, this.#userId, request);
    });
    for (const upload of uploads) this.#uploads.set(upload.id, upload);
    const items = uploads.map(({ item }) => item);
    this.#changed();
    this.#fill();
    return items;
  }

  async finished(id: string): Promise<UploadItem> {
    const upload = this.#uploads.get(id);
    if (!upload)
      throw new LecternError('not-found', { message: `There is no upload ${id}`, details: { what: 'upload', id } });
    const end = await upload.ended();
    await upload.swept;
    // What was cancelled too late is there after all.
    const item = end && upload.item.status === 'done' ? upload.item : end;
    if (item?.status === 'done') return item;
    throw endError(item);
  }

  items(): readonly UploadItem[] {
    this.#snapshot ??= [...this.#uploads.values()].map(({ item }) => item);
    return this.#snapshot;
  }

  pause(id: string): void {
    const upload = this.#uploads.get(id);
    if (!upload || upload.isOver || untouchable.has(upload.item.status)) return;
    if (upload.item.status === 'needs-file' || upload.item.status === 'duplicate') return;
    if (this.#passOn(upload, { name: 'pause' })) return;
    this.#callOff(upload);
    upload.swept = Promise.all([upload.swept, upload.quiet(this.#clock)]);
    void upload.save({ status: 'paused', sentBytes: upload.item.sentBytes });
    this.#set(upload, { status: 'paused', error: null, ...still });
  }

  resume(id: string): void {
    const upload = this.#uploads.get(id);
    if (!upload || this.#passOn(upload, { name: 'resume' })) return;
    // Whoever waits for the next try needn't.
    upload.runner?.wake();
    if (upload.item.status !== 'paused') return;
    void upload.save({ status: 'open' });
    this.#set(upload, { status: 'queued', error: null });
    this.#fill();
  }

  cancel(id: string): void {
    const upload = this.#uploads.get(id);
    if (!upload || upload.isOver || this.#passOn(upload, { name: 'cancel' })) return;
    // While the record is being made, the attempt itself finds out whether this was in time.
    if (untouchable.has(upload.item.status)) {
      upload.control?.abort();
      return;
    }
    this.#callOff(upload);
    this.#settle(upload, { status: 'cancelled', error: null, duplicates: [], ...still });
    upload.swept = Promise.all([upload.swept, this.#clearAway(upload)]);
  }

  retry(id: string): void {
    const upload = this.#uploads.get(id);
    if (!upload || this.#passOn(upload, { name: 'retry' })) return;
    const { status } = upload.item;
    if (status !== 'failed' && status !== 'cancelled' && status !== 'needs-file') return;
    if (!upload.row && !upload.request) return;
    upload.mayAsk = true;
    void upload.save({ status: 'open', error: null });
    this.#set(upload, { status: 'queued', error: null, sentBytes: 0 });
    this.#fill();
  }

  pauseAll(): void {
    for (const id of this.#uploads.keys()) this.pause(id);
  }

  resumeAll(): void {
    for (const id of this.#uploads.keys()) this.resume(id);
  }

  retryAll(): void {
    for (const { id, item } of this.#uploads.values()) if (item.status === 'failed') this.retry(id);
  }

  decide(id: string, decision: DuplicateDecision): void {
    const upload = this.#uploads.get(id);
    if (upload?.item.status !== 'duplicate' || this.#passOn(upload, { name: 'decide', decision })) return;
    const other = decision.use === 'upload-anyway' ? null : this.#underWay(decision.assetId, upload);
    // The other one isn't in the library yet, and may never be.
    if (other) {
      upload.follows = { id: other.id, decision };
      this.#set(upload, { status: 'queued', duplicates: [] });
    } else this.#carryOut(upload, decision);
  }

  async provideFile(id: string, file: Blob): Promise<void> {
    const upload = this.#uploads.get(id);
    if (upload?.item.status !== 'needs-file') return;
    const same = upload.row ? await isSameFile(file, upload.row.file) : file.size === upload.item.sizeBytes;
    if (!same)
      throw new LecternError('invalid-input', {
        message: `This isn't the file ${upload.item.fileName} that was begun`,
        details: { path: 'file', expected: upload.item.fileName },
      });
    if (this.#passOn(upload, { name: 'provide', file })) return;
    const fileName = upload.item.fileName;
    upload.request = { ...(upload.request ?? upload.asRequest(file) ?? { fileName }), file };
    if (upload.isKept) await this.#hold(upload, { file });
    upload.source ??= upload.row ? file : null;
    this.retry(id);
  }

  clear(id?: string): void {
    for (const upload of [...this.#uploads.values()]) {
      if ((id !== undefined && id !== upload.id) || !upload.isOver) continue;
      // Others may still want to try it again; whoever sends it has the say.
      if (upload.item.status === 'failed' && this.#passOn(upload, { name: 'clear' })) continue;
      this.#remove(upload);
      if (upload.item.elsewhere) continue;
      if (upload.item.status === 'failed') void this.#clearAway(upload);
      this.#tabs?.tellGone(upload.id);
    }
    this.#changed();
  }

  subscribe(listener: (items: readonly UploadItem[]) => void): Unsubscribe {
    return this.#changes.subscribe(listener);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#ending.abort();
    this.#stop();
    const left = [...this.#uploads.values()].map((upload) => upload.leave());
    this.#tabs?.close();
    this.#changes.close();
    void Promise.all([this.#storage, ...left]).then(([{ journal }]) => {
      // One that was given lives on; it may be another engine's, too.
      if (this.#options.journal === undefined) journal.close();
    });
  }

  // ── Who works here, and what they have begun before ───────────────────────────────────────────────────────────────

  async #begin(): Promise<void> {
    try {
      const { run } = this.#loneRunner();
      const { userId } = await run(({ signal }) => this.#options.identity.current({ signal }));
      await this.#enter(userId);
    } catch {
      // Nobody is known: an upload asks again, and says why it can't go on.
    }
  }

  async #hearOf(identity: Identity | null): Promise<void> {
    if (!identity || this.#disposed) return;
    await this.#enter(identity.userId);
    for (const { id, item } of this.#uploads.values())
      if (item.status === 'paused' && item.error && pausingCodes.has(item.error.code)) this.resume(id);
  }

  async #enter(userId: string): Promise<void> {
    if (this.#disposed || userId === this.#userId) return;
    this.#userId = userId;
    this.#tabs?.close();
    this.#tabs = null;
    for (const upload of [...this.#uploads.values()]) {
      upload.owner ??= userId;
      if (upload.owner === userId) continue;
      // Theirs, and nobody else's business; it goes on when they are back.
      void upload.leave();
      this.#remove(upload);
    }
    this.#changed();
    this.#entered = this.#openTabs(userId);
    await this.#entered;
  }

  async #openTabs(userId: string): Promise<void> {
    const storage = await this.#storage;
    if (this.#disposed || userId !== this.#userId) return;
    const tabs = new UploadTabs(this.#host(), storage, this.#options.namespace, userId);
    this.#tabs = tabs;
    void tabs.takeUp().catch(() => undefined);
  }

  #host(): TabsHost {
    return {
      uploads: this.#uploads,
      show: (upload) => {
        this.#uploads.set(upload.id, upload);
        this.#changed();
      },
      drive: (upload, row) => {
        const { sentBytes } = upload.item;
        this.#set(upload, { ...itemOfRow(row, false), sentBytes: Math.max(row.sentBytes, sentBytes) });
        this.#fill();
      },
      clearAway: (upload) => {
        if (this.#uploads.has(upload.id)) this.#settle(upload, { status: 'cancelled', elsewhere: false });
        upload.swept = this.#clearAway(upload);
      },
      update: (upload, item) => {
        this.#settle(upload, item);
      },
      vanished: (upload) => {
        void this.#lookFor(upload);
      },
      remove: (upload) => {
        this.#remove(upload);
        this.#changed();
      },
      command: (id, command) => {
        this.#obey(id, command);
      },
    };
  }

  #obey(id: string, command: UploadCommand): void {
    if (command.name === 'decide') this.decide(id, command.decision);
    else if (command.name === 'provide') void this.provideFile(id, command.file).catch(() => undefined);
    else this[command.name](id);
  }

  /** Whether another tab sends it, and was asked to do it there. */
  #passOn(upload: Upload, command: UploadCommand): boolean {
    if (!upload.item.elsewhere) return false;
    this.#tabs?.ask(upload.id, command);
    return true;
  }

  /** The tab that had it is gone and so is the row: it is in the library, or somebody cancelled it. */
  async #lookFor(upload: Upload): Promise<void> {
    const { row } = upload;
    const made = row ? await findMade(this.#library, row).catch(() => null) : null;
    if (upload.isOver) return;
    if (row && made) this.#settle(upload, { ...doneItem(row.asset.undecodable), sentBytes: row.file.sizeBytes });
    else this.#settle(upload, { status: 'cancelled' });
  }

  // ── The queue ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Files are checked and held ahead of their turn, so that a reload loses none; small ones go first. */
  #fill(): void {
    for (const stage of ['send', 'prepare'] as const) {
      while (this.#working[stage] < this.#files && !this.#disposed) {
        const next = this.#nextFor(stage);
        if (!next) break;
        this.#work(next, stage);
      }
    }
  }

  #nextFor(stage: Stage): Upload | null {
    let best: Upload | null = null;
    for (const upload of this.#uploads.values()) {
      const { item, prepared, follows, control } = upload;
      if (item.status !== 'queued' || item.elsewhere || follows || control) continue;
      if ((prepared ? 'send' : 'prepare') !== stage) continue;
      if (!best || item.sizeBytes < best.item.sizeBytes) best = upload;
    }
    return best;
  }

  #work(upload: Upload, stage: Stage): void {
    const control = new AbortController();
    const { signal } = control;
    upload.control = control;
    upload.runner = this.#runnerFor(upload, signal);
    this.#working[stage] += 1;
    const work =
      stage === 'prepare' ? this.#prepare(upload, upload.runner, signal) : this.#send(upload, upload.runner, signal);
    // A port that doesn't listen to the signal must not hold the lane.
    untilAborted(signal, work)
      .then(
        () => {
          if (upload.control === control) this.#callOff(upload);
        },
        (error: unknown) => this.#stopped(upload, control, error),
      )
      .finally(() => {
        this.#working[stage] -= 1;
        this.#fill();
      });
  }

  async #prepare(upload: Upload, { run }: AttemptRunner, signal: AbortSignal): Promise<void> {
    this.#set(upload, { status: 'checking' });
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
    const userId = kept ? await this.#owner(run) : '';
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
    this.#set(upload, { status, duplicates });
  }

  async #send(upload: Upload, runner: AttemptRunner, signal: AbortSignal): Promise<void> {
    const { run } = runner;
    const { newId, assets } = this.#options;
    this.#set(upload, { status: 'reserving', error: null });
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
        this.#set(upload, { status, ...sent });
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
    this.#set(upload, { sentBytes, bytesPerSecond, secondsLeft });
  }

  /** Bytes that never leave this browser need no network, and a disk that is slow isn't stuck. */
  #surroundings(): Pick<AttemptRunnerOptions, 'clock' | 'network' | 'stallMs'> {
    const clock = this.#clock;
    // Asked each time: a session may go over from this browser to a server.
    if (!this.#options.transfers.resumable) return { clock, network: steadyNetwork, stallMs: Infinity };
    return { clock, network: this.#network, stallMs };
  }

  #runnerFor(upload: Upload, signal: AbortSignal): AttemptRunner {
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
        this.#set(upload, change);
      },
    });
  }

  async #owner(run: AttemptRunner['run']): Promise<string> {
    if (this.#userId !== null) return this.#userId;
    const { userId } = await run(({ signal }) => this.#options.identity.current({ signal }));
    await this.#enter(userId);
    return userId;
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
    this.#set(upload, { status: 'snapshotting' });
    await this.#entered;
    if (!upload.lock) {
      const lock = (await this.#tabs?.lock(upload.id, signal).catch(() => null)) ?? null;
      if (signal.aborted) lock?.release();
      else upload.lock = lock;
    }
    assertGoing(signal);
    upload.keepIn((await this.#storage).journal);
    await this.#hold(upload, request);
  }

  async #hold(upload: Upload, request: Pick<UploadRequest, 'file' | 'handle'>): Promise<void> {
    const snapshots = {
      wanted: this.#options.transfers.resumable,
      estimateRoom: this.#options.estimateRoom ?? estimateRoom,
    };
    await upload.hold((row, journal) => holdBytes(row, request, upload.poster, journal, snapshots));
  }

  // ── Duplicates ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Others on their way with the same fingerprint; only the later one of two is told of. */
  #sameUnderWay(upload: Upload, { file, id }: UploadRow): readonly UploadDuplicate[] {
    if (file.fingerprint === null) return [];
    const same = [...this.#uploads.values()].filter(
      (other) =>
        other.id !== id &&
        other.row?.file.fingerprint === file.fingerprint &&
        // Those that wait for a decision may never become an asset.
        !(other.isOver || other.follows !== null || other.item.status === 'duplicate'),
    );
    return same.map(({ item }) => ({ assetId: item.assetId, name: item.fileName, certain: false }));
  }

  #underWay(assetId: string, except: Upload): Upload | null {
    for (const upload of this.#uploads.values())
      if (upload !== except && !upload.isOver && upload.item.assetId === assetId) return upload;
    return null;
  }

  #carryOut(upload: Upload, decision: DuplicateDecision): void {
    const { row } = upload;
    upload.follows = null;
    if (!row) return;
    if (decision.use === 'existing') {
      this.#settle(upload, { ...doneItem(row.asset.undecodable), assetId: decision.assetId });
      void upload.forget();
      return;
    }
    const asset = decision.use === 'replace' ? { ...row.asset, id: decision.assetId, replaces: true } : row.asset;
    const blobKey = asset === row.asset ? row.blobKey : `assets/${asset.id}/${this.#options.newId()}`;
    const paused = upload.item.status === 'paused';
    void upload.save({ status: paused ? 'paused' : 'open', duplicates: [], asset, blobKey });
    this.#set(upload, { status: paused ? 'paused' : 'queued', duplicates: [], assetId: asset.id });
    this.#fill();
  }

  // ── How it ends ───────────────────────────────────────────────────────────────────────────────────────────────────

  #done(upload: Upload, row: UploadRow): void {
    upload.source = null;
    upload.poster = null;
    this.#settle(upload, { ...doneItem(row.asset.undecodable), sentBytes: row.file.sizeBytes });
    void upload.forget();
  }

  async #stopped(upload: Upload, control: AbortController, cause: unknown): Promise<void> {
    if (upload.control !== control) return;
    if (control.signal.aborted) {
      // Cancelled while the record was being made.
      if (await this.#clearAway(upload)) this.#settle(upload, { status: 'cancelled', error: null });
      this.#callOff(upload);
      return;
    }
    const error = toLecternError(cause);
    const file = upload.source ?? upload.request?.file;
    const gone = error.code === 'source-missing' || (file !== undefined && (await isGone(file, cause)));
    if (upload.control !== control) return;
    this.#callOff(upload);
    void upload.save({ sentBytes: upload.item.sentBytes });
    if (gone) {
      upload.source = null;
      const missing = serialiseError(missingSource(upload.item.fileName));
      this.#settle(upload, { status: 'needs-file', error: missing, ...still });
    } else if (pausingCodes.has(error.code)) {
      this.#set(upload, { status: 'paused', error: serialiseError(error), ...still });
    } else this.#failed(upload, error);
  }

  #failed(upload: Upload, error: LecternError): void {
    const serialised = serialiseError(error);
    const { row } = upload;
    // What may pass keeps its bytes, for trying again; anything else leaves nothing behind.
    const spoilt = !error.retryable && row?.asked === true;
    void upload.save({ status: 'failed', error: serialised, spoilt });
    if (row && spoilt) upload.swept = this.#afterFailure(upload, row);
    this.#settle(upload, { status: 'failed', error: serialised, ...still });
  }

  async #afterFailure(upload: Upload, row: UploadRow): Promise<void> {
    await upload.quiet(this.#clock);
    try {
      const { run } = this.#loneRunner();
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
  async #clearAway(upload: Upload): Promise<boolean> {
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
      const { run } = this.#loneRunner();
      if ((await sweep(this.#library, row, run)) === 'made') {
        this.#callOff(upload);
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
  #loneRunner(): AttemptRunner {
    return createAttemptRunner({
      ...this.#surroundings(),
      lanes: this.#lanes.forFile(0),
      signal: this.#ending.signal,
    });
  }

  #callOff(upload: Upload): void {
    const { control } = upload;
    upload.control = null;
    upload.runner = null;
    control?.abort();
  }

  #remove(upload: Upload): void {
    upload.queueing?.abort();
    this.#uploads.delete(upload.id);
  }

  #settle(upload: Upload, change: Partial<UploadItem>): void {
    this.#set(upload, change);
    if (!upload.isOver) return;
    this.#tabs?.tell([upload]);
    for (const other of this.#uploads.values()) {
      if (other.follows?.id !== upload.id) continue;
      const { decision } = other.follows;
      const there = upload.item.status === 'done' && decision.use !== 'upload-anyway';
      this.#carryOut(other, there ? { ...decision, assetId: upload.item.assetId } : { use: 'upload-anyway' });
    }
  }

  #set(upload: Upload, change: Partial<UploadItem>): void {
    upload.set(change);
    this.#changed();
  }

  #changed(): void {
    this.#snapshot = null;
    this.#changes.send();
  }
}

/** Nothing moves. */
const slow: Pick<UploadItem, 'bytesPerSecond' | 'secondsLeft'> = { bytesPerSecond: null, secondsLeft: null };
const still: Pick<UploadItem, 'bytesPerSecond' | 'secondsLeft' | 'retryAt'> = { ...slow, retryAt: null };
