import type { AssetUsage } from '@lectern/ports';
import { linkAsset, unlinkAsset } from './asset-changes.js';
import type { Scribe } from './asset-history.js';
import type { WriteView } from './records/record-store.js';

/**
 * Makes the assets used at a place exactly these, within the caller's transaction (tables `usage`, `assets`
 * and `history`).
 * Returns the assets whose usage changed. Assets that aren't in the library are passed over.
 */
export async function setUsage(
  view: WriteView,
  place: Pick<AssetUsage, 'resourceType' | 'resourceId' | 'label'>,
  assetIds: readonly string[],
  scribe: Scribe,
): Promise<readonly string[]> {
  const { resourceType, resourceId, label } = place;
  const rows = await view.select('usage', { index: 'byResource', equals: [resourceType, resourceId] });
  const before = new Map(rows.map((row) => [row.assetId, row.label]));
  const wanted = new Set(assetIds);
  const touched: string[] = [];
  for (const assetId of before.keys()) {
    if (wanted.has(assetId)) continue;
    await unlinkAsset(view, { assetId, resourceType, resourceId }, scribe);
    touched.push(assetId);
  }
  for (const assetId of wanted) {
    if (before.get(assetId) === label) continue;
    if (!(await view.get('assets', assetId))) continue;
    await linkAsset(view, { assetId, resourceType, resourceId, label }, scribe);
    touched.push(assetId);
  }
  return touched;
}
