import { type Asset, type AssetVersion, LecternError } from '@lectern/ports';
import type { WriteView } from './records/record-store.js';
import type { AssetRow, StoredVersion } from './records/tables.js';

/** Takes the next number of the assets' change count. */
export async function nextSeq(view: WriteView, step = 1): Promise<number> {
  const library = await view.get('meta', 'library');
  if (library?.key !== 'library') throw new LecternError('corrupt', { message: 'The row that counts changes is gone' });
  await view.put('meta', { ...library, seq: library.seq + step });
  return library.seq + step;
}

/** The asset of a row of any age. */
export function assetOf({ asset }: AssetRow): Asset {
  return { ...asset, fingerprint: asset.fingerprint ?? null, verifiedSha256: asset.verifiedSha256 ?? null };
}

export function firstRow(asset: Asset, seq: number): AssetRow {
  return { asset, seq, currentVersion: { number: 1, createdAt: asset.createdAt }, olderVersions: [] };
}

/** With all that the asset has to get back when this version is put in place again. */
export function currentVersionOf({ asset, currentVersion }: AssetRow): StoredVersion {
  return {
    ...currentVersion,
    id: asset.currentVersionId,
    assetId: asset.id,
    blobKey: asset.blobKey,
    mimeType: asset.mimeType,
    sizeBytes: asset.sizeBytes,
    probe: asset.probe,
    posterKey: asset.posterKey,
    fingerprint: asset.fingerprint ?? null,
    verifiedSha256: asset.verifiedSha256 ?? null,
  };
}

/** Oldest first. */
export function versionsOf(row: AssetRow): readonly StoredVersion[] {
  return [...row.olderVersions, currentVersionOf(row)];
}

/** Without what only this store needs of it. */
export function plainVersion(version: StoredVersion): AssetVersion {
  const { posterKey: _poster, fingerprint: _fingerprint, verifiedSha256: _hash, ...plain } = version;
  return plain;
}

/** Every blob that the asset or one of its versions refers to. */
export function blobKeysOf(row: AssetRow): readonly string[] {
  return [
    ...new Set(versionsOf(row).flatMap(({ blobKey, posterKey }) => (posterKey ? [blobKey, posterKey] : [blobKey]))),
  ];
}
