import {
  deserialiseError,
  LecternError,
  serialiseError,
  type DuplicateDecision,
  type UploadItem,
  type UploadRequest,
  type UploadStatus,
} from '@lectern/ports';
import type { AttemptRunner } from './attempt-runner.js';
import type { Clock } from './clock.js';
import type { Held } from './hold-bytes.js';
import { undecodableError } from './prepare-file.js';
import { Rate } from './rate.js';
import { lastModifiedOf, missingSource, isSameFile, readHandle } from './snapshot.js';
import type { UploadJournal } from './upload-journal.js';
import type { UploadLock } from './upload-locks.js';
import { plainError, plainTransfer, type RowStatus, type UploadRow } from './upload-row.js';

/** Over until somebody does something about it. */
export const overStatuses: ReadonlySet<UploadStatus> = new Set(['done', 'failed', 'cancelled']);
const endStatuses: ReadonlySet<UploadStatus> = new Set([...overStatuses, 'needs-file']);
const statusOfRow: Readonly<Record<RowStatus, UploadStatus>> = {
  open: 'queued',
  paused: 'paused',
  duplicate: 'duplicate',
  failed: 'failed',
  cancelling: 'cancelled',
};

/** Too late for pausing; whether for cancelling, too, turns out. */
export const untouchable: ReadonlySet<UploadStatus> = new Set(['completing', 'verifying']);

/** Nothing moves. */
export const slow: Pick<UploadItem, 'bytesPerSecond' | 'secondsLeft'> = { bytesPerSecond: null, secondsLeft: null };
export const still: Pick<UploadItem, 'bytesPerSecond' | 'secondsLeft' | 'retryAt'> = { ...slow, retryAt: null };

/** How long calls that were called off are waited for. */
const patienceMs = 30_000;

/** One upload as this page knows it: what is shown of it, what is written down of it, and what goes on with it here. */
export class Upload {
  readonly id: string;
  item: UploadItem;
  /** Whose it is; null while nobody is known. */
  owner: string | null;
  /** Null for what an earlier page or another tab began. */
  request: UploadRequest | null;
  /** Null until the file is checked. */
  row: UploadRow | null = null;
  /** Checked and held: it may be sent. */
  prepared = false;
  source: Blob | null = null;
  poster: Blob | null = null;
  /** Held while this tab sends it. */
  lock: UploadLock | null = null;
  /** Calls off the wait for the lock that another tab has. */
  queueing: AbortController | null = null;
  /** Calls off what goes on here. */
  control: AbortController | null = null;
  runner: AttemptRunner | null = null;
  /** What is left of an attempt that was given up; settles when the next may begin. */
  swept: Promise<unknown> = Promise.resolve();
  /** The other upload that this one waits for, since it has the same bytes, and what happens then. */
  follows: { readonly id: string; readonly decision: DuplicateDecision } | null = null;
  /** Somebody pressed something: a browser may be asked for permission now. */
  mayAsk = false;
  readonly rate: Rate = new Rate();
  readonly #calls = new Set<Promise<unknown>>();
  readonly #waiting = new Set<(item: UploadItem | null) => void>();
  #journal: UploadJournal | null = null;
  #writing: Promise<void> = Promise.resolve();
  #left = false;

  constructor(item: UploadItem, owner: string | null, request: UploadRequest | null) {
    this.id = item.id;
    this.item = item;
    this.owner = owner;
    this.request = request;
  }

  /** Prepared here, or read from the journal. */
  static ofRow(row: UploadRow, journal: UploadJournal, elsewhere: boolean): Upload {
    const upload = new Upload(itemOfRow(row, elsewhere), row.userId, null);
    upload.row = row;
    upload.prepared = true;
    upload.#journal = journal;
    return upload;
  }

  get isOver(): boolean {
    return overStatuses.has(this.item.status);
  }

  /** From now on, every change of the row is written down there. */
  keepIn(journal: UploadJournal | null): void {
    this.#journal = journal;
  }

  get isKept(): boolean {
    return this.#journal !== null && this.row !== null;
  }

  /** Resolves once it is written down. A journal that fails is no reason to stop: only another page has less then. */
  save(change: Partial<UploadRow>): Promise<void> {
    this.#patch(change);
    return this.#write((journal) => (this.row ? journal.put(this.row) : Promise.resolve()));
  }

  /** Sees to it that another page finds the bytes, before anything else is written. */
  async hold(work: (row: UploadRow, journal: UploadJournal) => Promise<Held>): Promise<void> {
    await this.#write(async (journal) => {
      if (!this.row) return;
      const { held, source, written } = await work(this.row, journal);
      this.source = source;
      if (!written) this.#journal = null;
      this.#patch({ held });
    });
  }

  /** It is given up: what is written down says so until its bytes are taken away. */
  abandon(row: UploadRow): Promise<void> {
    this.row = null;
    this.prepared = false;
    return this.#write((journal) => journal.put({ ...row, status: 'cancelling' }));
  }

  /** Nothing is left of it for another page. */
  async forget(): Promise<void> {
    const { lock } = this;
    this.lock = null;
    await this.#write((journal) => journal.delete(this.id));
    this.#journal = null;
    lock?.release();
  }

  /** Leaves everything as it is, for another page or tab. */
  leave(): Promise<void> {
    this.#left = true;
    this.control?.abort();
    this.control = null;
    this.runner = null;
    this.queueing?.abort();
    const { lock } = this;
    this.lock = null;
    for (const resolve of this.#waiting) resolve(null);
    this.#waiting.clear();
    return this.#writing.finally(() => lock?.release());
  }

  /** Remembers a call, that may go on when nobody waits for it any more. */
  watch<T>(call: Promise<T>): Promise<T> {
    const settled = call.then(
      () => undefined,
      () => undefined,
    );
    this.#calls.add(settled);
    void settled.then(() => this.#calls.delete(settled));
    return call;
  }

  /** Resolves when every watched call has ended, or when that takes too long. */
  async quiet(clock: Clock): Promise<void> {
    if (this.#calls.size === 0) return;
    let stop = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      stop = clock.after(patienceMs, resolve);
    });
    await Promise.race([Promise.all(this.#calls), late]);
    stop();
  }

  get hasCalls(): boolean {
    return this.#calls.size > 0;
  }

  /** Resolves with how it ended, null when this page stops caring. */
  ended(): Promise<UploadItem | null> {
    if (endStatuses.has(this.item.status)) return Promise.resolve(this.item);
    if (this.#left) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
  }

  set(change: Partial<UploadItem>): void {
    this.item = { ...this.item, ...change };
    if (!endStatuses.has(this.item.status)) return;
    for (const resolve of this.#waiting) resolve(this.item);
    this.#waiting.clear();
  }

  /**
   * Finds the bytes again: those at hand, the snapshot, the file behind the handle.
   *
   * @throws `source-missing`
   */
  async findSource(): Promise<Blob> {
    const { row, request } = this;
    if (this.source) return this.source;
    if (!row) throw missingSource(this.item.fileName);
    const held = await this.#journal?.held(this.id).catch(() => null);
    this.poster ??= held?.poster ?? null;
    if (held?.file?.size === row.file.sizeBytes && (await isReadable(held.file))) return held.file;
    if (held?.handle) {
      const file = await readHandle(held.handle, row.file.name, this.mayAsk);
      const { lastModified } = row.file;
      const touched = lastModified !== null && lastModifiedOf(file) !== lastModified;
      if (!touched && (await isSameFile(file, row.file).catch(() => false))) return file;
    }
    if (request && (await isReadable(request.file)) && (await isSameFile(request.file, row.file))) return request.file;
    throw missingSource(row.file.name);
  }

  /** The request over again, for bytes that came from an earlier page; null without any. */
  asRequest(source: Blob | null = this.source): UploadRequest | null {
    const { request, row } = this;
    if (request || !row || !source) return request;
    const { sourceType, studioMetadata, tags, replaces, id } = row.asset;
    const replaced = replaces ? { replaceAssetId: id } : {};
    return { file: source, fileName: row.file.name, sourceType, studioMetadata, tags, ...replaced };
  }

  #patch(change: Partial<UploadRow>): void {
    if (!this.row) return;
    const { transfer, error } = change;
    const plain = {
      ...(transfer ? { transfer: plainTransfer(transfer) } : {}),
      ...(error ? { error: plainError(error) } : {}),
    };
    this.row = { ...this.row, ...change, ...plain };
  }

  #write(work: (journal: UploadJournal) => Promise<void>): Promise<void> {
    const journal = this.#journal;
    if (journal) this.#writing = this.#writing.then(() => work(journal)).catch(() => undefined);
    return this.#writing;
  }
}

/** What is shown of a row before anything has happened to it in this page. */
export function itemOfRow(row: UploadRow, elsewhere: boolean): UploadItem {
  return {
    id: row.id,
    fileName: row.file.name,
    sizeBytes: row.file.sizeBytes,
    sentBytes: row.sentBytes,
    status: statusOfRow[row.status],
    assetId: row.asset.id,
    error: row.status === 'failed' ? (row.error ?? serialiseError(new LecternError('unknown'))) : null,
    storedUndecodable: false,
    bytesPerSecond: null,
    secondsLeft: null,
    retryAt: null,
    elsewhere,
    duplicates: row.status === 'duplicate' ? row.duplicates : [],
  };
}

/** What is shown of an upload that is in the library. */
export function doneItem(undecodable: string | null): Partial<UploadItem> {
  return {
    status: 'done',
    storedUndecodable: undecodable !== null,
    error: undecodable === null ? null : serialiseError(undecodableError(undecodable)),
    bytesPerSecond: null,
    secondsLeft: null,
    retryAt: null,
    duplicates: [],
  };
}

/** The error of an upload that didn't end well. */
export function endError(item: UploadItem | null): LecternError {
  if (item === null || item.status === 'cancelled' || !item.error) return new LecternError('aborted');
  return deserialiseError(item.error);
}

async function isReadable(file: Blob): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
