import {
  type BlobsPort,
  type BlobStat,
  type CallOptions,
  isLecternError,
  LecternError,
  type PutOptions,
  type RunAttempt,
  type SendOptions,
  type StorageReport,
  type Transfer,
} from '@lectern/ports';
import {
  BlobCache,
  gatherBlob,
  putTransfer,
  requireBlobKey,
  SharedWork,
  throwIfAborted,
} from '@lectern/ports/adapter-kit';
import { download } from './download.js';
import { patientRun } from './patient-run.js';
import { ReadAddresses } from './read-addresses.js';
import type { Signer } from './signer.js';
import type { B2Transfers } from './transfers.js';

/** At most one call of `onProgress` in this time. */
const progressEveryMs = 100;

/** What an account has stored, in bytes; the quota is null where there is none. */
export interface StoredAmount {
  readonly usedBytes: number;
  readonly quotaBytes: number | null;
}

export interface B2BlobsOptions {
  readonly signer: Signer;
  readonly transfers: B2Transfers;
  readonly fetch: typeof fetch;
  readonly stallMs: number;
  readonly cacheBytes: number;
  readonly usage: ((options?: CallOptions) => Promise<StoredAmount>) | undefined;
}

export class B2Blobs implements BlobsPort {
  readonly #options: B2BlobsOptions;
  readonly #addresses: ReadAddresses;
  readonly #cache: BlobCache;
  readonly #downloads = new SharedWork<Blob>();
  /** Whose bytes and addresses are kept: what one user has read isn't another's to see. */
  #reader: string | null = null;
  /** Puts that failed and couldn't even be taken back: they would be in the way of the next one under their key. */
  readonly #leftBehind = new Map<string, Transfer>();
  /** Puts that were called off, and are being taken back. */
  readonly #givingUp = new Map<string, Promise<unknown>>();

  constructor(options: B2BlobsOptions) {
    this.#options = options;
    this.#addresses = new ReadAddresses(options.signer);
    this.#cache = new BlobCache(options.cacheBytes);
  }

  async put(key: string, data: Blob | ReadableStream<Uint8Array>, options: PutOptions = {}): Promise<BlobStat> {
    const { signal } = options;
    throwIfAborted(signal);
    requireBlobKey(key);
    // The store wants to know the size before it takes a byte.
    const source = 'getReader' in data ? await gatherBlob(data, signal ? { signal } : {}) : data;
    const mimeType = options.mimeType ?? ('getReader' in data ? '' : data.type);
    const transfer = await putTransfer(key, source, mimeType);
    const stat = { key, sizeBytes: source.size, mimeType };
    const isThere = await this.#clearWay(transfer, signal ? { signal } : {});
    if (!isThere) await this.#put(transfer, source, options);
    options.onProgress?.(stat.sizeBytes);
    return stat;
  }

  async #put(first: Transfer, source: Blob, options: PutOptions): Promise<void> {
    const { transfers, stallMs } = this.#options;
    const run = patientRun({ signal: options.signal, stallMs });
    let transfer = first;
    for (let again = false; ; again = true) {
      let reserved = false;
      try {
        transfer = await this.#reserve(transfer, run);
        reserved = true;
        const sending: SendOptions = { ...options, run, onProgress: forwards(options.onProgress) };
        await transfers.send(transfer, source, sending);
        return;
      } catch (error) {
        const code = isLecternError(error) ? error.code : 'unknown';
        // Refused from the start, nothing of ours was ever there.
        if (!reserved && refusals.has(code)) throw error;
        // An earlier try for the same bytes was given up only now, and this one with it.
        if (reserved && code === 'not-found' && !again) transfer = { ...transfer, id: crypto.randomUUID() };
        else if (await this.#isDoneAfterAll(transfer, error)) return;
        else throw error;
      }
    }
  }

  async get(key: string, { signal }: CallOptions = {}): Promise<Blob> {
    throwIfAborted(signal);
    const reader = await this.#whoReads();
    const kept = this.#cache.get(key);
    if (kept) return kept;
    return this.#downloads.run(`${reader ?? ''} ${key}`, signal, async (calledOff) => {
      const blob = await download(key, { ...this.#options, addresses: this.#addresses, signal: calledOff });
      if (reader === this.#reader) this.#cache.set(key, blob);
      return blob;
    });
  }

  /** What was kept for another user is forgotten. */
  async #whoReads(): Promise<string | null> {
    const reader = await this.#options.signer.holder();
    if (reader !== this.#reader) {
      this.#reader = reader;
      this.#cache.clear();
      this.#addresses.clear();
    }
    return reader;
  }

  async stat(key: string, options: CallOptions = {}): Promise<BlobStat | null> {
    throwIfAborted(options.signal);
    await this.#whoReads();
    try {
      const { sizeBytes, mimeType } = await this.#addresses.renew(key, options);
      return { key, sizeBytes, mimeType };
    } catch (error) {
      if (isLecternError(error) && error.code === 'not-found') return null;
      throw error;
    }
  }

  async delete(key: string, options: CallOptions = {}): Promise<void> {
    throwIfAborted(options.signal);
    try {
      await this.#options.signer.forget(key, options);
    } catch (error) {
      if (!isLecternError(error) || error.code !== 'not-found') throw error;
    }
    this.#cache.delete(key);
    this.#addresses.forget(key);
  }

  async report(options: CallOptions = {}): Promise<StorageReport> {
    throwIfAborted(options.signal);
    const { usedBytes, quotaBytes } = (await this.#options.usage?.(options)) ?? { usedBytes: 0, quotaBytes: null };
    return { kind: 'remote', usedBytes, quotaBytes, persistent: true };
  }

  /** @throws `already-exists` also for the very same bytes: they were put before */
  async #reserve(transfer: Transfer, run: RunAttempt): Promise<Transfer> {
    const reserve = async (request: Transfer): Promise<void> => {
      const { status } = await run(({ signal }) => this.#options.transfers.begin(request, { signal }));
      if (status === 'done') throw taken(request.key);
    };
    try {
      await reserve(transfer);
      return transfer;
    } catch (error) {
      // Somebody else has put the same under the same name, or this put was given up before: then it is another one.
      if (!isLecternError(error) || (error.code !== 'already-exists' && error.code !== 'conflict')) throw error;
      const other = { ...transfer, id: crypto.randomUUID() };
      await reserve(other);
      return other;
    }
  }

  /**
   * Takes back what a failed put may have left. True when it turns out that all was stored, and only the answer was lost.
   * Called off is called off, though it came too late: then the bytes stay, for a put of the same.
   */
  async #isDoneAfterAll(transfer: Transfer, error: unknown): Promise<boolean> {
    const { key } = transfer;
    this.#leftBehind.set(key, transfer);
    const givingUp = this.#giveUp(transfer, {}).catch(() => 'unknown' as const);
    if (!isLecternError(error) || error.code !== 'aborted') return (await givingUp) === 'done';
    // Whoever called it off isn't kept waiting; the next put under this key is.
    this.#givingUp.set(key, givingUp);
    void givingUp.then(() => {
      if (this.#givingUp.get(key) === givingUp) this.#givingUp.delete(key);
    });
    return false;
  }

  async #giveUp(transfer: Transfer, options: CallOptions): Promise<'done' | 'gone'> {
    try {
      const { status } = await this.#options.signer.cancel(transfer.id, options);
      if (status === 'done') return 'done';
    } catch (error) {
      if (!isLecternError(error) || error.code !== 'not-found') throw error;
    }
    if (this.#leftBehind.get(transfer.key) === transfer) this.#leftBehind.delete(transfer.key);
    return 'gone';
  }

  /** Makes room under a key that a put of this page was left behind under. True when that was this very one, and is done. */
  async #clearWay(transfer: Transfer, options: CallOptions): Promise<boolean> {
    const { key } = transfer;
    await this.#givingUp.get(key);
    const left = this.#leftBehind.get(key);
    if (!left) return false;
    const outcome = await this.#giveUp(left, options);
    const isThere = outcome === 'done' && left.id === transfer.id;
    // All of it came, and nobody was told: whoever puts again has other bytes.
    if (outcome === 'done' && !isThere) await this.#forget(key, options);
    this.#leftBehind.delete(key);
    return isThere;
  }

  /** @throws `already-exists` when something refers to it by now */
  async #forget(key: string, options: CallOptions): Promise<void> {
    try {
      await this.#options.signer.forget(key, options);
    } catch (error) {
      throw isLecternError(error) && error.code === 'in-use' ? taken(key) : error;
    }
  }
}

const taken = (key: string): LecternError =>
  new LecternError('already-exists', { message: `Bytes are stored under ${key}`, details: { key } });

/** What a reservation is refused with. */
const refusals: ReadonlySet<string> = new Set([
  'already-exists',
  'file-too-large',
  'file-type-unsupported',
  'invalid-input',
  'quota-exceeded',
  'unauthenticated',
]);

/** Progress of a put: now and then, and never back. */
function forwards(onProgress: PutOptions['onProgress']): (storedBytes: number) => void {
  let lastAt = -Infinity;
  let highest = 0;
  return (storedBytes) => {
    const now = performance.now();
    if (!onProgress || storedBytes <= highest || now - lastAt < progressEveryMs) return;
    lastAt = now;
    highest = storedBytes;
    onProgress(storedBytes);
  };
}
