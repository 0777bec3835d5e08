import {
  type Asset,
  type AssetChange,
  type AssetNotice,
  type AssetPatch,
  type AssetQuery,
  type AssetsPort,
  type AssetUsage,
  type AssetVersion,
  type CallOptions,
  LecternError,
  type LibraryCount,
  type NewAsset,
  type NewAssetVersion,
  newAssetSchema,
  normaliseAssetName,
  type Page,
  parseInput,
  type Unsubscribe,
} from '@lectern/ports';
import {
  addVersionEdit,
  type AssetEdit,
  changeAsset,
  changeTables,
  claim,
  linkAsset,
  noteFingerprint,
  patchEdit,
  removeEdit,
  restoreEdit,
  restoreVersionEdit,
  undoChange,
  undoTables,
  unlinkAsset,
} from './asset-changes.js';
import { entriesOf, forgetHistory, historyOf, writeHistory } from './asset-history.js';
import { AssetIndex } from './asset-index.js';
import { assetOf, firstRow, nextSeq, plainVersion, versionsOf } from './asset-rows.js';
import { answer, type LocalContext, notFound, scribeOf } from './context.js';
import type { Notices } from './notices.js';
import type { OpenStore } from './open-store.js';
import type { ReadView } from './records/record-store.js';

/** Rows written in one transaction of an import. */
const importBatch = 2000;

export class LocalAssets implements AssetsPort {
  readonly #context: LocalContext;
  readonly #notices: Notices<AssetNotice>;
  readonly #index = new AssetIndex();

  constructor(context: LocalContext, notices: Notices<AssetNotice>) {
    this.#context = context;
    this.#notices = notices;
  }

  async list(query: AssetQuery, options?: CallOptions): Promise<Page<Asset>> {
    return answer(this.#context, options, (store) =>
      this.#readUpToDate(store, async (view) => {
        const used = query.projectId === undefined ? null : await usedIn(view, 'project', query.projectId);
        const { ids, nextCursor, total } = this.#index.page(query, used);
        return { items: await read(view, ids), nextCursor, total };
      }),
    );
  }

  async get(id: string, options?: CallOptions): Promise<Asset> {
    return answer(this.#context, options, async ({ records }) => {
      const row = await records.read(['assets'], (view) => view.get('assets', id));
      if (!row) throw notFound('asset', id);
      return assetOf(row);
    });
  }

  async getMany(ids: readonly string[], options?: CallOptions): Promise<readonly Asset[]> {
    return answer(this.#context, options, ({ records }) => records.read(['assets'], (view) => read(view, ids)));
  }

  async create(asset: NewAsset, options?: CallOptions): Promise<Asset> {
    return answer(this.#context, options, async ({ records, guest }) => {
      const given = parseInput(newAssetSchema, asset);
      const scribe = scribeOf(this.#context, guest);
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
        fingerprint: given.fingerprint ?? null,
        // Nobody reads the bytes here but the browser that brought them: its fingerprint says as much.
        verifiedSha256: null,
        rev: 1,
        createdAt: scribe.at,
        updatedAt: scribe.at,
        deletedAt: null,
      };
      await records.write(
        changeTables,
        async (view) => {
          if (await view.get('assets', given.id)) {
            throw new LecternError('already-exists', {
              message: `There is an asset ${given.id}`,
              details: { id: given.id },
            });
          }
          await claim(view, 'blobKey', given.blobKey);
          if (given.posterKey !== null) await claim(view, 'posterKey', given.posterKey);
          const row = firstRow(created, await nextSeq(view));
          await view.put('assets', await writeHistory(view, row, entriesOf(null, row), scribe));
          await noteFingerprint(view, null, created);
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
    return this.#change(id, options, patchEdit(patch, options?.expectedRev));
  }

  async remove(id: string, options?: CallOptions): Promise<Asset> {
    return this.#change(id, options, removeEdit);
  }

  async restore(id: string, options?: CallOptions): Promise<Asset> {
    return this.#change(id, options, restoreEdit);
  }

  async addVersion(id: string, version: NewAssetVersion, options?: CallOptions): Promise<Asset> {
    return this.#change(id, options, addVersionEdit(version));
  }

  async restoreVersion(id: string, versionId: string, options?: CallOptions): Promise<Asset> {
    return this.#change(id, options, restoreVersionEdit(versionId));
  }

  async versions(id: string, options?: CallOptions): Promise<readonly AssetVersion[]> {
    return answer(this.#context, options, ({ records }) =>
      records.read(['assets'], async (view) => {
        const row = await view.get('assets', id);
        if (!row) throw notFound('asset', id);
        return versionsOf(row).map(plainVersion).reverse();
      }),
    );
  }

  async history(id: string, options?: CallOptions): Promise<readonly AssetChange[]> {
    return answer(this.#context, options, ({ records }) =>
      records.read(['assets', 'history'], async (view) => {
        if (!(await view.get('assets', id))) throw notFound('asset', id);
        return historyOf(view, id);
      }),
    );
  }

  async undo(changeId: string, options?: CallOptions): Promise<void> {
    await answer(this.#context, options, async ({ records, guest }) => {
      const scribe = scribeOf(this.#context, guest);
      const assetId = await records.write(undoTables, (view) => undoChange(view, changeId, scribe), {
        signal: options?.signal,
      });
      this.#tell([assetId]);
    });
  }

  async findByFingerprint(fingerprint: string, options?: CallOptions): Promise<readonly Asset[]> {
    return answer(this.#context, options, async ({ records }) => {
      const candidates = await records.read(['assets', 'fingerprints'], async (view) => {
        const rows = await view.select('fingerprints', { startsWith: fingerprint });
        return read(
          view,
          rows.map(({ assetId }) => assetId),
        );
      });
      return candidates
        .filter((asset) => asset.deletedAt === null && asset.fingerprint === fingerprint)
        .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
    });
  }

  async overview(options?: CallOptions): Promise<readonly LibraryCount[]> {
    return answer(this.#context, options, (store) => this.#readUpToDate(store, async () => this.#index.counts()));
  }

  async usage(id: string, options?: CallOptions): Promise<readonly AssetUsage[]> {
    return answer(this.#context, options, ({ records }) =>
      records.read(['usage'], (view) => view.select('usage', { startsWith: id })),
    );
  }

  async link(usage: AssetUsage, options?: CallOptions): Promise<void> {
    await answer(this.#context, options, async ({ records, guest }) => {
      const scribe = scribeOf(this.#context, guest);
      await records.write(changeTables, (view) => linkAsset(view, usage, scribe), { signal: options?.signal });
      this.#tell([usage.assetId]);
    });
  }

  async unlink(
    usage: Pick<AssetUsage, 'assetId' | 'resourceType' | 'resourceId'>,
    options?: CallOptions,
  ): Promise<void> {
    await answer(this.#context, options, async ({ records, guest }) => {
      const scribe = scribeOf(this.#context, guest);
      await records.write(changeTables, (view) => unlinkAsset(view, usage, scribe), { signal: options?.signal });
      this.#tell([usage.assetId]);
    });
  }

  subscribe(listener: (notice: AssetNotice) => void): Unsubscribe {
    return this.#notices.subscribe(listener);
  }

  /** Takes whole rows as they are, each with one version and no history; rows with the same id are replaced. */
  async importRows(assets: readonly Asset[], options?: CallOptions): Promise<void> {
    await answer(this.#context, options, async ({ records }) => {
      for (let start = 0; start < assets.length; start += importBatch) {
        const batch = assets.slice(start, start + importBatch);
        await records.write(
          ['assets', 'fingerprints', 'meta', 'history'],
          async (view) => {
            const isFresh = (await view.select('history', { limit: 1 })).length === 0;
            if (!isFresh) await Promise.all(batch.map(({ id }) => forgetHistory(view, id)));
            const firstSeq = (await nextSeq(view, batch.length)) - batch.length + 1;
            await view.putAll(
              'assets',
              batch.map((asset, index) => firstRow(asset, firstSeq + index)),
            );
            await view.putAll(
              'fingerprints',
              batch.flatMap(({ id, fingerprint }) => (fingerprint ? [{ fingerprint, assetId: id }] : [])),
            );
          },
          { signal: options?.signal, durability: 'relaxed' },
        );
      }
      this.#tell([]);
    });
  }

  /** Reads with an order book that knows everything that was written before. */
  async #readUpToDate<R>({ records, kind }: OpenStore, work: (view: ReadView) => Promise<R>): Promise<R> {
    for (;;) {
      await this.#index.load(records);
      const found = await records.read(['meta', 'assets', 'purged', 'usage'], async (view) =>
        (await this.#index.catchUp(view)) ? { result: await work(view) } : null,
      );
      if (!found) continue;
      if (kind !== 'memory') this.#index.saveSoon(records);
      return found.result;
    }
  }

  async #change(id: string, options: CallOptions | undefined, edit: AssetEdit): Promise<Asset> {
    return answer(this.#context, options, async ({ records, guest }) => {
      const scribe = scribeOf(this.#context, guest);
      const { asset, changed } = await records.write(changeTables, (view) => changeAsset(view, id, edit, scribe), {
        signal: options?.signal,
      });
      if (changed) this.#tell([id]);
      return asset;
    });
  }

  #tell(ids: readonly string[]): void {
    this.#notices.send({ type: 'assets-changed', ids });
  }
}

/** Those that exist, in the order asked for. */
async function read(view: ReadView, ids: readonly string[]): Promise<readonly Asset[]> {
  const rows = await Promise.all(ids.map((id) => view.get('assets', id)));
  return rows.flatMap((row) => (row ? [assetOf(row)] : []));
}

async function usedIn(view: ReadView, resourceType: string, resourceId: string): Promise<ReadonlySet<string>> {
  const usage = await view.select('usage', { index: 'byResource', equals: [resourceType, resourceId] });
  return new Set(usage.map(({ assetId }) => assetId));
}
