import type { CallOptions, Page, Unsubscribe } from './call-options.js';
import type {
  Asset,
  AssetChange,
  AssetPatch,
  AssetQuery,
  AssetUsage,
  AssetVersion,
  LibraryCount,
  NewAsset,
  NewAssetVersion,
} from './domain/asset.js';

/** What changed, so that other tabs and devices can refresh; `ids` empty means anything may have changed. */
export interface AssetNotice {
  readonly type: 'assets-changed';
  readonly ids: readonly string[];
}

/** The library's records. Bytes are the business of `BlobsPort`. */
export interface AssetsPort {
  /** @throws `invalid-input` for a cursor that isn't one of this query's, and for a limit below 1 */
  list(query: AssetQuery, options?: CallOptions): Promise<Page<Asset>>;
  /** Deleted ones included. @throws `not-found` */
  get(id: string, options?: CallOptions): Promise<Asset>;
  /** Those that exist, in the order asked for; deleted ones included. */
  getMany(ids: readonly string[], options?: CallOptions): Promise<readonly Asset[]>;
  /** Version 1 is made with it. The bytes at `blobKey` must be stored before. @throws `already-exists`, `invalid-input` */
  create(asset: NewAsset, options?: CallOptions): Promise<Asset>;
  /** @throws `not-found`, `invalid-input`, and `conflict` when `expectedRev` isn't the row's */
  update(id: string, patch: AssetPatch, options?: CallOptions & { readonly expectedRev?: number }): Promise<Asset>;
  /** Soft: it can be restored. Removing it twice is harmless. @throws `in-use` naming the places, `not-found` */
  remove(id: string, options?: CallOptions): Promise<Asset>;
  /** @throws `not-found` */
  restore(id: string, options?: CallOptions): Promise<Asset>;
  /** Makes it the current version; every link follows. The bytes must be stored before. @throws `not-found`, `invalid-input` */
  addVersion(id: string, version: NewAssetVersion, options?: CallOptions): Promise<Asset>;
  /** Puts an older version's bytes in place again, as a new version. @throws `not-found` */
  restoreVersion(id: string, versionId: string, options?: CallOptions): Promise<Asset>;
  /** Newest first. @throws `not-found` */
  versions(id: string, options?: CallOptions): Promise<readonly AssetVersion[]>;
  /** What was done to it, newest first, the last 200; it outlives every page. @throws `not-found` */
  history(id: string, options?: CallOptions): Promise<readonly AssetChange[]>;
  /**
   * Takes one change of the history back, by an ordinary change that stands in the history itself.
   *
   * @throws `not-found`, `in-use` for taking back an upload or a restoring of what is used, `forbidden`
   */
  undo(changeId: string, options?: CallOptions): Promise<void>;
  /** Those in the library whose current bytes have this fingerprint, newest first: likely the same file. */
  findByFingerprint(fingerprint: string, options?: CallOptions): Promise<readonly Asset[]>;
  /** The whole library in figures, without reading it. */
  overview(options?: CallOptions): Promise<readonly LibraryCount[]>;
  /** Nothing for an asset that isn't there. */
  usage(id: string, options?: CallOptions): Promise<readonly AssetUsage[]>;
  /** Says that an asset is used at a place; saying it twice is harmless. @throws `not-found`, `invalid-input` */
  link(usage: AssetUsage, options?: CallOptions): Promise<void>;
  unlink(usage: Pick<AssetUsage, 'assetId' | 'resourceType' | 'resourceId'>, options?: CallOptions): Promise<void>;
  /** Told of every change, those made through this very port included. */
  subscribe(listener: (notice: AssetNotice) => void): Unsubscribe;
}
