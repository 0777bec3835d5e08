import { normaliseAssetName, toLecternError, type Asset, type OperationWork } from '@lectern/ports';
import type { ActionContext } from './action-context.js';
import type { Actions } from './actions.js';
import { runInBulk, handful, type BulkOutcome } from './bulk-work.js';
import { editAssets, removeAssetsFromLists } from './list-edits.js';
import { queryKeys } from '../queries/query-keys.js';
import { optimistically } from './optimistic.js';

type AssetActions = Pick<
  Actions,
  | 'renameAsset'
  | 'tagAsset'
  | 'tagAssets'
  | 'deleteAssets'
  | 'restoreAssets'
  | 'undoAssetChange'
  | 'restoreAssetVersion'
  | 'cancelOperation'
  | 'dismissOperation'
  | 'assetFile'
  | 'pickAssets'
  | 'setViewMode'
  | 'selectAssets'
>;

const extensions: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'video/x-matroska': 'mkv',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/wav': 'wav',
  'audio/webm': 'weba',
  'audio/ogg': 'ogg',
  'audio/flac': 'flac',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
};

/** A name to download under: the asset's, with an extension that fits its type. */
function downloadName(name: string, mimeType: string): string {
  const extension = extensions[mimeType.split(';', 1)[0] ?? ''];
  const safe = name.replace(/[\\/:*?"<>|]/g, '_');
  return extension === undefined || safe.toLowerCase().endsWith(`.${extension}`) ? safe : `${safe}.${extension}`;
}

export function assetActions(context: ActionContext, actions: Pick<Actions, 'notify'>): AssetActions {
  const { backend, queryClient, store } = context;

  /** One by one, or by the back end itself where that would take long. What fails stops nothing else. */
  const forEach = async (
    ids: readonly string[],
    work: OperationWork,
    one: (id: string) => Promise<unknown>,
  ): Promise<BulkOutcome> => {
    if (ids.length > handful) return runInBulk(context, work, ids);
    const doneIds: string[] = [];
    let refusal: unknown = null;
    for (const id of ids) {
      try {
        await one(id);
        doneIds.push(id);
      } catch (error) {
        refusal ??= error;
      }
    }
    return { doneIds, refusal: refusal === null ? null : toLecternError(refusal) };
  };

  const restoreAssets = async (ids: readonly string[]): Promise<void> => {
    await optimistically(queryClient, removeAssetsFromLists(ids), async () => {
      const { refusal } = await forEach(ids, { kind: 'restore' }, (id) => backend.assets.restore(id));
      if (refusal !== null) throw refusal;
    });
  };

  const changeTags = (
    kind: 'tag' | 'untag',
    ids: readonly string[],
    tags: readonly string[],
    assets: ReadonlyMap<string, Asset>,
  ): Promise<BulkOutcome> => {
    const merged = (asset: Pick<Asset, 'tags'>): readonly string[] =>
      kind === 'tag'
        ? [...asset.tags, ...tags.filter((tag) => !hasTag(asset, tag))]
        : asset.tags.filter((tag) => !hasTag({ tags }, tag));
    return optimistically(
      queryClient,
      editAssets(ids, (asset) => ({ ...asset, tags: merged(asset) })),
      () =>
        forEach(ids, { kind, tags }, (id) =>
          backend.assets.update(id, { tags: merged(assets.get(id) ?? { tags: [] }) }),
        ),
    );
  };

  /** The back end tells of it, too; whoever waits for the action sees the truth already. */
  const refresh = async (assetId: string): Promise<void> => {
    await Promise.all(
      [queryKeys.assetAll(assetId), queryKeys.assetLists()].map((queryKey) =>
        queryClient.invalidateQueries({ queryKey }),
      ),
    );
  };

  return {
    async renameAsset(id, name) {
      const clean = normaliseAssetName(name);
      await optimistically(
        queryClient,
        editAssets([id], (asset) => ({ ...asset, name: clean })),
        () => backend.assets.update(id, { name: clean }),
      );
    },

    async tagAsset(id, tags) {
      const clean = cleanTags(tags);
      await optimistically(
        queryClient,
        editAssets([id], (asset) => ({ ...asset, tags: clean })),
        () => backend.assets.update(id, { tags: clean }),
      );
    },

    async tagAssets(ids, tags) {
      const clean = cleanTags(tags);
      if (clean.length === 0 || ids.length === 0) return { undo: () => Promise.resolve() };
      const assets = new Map((await backend.assets.getMany(ids)).map((asset) => [asset.id, asset]));
      const { doneIds, refusal } = await changeTags('tag', ids, clean, assets);
      const undo = async (): Promise<void> => {
        // Who had a tag before keeps it.
        for (const tag of clean) {
          const fresh = doneIds.filter((id) => !hasTag(assets.get(id) ?? { tags: [] }, tag));
          const now = new Map((await backend.assets.getMany(fresh)).map((asset) => [asset.id, asset]));
          if (fresh.length > 0) await changeTags('untag', fresh, [tag], now);
        }
      };
      if (doneIds.length > 0)
        actions.notify({ message: { key: 'notice.assetsTagged', params: { count: doneIds.length } }, undo });
      if (refusal !== null) throw refusal;
      return { undo };
    },

    async deleteAssets(ids) {
      // Only one that goes alone is told by its name.
      const few = ids.length > handful ? [] : await backend.assets.getMany(ids);
      const names = new Map(few.map((asset) => [asset.id, asset.name]));
      const { doneIds, refusal } = await optimistically(queryClient, removeAssetsFromLists(ids), async () => {
        const outcome = await forEach(ids, { kind: 'delete' }, (id) => backend.assets.remove(id));
        // Taking every guess back and reading again is right even when some went: the lists are invalidated anyway.
        if (outcome.refusal !== null && outcome.doneIds.length === 0) throw outcome.refusal;
        return outcome;
      });
      const undo = (): Promise<void> => restoreAssets(doneIds);
      const [only] = doneIds;
      const name = only === undefined ? undefined : names.get(only);
      if (doneIds.length === 1 && name !== undefined)
        actions.notify({ message: { key: 'notice.assetDeleted', params: { name } }, undo });
      else if (doneIds.length > 0)
        actions.notify({ message: { key: 'notice.assetsDeleted', params: { count: doneIds.length } }, undo });
      if (refusal !== null) throw refusal;
      return { undo };
    },
    restoreAssets,

    async assetFile(id) {
      const asset = await backend.assets.get(id);
      return { file: await backend.blobs.get(asset.blobKey), fileName: downloadName(asset.name, asset.mimeType) };
    },

    async undoAssetChange(assetId, changeId) {
      await backend.assets.undo(changeId);
      await refresh(assetId);
      actions.notify({ tone: 'success', message: { key: 'notice.changeUndone' } });
    },

    async restoreAssetVersion(assetId, versionId) {
      const version = (await backend.assets.versions(assetId)).find(({ id }) => id === versionId);
      await backend.assets.restoreVersion(assetId, versionId);
      await refresh(assetId);
      if (version)
        actions.notify({
          tone: 'success',
          message: { key: 'notice.versionRestored', params: { number: version.number } },
        });
    },

    async cancelOperation(id) {
      await backend.operations.cancel(id);
    },
    dismissOperation(id) {
      store.setState(({ operations }) => ({
        operations: { shownIds: operations.shownIds.filter((other) => other !== id) },
      }));
      return Promise.resolve();
    },

    pickAssets: () => Promise.resolve(null),

    setViewMode(viewMode) {
      store.setState(({ library }) => ({ library: { ...library, viewMode } }));
    },
    selectAssets(selectedIds) {
      store.setState(({ library }) => ({ library: { ...library, selectedIds } }));
    },
  };
}

function cleanTags(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map((tag) => tag.normalize('NFC').trim()).filter((tag) => tag !== ''))];
}

/** Tags are one whatever their case. */
function hasTag(asset: Pick<Asset, 'tags'>, tag: string): boolean {
  return asset.tags.some((other) => other.toLocaleLowerCase() === tag.toLocaleLowerCase());
}
