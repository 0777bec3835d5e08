import { forgetHistory } from './asset-history.js';
import { blobKeysOf, nextSeq } from './asset-rows.js';
import { deleteBlobs } from './blobs.js';
import { whenNobodyWrites } from './locks.js';
import type { OpenStore } from './open-store.js';

const dayMs = 24 * 60 * 60 * 1000;
/** An upload that was cut off leaves bytes without an asset; one that is still going on may, for a while. */
const unclaimedForMs = dayMs;
const trashKeptForMs = 30 * dayMs;
/** Only what was put there for an asset: other blobs may belong to somebody who tells nobody. */
const assetPrefix = 'assets/';

export interface HousekeepingOptions {
  readonly lockName: string;
  readonly now: () => Date;
}

/**
 * Sweeps, while no tab is writing: files without a row, blobs that no asset has claimed for a day, and assets that have
 * been in the trash for 30 days.
 */
export async function keepHouse(store: OpenStore, options: HousekeepingOptions): Promise<void> {
  const now = options.now().getTime();
  await whenNobodyWrites(options.lockName, async () => {
    await sweepFiles(store);
    await sweepUnclaimed(store, now - unclaimedForMs);
    await emptyTrash(store, now - trashKeptForMs);
  });
}

async function sweepFiles({ folder, records }: OpenStore): Promise<void> {
  if (!folder) return;
  for (const file of await folder.files()) {
    const [row] = await records.read(['blobs'], (view) =>
      view.select('blobs', { index: 'byFile', equals: file, limit: 1 }),
    );
    if (!row) await folder.remove(file);
  }
}

async function sweepUnclaimed(store: OpenStore, before: number): Promise<void> {
  const rows = await store.records.read(['blobs'], (view) =>
    view.select('blobs', { index: 'unclaimed', below: before }),
  );
  const keys = rows.map(({ key }) => key).filter((key) => key.startsWith(assetPrefix));
  if (keys.length > 0) await deleteBlobs(store, keys);
}

async function emptyTrash(store: OpenStore, before: number): Promise<void> {
  const { records } = store;
  const old = await records.read(['assets'], (view) =>
    view.select('assets', { index: 'byDeletedAt', below: new Date(before).toISOString() }),
  );
  if (old.length === 0) return;
  const keys = await records.write(['assets', 'fingerprints', 'purged', 'usage', 'meta', 'history'], async (view) => {
    const freed: string[] = [];
    for (const { asset } of old) {
      const row = await view.get('assets', asset.id);
      const usage = await view.select('usage', { startsWith: asset.id });
      // It may have been restored meanwhile, or come back into use with a restored project.
      if (row?.asset.deletedAt !== asset.deletedAt || usage.length > 0) continue;
      freed.push(...blobKeysOf(row));
      await view.delete('assets', asset.id);
      await forgetHistory(view, asset.id);
      const { fingerprint } = row.asset;
      if (fingerprint) await view.delete('fingerprints', [fingerprint, asset.id]);
      await view.put('purged', { id: asset.id, seq: await nextSeq(view) });
    }
    return freed;
  });
  if (keys.length > 0) await deleteBlobs(store, keys);
}
