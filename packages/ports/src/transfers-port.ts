import type { BlobStat } from './blobs-port.js';
import type { CallOptions } from './call-options.js';
import type { NewAsset, NewAssetVersion } from './domain/asset.js';

/**
 * The record that the bytes are for. A store that can makes it in the very transaction that finds the bytes complete, so
 * that nothing is lost when the browser dies after the last one; the poster comes later, with the browser's own call.
 */
export type TransferRecord =
  | { readonly type: 'asset'; readonly asset: NewAsset }
  | { readonly type: 'version'; readonly assetId: string; readonly version: NewAssetVersion };

/** What is asked for before a byte is sent. */
export interface TransferRequest {
  /** The caller's, a UUID: the same request again gives the same transfer, and keeps its reservation alive. */
  readonly id: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly mimeType: string;
  readonly record?: TransferRecord;
}

/** A reserved transfer as plain data, without anything secret: it may be written down and taken up in another page. */
export interface Transfer {
  readonly id: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly mimeType: string;
  /** Where the store goes on, in its own words; opens no door by itself. Null before anything was begun. */
  readonly resume: string | null;
}

/** One try of one request. */
export interface Attempt {
  /** Fires when the transfer is called off, and when nothing has moved for too long. */
  readonly signal: AbortSignal;
  /** Says that something moved: the try isn't stuck, and failures before it don't count any more. */
  readonly progressed: () => void;
}

/** Runs one request when there is a lane for it, watches it, and tries it again when its error is retryable. */
export type RunAttempt = <T>(work: (attempt: Attempt) => Promise<T>) => Promise<T>;

export interface SendOptions extends CallOptions {
  /** Bytes that the store has said it has, plus those on their way; goes back when the store turns out to have fewer. */
  readonly onProgress?: (storedBytes: number) => void;
  /** Awaited before the first byte is sent, and whenever `resume` changes. */
  readonly remember?: (transfer: Transfer) => Promise<void>;
  /** How each request is run; once and at once when left out. */
  readonly run?: RunAttempt;
}

/**
 * How the bytes of a file get into the store and go on after anything: a reload, another tab, an expired token, a network
 * that was gone. `BlobsPort.put` is the same in one go, for what is small or can be made again.
 */
export interface TransfersPort {
  /** False where bytes never leave this browser: there is nothing to go on with, and a snapshot would be a second copy. */
  readonly resumable: boolean;
  /** @throws `quota-exceeded`, `already-exists` (something else is stored under the key), `invalid-input`, `file-type-unsupported`, `file-too-large` */
  reserve(request: TransferRequest, options?: CallOptions): Promise<Transfer>;
  /**
   * Asks the store what it has, sends what is missing, and resolves when the store itself says that all is there.
   *
   * @throws `not-found` when the store knows the transfer no more: reserve another one. `invalid-input` when the source has
   * another size than was reserved
   */
  send(transfer: Transfer, source: Blob, options?: SendOptions): Promise<BlobStat>;
  /** Gives the reservation up, and what was sent. What is done stays; twice is once. */
  cancel(transfer: Transfer, options?: CallOptions): Promise<void>;
}
