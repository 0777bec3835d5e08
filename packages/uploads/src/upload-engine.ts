import {
  type DuplicateDecision,
  type Identity,
  LecternError,
  normaliseAssetName,
  type RunAttempt,
  type Unsubscribe,
  type UploadEngine,
  type UploadItem,
  type UploadRequest,
} from '@lectern/ports';
import { untilAborted } from './aborting.js';
import { findMade } from './bring-in.js';
import { ChangeSignal } from './change-signal.js';
import { type Clock, systemClock } from './clock.js';
import { isSameFile } from './snapshot.js';
import { doneItem, endError, itemOfRow, still, untouchable, Upload } from './upload.js';
import type { UploadCommand } from './upload-channel.js';
import type { UploadEngineOptions } from './upload-engine-options.js';
import { openUploadStorage, type UploadStorage } from './upload-storage.js';
import { type TabsHost, UploadTabs } from './upload-tabs.js';
import { pausingCodes, UploadWorker, type WorkerHost } from './upload-worker.js';

/** Makes the engine that brings files into a library. */
export function createUploadEngine(options: UploadEngineOptions): UploadEngine {
  return new Uploads(options);
}

type Stage = 'prepare' | 'send';

class Uploads implements UploadEngine {
  readonly #options: UploadEngineOptions;
  readonly #files: number;
  readonly #clock: Clock;
  readonly #storage: Promise<UploadStorage>;
  readonly #worker: UploadWorker;
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
    const { files = 3 } = options;
    if (!Number.isInteger(files) || files < 1)
      throw new RangeError(`files is ${String(files)}, not a whole number above 0`);
    this.#options = options;
    this.#files = files;
    this.#clock = options.clock ?? systemClock;
    this.#storage = openUploadStorage(options);
    this.#worker = new UploadWorker(options, this.#storage, this.#workerHost());
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
      const known = request.id === undefined ? undefined : this.#uploads.get(request.id);
      if (known) return known;
      const id = request.id ?? newId();
      const item: UploadItem = {
        id,
        fileName: normaliseAssetName(request.fileName),
        sizeBytes: request.file.size,
        sentBytes: 0,
        status: 'queued',
        assetId: request.replaceAssetId ?? request.id ?? newId(),
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
    this.#worker.callOff(upload);
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
    this.#worker.callOff(upload);
    this.#settle(upload, { status: 'cancelled', error: null, duplicates: [], ...still });
    upload.swept = Promise.all([upload.swept, this.#worker.clearAway(upload)]);
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
    if (upload.isKept) await this.#worker.hold(upload, { file });
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
      if (upload.item.status === 'failed') void this.#worker.clearAway(upload);
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
      const { run } = this.#worker.loneRunner();
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
    const tabs = new UploadTabs(this.#tabsHost(), storage, this.#options.namespace, userId);
    this.#tabs = tabs;
    void tabs.takeUp().catch(() => undefined);
  }

  #workerHost(): WorkerHost {
    return {
      uploads: this.#uploads,
      signal: this.#ending.signal,
      set: (upload, change) => {
        this.#set(upload, change);
      },
      settle: (upload, change) => {
        this.#settle(upload, change);
      },
      owner: (run) => this.#owner(run),
      lock: async (id, signal) => {
        await this.#entered;
        return (await this.#tabs?.lock(id, signal)) ?? null;
      },
    };
  }

  #tabsHost(): TabsHost {
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
        upload.swept = this.#worker.clearAway(upload);
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
    const made = row ? await findMade(this.#options, row).catch(() => null) : null;
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
    upload.runner = this.#worker.runnerFor(upload, signal);
    this.#working[stage] += 1;
    const work =
      stage === 'prepare'
        ? this.#worker.prepare(upload, upload.runner, signal)
        : this.#worker.send(upload, upload.runner, signal);
    // A port that doesn't listen to the signal must not hold the lane.
    untilAborted(signal, work)
      .then(
        () => {
          if (upload.control === control) this.#worker.callOff(upload);
        },
        (error: unknown) => this.#worker.stopped(upload, control, error),
      )
      .finally(() => {
        this.#working[stage] -= 1;
        this.#fill();
      });
  }

  async #owner(run: RunAttempt): Promise<string> {
    if (this.#userId !== null) return this.#userId;
    const { userId } = await run(({ signal }) => this.#options.identity.current({ signal }));
    await this.#enter(userId);
    return userId;
  }

  // ── Duplicates ────────────────────────────────────────────────────────────────────────────────────────────────────

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
