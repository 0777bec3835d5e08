import { type Backend, type ByteStore, type CallOptions, isLecternError, type StorageReport } from '@lectern/ports';
import { SupabaseAssets } from './assets.js';
import { BlobDirectory } from './blob-directory.js';
import { SupabaseBlobs } from './blobs.js';
import { ChangeFeed } from './change-feed.js';
import { Connection, type SupabaseSource } from './connection.js';
import type { SupabaseContext } from './context.js';
import { SupabaseCourses } from './courses.js';
import { Echoes } from './echoes.js';
import { SupabaseIdentity } from './identity.js';
import { Notices } from './notices.js';
import { SupabaseOperations } from './operations.js';
import { SupabaseProjects } from './projects.js';
import { SupabaseTransfers } from './transfers.js';

/** What a store elsewhere may ask of the project: who is working, and how much they have. */
export interface ProjectAccess {
  /** The user's access token; null when nobody is signed in. */
  readonly accessToken: () => Promise<string | null>;
  /** Gets a new token after one was refused. */
  readonly refresh: () => Promise<unknown>;
  readonly usage: (options?: CallOptions) => Promise<StorageReport>;
}

export interface SupabaseBackendOptions {
  /** Where bytes are kept, when not in Supabase's own storage: what `createB2Store` makes, for one. */
  readonly store?: ByteStore | ((project: ProjectAccess) => ByteStore);
  /** How often changes of others are asked for while the socket is down. 10,000 ms when left out. */
  readonly pollMs?: number;
  /** Nobody waits longer for one answer about records. 30,000 ms when left out. */
  readonly timeoutMs?: number;
  /** Downloaded files that are kept at hand for this page. 1 GiB when left out; browsers keep large ones on disk. */
  readonly cacheBytes?: number;
  /** Bulk work that hasn't moved for so long is gone on with by this page. 3000 ms when left out. */
  readonly takeOverMs?: number;
}

/**
 * A Supabase project with the schema of `supabase/migrations`. Nothing is asked before the first call, no socket is
 * opened before somebody subscribes, and a client that was handed in stays open after `dispose`.
 */
export function createSupabaseBackend(source: SupabaseSource, options: SupabaseBackendOptions = {}): Backend {
  const { pollMs = 10_000, timeoutMs = 30_000, cacheBytes = 1024 ** 3, takeOverMs = 3000 } = options;
  const connection = new Connection(source, { timeoutMs });
  const listen = (): void => {
    feed.update();
  };
  const context: SupabaseContext = {
    connection,
    directory: new BlobDirectory(connection),
    assetNotices: new Notices(listen),
    projectNotices: new Notices(listen),
    courseNotices: new Notices(listen),
    operationNotices: new Notices(listen),
    echoes: new Echoes(),
  };
  const operations = new SupabaseOperations(context, takeOverMs);
  const feed = new ChangeFeed(context, operations, { pollMs });
  const transfers = new SupabaseTransfers(context);
  const blobs = new SupabaseBlobs(context, transfers, { cacheBytes });

  const store =
    typeof options.store === 'function'
      ? options.store({
          accessToken: () => tokenOf(connection),
          refresh: async () => connection.renew(connection.lastSession()?.token ?? ''),
          usage: (call) => blobs.report(call),
        })
      : options.store;

  return {
    name: 'supabase',
    assets: new SupabaseAssets(context),
    operations,
    projects: new SupabaseProjects(context),
    courses: new SupabaseCourses(context),
    identity: new SupabaseIdentity(connection),
    blobs: store?.blobs ?? blobs,
    transfers: store?.transfers ?? transfers,
    dispose: async () => {
      const { assetNotices, projectNotices, courseNotices, operationNotices } = context;
      for (const notices of [assetNotices, projectNotices, courseNotices, operationNotices]) notices.close();
      operations.dispose();
      blobs.dispose();
      await feed.dispose();
      await connection.dispose();
    },
  };
}

async function tokenOf(connection: Connection): Promise<string | null> {
  try {
    return (await connection.session()).token;
  } catch (error) {
    if (isLecternError(error) && error.code === 'unauthenticated') return null;
    throw error;
  }
}
