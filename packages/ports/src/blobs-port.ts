import type { CallOptions } from './call-options.js';

export interface PutOptions extends CallOptions {
  /** The blob's own type when left out. */
  readonly mimeType?: string;
  /** Bytes stored so far; at most one call per 100 ms. */
  readonly onProgress?: (sentBytes: number) => void;
}

export interface BlobStat {
  readonly key: string;
  readonly sizeBytes: number;
  readonly mimeType: string;
}

/** How much room there is, in bytes; null where nobody knows. */
export interface StorageReport {
  readonly kind: 'opfs' | 'indexeddb' | 'memory' | 'remote';
  readonly usedBytes: number;
  readonly quotaBytes: number | null;
  /** True when the browser promised not to evict it. */
  readonly persistent: boolean;
}

/** Bytes by key. A key is ASCII, `/`-separated, without `..`; it is never reused for other bytes. */
export interface BlobsPort {
  /** Whole or not at all: a reader never sees half a blob. @throws `quota-exceeded`, `already-exists`, `invalid-input` */
  put(key: string, data: Blob | ReadableStream<Uint8Array>, options?: PutOptions): Promise<BlobStat>;
  /** Backed by the store, not by memory, where the store can. @throws `not-found` */
  get(key: string, options?: CallOptions): Promise<Blob>;
  stat(key: string, options?: CallOptions): Promise<BlobStat | null>;
  /** Deleting what is not there is harmless. */
  delete(key: string, options?: CallOptions): Promise<void>;
  report(options?: CallOptions): Promise<StorageReport>;
}
