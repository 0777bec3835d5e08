import { LecternError, normaliseAssetName, serialiseError, type UploadItem, type UploadRequest } from '@lectern/ports';
import type { ActionContext } from './action-context.js';
import type { Actions, ImportOptions, NamedFile } from './actions.js';
import { editAssets, removeAssetsFromLists } from './list-edits.js';
import { optimistically } from './optimistic.js';

type AssetActions = Pick<
  Actions,
  | 'importFiles'
  | 'cancelUpload'
  | 'retryUpload'
  | 'clearUploads'
  | 'renameAsset'
  | 'tagAsset'
  | 'deleteAssets'
  | 'restoreAssets'
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

function toRequest(file: File | NamedFile, options: ImportOptions): UploadRequest {
  const named = 'file' in file ? file : { file, fileName: file.name };
  return { ...options, file: named.file, fileName: named.fileName };
}

export function assetActions(context: ActionContext, actions: Pick<Actions, 'notify'>): AssetActions {
  const { backend, queryClient, store, uploads } = context;

  const restoreAssets = async (ids: readonly string[]): Promise<void> => {
    await optimistically(queryClient, removeAssetsFromLists(ids), async () => {
      for (const id of ids) await backend.assets.restore(id);
    });
  };

  return {
    importFiles(files, options = {}): Promise<readonly UploadItem[]> {
      if (options.replaceAssetId !== undefined && files.length !== 1)
        return Promise.reject(
          new LecternError('invalid-input', { details: { path: 'files', expected: 'one file to replace an asset' } }),
        );
      return Promise.resolve(uploads.add(files.map((file) => toRequest(file, options))));
    },
    cancelUpload(id) {
      uploads.cancel(id);
      return Promise.resolve();
    },
    retryUpload(id) {
      uploads.retry(id);
      return Promise.resolve();
    },
    clearUploads(id) {
      uploads.clear(id);
      return Promise.resolve();
    },

    async renameAsset(id, name) {
      const clean = normaliseAssetName(name);
      await optimistically(
        queryClient,
        editAssets([id], (asset) => ({ ...asset, name: clean })),
        () => backend.assets.update(id, { name: clean }),
      );
    },

    async tagAsset(id, tags) {
      const clean = [...new Set(tags.map((tag) => tag.normalize('NFC').trim()).filter((tag) => tag !== ''))];
      await optimistically(
        queryClient,
        editAssets([id], (asset) => ({ ...asset, tags: clean })),
        () => backend.assets.update(id, { tags: clean }),
      );
    },

    async deleteAssets(ids) {
      const names = new Map((await backend.assets.getMany(ids)).map((asset) => [asset.id, asset.name]));
      const removed: string[] = [];
      let refusal: unknown = null;
      await optimistically(queryClient, removeAssetsFromLists(ids), async () => {
        for (const id of ids) {
          try {
            await backend.assets.remove(id);
            removed.push(id);
          } catch (error) {
            refusal ??= error;
          }
        }
        // Taking every guess back and reading again is right even when some went: the lists are invalidated anyway.
        if (refusal !== null && removed.length === 0) throw toThrow(refusal);
      });
      const undo = (): Promise<void> => restoreAssets(removed);
      const [only] = removed;
      if (removed.length === 1 && only !== undefined)
        actions.notify({ message: { key: 'notice.assetDeleted', params: { name: names.get(only) ?? only } }, undo });
      else if (removed.length > 1)
        actions.notify({ message: { key: 'notice.assetsDeleted', params: { count: removed.length } }, undo });
      if (refusal !== null) throw toThrow(refusal);
      return { undo };
    },
    restoreAssets,

    async assetFile(id) {
      const asset = await backend.assets.get(id);
      return { file: await backend.blobs.get(asset.blobKey), fileName: downloadName(asset.name, asset.mimeType) };
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

function toThrow(refusal: unknown): Error {
  return refusal instanceof Error ? refusal : new LecternError('unknown', { cause: refusal });
}

/** Tells of files that didn't come in, once each. Returns the end of the subscription. */
export function tellOfUploads(context: ActionContext, actions: Pick<Actions, 'notify'>): () => void {
  const told = new Set<string>();
  return context.uploads.subscribe((items) => {
    context.store.setState({ uploads: { items } });
    const present = new Set(items.map((item) => item.id));
    for (const id of told) if (!present.has(id)) told.delete(id);
    for (const item of items) {
      if (item.status !== 'done' && item.status !== 'failed') {
        told.delete(item.id);
        continue;
      }
      if (told.has(item.id)) continue;
      told.add(item.id);
      const values = { name: item.fileName };
      if (item.status === 'failed')
        actions.notify({
          tone: 'error',
          message: { key: 'notice.importFailed', params: values },
          error: item.error ?? serialiseError(null),
          durationMs: 12_000,
        });
      else if (item.storedUndecodable)
        actions.notify({
          tone: 'warning',
          message: { key: 'notice.importUndecodable', params: values },
          error: item.error,
        });
    }
  });
}
