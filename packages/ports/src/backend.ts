import type { AssetsPort } from './assets-port.js';
import type { BlobsPort } from './blobs-port.js';
import type { ConnectionPort } from './connection-port.js';
import type { CoursesPort } from './courses-port.js';
import type { IdentityPort } from './identity-port.js';
import type { OperationsPort } from './operations-port.js';
import type { ProjectsPort } from './projects-port.js';
import type { TransfersPort } from './transfers-port.js';

/** Where bytes are kept. A back end may keep its records in one place and its bytes in another. */
export interface ByteStore {
  readonly blobs: BlobsPort;
  readonly transfers: TransfersPort;
}

/** The set of ports that one adapter implements. */
export interface Backend extends ByteStore {
  /** For people and logs: `local`, `supabase`, … */
  readonly name: string;
  readonly assets: AssetsPort;
  readonly operations: OperationsPort;
  readonly projects: ProjectsPort;
  readonly courses: CoursesPort;
  readonly identity: IdentityPort;
  /** Only where this browser may stand in for what the host asked for. */
  readonly connection?: ConnectionPort;
  /** Lets go of connections, channels and timers. */
  dispose(): Promise<void>;
}
