import {
  type Asset,
  type AssetNotice,
  type AssetPatch,
  type AssetQuery,
  type AssetsPort,
  type AssetUsage,
  type AssetVersion,
  assetPatchSchema,
  assetUsageSchema,
  type CallOptions,
  LecternError,
  type NewAsset,
  type NewAssetVersion,
  newAssetSchema,
  newAssetVersionSchema,
  normaliseAssetName,
  type Page,
  parseInput,
  type Unsubscribe,
} from '@lectern/ports';
import { AssetIndex } from './asset-index.js';
import { answer, type LocalContext, notFound } from './context.js';
import type { Notices } from './notices.js';
import type { ReadView, WriteView } from './records/record-store.js';
import type { AssetRow } from './records/tables.js';

/** Rows written in one transaction of an import. */
const importBatch = 2000;

/** Takes the next number of the assets' change count. */
export async function nextSeq(view: WriteView, step = 1): Promise<number> {
  const library = await view.get('meta', 'library');
  if (library?.key !== 'library') throw new LecternError('corrupt', { message: 'The row that counts changes is gone' });
  await view.put('meta', { ...library, seq: library.seq + step });
  return library.seq + step;
}

export class LocalAssets implements AssetsPort {
  readonly #context: LocalContext;
  readonly #notices: Notices<AssetNotice>;
  readonly #index = new AssetIndex();

  constructor(context: LocalContext, notices: Notices<AssetNotice>) {
    this.#context = context;
    this.#notices = notices;
  }

  async list(query: AssetQuery, options?: CallOptions): Promise<Page<Asset>> {
    return answer(this.#context, options, async ({ records, kind }) => {
      for (;;) {
        await this.#index.load(records);
        const page = await records.read(['meta', 'assets', 'purged', 'usage'], async (view) => {
          if (!(await this.#index.catchUp(view))) return null;
          const used = query.projectId === undefined ? null : await usedIn(view, 'project', query.projectId);
          const { ids, nextCursor, total } = this.#index.page(query, used);
          return { items: await read(view, ids), nextCursor, total };
        });
        if (!page) continue;
        if (kind !== 'memory') this.#index.saveSoon(records);
        return page;
      }
    });
  }

  async get(id: string, options?: CallOptions): Promise<Asset> {
    return answer(this.#context, options, async ({ records }) => {
      const row = await records.read(['assets'], (view) => view.get('assets', id));
      if (!row) throw notFound('asset', id);
      return row.asset;
    });
  }

  async getMany(ids: readonly string[], options?: CallOptions): Promise<readonly Asset[]> {
    return answer(this.#context, options, ({ records }) => records.read(['assets'], (view) => read(view, ids)));
  }

  async create(asset: NewAsset, options?: CallOptions): Promise<Asset> {
    return answer(this.#context, options, async ({ records, guest }) => {
      const given = parseInput(newAssetSchema, asset);
      const at = this.#context.now().toISOString();
      const created: Asset = {
        id: given.id,
        ownerId: guest.userId,
        name: normaliseAssetName(given.name),
        kind: given.kind,
        mimeType: given.mimeType,
        sizeBytes: given.sizeBytes,
        status: 'active',
        sourceType: given.sourceType,
        studioMetadata: given.studioMetadata ?? {},
        tags: given.tags ?? [],
        probe: given.probe,
        posterKey: given.posterKey,
        currentVersionId: this.#context.newId(),
        blobKey: given.blobKey,
        rev: 1,
        createdAt: at,
        updatedAt: at,
        deletedAt: null,
      };
      await records.write(
        ['assets', 'blobs', 'meta'],
        async (view) => {
          if (await view.get('assets', given.id)) {
            throw new LecternError('already-exists', {
              message: `There is an asset ${given.id}`,
              details: { id: given.id },
            });
          }
          await claim(view, 'blobKey', given.blobKey);
          if (given.posterKey !== null) await claim(view, 'posterKey', given.posterKey);
          await view.put('assets', firstRow(created, await nextSeq(view)));
        },
        { signal: options?.signal },
      );
      this.#tell([given.id]);
      return created;
    });
  }

  async update(
    id: string,
    patch: AssetPatch,
    options?: CallOptions & { readonly expectedRev?: number },
  ): Promise<Asset> {
    const given = { ...patch };
    return this.#change(id, options, async (row, view) => {
      const fields = parseInput(assetPatchSchema, given);
      const { asset } = row;
      if (options?.expectedRev !== undefined && options.expectedRev !== asset.rev) {
        throw new LecternError('conflict', {
          message: `Asset ${id} is at revision ${String(asset.rev)}, not ${String(options.expectedRev)}`,
          details: { id, rev: asset.rev, expectedRev: options.expectedRev },
        });
      }
      if (fields.posterKey !== undefined) await this.#changePoster(view, asset.posterKey, fields.posterKey);
      const name = fields.name === undefined ? asset.name : normaliseAssetName(fields.name);
      return { ...row, asset: { ...asset, ...fields, name } };
    });
  }

  async remove(id: string, options?: CallOptions): Promise<Asset> {
    return this.#change(id, options, async (row, view) => {
      if (row.asset.deletedAt !== null) return null;
      const usage = await view.select('usage', { startsWith: id });
      if (usage.length > 0) {
        const places = usage.map(({ label }) => label);
        throw new LecternError('in-use', {
          message: `Asset ${id} is used in ${places.join(', ')}`,
          details: { id, places },
        });
      }
      return { ...row, asset: { ...row.asset, status: 'deleted', deletedAt: this.#context.now().toISOString() } };
    });
  }

  async restore(id: string, options?: CallOptions): Promise<Asset> {
    return this.#change(id, options, async (row) =>
      row.asset.deletedAt === null ? null : { ...row, asset: { ...row.asset, status: 'active', deletedAt: null } },
    );
  }

  async addVersion(id: string, version: NewAssetVersion, options?: CallOptions): Promise<Asset> {
    return this.#change(id, options, async (row, view) => {
      const given = parseInput(newAssetVersionSchema, version);
      await claim(view, 'blobKey', given.blobKey);
      await this.#changePoster(view, row.asset.posterKey, given.posterKey);
      const { posterKey, ...bytes } = given;
      const currentVersion = { number: row.currentVersion.number + 1, createdAt: this.#context.now().toISOString() };
      const currentVersionId = this.#context.newId();
      const kind = given.probe?.kind ?? row.asset.kind;
      return {
        ...row,
        asset: { ...row.asset, ...bytes, kind, posterKey, currentVersionId },
        currentVersion,
        olderVersions: [...row.olderVersions, currentVersionOf(row)],
      };
    });
  }

  async versions(id: string, options?: CallOptions): Promise<readonly AssetVersion[]> {
    return answer(this.#context, options, ({ records }) =>
      records.read(['assets'], async (view) => {
        const row = await view.get('assets', id);
        if (!row) throw notFound('asset', id);
        return versionsOf(row).toReversed();
      }),
    );
  }

  async usage(id: string, options?: CallOptions): Promise<readonly AssetUsage[]> {
    return answer(this.#context, options, ({ records }) =>
      records.read(['usage'], (view) => view.select('usage', { startsWith: id })),
    );
  }

  async link(usage: AssetUsage, options?: CallOptions): Promise<void> {
    await answer(this.#context, options, async ({ records }) => {
      const given = parseInput(assetUsageSchema, usage);
      await records.write(
        ['assets', 'usage'],
        async (view) => {
          if (!(await view.get('assets', given.assetId))) throw notFound('asset', given.assetId);
          await view.put('usage', given);
        },
        { signal: options?.signal },
      );
      this.#tell([given.assetId]);
    });
  }

  async unlink(
    usage: Pick<AssetUsage, 'assetId' | 'resourceType' | 'resourceId'>,
    options?: CallOptions,
  ): Promise<void> {
    await answer(this.#context, options, async ({ records }) => {
      const { assetId, resourceType, resourceId } = usage;
      await records.write(['usage'], (view) => view.delete('usage', [assetId, resourceType, resourceId]), {
        signal: options?.signal,
      });
      this.#tell([assetId]);
    });
  }

  subscribe(listener: (notice: AssetNotice) => void): Unsubscribe {
    return this.#notices.subscribe(listener);
  }

  /** Takes whole rows as they are, each with one version; rows with the same id are replaced. */
  async importRows(assets: readonly Asset[], options?: CallOptions): Promise<void> {
    await answer(this.#context, options, async ({ records }) => {
      for (let start = 0; start < assets.length; start += importBatch) {
        const batch = assets.slice(start, start + importBatch);
        await records.write(
          ['assets', 'meta'],
          async (view) => {
            const firstSeq = (await nextSeq(view, batch.length)) - batch.length + 1;
            await view.putAll(
              'assets',
              batch.map((asset, index) => firstRow(asset, firstSeq + index)),
            );
          },
          { signal: options?.signal, durability: 'relaxed' },
        );
      }
      this.#tell([]);
    });
  }

  /** One change of one row: `edit` returns it changed, or null when there is nothing to change. */
  async #change(
    id: string,
    options: CallOptions | undefined,
    edit: (row: AssetRow, view: WriteView) => Promise<AssetRow | null>,
  ): Promise<Asset> {
    return answer(this.#context, options, async ({ records }) => {
      const { asset, changed } = await records.write(
        ['assets', 'usage', 'blobs', 'meta'],
        async (view) => {
          const row = await view.get('assets', id);
          if (!row) throw notFound('asset', id);
          const edited = await edit(row, view);
          if (!edited) return { asset: row.asset, changed: false };
          const next = { ...edited.asset, rev: row.asset.rev + 1, updatedAt: this.#context.now().toISOString() };
          await view.put('assets', { ...edited, asset: next, seq: await nextSeq(view) });
          return { asset: next, changed: true };
        },
        { signal: options?.signal },
      );
      if (changed) this.#tell([id]);
      return asset;
    });
  }

  /** The old picture is nobody's now, and is swept away some day. */
  async #changePoster(view: WriteView, before: string | null, after: string | null): Promise<void> {
    if (before === after) return;
    if (after !== null) await claim(view, 'posterKey', after);
    const row = before === null ? undefined : await view.get('blobs', before);
    if (row) await view.put('blobs', { ...row, unclaimedSince: this.#context.now().getTime() });
  }

  #tell(ids: readonly string[]): void {
    this.#notices.send({ type: 'assets-changed', ids });
  }
}

/** Those that exist, in the order asked for. */
async function read(view: ReadView, ids: readonly string[]): Promise<readonly Asset[]> {
  const rows = await Promise.all(ids.map((id) => view.get('assets', id)));
  return rows.flatMap((row) => (row ? [row.asset] : []));
}

async function usedIn(view: ReadView, resourceType: string, resourceId: string): Promise<ReadonlySet<string>> {
  const usage = await view.select('usage', { index: 'byResource', equals: [resourceType, resourceId] });
  return new Set(usage.map(({ assetId }) => assetId));
}

/** The blob belongs to an asset from now on. @throws `invalid-input` when nothing is stored there */
async function claim(view: WriteView, path: string, key: string): Promise<void> {
  const row = await view.get('blobs', key);
  if (!row) {
    throw new LecternError('invalid-input', {
      message: `Nothing is stored under ${key}`,
      details: { path, expected: 'the key of a stored blob' },
    });
  }
  if (row.unclaimedSince === undefined) return;
  const { unclaimedSince: _claimed, ...claimed } = row;
  await view.put('blobs', claimed);
}

function firstRow(asset: Asset, seq: number): AssetRow {
  return { asset, seq, currentVersion: { number: 1, createdAt: asset.createdAt }, olderVersions: [] };
}

function currentVersionOf({ asset, currentVersion }: AssetRow): AssetVersion {
  return {
    ...currentVersion,
    id: asset.currentVersionId,
    assetId: asset.id,
    blobKey: asset.blobKey,
    mimeType: asset.mimeType,
    sizeBytes: asset.sizeBytes,
    probe: asset.probe,
  };
}

/** Oldest first. */
export function versionsOf(row: AssetRow): readonly AssetVersion[] {
  return [...row.olderVersions, currentVersionOf(row)];
}
