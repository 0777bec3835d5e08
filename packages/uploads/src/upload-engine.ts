import type { AssetsPort, BlobsPort, RenderEngine, UploadEngine } from '@lectern/ports';

export interface UploadEngineOptions {
  readonly assets: AssetsPort;
  readonly blobs: BlobsPort;
  readonly probe: RenderEngine['probe'];
  readonly newId: () => string;
  /** The largest file that is taken, in bytes; no limit when left out. */
  readonly maxBytes?: number;
  /** The largest picture that is taken, in pixels; 64 megapixels when left out. */
  readonly maxPixels?: number;
  /** How many files are worked on at once; 3 when left out. */
  readonly lanes?: number;
}

export function createUploadEngine(options: UploadEngineOptions): UploadEngine {
  throw new TypeError(`The upload engine is being written (${String(options.lanes ?? 3)} lanes).`);
}
