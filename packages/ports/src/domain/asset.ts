import * as z from 'zod';
import type { Json } from '../call-options.js';

/** Facts of a media file, read from the file itself. Seconds, pixels (after rotation and pixel aspect), bits per second. */
export interface ProbeFacts {
  readonly kind: AssetKind;
  readonly container: string;
  readonly mimeType: string;
  /** 0 for pictures. */
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly rotation: 0 | 90 | 180 | 270;
  readonly videoCodec: string | null;
  readonly audioCodec: string | null;
  readonly sampleRate: number;
  readonly channels: number;
  readonly averageFrameRate: number;
  readonly variableFrameRate: boolean;
  readonly bitrate: number;
  readonly hasAlpha: boolean;
  /** False when this browser cannot decode a track that the file has; such a file is kept but can't be cut here. */
  readonly decodable: boolean;
}

export type AssetKind = 'video' | 'audio' | 'image';
export type AssetStatus = 'processing' | 'active' | 'deleted' | 'failed';
export type AssetSourceType = 'upload' | 'recording' | 'export';

/** A media file in the library. Times are ISO 8601 in UTC. */
export interface Asset {
  readonly id: string;
  readonly ownerId: string;
  /** What people see; never used as a storage key. */
  readonly name: string;
  readonly kind: AssetKind;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly status: AssetStatus;
  readonly sourceType: AssetSourceType;
  /** For recordings and exports: `project_id`, `recording_duration_ms`, `preset` and the like. */
  readonly studioMetadata: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  readonly probe: ProbeFacts | null;
  /** Blob key of a small picture, or null. */
  readonly posterKey: string | null;
  readonly currentVersionId: string;
  /** Blob key of the current version. */
  readonly blobKey: string;
  /** Quick fingerprint of the current version's bytes: equal ones are likely the same file. Null where nobody took it. */
  readonly fingerprint: string | null;
  /** Content hash of the current version, as the store itself read it; null until it has. A browser's word is never here. */
  readonly verifiedSha256: string | null;
  /** Counts every change of the row. */
  readonly rev: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deletedAt: string | null;
}

/** One stored blob of an asset. Replacing a file adds a version, and every link follows. */
export interface AssetVersion {
  readonly id: string;
  readonly assetId: string;
  /** 1, 2, 3 … */
  readonly number: number;
  readonly blobKey: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly probe: ProbeFacts | null;
  readonly createdAt: string;
}

/** What was done to an asset, in one word. */
export type AssetAction = 'upload' | 'rename' | 'tag' | 'delete' | 'restore' | 'link' | 'unlink' | 'replace';

/** One entry of an asset's history. */
export interface AssetChange {
  readonly id: string;
  readonly assetId: string;
  readonly action: AssetAction;
  /** What was done: `name`, `tags`, `version_id` and `number`, or the place that was linked. */
  readonly change: Readonly<Record<string, Json>>;
  /** Null when the service side did it. */
  readonly author: string | null;
  readonly createdAt: string;
}

/** The library in figures: one row for each kind, origin and place (library or trash) that has files. */
export interface LibraryCount {
  readonly kind: AssetKind;
  readonly sourceType: AssetSourceType;
  readonly deleted: boolean;
  readonly files: number;
  readonly bytes: number;
}

export interface NewAsset {
  readonly id: string;
  readonly name: string;
  readonly kind: AssetKind;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly sourceType: AssetSourceType;
  readonly studioMetadata?: Readonly<Record<string, Json>>;
  readonly tags?: readonly string[];
  readonly probe: ProbeFacts | null;
  readonly posterKey: string | null;
  readonly blobKey: string;
  readonly fingerprint?: string | null;
}

export interface NewAssetVersion {
  readonly blobKey: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly probe: ProbeFacts | null;
  readonly posterKey: string | null;
  readonly fingerprint?: string | null;
}

/** What may be changed on an asset by hand. */
export interface AssetPatch {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly posterKey?: string | null;
  readonly probe?: ProbeFacts | null;
  readonly studioMetadata?: Readonly<Record<string, Json>>;
}

export type AssetSort = 'newest' | 'oldest' | 'name' | 'largest' | 'longest';

export interface AssetQuery {
  /** Part of a name or a tag, any case; empty for all. */
  readonly search?: string;
  readonly kinds?: readonly AssetKind[];
  readonly sourceTypes?: readonly AssetSourceType[];
  /** Those that carry every one of these tags, any case. */
  readonly tags?: readonly string[];
  /** True lists what was deleted, and only that. */
  readonly deleted?: boolean;
  /** Made from this project (`studioMetadata.project_id`), or used in it. */
  readonly projectId?: string;
  readonly sort?: AssetSort;
  /** At most 500; 60 when left out. */
  readonly limit?: number;
  readonly cursor?: string | null;
}

/** One place where an asset is used. */
export interface AssetUsage {
  readonly assetId: string;
  readonly resourceType: 'project' | 'chapter' | 'lesson' | 'course' | (string & {});
  readonly resourceId: string;
  /** What people call that place. */
  readonly label: string;
}

/** The name as it is shown: NFC, no control characters, single spaces, at most 255 characters, never empty. */
export function normaliseAssetName(name: string): string {
  const clean = name
    .normalize('NFC')
    // White space first: a tab or a line break parts words, though it is a control character.
    .replace(/\s+/g, ' ')
    // eslint-disable-next-line no-control-regex -- control characters are what is removed
    .replace(/[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return Array.from(clean).slice(0, 255).join('').trimEnd() || 'Untitled';
}

const id: z.ZodString = z.string().min(1).max(128);
const blobKey: z.ZodString = z.string().min(1).max(512);
const tag: z.ZodString = z.string().min(1).max(64);
const fingerprint = (): z.ZodType =>
  z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'Expected 64 hexadecimal digits')
    .nullable()
    .optional();
const bytes: z.ZodNumber = z.number().int().min(0);
const metadata = (): z.ZodType => z.record(z.string().max(128), z.any());
const facts = (): z.ZodType => z.object({ kind: z.enum(['video', 'audio', 'image']) }).loose();

/** Checks a patch that comes from outside. */
export const assetPatchSchema: z.ZodType<AssetPatch> = z
  .object({
    name: z.string().min(1).max(1000).optional(),
    tags: z.array(tag).max(64).optional(),
    posterKey: blobKey.nullable().optional(),
    probe: facts().nullable().optional(),
    studioMetadata: metadata().optional(),
  })
  .strict() as unknown as z.ZodType<AssetPatch>;

/** Checks a new asset's row. */
export const newAssetSchema: z.ZodType<NewAsset> = z
  .object({
    id,
    name: z.string().max(1000),
    kind: z.enum(['video', 'audio', 'image']),
    mimeType: z.string().max(255),
    sizeBytes: bytes,
    sourceType: z.enum(['upload', 'recording', 'export']),
    studioMetadata: metadata().optional(),
    tags: z.array(tag).max(64).optional(),
    probe: facts().nullable(),
    posterKey: blobKey.nullable(),
    blobKey,
    fingerprint: fingerprint(),
  })
  .strict() as unknown as z.ZodType<NewAsset>;

/** Checks a new version of an asset. */
export const newAssetVersionSchema: z.ZodType<NewAssetVersion> = z
  .object({
    blobKey,
    mimeType: z.string().max(255),
    sizeBytes: bytes,
    probe: facts().nullable(),
    posterKey: blobKey.nullable(),
    fingerprint: fingerprint(),
  })
  .strict() as unknown as z.ZodType<NewAssetVersion>;

/** Checks a place where an asset is used. */
export const assetUsageSchema: z.ZodType<AssetUsage> = z
  .object({ assetId: id, resourceType: z.string().min(1).max(64), resourceId: id, label: z.string().max(1000) })
  .strict();
