import type { AssetsPort } from './assets-port.js';
import type { BlobsPort } from './blobs-port.js';
import type { CoursesPort } from './courses-port.js';
import type { IdentityPort } from './identity-port.js';
import type { ProjectsPort } from './projects-port.js';

/** The set of ports that one adapter implements. */
export interface Backend {
  /** For people and logs: `local`, `supabase`, … */
  readonly name: string;
  readonly assets: AssetsPort;
  readonly blobs: BlobsPort;
  readonly projects: ProjectsPort;
  readonly courses: CoursesPort;
  readonly identity: IdentityPort;
  /** Lets go of connections, channels and timers. */
  dispose(): Promise<void>;
}
