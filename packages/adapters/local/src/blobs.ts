import {
  type BlobsPort,
  type BlobStat,
  type CallOptions,
  LecternError,
  type PutOptions,
  type StorageReport,
  toLecternError,
} from '@lectern/ports';
import { gatherBlob, requireBlobKey } from '@lectern/ports/adapter-kit';
import { answer, type LocalContext, notFound } from './context.js';
import { whileWriting } from './locks.js';
import type { OpenStore } from './open-store.js';
import type { WriteView } from './records/record-store.js';
import type { BlobRow } from './records/tables.js';

/** At most one call of `onProgress` in this time. */
const progressEveryMs = 100;

/** Says how far it is, now and then. */
function throttled(onProgress: PutOptions['onProgress']): (sentBytes: number) => void {
  let lastAt = -Infinity;
  return (sentBytes) => {
    const now = performance.now();
    if (!onProgress || now - lastAt < progressEveryMs) return;
    lastAt = now;
    onProgress(sentBytes);
  };
}

/**
 * Bytes in the browser. What already is a `Blob` goes into IndexedDB as it is, which is the browser's fastest way of
 * copying a file; a stream goes into the private file system, or where there is none, is gathered and then put.
 */
export class LocalBlobs implements BlobsPort {
  readonly #context: LocalContext;
  readonly #lockName: string;
  #mayAskForPersistence: boolean;

  constructor(context: LocalContext, options: { readonly lockName: string; readonly requestPersistence: boolean }) {
    this.#context = context;
    this.#lockName = options.lockName;
    this.#mayAskForPersistence = options.requestPersistence;
  }

  async put(key: string, data: Blob | ReadableStream<Uint8Array>, options: PutOptions = {}): Promise<BlobStat> {
    return answer(this.#context, options, async (store) => {
      requireBlobKey(key);
      if (await this.#row(store, key)) throw taken(key);
      const stat = await whileWriting(this.#lockName, () =>
        'getReader' in data ? this.#putStream(store, key, data, options) : this.#putBlob(store, key, data, options),
      );
      options.onProgress?.(stat.sizeBytes);
      this.#askForPersistence(store);
      return stat;
    });
  }

  /**
   * The bytes of a transfer, whole. When they are there already, it is done once more.
   *
   * @throws `already-exists` when other bytes are stored under the key, `quota-exceeded`
   */
  async bring(id: string, stat: BlobStat, data: Blob, options: CallOptions = {}): Promise<BlobStat> {
    return answer(this.#context, options, async (store) => {
      const { key, mimeType } = stat;
      const known = await this.whatBrought(id, key, options);
      if (known) return known;
      const brought = await whileWriting(this.#lockName, () =>
        this.#putBlob(store, key, data, { ...options, mimeType }, id),
      );
      this.#askForPersistence(store);
      return brought;
    });
  }

  /** What that transfer has stored under its key, or null. @throws `already-exists` when something else is there */
  async whatBrought(id: string, key: string, options?: CallOptions): Promise<BlobStat | null> {
    return answer(this.#context, options, async (store) => {
      const row = await this.#row(store, key);
      if (row && row.transferId !== id) throw taken(key);
      return row ? statOf(row) : null;
    });
  }

  async get(key: string, options?: CallOptions): Promise<Blob> {
    return answer(this.#context, options, async ({ records, folder }) => {
      const { row, data } = await records.read(['blobs', 'blobData'], async (view) => {
        const found = await view.get('blobs', key);
        const inside = found && found.file === undefined ? await view.get('blobData', key) : undefined;
        return { row: found, data: inside?.data };
      });
      if (!row) throw notFound('blob', key);
      const bytes = row.file === undefined ? data : await folder?.read(row.file);
      if (!bytes) throw notFound('blob', key);
      return bytes.type === row.mimeType ? bytes : bytes.slice(0, bytes.size, row.mimeType);
    });
  }

  async stat(key: string, options?: CallOptions): Promise<BlobStat | null> {
    return answer(this.#context, options, async (store) => {
      const row = await this.#row(store, key);
      return row ? statOf(row) : null;
    });
  }

  async delete(key: string, options?: CallOptions): Promise<void> {
    await answer(this.#context, options, (store) => deleteBlobs(store, [key]));
  }

  async report(options?: CallOptions): Promise<StorageReport> {
    return answer(this.#context, options, async ({ kind, records }) => {
      if (kind === 'memory') {
        const rows = await records.read(['blobs'], (view) => view.select('blobs'));
        const usedBytes = rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        return { kind, usedBytes, quotaBytes: null, persistent: false };
      }
      const manager = storageManager();
      const [estimate, persistent] = await Promise.all([manager?.estimate(), manager?.persisted()]);
      return {
        kind,
        usedBytes: estimate?.usage ?? 0,
        quotaBytes: estimate?.quota ?? null,
        persistent: persistent === true,
      };
    });
  }

  #row({ records }: OpenStore, key: string): Promise<BlobRow | undefined> {
    return records.read(['blobs'], (view) => view.get('blobs', key));
  }

  async #putBlob(
    store: OpenStore,
    key: string,
    data: Blob,
    options: PutOptions,
    transferId?: string,
  ): Promise<BlobStat> {
    const ofTransfer = transferId === undefined ? {} : { transferId };
    const row = { ...this.#newRow(key, data.size, options.mimeType ?? data.type), ...ofTransfer };
    try {
      return await commit(store, row, options, (view) => view.put('blobData', { key, data }));
    } catch (error) {
      throw await reasonOfFailedPut(data, error);
    }
  }

  async #putStream(
    store: OpenStore,
    key: string,
    data: ReadableStream<Uint8Array>,
    options: PutOptions,
  ): Promise<BlobStat> {
    const onBytes = throttled(options.onProgress);
    if (!store.folder)
      return this.#putBlob(
        store,
        key,
        await gatherBlob(data, { ...(options.signal && { signal: options.signal }), onBytes }),
        options,
      );
    const { signal } = options;
    const { file, sizeBytes } = await store.folder.write(this.#context.newId(), data, { signal, onBytes });
    try {
      return await commit(store, { ...this.#newRow(key, sizeBytes, options.mimeType ?? ''), file }, options);
    } catch (error) {
      await store.folder.remove(file);
      throw error;
    }
  }

  #newRow(key: string, sizeBytes: number, mimeType: string): BlobRow {
    return { key, sizeBytes, mimeType, unclaimedSince: this.#context.now().getTime() };
  }

  #askForPersistence(store: OpenStore): void {
    if (!this.#mayAskForPersistence || store.kind === 'memory') return;
    this.#mayAskForPersistence = false;
    storageManager()
      ?.persist?.()
      .catch(() => undefined);
  }
}

/** Pages without TLS have none; only windows, not workers, may ask for persistence. */
function storageManager(): (StorageManager & { readonly persist?: () => Promise<boolean> }) | null {
  return 'storage' in navigator ? navigator.storage : null;
}

const statOf = ({ key, sizeBytes, mimeType }: BlobRow): BlobStat => ({ key, sizeBytes, mimeType });

const taken = (key: string): LecternError =>
  new LecternError('already-exists', { message: `Bytes are stored under ${key}`, details: { key } });

/** Chromium fails alike for a full disk and for a file that has gone from where it was chosen; reading it tells. */
async function reasonOfFailedPut(data: Blob, error: unknown): Promise<unknown> {
  try {
    await data.slice(0, 1).arrayBuffer();
    return error;
  } catch (unreadable) {
    return toLecternError(unreadable);
  }
}

/** Only now do the bytes count. */
async function commit(
  { records }: OpenStore,
  row: BlobRow,
  { signal }: CallOptions,
  putData?: (view: WriteView) => Promise<void>,
): Promise<BlobStat> {
  return records.write(
    ['blobs', 'blobData'],
    async (view) => {
      // Another tab may have been faster.
      const known = await view.get('blobs', row.key);
      if (known && row.transferId !== undefined && known.transferId === row.transferId) return statOf(known);
      if (known) throw taken(row.key);
      await view.put('blobs', row);
      await putData?.(view);
      return statOf(row);
    },
    { signal },
  );
}

/** Rows first: bytes without a row are swept away later, a row without bytes would be a lie. */
export async function deleteBlobs({ records, folder }: OpenStore, keys: readonly string[]): Promise<void> {
  const rows = await records.write(['blobs', 'blobData'], async (view) => {
    const found: BlobRow[] = [];
    for (const key of keys) {
      const row = await view.get('blobs', key);
      if (!row) continue;
      found.push(row);
      await view.delete('blobs', key);
      await view.delete('blobData', key);
    }
    return found;
  });
  for (const { file } of rows) if (file !== undefined) await folder?.remove(file);
}
