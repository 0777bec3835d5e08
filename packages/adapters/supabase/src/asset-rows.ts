import {
  type Asset,
  type AssetVersion,
  type Json,
  LecternError,
  type NewAsset,
  type NewAssetVersion,
  normaliseAssetName,
  type ProbeFacts,
} from '@lectern/ports';

/** The columns of `media_files` that make an asset. */
export const assetColumns: string =
  'id,owner_id,name,kind,mime_type,size_bytes,status,source_type,studio_metadata,tags,probe,poster_key,' +
  'current_version_id,blob_key,fingerprint,verified_sha256,rev,created_at,updated_at,deleted_at';

export interface AssetRow {
  readonly id: string;
  readonly owner_id: string;
  readonly name: string;
  readonly kind: Asset['kind'];
  readonly mime_type: string;
  readonly size_bytes: number;
  readonly status: Asset['status'];
  readonly source_type: Asset['sourceType'];
  readonly studio_metadata: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  readonly probe: ProbeFacts | null;
  readonly poster_key: string | null;
  readonly current_version_id: string | null;
  readonly blob_key: string | null;
  readonly fingerprint: string | null;
  readonly verified_sha256: string | null;
  readonly rev: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted_at: string | null;
}

export const versionColumns = 'id,asset_id,number,blob_key,mime_type,size_bytes,probe,created_at';

export interface VersionRow {
  readonly id: string;
  readonly asset_id: string;
  readonly number: number;
  readonly blob_key: string;
  readonly mime_type: string;
  readonly size_bytes: number;
  readonly probe: ProbeFacts | null;
  readonly created_at: string;
}

/** The server's times have microseconds and an offset; ours are ISO 8601 in UTC with milliseconds. */
export function time(at: string): string {
  return new Date(at).toISOString();
}

export function assetOf(row: AssetRow): Asset {
  return {
    id: row.id,
    ownerId: row.owner_id,
    name: row.name,
    kind: row.kind,
    mimeType: row.mime_type,
    sizeBytes: row.size_bytes,
    status: row.status,
    sourceType: row.source_type,
    studioMetadata: row.studio_metadata,
    tags: row.tags,
    probe: row.probe,
    posterKey: row.poster_key,
    // Null only while an upload of the service side isn't done: nothing is stored under the empty key.
    currentVersionId: row.current_version_id ?? '',
    blobKey: row.blob_key ?? '',
    fingerprint: row.fingerprint,
    verifiedSha256: row.verified_sha256,
    rev: row.rev,
    createdAt: time(row.created_at),
    updatedAt: time(row.updated_at),
    deletedAt: row.deleted_at === null ? null : time(row.deleted_at),
  };
}

export function versionOf(row: VersionRow): AssetVersion {
  return {
    id: row.id,
    assetId: row.asset_id,
    number: row.number,
    blobKey: row.blob_key,
    mimeType: row.mime_type,
    sizeBytes: row.size_bytes,
    probe: row.probe,
    createdAt: time(row.created_at),
  };
}

/** A new asset as columns; its owner is whoever is signed in. */
export function newAssetRow(asset: NewAsset): Readonly<Record<string, unknown>> {
  return {
    id: asset.id,
    name: normaliseAssetName(asset.name),
    kind: asset.kind,
    mime_type: asset.mimeType,
    size_bytes: asset.sizeBytes,
    source_type: asset.sourceType,
    studio_metadata: asset.studioMetadata ?? {},
    tags: asset.tags ?? [],
    probe: asset.probe,
    poster_key: asset.posterKey,
    blob_key: asset.blobKey,
    fingerprint: asset.fingerprint ?? null,
  };
}

export function newVersionRow(assetId: string, version: NewAssetVersion): Readonly<Record<string, unknown>> {
  return {
    asset_id: assetId,
    blob_key: version.blobKey,
    mime_type: version.mimeType,
    size_bytes: version.sizeBytes,
    probe: version.probe,
    poster_key: version.posterKey,
    fingerprint: version.fingerprint ?? null,
  };
}

/** A cursor says after which place to go on, and in which order: places of two orders can't be compared. */
export function encodeCursor(sort: string, place: unknown): string | null {
  return Array.isArray(place) ? encodeURIComponent(JSON.stringify([sort, place])) : null;
}

/** @throws `invalid-input` for what isn't a cursor of that order */
export function decodeCursor(sort: string, cursor: string | null | undefined): unknown {
  if (cursor == null) return null;
  try {
    const parsed: unknown = JSON.parse(decodeURIComponent(cursor));
    if (Array.isArray(parsed) && parsed[0] === sort && Array.isArray(parsed[1])) return parsed[1];
  } catch {
    // Told below, like every other cursor that isn't ours.
  }
  throw new LecternError('invalid-input', {
    details: { path: 'cursor', expected: `a cursor of a list sorted by ${sort}` },
  });
}

/** @throws `invalid-input` for what is no whole number of at least 1 */
export function pageSize(limit: number | undefined): number {
  if (limit === undefined) return 60;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new LecternError('invalid-input', { details: { path: 'limit', expected: 'a whole number of at least 1' } });
  }
  return Math.min(limit, 500);
}
