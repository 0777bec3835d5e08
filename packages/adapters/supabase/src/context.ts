import { type AssetNotice, type CallOptions, type Operation, type ProjectNotice, toLecternError } from '@lectern/ports';
import type { BlobDirectory } from './blob-directory.js';
import type { Connection } from './connection.js';
import { throwIfAborted } from '@lectern/ports/adapter-kit';
import type { Echoes } from './echoes.js';
import type { Notices } from './notices.js';

/** What the ports share. */
export interface SupabaseContext {
  readonly connection: Connection;
  /** Knows where bytes lie, and whose keys were seen. */
  readonly directory: BlobDirectory;
  readonly assetNotices: Notices<AssetNotice>;
  readonly projectNotices: Notices<ProjectNotice>;
  readonly courseNotices: Notices<undefined>;
  readonly operationNotices: Notices<Operation>;
  /** What was told here already and will come back from the server. */
  readonly echoes: Echoes;
}

/** One call of a port: nothing happens for a fired signal, and every failure leaves as a `LecternError`. */
export async function answer<T>(options: CallOptions | undefined, work: () => Promise<T>): Promise<T> {
  try {
    throwIfAborted(options?.signal);
    return await work();
  } catch (error) {
    throw toLecternError(error);
  }
}
