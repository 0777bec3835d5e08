import type { AssetsPort, BlobsPort, IdentityPort, RenderEngine, TransfersPort } from '@lectern/ports';
import type { Clock } from './clock.js';
import type { Network } from './network.js';
import type { RoomEstimate } from './snapshot.js';
import type { OpenUploadChannel } from './upload-channel.js';
import type { UploadJournal } from './upload-journal.js';
import type { UploadLocks } from './upload-locks.js';

export interface UploadEngineOptions {
  readonly assets: Pick<AssetsPort, 'create' | 'addVersion' | 'get' | 'versions' | 'update' | 'findByFingerprint'>;
  readonly blobs: Pick<BlobsPort, 'put' | 'delete'>;
  readonly transfers: TransfersPort;
  readonly identity: IdentityPort;
  readonly probe: RenderEngine['probe'];
  /** A UUID each time. */
  readonly newId: () => string;
  /** Sets these uploads apart from those for other back ends on the same origin. */
  readonly namespace: string;
  /** Where uploads are written down: IndexedDB, memory where that is denied, when left out. */
  readonly journal?: UploadJournal;
  /** Which tab sends an upload: Web Locks when left out. */
  readonly locks?: UploadLocks;
  /** How tabs tell each other: broadcast channels when left out. */
  readonly openChannel?: OpenUploadChannel;
  /** Whether there is a network: what the page hears of it when left out. */
  readonly network?: Network;
  readonly clock?: Clock;
  /** How much room the browser has for snapshots: its own estimate when left out. */
  readonly estimateRoom?: () => Promise<RoomEstimate | null>;
  /** The largest file that is taken, in bytes; no limit when left out. */
  readonly maxBytes?: number;
  /** The largest picture that is taken, in pixels; 64 megapixels when left out. */
  readonly maxPixels?: number;
  /** How many files are worked on at once; 3 when left out. */
  readonly files?: number;
  /** How many requests go at once for one file; 3 when left out. */
  readonly requestsPerFile?: number;
  /** How many requests go at once in all; 6 when left out. */
  readonly requests?: number;
  /** What is done with a file that is there already, where a request doesn't say; it is uploaded when left out. */
  readonly onDuplicate?: 'ask' | 'upload-anyway';
}
