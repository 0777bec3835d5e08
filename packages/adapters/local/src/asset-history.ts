import type { Asset, AssetAction, AssetChange, AssetUsage, Json } from '@lectern/ports';
import type { ReadView, WriteView } from './records/record-store.js';
import type { AssetRow, HistoryRow } from './records/tables.js';

/** An asset's last changes that are kept. */
const keptChanges = 200;

/** Who changes, and when. */
export interface Scribe {
  readonly author: string;
  /** ISO 8601 */
  readonly at: string;
  readonly newId: () => string;
}

type Fields = Readonly<Record<string, Json>>;

interface Entry {
  readonly action: AssetAction;
  readonly change: Fields;
  readonly inverse: Fields;
}

const same = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What is to be said of a change of a row; `before` is null for a new one. */
export function entriesOf(before: AssetRow | null, after: AssetRow): readonly Entry[] {
  const now = after.asset;
  if (before === null) return [{ action: 'upload', change: { name: now.name }, inverse: { deleted: true } }];
  const was = before.asset;
  const entries: Entry[] = [];
  if (now.name !== was.name) {
    entries.push({ action: 'rename', change: { name: now.name }, inverse: { name: was.name } });
  }
  if (!same(now.tags, was.tags)) {
    entries.push({ action: 'tag', change: { tags: now.tags }, inverse: { tags: was.tags } });
  }
  const [deleted, wasDeleted] = [now.deletedAt !== null, was.deletedAt !== null];
  if (deleted !== wasDeleted) {
    entries.push({ action: deleted ? 'delete' : 'restore', change: { deleted }, inverse: { deleted: wasDeleted } });
  }
  if (now.currentVersionId !== was.currentVersionId) {
    entries.push({
      action: 'replace',
      change: { version_id: now.currentVersionId, number: after.currentVersion.number },
      inverse: { version_id: was.currentVersionId },
    });
  }
  return entries;
}

export function linkEntry(action: 'link' | 'unlink', usage: AssetUsage): Entry {
  const { resourceType, resourceId, label } = usage;
  const place = { resource_type: resourceType, resource_id: resourceId, label };
  return { action, change: place, inverse: { [action === 'link' ? 'unlink' : 'link']: place } };
}

/**
 * Writes entries into the history of an asset, within the caller's transaction (table `history`), and forgets those that
 * are too old. Returns the row as it must be stored then.
 */
export async function writeHistory(
  view: WriteView,
  row: AssetRow,
  entries: readonly Entry[],
  { author, at, newId }: Scribe,
): Promise<AssetRow> {
  if (entries.length === 0) return row;
  const assetId = row.asset.id;
  let number = row.changes ?? 0;
  for (const { action, change, inverse } of entries) {
    number++;
    const entry: AssetChange = { id: newId(), assetId, action, change, author, createdAt: at };
    await view.put('history', { assetId, number, change: entry, inverse });
    if (number > keptChanges) await view.delete('history', [assetId, number - keptChanges]);
  }
  return { ...row, changes: number };
}

/** Newest first. */
export async function historyOf(view: ReadView, id: Asset['id']): Promise<readonly AssetChange[]> {
  const rows = await view.select('history', { startsWith: id });
  return rows.map(({ change }) => change).reverse();
}

export async function changeById(view: ReadView, changeId: string): Promise<HistoryRow | undefined> {
  const [row] = await view.select('history', { index: 'byId', equals: changeId, limit: 1 });
  return row;
}

export async function forgetHistory(view: WriteView, id: Asset['id']): Promise<void> {
  for (const { number } of await view.select('history', { startsWith: id })) await view.delete('history', [id, number]);
}
