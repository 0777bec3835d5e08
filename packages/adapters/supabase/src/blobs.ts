import {
  type BlobsPort,
  type BlobStat,
  type CallOptions,
  isLecternError,
  LecternError,
  type PutOptions,
  type StorageReport,
  type Transfer,
} from '@lectern/ports';
import { BlobCache, gatherBlob, putTransfer, requireBlobKey, SharedWork } from '@lectern/ports/adapter-kit';
import type { BlobPlace } from './blob-directory.js';
import { answer, type SupabaseContext } from './context.js';
import { download } from './download.js';
import type { SupabaseTransfers } from './transfers.js';

interface RoomRow {
  readonly stored_bytes: number;
  readonly limit_bytes: number | null;
}

const progressEveryMs = 100;

export interface BlobsOptions {
  /** Downloaded files that are kept at hand, in bytes. */
  readonly cacheBytes: number;
}

/** Bytes in the bucket `media`, under names that the server made. */
export class SupabaseBlobs implements BlobsPort {
  readonly #context: SupabaseContext;
  readonly #transfers: SupabaseTransfers;
  readonly #cache: BlobCache;
  readonly #downloads = new SharedWork<Blob>();

  constructor(context: SupabaseContext, transfers: SupabaseTransfers, { cacheBytes }: BlobsOptions) {
    this.#context = context;
    this.#transfers = transfers;
    this.#cache = new BlobCache(cacheBytes);
  }

  async put(key: string, data: Blob | ReadableStream<Uint8Array>, options?: PutOptions): Promise<BlobStat> {
    return answer(options, async () => {
      requireBlobKey(key);
      const source = data instanceof Blob ? data : await gatherBlob(data, options);
      const mimeType = options?.mimeType ?? source.type;
      let transfer = await this.#reservePut(await putTransfer(key, source, mimeType), options);
      let toldAt = 0;
      let told = -1;
      const tell = (bytes: number, last: boolean): void => {
        if (bytes <= told || (!last && Date.now() - toldAt < progressEveryMs)) return;
        toldAt = Date.now();
        told = bytes;
        options?.onProgress?.(bytes);
      };
      const send = (): Promise<BlobStat> =>
        this.#transfers.send(transfer, source, {
          ...(options?.signal && { signal: options.signal }),
          onProgress: (bytes) => {
            tell(bytes, false);
          },
        });
      try {
        const stat = await send().catch(async (error: unknown) => {
          if (!isLecternError(error) || error.code !== 'not-found') throw error;
          // An earlier try for the same bytes was given up only now, and this one with it.
          transfer = { ...transfer, id: crypto.randomUUID() };
          await this.#transfers.begin(transfer, options);
          return send();
        });
        tell(source.size, true);
        return stat;
      } catch (error) {
        // Whole or not at all. Where even this can't be said, the reservation runs out by itself.
        await this.#transfers.cancel(transfer).catch(() => undefined);
        throw error;
      }
    });
  }

  /** @throws `already-exists` also for the very same bytes: they were put before */
  async #reservePut(transfer: Transfer, options?: CallOptions): Promise<Transfer> {
    try {
      if ((await this.#transfers.begin(transfer, options)) === 'open') return transfer;
    } catch (error) {
      if (!isLecternError(error) || error.code !== 'already-exists') throw error;
    }
    // It is over, or somebody else has put the same under the same name: this is another one.
    const other = { ...transfer, id: crypto.randomUUID() };
    await this.#transfers.begin(other, options);
    return other;
  }

  async get(key: string, options?: CallOptions): Promise<Blob> {
    return answer(options, async () => {
      const { identity } = await this.#context.connection.session(options);
      // Keys are their owner's: another user of this page may have the same.
      const name = `${identity.userId} ${key}`;
      const cached = this.#cache.get(name);
      if (cached) return cached;
      const place = await this.#context.directory.place(key, options);
      if (place.store !== 'supabase') throw elsewhere(place);
      return this.#downloads.run(name, options?.signal, (signal) => this.#download(name, place, signal));
    });
  }

  async stat(key: string, options?: CallOptions): Promise<BlobStat | null> {
    return answer(options, async () => {
      const place = await this.#context.directory.find(key, options);
      return place && { key, sizeBytes: place.sizeBytes, mimeType: place.mimeType };
    });
  }

  async delete(key: string, options?: CallOptions): Promise<void> {
    return answer(options, async () => {
      const { connection, directory } = this.#context;
      const place = await directory.find(key, options);
      this.#cache.delete(`${(await connection.session(options)).identity.userId} ${key}`);
      directory.forget(key);
      if (!place) return;
      if (place.store !== 'supabase') throw elsewhere(place);
      const response = await connection.storage(
        'object/media',
        {
          method: 'DELETE',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ prefixes: [place.objectName] }),
        },
        options,
      );
      const removed = (await response.json()) as readonly unknown[];
      // A refusal is an empty list, and so is a deletion that somebody else was quicker with.
      if (removed.length > 0 || (await directory.find(key, options)) === null) return;
      throw new LecternError('in-use', { message: `An asset refers to ${key}`, details: { id: key, places: [] } });
    });
  }

  async report(options?: CallOptions): Promise<StorageReport> {
    return answer(options, async () => {
      const [room] = (await this.#context.connection.call('storage_report', {}, options)) as readonly RoomRow[];
      // A limit of nothing at all is a limit too, and a quota is above zero.
      const limit = room?.limit_bytes == null ? null : Math.max(1, room.limit_bytes);
      return { kind: 'remote', usedBytes: room?.stored_bytes ?? 0, quotaBytes: limit, persistent: true };
    });
  }

  dispose(): void {
    this.#downloads.stop();
    this.#cache.clear();
  }

  async #download(name: string, place: BlobPlace, signal: AbortSignal): Promise<Blob> {
    try {
      const whole = await download(this.#context.connection, place, signal);
      this.#cache.set(name, whole);
      return whole;
    } catch (error) {
      this.#context.directory.forget(place.key);
      throw error;
    }
  }
}

function elsewhere({ key, store }: BlobPlace): LecternError {
  return new LecternError('unknown', { message: `${key} lies in ${store}, and no such store was given` });
}
