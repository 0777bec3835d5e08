import {
  type Asset,
  type AssetNotice,
  type Backend,
  type CallOptions,
  LecternError,
  type Operation,
  type ProjectNotice,
} from '@lectern/ports';
import { LocalAssets } from './assets.js';
import { LocalBlobs } from './blobs.js';
import type { LocalContext } from './context.js';
import { LocalCourses } from './courses.js';
import { keepHouse } from './housekeeping.js';
import { LocalIdentity } from './identity.js';
import { Notices } from './notices.js';
import { type LocalStorageKind, openStore, type OpenStore } from './open-store.js';
import { LocalOperations } from './operations.js';
import { LocalProjects } from './projects.js';
import { LocalTransfers } from './transfers.js';

export interface LocalBackendOptions {
  /** Names the IndexedDB database, the folder of blobs, the locks and the channels; `lectern` when left out. */
  readonly databaseName?: string;
  /** `memory` keeps nothing when the page closes; `auto` (the default) uses it only when the browser denies storage. */
  readonly storage?: 'auto' | 'memory';
  /** Asks the browser, after the first blob was stored, not to evict it; true when left out. */
  readonly requestPersistence?: boolean;
  /** How long the browser may take to open its database before it counts as denied, in milliseconds; 8000 when left out. */
  readonly patienceMs?: number;
  readonly now?: () => Date;
  readonly newId?: () => string;
}

/** The browser's own store as a back end. It opens itself at the first call of a port. */
export interface LocalBackend extends Backend {
  readonly name: 'local';
  /** Opens the store and says which one it got. Denied storage is no error: it is kind `memory`. @throws `too-new`, `quota-exceeded` */
  ready(): Promise<{ readonly kind: LocalStorageKind }>;
  /**
   * Takes whole asset rows as they are (from a backup, or synthetic ones), replacing those with the same id. Their bytes
   * need not be there.
   */
  importAssets(assets: readonly Asset[], options?: CallOptions): Promise<void>;
}

/** Makes the back end at once; nothing is opened before the first call. */
export function createLocalBackend(options: LocalBackendOptions = {}): LocalBackend {
  const { databaseName = 'lectern', storage = 'auto', patienceMs = 8000 } = options;
  const now = options.now ?? (() => new Date());
  const newId = options.newId ?? randomId;
  const lockName = `${databaseName}:bytes`;

  let opening: Promise<OpenStore> | null = null;
  let disposed = false;
  const store = async (): Promise<OpenStore> => {
    if (disposed) throw new LecternError('aborted', { message: 'The back end was disposed of' });
    opening ??= openStore({ databaseName, storage, patienceMs, newId }).then(
      (opened) => {
        // Nobody waits for it, and its failure takes nothing from anybody: it is tried again at the next start.
        if (opened.kind !== 'memory') keepHouse(opened, { lockName, now }).catch(() => undefined);
        return opened;
      },
      (error: unknown) => {
        opening = null;
        throw error;
      },
    );
    return opening;
  };

  const context: LocalContext = { store, now, newId };
  const channel = (name: string): string | null => (storage === 'memory' ? null : `${databaseName}:${name}`);
  const assetNotices = new Notices<AssetNotice>(channel('assets'));
  const projectNotices = new Notices<ProjectNotice>(channel('projects'));
  const courseNotices = new Notices<null>(channel('courses'));
  const operationNotices = new Notices<Operation>(channel('operations'));
  const assets = new LocalAssets(context, assetNotices);
  const blobs = new LocalBlobs(context, { lockName, requestPersistence: options.requestPersistence ?? true });
  const operations = new LocalOperations(context, {
    ...{ notices: operationNotices, assetNotices },
    // In memory, where pages share nothing, they must not wait for each other.
    lockName: storage === 'memory' ? `memory:${randomId()}` : `${databaseName}:operation`,
  });

  return {
    name: 'local',
    assets,
    blobs,
    transfers: new LocalTransfers(context, blobs),
    operations,
    projects: new LocalProjects(context, projectNotices, assetNotices),
    courses: new LocalCourses(context, courseNotices, assetNotices),
    identity: new LocalIdentity(context),
    async ready() {
      const { kind } = await store();
      return { kind };
    },
    importAssets: (rows, callOptions) => assets.importRows(rows, callOptions),
    async dispose() {
      if (disposed) return;
      disposed = true;
      operations.dispose();
      for (const notices of [assetNotices, projectNotices, courseNotices, operationNotices]) notices.close();
      const opened = await opening?.catch(() => null);
      opened?.records.close();
    },
  };
}

/** A version 4 UUID; `crypto.randomUUID` is missing on pages without TLS. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
