import {
  type Asset,
  type AssetAction,
  type AssetChange,
  type AssetNotice,
  type AssetPatch,
  assetPatchSchema,
  type AssetQuery,
  type AssetsPort,
  type AssetUsage,
  assetUsageSchema,
  type AssetVersion,
  type CallOptions,
  type Json,
  LecternError,
  type LibraryCount,
  type NewAsset,
  newAssetSchema,
  type NewAssetVersion,
  newAssetVersionSchema,
  normaliseAssetName,
  type Page,
  parseInput,
  type Unsubscribe,
} from '@lectern/ports';
import {
  assetColumns,
  assetOf,
  type AssetRow,
  decodeCursor,
  encodeCursor,
  newAssetRow,
  newVersionRow,
  pageSize,
  time,
  versionColumns,
  versionOf,
  type VersionRow,
} from './asset-rows.js';
import { answer, type SupabaseContext } from './context.js';
import { isUuid, notFound, requireUuid } from './errors.js';

/** Ids that fit into one address. */
const idsPerRequest = 100;
const historyLength = 200;

interface ListAnswer<Row> {
  readonly items: readonly Row[];
  readonly next: unknown;
  readonly total: number;
}

interface UsageRow {
  readonly asset_id: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly label: string;
}

export class SupabaseAssets implements AssetsPort {
  readonly #context: SupabaseContext;

  constructor(context: SupabaseContext) {
    this.#context = context;
  }

  async list(query: AssetQuery, options?: CallOptions): Promise<Page<Asset>> {
    return answer(options, async () => {
      const sort = query.sort ?? 'newest';
      const args = {
        p_search: query.search ?? null,
        p_kinds: query.kinds ?? null,
        p_source_types: query.sourceTypes ?? null,
        p_tags: query.tags ?? null,
        p_deleted: query.deleted ?? false,
        p_project_id: query.projectId ?? null,
        p_sort: sort,
        p_limit: pageSize(query.limit),
        p_after: decodeCursor(sort, query.cursor),
      };
      const page = (await this.#context.connection.call('list_media', args, options)) as ListAnswer<AssetRow>;
      return {
        items: page.items.map((row) => this.#asset(row)),
        nextCursor: encodeCursor(sort, page.next),
        total: page.total,
      };
    });
  }

  async get(id: string, options?: CallOptions): Promise<Asset> {
    return answer(options, () => this.#get(id, options));
  }

  async getMany(ids: readonly string[], options?: CallOptions): Promise<readonly Asset[]> {
    return answer(options, async () => {
      const known = [...new Set(ids.filter(isUuid))];
      const requests: Promise<readonly Asset[]>[] = [];
      for (let start = 0; start < known.length; start += idsPerRequest) {
        requests.push(this.#getSome(known.slice(start, start + idsPerRequest), options));
      }
      const found = new Map((await Promise.all(requests)).flat().map((asset) => [asset.id, asset]));
      return ids.flatMap((id) => found.get(id.toLowerCase()) ?? []);
    });
  }

  async create(asset: NewAsset, options?: CallOptions): Promise<Asset> {
    return answer(options, async () => {
      const given = parseInput(newAssetSchema, asset);
      requireUuid('id', given.id);
      const { data } = await this.#context.connection.rest(options, (client) =>
        client.from('media_files').insert(newAssetRow(given)).select(assetColumns),
      );
      return this.#written(data);
    });
  }

  async update(
    id: string,
    patch: AssetPatch,
    options?: CallOptions & { readonly expectedRev?: number },
  ): Promise<Asset> {
    const given = { ...patch };
    return answer(options, async () => {
      const { name, tags, posterKey, probe, studioMetadata } = parseInput(assetPatchSchema, given);
      requireUuid('id', id);
      const columns = {
        ...(name !== undefined && { name: normaliseAssetName(name) }),
        ...(tags !== undefined && { tags }),
        ...(posterKey !== undefined && { poster_key: posterKey }),
        ...(probe !== undefined && { probe }),
        ...(studioMetadata !== undefined && { studio_metadata: studioMetadata }),
      };
      return this.#write(id, columns, options);
    });
  }

  async remove(id: string, options?: CallOptions): Promise<Asset> {
    return answer(options, () => {
      requireUuid('id', id);
      // A wish: the server puts its own time there.
      return this.#write(id, { deleted_at: new Date().toISOString() }, options);
    });
  }

  async restore(id: string, options?: CallOptions): Promise<Asset> {
    return answer(options, () => {
      requireUuid('id', id);
      return this.#write(id, { deleted_at: null }, options);
    });
  }

  async addVersion(id: string, version: NewAssetVersion, options?: CallOptions): Promise<Asset> {
    return answer(options, async () => {
      const given = parseInput(newAssetVersionSchema, version);
      requireUuid('id', id);
      if (await this.#hasVersion(id, given.blobKey, options)) {
        // Made with the last byte of its transfer; a key is used once, so this is that version.
        const asset = await this.#get(id, options);
        return asset.blobKey === given.blobKey ? this.#completeFacts(asset, given, options) : asset;
      }
      return this.#insertVersion(newVersionRow(id, given), id, options);
    });
  }

  async restoreVersion(id: string, versionId: string, options?: CallOptions): Promise<Asset> {
    return answer(options, async () => {
      requireUuid('id', id);
      requireUuid('versionId', versionId);
      const { data } = await this.#context.connection.rest(options, (client) =>
        client
          .from('media_file_versions')
          .select('asset_id,blob_key,mime_type,size_bytes,probe,poster_key,fingerprint')
          .eq('asset_id', id)
          .eq('id', versionId),
      );
      const [row] = data as readonly Readonly<Record<string, unknown>>[];
      if (!row) throw notFound('version', versionId);
      return this.#insertVersion(row, id, options);
    });
  }

  async versions(id: string, options?: CallOptions): Promise<readonly AssetVersion[]> {
    return answer(options, async () => {
      const asset = await this.#get(id, options);
      const { data } = await this.#context.connection.rest(options, (client) =>
        client
          .from('media_file_versions')
          .select(versionColumns)
          .eq('asset_id', id)
          .order('number', { ascending: false }),
      );
      const rows = data as readonly VersionRow[];
      this.#context.directory.noteOwner(asset.ownerId, ...rows.map((row) => row.blob_key));
      return rows.map(versionOf);
    });
  }

  async history(id: string, options?: CallOptions): Promise<readonly AssetChange[]> {
    return answer(options, async () => {
      await this.#get(id, options);
      const { data } = await this.#context.connection.rest(options, (client) =>
        client
          .from('media_file_history')
          .select('id,asset_id,action,change,author,created_at')
          .eq('asset_id', id)
          .order('id', { ascending: false })
          .limit(historyLength),
      );
      const rows = data as readonly {
        readonly id: number;
        readonly asset_id: string;
        readonly action: AssetAction;
        readonly change: Readonly<Record<string, Json>>;
        readonly author: string | null;
        readonly created_at: string;
      }[];
      return rows.map((row) => ({
        id: String(row.id),
        assetId: row.asset_id,
        action: row.action,
        change: row.change,
        author: row.author,
        createdAt: time(row.created_at),
      }));
    });
  }

  async undo(changeId: string, options?: CallOptions): Promise<void> {
    return answer(options, async () => {
      if (!/^[1-9]\d{0,17}$/.test(changeId)) throw notFound('change', changeId);
      // As text: a number of JavaScript's has fewer digits.
      await this.#context.connection.call('undo_media_change', { p_history_id: changeId }, options);
      this.#tell([]);
    });
  }

  async findByFingerprint(fingerprint: string, options?: CallOptions): Promise<readonly Asset[]> {
    return answer(options, async () => {
      const { data } = await this.#context.connection.rest(options, (client, { identity }) =>
        client
          .from('media_files')
          .select(assetColumns)
          .eq('owner_id', identity.userId)
          .eq('fingerprint', fingerprint)
          .is('deleted_at', null)
          .order('created_at', { ascending: false })
          .limit(20),
      );
      return (data as readonly AssetRow[]).map((row) => this.#asset(row));
    });
  }

  async overview(options?: CallOptions): Promise<readonly LibraryCount[]> {
    return answer(options, async () => {
      const rows = (await this.#context.connection.call('media_overview', {}, options)) as readonly {
        readonly kind: LibraryCount['kind'];
        readonly source_type: LibraryCount['sourceType'];
        readonly deleted: boolean;
        readonly files: number;
        readonly bytes: number;
      }[];
      return rows.map(({ source_type: sourceType, kind, deleted, files, bytes }) => ({
        kind,
        sourceType,
        deleted,
        files,
        bytes,
      }));
    });
  }

  async usage(id: string, options?: CallOptions): Promise<readonly AssetUsage[]> {
    return answer(options, async () => {
      if (!isUuid(id)) return [];
      const { data } = await this.#context.connection.rest(options, (client) =>
        client
          .from('media_usage')
          .select('asset_id,resource_type,resource_id,label')
          .eq('asset_id', id)
          .order('created_at')
          .order('resource_type')
          .order('resource_id'),
      );
      return (data as readonly UsageRow[]).map((row) => ({
        assetId: row.asset_id,
        resourceType: row.resource_type,
        resourceId: row.resource_id,
        label: row.label,
      }));
    });
  }

  async link(usage: AssetUsage, options?: CallOptions): Promise<void> {
    return answer(options, async () => {
      const given = parseInput(assetUsageSchema, usage);
      requireUuid('assetId', given.assetId);
      const row = { ...placeColumns(given), label: given.label };
      await this.#context.connection.rest(options, (client) =>
        client.from('media_usage').upsert(row, { onConflict: 'asset_id,resource_type,resource_id' }),
      );
      this.#tell([given.assetId]);
    });
  }

  async unlink(
    usage: Pick<AssetUsage, 'assetId' | 'resourceType' | 'resourceId'>,
    options?: CallOptions,
  ): Promise<void> {
    return answer(options, async () => {
      requireUuid('assetId', usage.assetId);
      const place = placeColumns(usage);
      const { count } = await this.#context.connection.rest(options, (client) =>
        client.from('media_usage').delete({ count: 'exact' }).match(place),
      );
      // A policy's refusal looks like a place that isn't there.
      if (count === 0) {
        const { data } = await this.#context.connection.rest(options, (client) =>
          client.from('media_usage').select('asset_id').match(place),
        );
        if ((data as readonly unknown[]).length > 0) {
          throw new LecternError('forbidden', {
            message: `The place ${usage.resourceType} ${usage.resourceId} isn’t kept by hand`,
          });
        }
      }
      this.#tell([usage.assetId]);
    });
  }

  subscribe(listener: (notice: AssetNotice) => void): Unsubscribe {
    return this.#context.assetNotices.subscribe(listener);
  }

  async #get(id: string, options: CallOptions | undefined): Promise<Asset> {
    const [asset] = isUuid(id) ? await this.#getSome([id], options) : [];
    if (!asset) throw notFound('asset', id);
    return asset;
  }

  async #getSome(ids: readonly string[], options: CallOptions | undefined): Promise<readonly Asset[]> {
    const { data } = await this.#context.connection.rest(options, (client) =>
      client
        .from('media_files')
        .select(assetColumns)
        .in('id', [...ids]),
    );
    return (data as readonly AssetRow[]).map((row) => this.#asset(row));
  }

  /** Poster and facts may be known later than the bytes are stored. What somebody has changed since then stays. */
  async #completeFacts(
    asset: Asset,
    { posterKey, probe }: Pick<NewAsset, 'posterKey' | 'probe'>,
    options: CallOptions | undefined,
  ): Promise<Asset> {
    const columns = {
      ...(asset.posterKey === null && posterKey !== null && { poster_key: posterKey }),
      ...(asset.probe === null && probe !== null && { probe }),
    };
    if (Object.keys(columns).length > 0) return this.#write(asset.id, columns, options);
    this.#tell([asset.id]);
    return asset;
  }

  async #write(
    id: string,
    columns: Readonly<Record<string, unknown>>,
    options: (CallOptions & { readonly expectedRev?: number }) | undefined,
  ): Promise<Asset> {
    const expectedRev = options?.expectedRev;
    if (Object.keys(columns).length > 0) {
      const { data } = await this.#context.connection.rest(options, (client) => {
        const update = client.from('media_files').update(columns).eq('id', id);
        return (expectedRev === undefined ? update : update.eq('rev', expectedRev)).select(assetColumns);
      });
      if ((data as readonly unknown[]).length > 0) return this.#written(data);
    }
    // Nothing was changed: it isn't there, is of another revision, or is somebody else's.
    const asset = await this.#get(id, options);
    if (expectedRev !== undefined && asset.rev !== expectedRev) {
      throw new LecternError('conflict', {
        message: `Asset ${id} is at revision ${String(asset.rev)}, not ${String(expectedRev)}`,
        details: { id, rev: asset.rev, expectedRev },
      });
    }
    if (Object.keys(columns).length === 0) return asset;
    throw new LecternError('forbidden', { message: `Asset ${id} is somebody else’s`, details: { id } });
  }

  async #hasVersion(id: string, blobKey: string, options: CallOptions | undefined): Promise<boolean> {
    const { data } = await this.#context.connection.rest(options, (client) =>
      client.from('media_file_versions').select('id').eq('asset_id', id).eq('blob_key', blobKey).limit(1),
    );
    return (data as readonly unknown[]).length > 0;
  }

  async #insertVersion(
    row: Readonly<Record<string, unknown>>,
    id: string,
    options: CallOptions | undefined,
  ): Promise<Asset> {
    await this.#context.connection.rest(options, (client) => client.from('media_file_versions').insert(row));
    this.#tell([id]);
    return this.#get(id, options);
  }

  #written(data: unknown): Asset {
    const [row] = data as readonly AssetRow[];
    // A row that was written and can't be read: the policies of somebody's own.
    if (!row) throw new LecternError('forbidden', { message: 'What was written may not be read' });
    this.#context.echoes.expect(`${row.id} ${row.updated_at}`);
    this.#tell([row.id]);
    return this.#asset(row);
  }

  #asset(row: AssetRow): Asset {
    this.#context.directory.noteOwner(row.owner_id, row.blob_key, row.poster_key);
    return assetOf(row);
  }

  #tell(ids: readonly string[]): void {
    this.#context.assetNotices.send({ type: 'assets-changed', ids });
  }
}

function placeColumns({
  assetId,
  resourceType,
  resourceId,
}: Pick<AssetUsage, 'assetId' | 'resourceType' | 'resourceId'>): Readonly<Record<string, string>> {
  return { asset_id: assetId, resource_type: resourceType, resource_id: resourceId };
}
