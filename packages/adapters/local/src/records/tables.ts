import type {
  Asset,
  AssetChange,
  AssetUsage,
  AssetVersion,
  Chapter,
  ChapterItem,
  Course,
  Identity,
  Json,
  Operation,
  ProjectRevision,
  ProjectSummary,
  SaveAnswer,
  StoredTimelineJson,
} from '@lectern/ports';

/** Rows of the first version of the tables know neither; they stay as they are, and are read as having none. */
type LaterFields = 'fingerprint' | 'verifiedSha256';
export type StoredAsset = Omit<Asset, LaterFields> & Partial<Pick<Asset, LaterFields>>;

/** A version that is in place no more, with what the asset has to get back when it is put in place again. */
export type StoredVersion = AssetVersion & Partial<Pick<Asset, LaterFields | 'posterKey'>>;

/** An asset with its versions: what the current one shares with the asset isn't written twice. */
export interface AssetRow {
  readonly asset: StoredAsset;
  /** Counts the changes of all assets, so that a reader finds what is new to it. */
  readonly seq: number;
  readonly currentVersion: Pick<AssetVersion, 'number' | 'createdAt'>;
  /** Oldest first. */
  readonly olderVersions: readonly StoredVersion[];
  /** How many changes its history has seen; left out when none. */
  readonly changes?: number;
}

/**
 * That an asset has, or had, this fingerprint; the asset's own row decides. A table of its own, since an index of the
 * assets would be built from all of them when an older database is opened, which takes seconds in a large library.
 */
export interface FingerprintRow {
  readonly fingerprint: string;
  readonly assetId: string;
}

/** One entry of an asset's history; they count 1, 2, 3 … for each asset. */
export interface HistoryRow {
  readonly assetId: string;
  readonly number: number;
  readonly change: AssetChange;
  /** What takes it back. */
  readonly inverse: Readonly<Record<string, Json>>;
}

/** Stands in for an asset that is gone for good, so that a reader hears of that as well. */
export interface PurgedRow {
  readonly id: string;
  readonly seq: number;
}

/** What the order book of the library was at some change count: reading it is quicker than reading every asset. */
export interface DigestRow {
  readonly key: 'assets';
  readonly epoch: string;
  readonly seq: number;
  /** JSON: one string is read much faster than as many objects. */
  readonly entries: string;
}

/** Bulk work and how far it is. */
export interface OperationRow {
  readonly operation: Operation;
  /** Operations are listed in the order they were begun in. */
  readonly order: number;
  /** Those that are still to be worked through are the last ones; emptied when it has ended. */
  readonly assetIds: readonly string[];
}

export interface ProjectRow {
  readonly summary: ProjectSummary;
  /** Of the head. */
  readonly schemaVersion: number;
  /** Assets on the timeline of the head. */
  readonly assetIds: readonly string[];
  /** How many saves made a revision; it orders them without a clock. */
  readonly saveCount: number;
  readonly conflictCount: number;
}

export interface RevisionRow {
  readonly projectId: string;
  readonly rev: number;
  readonly order: number;
  readonly revision: ProjectRevision;
}

/** The document of a revision, apart from its row, so that a list of revisions reads no documents. */
export interface StateRow {
  readonly projectId: string;
  readonly rev: number;
  readonly schemaVersion: number;
  readonly state: StoredTimelineJson;
}

/** What a save was answered, for its repeats. */
export interface SaveRow {
  readonly saveId: string;
  readonly projectId: string;
  readonly order: number;
  readonly answer: SaveAnswer;
}

export interface CourseRow {
  readonly course: Course;
  /** Courses are listed in the order they were made in. */
  readonly order: number;
}

export interface BlobRow {
  readonly key: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** Name of the file in the private file system; left out when the bytes are in `blobData`. */
  readonly file?: string;
  /** The transfer that brought the bytes; left out when they were put. */
  readonly transferId?: string;
  /** Since when no asset refers to it, in milliseconds of the epoch; left out when one does. */
  readonly unclaimedSince?: number;
}

export interface BlobDataRow {
  readonly key: string;
  readonly data: Blob;
}

export type MetaRow =
  | { readonly key: 'guest'; readonly identity: Identity }
  /** `epoch` names this filling of the store: after it was cleared, what was read before counts for nothing. */
  | { readonly key: 'library'; readonly epoch: string; readonly seq: number }
  | { readonly key: 'courses' | 'operations'; readonly count: number };

export interface Tables {
  readonly assets: AssetRow;
  readonly purged: PurgedRow;
  readonly digests: DigestRow;
  readonly fingerprints: FingerprintRow;
  readonly history: HistoryRow;
  readonly operations: OperationRow;
  readonly usage: AssetUsage;
  readonly projects: ProjectRow;
  readonly revisions: RevisionRow;
  readonly states: StateRow;
  readonly saves: SaveRow;
  readonly courses: CourseRow;
  readonly chapters: Chapter;
  readonly items: ChapterItem;
  readonly blobs: BlobRow;
  readonly blobData: BlobDataRow;
  readonly meta: MetaRow;
}

export type TableName = keyof Tables;
export type KeyPath = string | readonly string[];

export interface TableShape {
  readonly keyPath: KeyPath;
  readonly indexes: Readonly<Record<string, KeyPath>>;
}

/** Keys and indexes of every table: IndexedDB is set up from it, and the store in memory reads it. */
export const tableShapes: Readonly<Record<TableName, TableShape>> = {
  assets: { keyPath: 'asset.id', indexes: { bySeq: 'seq', byDeletedAt: 'asset.deletedAt' } },
  purged: { keyPath: 'id', indexes: { bySeq: 'seq' } },
  digests: { keyPath: 'key', indexes: {} },
  fingerprints: { keyPath: ['fingerprint', 'assetId'], indexes: {} },
  history: { keyPath: ['assetId', 'number'], indexes: { byId: 'change.id' } },
  operations: { keyPath: 'operation.id', indexes: { byOrder: 'order' } },
  usage: {
    keyPath: ['assetId', 'resourceType', 'resourceId'],
    indexes: { byResource: ['resourceType', 'resourceId'] },
  },
  projects: { keyPath: 'summary.id', indexes: {} },
  revisions: { keyPath: ['projectId', 'rev'], indexes: { byOrder: ['projectId', 'order'] } },
  states: { keyPath: ['projectId', 'rev'], indexes: {} },
  saves: { keyPath: 'saveId', indexes: { byOrder: ['projectId', 'order'] } },
  courses: { keyPath: 'course.id', indexes: {} },
  chapters: { keyPath: 'id', indexes: { byCourse: 'courseId' } },
  items: { keyPath: 'id', indexes: { byChapter: 'chapterId' } },
  blobs: { keyPath: 'key', indexes: { byFile: 'file', unclaimed: 'unclaimedSince' } },
  blobData: { keyPath: 'key', indexes: {} },
  meta: { keyPath: 'key', indexes: {} },
};

export const tableNames: readonly TableName[] = Object.keys(tableShapes) as TableName[];

/**
 * Grows with every change of `tableShapes`: opening an older database adds the tables and indexes that it lacks. Large
 * tables get no new index and their rows are never rewritten by it, since a large library would keep its page waiting; who
 * reads the rows knows their older forms.
 */
export const tablesVersion = 2;
