import type { Json, Unsubscribe } from './call-options.js';
import type { AssetSourceType } from './domain/asset.js';
import type { SerialisedError } from './errors.js';

/**
 * `queued → checking → snapshotting → reserving → sending → completing → verifying → done`, or one of the ways out:
 * `duplicate` waits for `decide`, `paused` for `resume` (its `error` says why when nobody asked for it), `needs-file` for
 * `provideFile`, `failed` for `retry`.
 */
export type UploadStatus =
  | 'queued'
  | 'checking'
  | 'duplicate'
  | 'snapshotting'
  | 'reserving'
  | 'sending'
  | 'completing'
  | 'verifying'
  | 'paused'
  | 'done'
  | 'failed'
  | 'needs-file'
  | 'cancelled';

/** Assets that have the same bytes, or likely so. */
export interface UploadDuplicate {
  readonly assetId: string;
  readonly name: string;
  /** True when the store itself has verified that asset's hash and it is this file's; else only fingerprint and size agree. */
  readonly certain: boolean;
}

/** What to do with a file that is there already. */
export type DuplicateDecision =
  { readonly use: 'existing' | 'replace'; readonly assetId: string } | { readonly use: 'upload-anyway' };

/** One file on its way into the library. */
export interface UploadItem {
  readonly id: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sentBytes: number;
  readonly status: UploadStatus;
  /** The asset's id from the start, so that it can be referred to before its bytes are there. */
  readonly assetId: string;
  readonly error: SerialisedError | null;
  /** True when the file is stored but this browser cannot decode it: `error` then holds `undecodable`. */
  readonly storedUndecodable: boolean;
  /** Smoothed over the last seconds; null until it can be told. */
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** Waits before it tries again, or for the network: a time in ISO 8601, or null. */
  readonly retryAt: string | null;
  /** Another tab of this browser sends it. */
  readonly elsewhere: boolean;
  readonly duplicates: readonly UploadDuplicate[];
}

/** What the engine needs of a `FileSystemFileHandle`. */
export interface FileHandle {
  getFile(): Promise<Blob>;
}

export interface UploadRequest {
  /**
   * Names the upload, and the asset that it makes: a UUID; made up when left out. What is in the list under that name
   * already is given back as it is, and not begun again.
   */
  readonly id?: string;
  readonly file: Blob;
  readonly fileName: string;
  readonly sourceType?: AssetSourceType;
  readonly studioMetadata?: Readonly<Record<string, Json>>;
  readonly tags?: readonly string[];
  /** Adds a version to this asset instead of making a new one. */
  readonly replaceAssetId?: string;
  /** A handle to the file, where the browser gave one: it can be read again after a reload without a copy being kept. */
  readonly handle?: FileHandle;
  /** What to do when the file is there already: ask (`duplicate`), or upload it all the same. The engine's default when left out. */
  readonly onDuplicate?: 'ask' | 'upload-anyway';
}

/**
 * Brings files into the library: checks, probe, poster, bytes, record. One bad file never stops the others. What was begun
 * goes on after a reload, in whichever tab is there; nobody has to choose the file again where that can be helped.
 */
export interface UploadEngine {
  /** Returns at once; watch `items`. */
  add(requests: readonly UploadRequest[]): readonly UploadItem[];
  /** Resolves when that item is done. @throws the item's error when it failed, `aborted` when it was cancelled */
  finished(id: string): Promise<UploadItem>;
  /** Those of earlier pages and other tabs included. */
  items(): readonly UploadItem[];
  pause(id: string): void;
  resume(id: string): void;
  cancel(id: string): void;
  retry(id: string): void;
  pauseAll(): void;
  resumeAll(): void;
  retryAll(): void;
  /** Ends the waiting of a `duplicate`. */
  decide(id: string, decision: DuplicateDecision): void;
  /** Ends the waiting of a `needs-file`. @throws `invalid-input` when it is another file than the one that was begun */
  provideFile(id: string, file: Blob): Promise<void>;
  /** Forgets what is done, failed or cancelled. */
  clear(id?: string): void;
  /** Called with every change, at most once per 100 ms and once at the end. */
  subscribe(listener: (items: readonly UploadItem[]) => void): Unsubscribe;
  /** Stops sending; what was begun is gone on with by the next page. */
  dispose(): void;
}
