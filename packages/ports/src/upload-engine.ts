import type { Json, Unsubscribe } from './call-options.js';
import type { AssetSourceType } from './domain/asset.js';
import type { SerialisedError } from './errors.js';

export type UploadStatus =
  'queued' | 'checking' | 'sending' | 'completing' | 'done' | 'failed' | 'needs-file' | 'cancelled';

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
}

export interface UploadRequest {
  readonly file: Blob;
  readonly fileName: string;
  readonly sourceType?: AssetSourceType;
  readonly studioMetadata?: Readonly<Record<string, Json>>;
  readonly tags?: readonly string[];
  /** Adds a version to this asset instead of making a new one. */
  readonly replaceAssetId?: string;
}

/** Brings files into the library: checks, probe, poster, bytes, record. One bad file never stops the others. */
export interface UploadEngine {
  /** Returns at once; watch `items`. */
  add(requests: readonly UploadRequest[]): readonly UploadItem[];
  /** Resolves when that item is done. @throws the item's error when it failed, `aborted` when it was cancelled */
  finished(id: string): Promise<UploadItem>;
  items(): readonly UploadItem[];
  cancel(id: string): void;
  retry(id: string): void;
  /** Forgets what is done, failed or cancelled. */
  clear(id?: string): void;
  /** Called with every change, at most once per 100 ms and once at the end. */
  subscribe(listener: (items: readonly UploadItem[]) => void): Unsubscribe;
  dispose(): void;
}
