import {
  type Asset,
  type AssetPatch,
  assetPatchSchema,
  type AssetUsage,
  assetUsageSchema,
  type Json,
  LecternError,
  type NewAssetVersion,
  newAssetVersionSchema,
  normaliseAssetName,
  parseInput,
} from '@lectern/ports';
import { changeById, entriesOf, linkEntry, type Scribe, writeHistory } from './asset-history.js';
import { assetOf, currentVersionOf, nextSeq, versionsOf } from './asset-rows.js';
import { notFound } from './context.js';
import type { WriteView } from './records/record-store.js';
import type { AssetRow, StoredVersion, TableName } from './records/tables.js';

/** What a transaction that changes assets needs. */
export const changeTables: readonly TableName[] = ['assets', 'fingerprints', 'usage', 'blobs', 'meta', 'history'];
/** `undo` also asks whose a place is. */
export const undoTables: readonly TableName[] = [...changeTables, 'chapters'];

/** Returns the row changed, or null when there is nothing to change. What it throws was found before it wrote anything. */
export type AssetEdit = (row: AssetRow, view: WriteView, scribe: Scribe) => Promise<AssetRow | null>;

export interface Changed {
  readonly asset: Asset;
  readonly changed: boolean;
}

/** One change of one row with its history, within the caller's transaction. @throws `not-found` and what the edit throws */
export async function changeAsset(view: WriteView, id: string, edit: AssetEdit, scribe: Scribe): Promise<Changed> {
  const row = await view.get('assets', id);
  if (!row) throw notFound('asset', id);
  const edited = await edit(row, view, scribe);
  if (!edited) return { asset: assetOf(row), changed: false };
  const asset = { ...assetOf(edited), rev: row.asset.rev + 1, updatedAt: scribe.at };
  const next = await writeHistory(view, { ...edited, asset }, entriesOf(row, edited), scribe);
  await view.put('assets', { ...next, seq: await nextSeq(view) });
  await noteFingerprint(view, row, asset);
  return { asset, changed: true };
}

/** So that the asset is found by it; `before` is null for a new one. */
export async function noteFingerprint(view: WriteView, before: AssetRow | null, asset: Asset): Promise<void> {
  const [was, { id, fingerprint }] = [before?.asset.fingerprint ?? null, asset];
  if (was === fingerprint) return;
  if (was !== null) await view.delete('fingerprints', [was, id]);
  if (fingerprint !== null) await view.put('fingerprints', { fingerprint, assetId: id });
}

/** @throws `invalid-input`, `conflict` */
export function patchEdit(patch: AssetPatch, expectedRev?: number): AssetEdit {
  const given = { ...patch };
  return async (row, view, scribe) => {
    const fields = parseInput(assetPatchSchema, given);
    const { asset } = row;
    if (expectedRev !== undefined && expectedRev !== asset.rev) {
      throw new LecternError('conflict', {
        message: `Asset ${asset.id} is at revision ${String(asset.rev)}, not ${String(expectedRev)}`,
        details: { id: asset.id, rev: asset.rev, expectedRev },
      });
    }
    if (fields.posterKey !== undefined) await changePoster(view, row, fields.posterKey, scribe);
    const name = fields.name === undefined ? asset.name : normaliseAssetName(fields.name);
    const next = { ...asset, ...fields, name };
    return JSON.stringify(next) === JSON.stringify(asset) ? null : { ...row, asset: next };
  };
}

/** @throws `in-use` */
export const removeEdit: AssetEdit = async (row, view, { at }) => {
  if (row.asset.deletedAt !== null) return null;
  const { id } = row.asset;
  const usage = await view.select('usage', { startsWith: id });
  if (usage.length > 0) {
    const places = usage.map(({ label }) => label);
    throw new LecternError('in-use', {
      message: `Asset ${id} is used in ${places.join(', ')}`,
      details: { id, places },
    });
  }
  return { ...row, asset: { ...row.asset, status: 'deleted', deletedAt: at } };
};

export const restoreEdit: AssetEdit = async (row) =>
  row.asset.deletedAt === null ? null : { ...row, asset: { ...row.asset, status: 'active', deletedAt: null } };

/** @throws `invalid-input` */
export function addVersionEdit(version: NewAssetVersion): AssetEdit {
  return async (row, view, scribe) => {
    const given = parseInput(newAssetVersionSchema, version);
    await claim(view, 'blobKey', given.blobKey);
    if (given.posterKey !== null) await claim(view, 'posterKey', given.posterKey);
    return putInPlace(row, { ...given, fingerprint: given.fingerprint ?? null, verifiedSha256: null }, scribe);
  };
}

/** @throws `not-found` */
export function restoreVersionEdit(versionId: string): AssetEdit {
  return async (row, _view, scribe) => {
    const version = versionsOf(row).find(({ id }) => id === versionId);
    if (!version) throw notFound('version', versionId);
    return putInPlace(row, version, scribe);
  };
}

type Bytes = Pick<StoredVersion, 'blobKey' | 'mimeType' | 'sizeBytes' | 'probe'> &
  Partial<Pick<StoredVersion, 'posterKey' | 'fingerprint' | 'verifiedSha256'>>;

/** The version before keeps its poster: it may be put in place again. */
function putInPlace(row: AssetRow, bytes: Bytes, { at, newId }: Scribe): AssetRow {
  const { blobKey, mimeType, sizeBytes, probe, posterKey = null, fingerprint = null, verifiedSha256 = null } = bytes;
  return {
    ...row,
    asset: {
      ...row.asset,
      ...{ blobKey, mimeType, sizeBytes, probe, posterKey, fingerprint, verifiedSha256 },
      kind: probe?.kind ?? row.asset.kind,
      currentVersionId: newId(),
    },
    currentVersion: { number: row.currentVersion.number + 1, createdAt: at },
    olderVersions: [...row.olderVersions, currentVersionOf(row)],
  };
}

/** The old picture is nobody's now, unless an older version has it, and is swept away some day. */
async function changePoster(view: WriteView, row: AssetRow, after: string | null, { at }: Scribe): Promise<void> {
  const before = row.asset.posterKey;
  if (before === after) return;
  if (after !== null) await claim(view, 'posterKey', after);
  if (before === null || row.olderVersions.some(({ posterKey }) => posterKey === before)) return;
  const blob = await view.get('blobs', before);
  if (blob) await view.put('blobs', { ...blob, unclaimedSince: Date.parse(at) });
}

/** The blob belongs to an asset from now on. @throws `invalid-input` when nothing is stored there */
export async function claim(view: WriteView, path: string, key: string): Promise<void> {
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

/** Within the caller's transaction. @throws `not-found`, `invalid-input` */
export async function linkAsset(view: WriteView, usage: AssetUsage, scribe: Scribe): Promise<void> {
  const given = parseInput(assetUsageSchema, usage);
  const row = await view.get('assets', given.assetId);
  if (!row) throw notFound('asset', given.assetId);
  const { assetId, resourceType, resourceId } = given;
  const known = await view.get('usage', [assetId, resourceType, resourceId]);
  await view.put('usage', given);
  // Another name for the same place is no other place.
  if (!known) await view.put('assets', await writeHistory(view, row, [linkEntry('link', given)], scribe));
}

export type Place = Pick<AssetUsage, 'assetId' | 'resourceType' | 'resourceId'>;

/** Within the caller's transaction; false when it wasn't there. */
export async function unlinkAsset(view: WriteView, place: Place, scribe: Scribe): Promise<boolean> {
  const key = [place.assetId, place.resourceType, place.resourceId] as const;
  const known = await view.get('usage', key);
  if (!known) return false;
  await view.delete('usage', key);
  const row = await view.get('assets', place.assetId);
  if (row) await view.put('assets', await writeHistory(view, row, [linkEntry('unlink', known)], scribe));
  return true;
}

/**
 * Takes a change of a history back by an ordinary change, within the caller's transaction. Returns whose it was.
 *
 * @throws `not-found`, `in-use`, and `forbidden` for places that somebody else keeps: a project by being saved, a chapter
 * of ours by what is in it
 */
export async function undoChange(view: WriteView, changeId: string, scribe: Scribe): Promise<string> {
  const row = await changeById(view, changeId);
  if (!row) throw notFound('change', changeId);
  const { assetId, inverse } = row;
  const edit = editOf(inverse);
  if (edit) {
    await changeAsset(view, assetId, edit, scribe);
    return assetId;
  }
  const [link, unlink] = [placeOf(assetId, inverse['link']), placeOf(assetId, inverse['unlink'])];
  const place = link ?? unlink;
  if (!place) throw new LecternError('corrupt', { message: `Change ${changeId} can’t be read` });
  const { resourceType, resourceId } = place;
  if (resourceType === 'project' || (resourceType === 'chapter' && (await view.get('chapters', resourceId)))) {
    throw new LecternError('forbidden', {
      message: `What ${resourceType} ${resourceId} uses is said there`,
      details: { resourceType, resourceId },
    });
  }
  if (!link) await unlinkAsset(view, place, scribe);
  else if (!(await view.get('usage', [assetId, resourceType, resourceId]))) await linkAsset(view, link, scribe);
  return assetId;
}

function editOf(inverse: Readonly<Record<string, Json>>): AssetEdit | null {
  const { name, tags, deleted, version_id: versionId } = inverse;
  if (typeof name === 'string') return patchEdit({ name });
  if (Array.isArray(tags)) return patchEdit({ tags: tags as readonly string[] });
  if (typeof deleted === 'boolean') return deleted ? removeEdit : restoreEdit;
  if (typeof versionId === 'string') return restoreVersionEdit(versionId);
  return null;
}

function placeOf(assetId: string, value: Json | undefined): AssetUsage | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { resource_type: resourceType, resource_id: resourceId, label } = value as Readonly<Record<string, Json>>;
  if (typeof resourceType !== 'string' || typeof resourceId !== 'string' || typeof label !== 'string') return null;
  return { assetId, resourceType, resourceId, label };
}
