import type { Asset, Backend } from '@lectern/ports';
import { digestOf, type DigestOptions } from './media-digest.js';
import type { ProjectFileAsset } from './project-file.js';

/** How many files of one name are compared, the newest first. */
const candidates = 50;

/** The asset of this library that has the same bytes under the same name, if there is one. */
export async function findSameMedia(
  backend: Pick<Backend, 'assets' | 'blobs'>,
  wanted: ProjectFileAsset,
  contentHash: string,
  options: DigestOptions,
): Promise<Asset | null> {
  const call = options.signal === undefined ? {} : { signal: options.signal };
  const { items } = await backend.assets.list({ search: wanted.name, limit: candidates }, call);
  for (const asset of items) {
    if (asset.sizeBytes !== wanted.sizeBytes) continue;
    try {
      const digest = await digestOf(await backend.blobs.get(asset.blobKey, call), call);
      if (digest.contentHash === contentHash) return asset;
    } catch {
      // What can't be read can't be told to be the same: the file's own bytes are stored then.
      if (options.signal?.aborted === true) return null;
    }
  }
  return null;
}
