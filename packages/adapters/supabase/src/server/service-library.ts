import {
  type Asset,
  type CallOptions,
  contentHashOfStream,
  type Json,
  LecternError,
  type NewAsset,
  type ProbeFacts,
  type SerialisedError,
  serialiseError,
  toLecternError,
} from '@lectern/ports';
import { assetColumns, assetOf, type AssetRow } from '../asset-rows.js';
import { isUuid, requireUuid } from '../errors.js';
import type { SupabaseClient } from '../requests.js';
import { newRecordRow } from '../transfers.js';
import { ServiceConnection } from './service-connection.js';

/** Bytes of which it is known how many they are: the room is reserved before the first is sent. */
export type MediaData = Blob | { readonly stream: ReadableStream<Uint8Array>; readonly sizeBytes: number };

/** A file for somebody's library. */
export interface MediaToPut extends Pick<NewAsset, 'name' | 'kind' | 'mimeType'> {
  /** Whose library. */
  readonly ownerId: string;
  /** A UUID of the caller's: the same again gives what is there. A new one when left out. */
  readonly assetId?: string;
  readonly data: MediaData;
  /** `upload` when left out. */
  readonly sourceType?: NewAsset['sourceType'];
  readonly studioMetadata?: Readonly<Record<string, Json>>;
  readonly tags?: readonly string[];
  readonly probe?: ProbeFacts | null;
  /** A small picture of it. */
  readonly poster?: Blob;
}

export interface VerifyOptions extends CallOptions {
  /** At most so many in one call. 100 when left out. */
  readonly limit?: number;
  /** Reads bytes that lie in another store; without it, those are left out. */
  readonly read?: (blob: {
    readonly store: string;
    readonly objectName: string;
  }) => Promise<ReadableStream<Uint8Array>>;
}

export interface VerifyReport {
  readonly verified: number;
  readonly failed: readonly { readonly objectName: string; readonly error: SerialisedError }[];
  /** Whether there are more that nobody has looked at. */
  readonly more: boolean;
}

export interface PurgeOptions extends CallOptions {
  /** How long something has been in the trash. 30 when left out, and 1 at least. */
  readonly days?: number;
  /** How long bytes have been nobody's. 24 when left out, and 1 at least. */
  readonly hours?: number;
  /** Deletes objects of another store and says which are gone; without it, those stay. */
  readonly deleteElsewhere?: (objectNames: readonly string[], store: string) => Promise<readonly string[]>;
}

/** What one clearing away has done. */
export interface PurgeReport {
  readonly expiredUploads: number;
  readonly forgottenConflicts: number;
  readonly purgedAssets: number;
  readonly deletedObjects: number;
  readonly freedBytes: number;
  /** Objects that should have gone and are still there; the next run tries again. */
  readonly left: readonly string[];
}

export interface ServiceLibrary {
  /**
   * Puts a file into somebody's library, whole or not at all; the room is counted as for their own uploads.
   *
   * @throws `quota-exceeded`, `invalid-input`, `already-exists` when the asset is somebody else's
   */
  putMedia(media: MediaToPut, options?: CallOptions): Promise<Asset>;
  /** The asset, or null. */
  findMedia(id: string, options?: CallOptions): Promise<Asset | null>;
  /** Reads stored bytes and notes their hashes: the only ones by which two files are the same. One bad file stops nothing. */
  verifyBlobs(options?: VerifyOptions): Promise<VerifyReport>;
  /** Takes away for good what nobody can bring back. Every step may be repeated. For a job, once a day. */
  purge(options?: PurgeOptions): Promise<PurgeReport>;
}

export interface ServiceLibraryOptions {
  /** A client of supabase-js that was made with the project's secret key, and without a session. */
  readonly client: SupabaseClient;
  /** Nobody waits longer for one answer about records. 30,000 ms when left out. */
  readonly timeoutMs?: number;
}

export function createServiceLibrary({ client, timeoutMs = 30_000 }: ServiceLibraryOptions): ServiceLibrary {
  return new SupabaseServiceLibrary(new ServiceConnection(client, timeoutMs));
}

const deletedPerRequest = 100;
const assetsPerRound = 100;
const objectsPerRound = 1000;

interface SessionAnswer {
  readonly id: string;
  readonly object_name: string;
  readonly status: 'open' | 'done' | 'cancelled' | 'expired';
}

interface ObjectRow {
  readonly object_name: string;
  readonly store: string;
  readonly size_bytes: number;
}

class SupabaseServiceLibrary implements ServiceLibrary {
  readonly #connection: ServiceConnection;

  constructor(connection: ServiceConnection) {
    this.#connection = connection;
  }

  async putMedia(media: MediaToPut, options?: CallOptions): Promise<Asset> {
    requireUuid('ownerId', media.ownerId);
    const assetId = (media.assetId ?? crypto.randomUUID()).toLowerCase();
    requireUuid('assetId', assetId);
    const there = await this.#ofOwner(assetId, media.ownerId, options);
    if (there) return there;

    const stored: string[] = [];
    try {
      return await this.#putNew(assetId, media, stored, options);
    } catch (error) {
      // What an asset refers to is refused; the rest goes. Where even that fails, the next clearing away finds it.
      if (stored.length > 0) await this.#deleteObjects(stored, {}).catch(() => undefined);
      throw error;
    }
  }

  async findMedia(id: string, options?: CallOptions): Promise<Asset | null> {
    if (!isUuid(id)) return null;
    const [row] = await this.#connection.rows<AssetRow>(options, (client) =>
      client.from('media_files').select(assetColumns).eq('id', id).is('purged_at', null),
    );
    return row ? assetOf(row) : null;
  }

  async verifyBlobs({ limit = 100, read, signal }: VerifyOptions = {}): Promise<VerifyReport> {
    const options = signal ? { signal } : {};
    const rows = await this.#connection.rows<ObjectRow>(options, (client) => {
      const select = client
        .from('media_blobs')
        .select('object_name,store,size_bytes')
        .is('verified_sha256', null)
        .order('created_at')
        .limit(limit + 1);
      return read ? select : select.eq('store', 'supabase');
    });
    const failed: { readonly objectName: string; readonly error: SerialisedError }[] = [];
    let verified = 0;
    for (const row of rows.slice(0, limit)) {
      try {
        await this.#verify(row, read, options);
        verified += 1;
      } catch (error) {
        const failure = toLecternError(error);
        if (failure.code === 'aborted') throw failure;
        failed.push({ objectName: row.object_name, error: serialiseError(failure) });
      }
    }
    return { verified, failed, more: rows.length > limit };
  }

  async purge({ days = 30, hours = 24, deleteElsewhere, signal }: PurgeOptions = {}): Promise<PurgeReport> {
    const options = signal ? { signal } : {};
    const kept = (await this.#connection.call('keep_house', {}, options)) as {
      readonly expired_uploads: number;
      readonly conflicts: number;
    };
    const purgedAssets = await this.#purgeAssets(days, options);
    const deleted = await this.#deleteUnclaimed(hours, deleteElsewhere, options);
    return { expiredUploads: kept.expired_uploads, forgottenConflicts: kept.conflicts, purgedAssets, ...deleted };
  }

  /** @param stored the objects that were stored so far, for whoever has to let go of them */
  async #putNew(
    assetId: string,
    media: MediaToPut,
    stored: string[],
    options: CallOptions | undefined,
  ): Promise<Asset> {
    const { ownerId, poster, data, mimeType } = media;
    const posterKey = poster ? `assets/${assetId}/${crypto.randomUUID()}` : null;
    if (poster && posterKey !== null) {
      stored.push(await this.#put(ownerId, { key: posterKey, data: poster, mimeType: poster.type }, null, options));
    }
    const record = newRecordRow({
      id: assetId,
      name: media.name,
      kind: media.kind,
      sourceType: media.sourceType ?? 'upload',
      studioMetadata: media.studioMetadata ?? {},
      tags: media.tags ?? [],
      probe: media.probe ?? null,
      posterKey,
    });
    const blobKey = `assets/${assetId}/${crypto.randomUUID()}`;
    stored.push(await this.#put(ownerId, { key: blobKey, data, mimeType }, record, options));
    const made = await this.#ofOwner(assetId, ownerId, options);
    if (made === null) return this.#insert({ ...record, owner_id: ownerId, blob_key: blobKey }, media, options);
    // The same was put twice at once, and the other was first.
    if (made.blobKey !== blobKey) await this.#deleteObjects(stored, {}).catch(() => undefined);
    return made;
  }

  async #ofOwner(id: string, ownerId: string, options: CallOptions | undefined): Promise<Asset | null> {
    const asset = await this.findMedia(id, options);
    if (asset && asset.ownerId !== ownerId.toLowerCase()) {
      throw new LecternError('already-exists', { message: `Asset ${id} is somebody else’s`, details: { id } });
    }
    return asset;
  }

  /** Reserves room and sends the bytes. @returns the object's name */
  async #put(
    ownerId: string,
    { key, data, mimeType }: { readonly key: string; readonly data: MediaData; readonly mimeType: string },
    record: Readonly<Record<string, unknown>> | null,
    options: CallOptions | undefined,
  ): Promise<string> {
    const id = crypto.randomUUID();
    const sizeBytes = data instanceof Blob ? data.size : data.sizeBytes;
    const session = (await this.#connection.call(
      'reserve_upload',
      { p_id: id, p_key: key, p_size_bytes: sizeBytes, p_mime_type: mimeType, p_asset: record, p_owner_id: ownerId },
      options,
    )) as SessionAnswer;
    try {
      const init = {
        method: 'POST',
        headers: {
          'content-type': mimeType === '' ? 'application/octet-stream' : mimeType,
          'cache-control': 'max-age=31536000',
          'x-upsert': 'false',
        },
        body: data instanceof Blob ? data : data.stream,
        // Node and Deno send streams only when told that the answer comes after them.
        ...(!(data instanceof Blob) && { duplex: 'half' }),
      };
      await this.#connection.storage(`object/media/${session.object_name}`, init, options, null);
    } catch (error) {
      // Given up, unless it was only the answer that was lost.
      if (!(await this.#giveUp(id))) throw error;
    }
    return session.object_name;
  }

  /** Lets go of a reservation. True when it is done already, and there is nothing to let go of. */
  async #giveUp(id: string): Promise<boolean> {
    const { status } = (await this.#connection.call('cancel_upload', { p_id: id })) as SessionAnswer;
    return status === 'done';
  }

  async #insert(
    row: Readonly<Record<string, unknown>>,
    { ownerId, data, mimeType }: MediaToPut,
    options: CallOptions | undefined,
  ): Promise<Asset> {
    const [blob] = await this.#connection.rows<{ readonly tenant_id: string }>(options, (client) =>
      client.from('media_blobs').select('tenant_id').eq('owner_id', ownerId).eq('key', row['blob_key']),
    );
    const sizeBytes = data instanceof Blob ? data.size : data.sizeBytes;
    const whole = { ...row, tenant_id: blob?.tenant_id, mime_type: mimeType, size_bytes: sizeBytes };
    const [made] = await this.#connection.rows<AssetRow>(options, (client) =>
      client.from('media_files').insert(whole).select(assetColumns),
    );
    if (!made) throw new LecternError('server', { message: 'The asset was not made' });
    return assetOf(made);
  }

  async #verify(
    { object_name: objectName, store, size_bytes: sizeBytes }: ObjectRow,
    read: VerifyOptions['read'],
    options: CallOptions,
  ): Promise<void> {
    const stream =
      store === 'supabase'
        ? (await this.#connection.storage(`object/authenticated/media/${objectName}`, {}, options)).body
        : await read?.({ store, objectName });
    if (!stream) throw new LecternError('server', { message: 'The store answered without a body' });
    let found = 0;
    const sha256 = await contentHashOfStream(stream, {
      ...options,
      onProgress: (bytes) => {
        found = bytes;
      },
    }).catch((error: unknown) => {
      throw toLecternError(error, 'offline');
    });
    if (found !== sizeBytes) {
      throw new LecternError('corrupt', {
        message: `${objectName} has ${String(found)} bytes, not ${String(sizeBytes)}`,
      });
    }
    await this.#connection.call('verify_blob', { p_object_name: objectName, p_sha256: sha256 }, options);
  }

  async #purgeAssets(days: number, options: CallOptions): Promise<number> {
    let purged = 0;
    for (;;) {
      const rows = (await this.#connection.call(
        'purge_candidates',
        { p_days: days, p_limit: assetsPerRound },
        options,
      )) as readonly { readonly id: string }[];
      if (rows.length === 0) return purged;
      const gone = (await this.#connection.call(
        'purge_media',
        { p_ids: rows.map(({ id }) => id), p_days: days },
        options,
      )) as readonly unknown[];
      purged += gone.length;
      // Those that stayed came back into use meanwhile; they would be named again and again.
      if (gone.length < rows.length) return purged;
    }
  }

  async #deleteUnclaimed(
    hours: number,
    deleteElsewhere: PurgeOptions['deleteElsewhere'],
    options: CallOptions,
  ): Promise<Pick<PurgeReport, 'deletedObjects' | 'freedBytes' | 'left'>> {
    let deletedObjects = 0;
    let freedBytes = 0;
    for (;;) {
      const rows = (await this.#connection.call(
        'unclaimed_blobs',
        { p_hours: hours, p_limit: objectsPerRound },
        options,
      )) as readonly ObjectRow[];
      const gone = new Set<string>();
      for (const store of new Set(rows.map((row) => row.store))) {
        const names = rows.filter((row) => row.store === store).map((row) => row.object_name);
        for (let start = 0; start < names.length; start += deletedPerRequest) {
          const some = names.slice(start, start + deletedPerRequest);
          const removed =
            store === 'supabase'
              ? await this.#deleteObjects(some, options)
              : await this.#deleteElsewhere(some, store, deleteElsewhere, options);
          for (const name of removed) gone.add(name);
        }
      }
      deletedObjects += gone.size;
      freedBytes += rows.reduce((sum, row) => sum + (gone.has(row.object_name) ? row.size_bytes : 0), 0);
      const left = rows.map((row) => row.object_name).filter((name) => !gone.has(name));
      if (rows.length < objectsPerRound || gone.size === 0) return { deletedObjects, freedBytes, left };
    }
  }

  /** Through the storage server: SQL would leave the bytes. The rows go with the objects. */
  async #deleteObjects(names: readonly string[], options: CallOptions): Promise<readonly string[]> {
    const response = await this.#connection.storage(
      'object/media',
      {
        method: 'DELETE',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ prefixes: names }),
      },
      options,
    );
    return ((await response.json()) as readonly { readonly name: string }[]).map(({ name }) => name);
  }

  async #deleteElsewhere(
    names: readonly string[],
    store: string,
    deleteElsewhere: PurgeOptions['deleteElsewhere'],
    options: CallOptions,
  ): Promise<readonly string[]> {
    if (!deleteElsewhere) return [];
    const gone = await deleteElsewhere(names, store);
    if (gone.length > 0) await this.#connection.call('forget_blobs', { p_object_names: gone }, options);
    return gone;
  }
}
