import type { CallOptions } from './call-options.js';
import type { AssetKind } from './domain/asset.js';
import type { FileHandle } from './upload-engine.js';

/** What becomes of a file, and what that takes here. Known before it begins. */
export interface ConversionForecast {
  readonly kind: Exclude<AssetKind, 'image'>;
  /** As the file calls them: `mpeg2video`, `ac3`; null where it has no such track. */
  readonly videoCodec: string | null;
  readonly audioCodec: string | null;
  readonly durationSeconds: number;
  /** Whether the pictures are taken over as they are, which takes a fraction of the time and loses nothing. */
  readonly keepsPictures: boolean;
  /** Likely size of the result, in bytes. */
  readonly sizeBytes: number;
  /** Room that this browser has left, in bytes; null where it doesn't tell. */
  readonly freeBytes: number | null;
  /** Seconds that it is likely to take, from a piece of the file that was converted for it; null where that told nothing. */
  readonly seconds: number | null;
}

export interface ConversionProgress {
  /** 0…1 */
  readonly fraction: number;
  /** Null until it can be told. */
  readonly secondsLeft: number | null;
}

export interface ConvertOptions extends CallOptions {
  readonly onProgress?: (progress: ConversionProgress) => void;
}

/** What a file was turned into: something that this browser has proved to decode. */
export interface ConvertedFile {
  /** Disk-backed where the browser has a private file system. */
  readonly file: Blob;
  /** The file where it lies on disk; left out where it is in memory. */
  readonly handle?: FileHandle;
  readonly kind: Exclude<AssetKind, 'image'>;
  readonly mimeType: string;
  /** Without the dot. */
  readonly extension: string;
  /** Removes the file; call it once the bytes are stored. */
  release(): Promise<void>;
}

/** A file that was looked at. It holds a converter of its own, with its memory, until it is disposed of. */
export interface PreparedConversion {
  readonly forecast: ConversionForecast;
  /**
   * Converts, once. Every picture keeps its time, and the sound its place beside them. Aborting ends it at once and
   * leaves nothing behind.
   *
   * @throws `quota-exceeded`, `undecodable`, `render-failed`, `converter-unavailable`, `aborted`
   */
  convert(options?: ConvertOptions): Promise<ConvertedFile>;
  /** Gives the memory back; ends a conversion that runs. */
  dispose(): void;
}

/** Turns files that this browser can't decode into ones that it can, on this device. Slow: see the forecast. */
export interface MediaConverter {
  /** The largest file that it takes, in bytes. */
  readonly maxBytes: number;
  /**
   * Loads what converts (about 30 MB, once), looks at the file and tries a piece of it.
   *
   * @throws `file-too-large`, `image-too-large`, `quota-exceeded` before anything is written; `undecodable` for what it
   * can't read either, `converter-unavailable` where it can't be loaded, `aborted`
   */
  prepare(file: Blob, options?: CallOptions): Promise<PreparedConversion>;
}
