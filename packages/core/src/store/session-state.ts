import type { ConnectionState, MoveProgress, MoveReport, SerialisedError, UploadItem } from '@lectern/ports';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ConversionJob } from '../conversions/conversion-job.js';
import type { ExportJob } from '../exports/export-job.js';
import type { MessageRef } from '../messages/messages.js';

/** Transfers in progress, as the upload engine last said: at most one update per 100 ms. */
export interface UploadsSlice {
  readonly items: readonly UploadItem[];
}

/** How the library is looked at. What is in it lives in the query cache. */
export interface LibrarySlice {
  readonly viewMode: 'grid' | 'list';
  /** Ids of the chosen assets, in the order of choosing. */
  readonly selectedIds: readonly string[];
}

/** What is exported, was exported, or was left unfinished by an earlier page. */
export interface ExportsSlice {
  /** In the order in which they were begun; those that are over until they are dismissed. */
  readonly jobs: readonly ExportJob[];
}

/** What is converted so that this browser can read it: one file at a time. */
export interface ConversionsSlice {
  /** The running or last one; null before the first, and after it was cancelled or dismissed. */
  readonly current: ConversionJob | null;
}

export type NoticeTone = 'info' | 'success' | 'warning' | 'error';

/** Something to tell, as data; an element puts it into words and takes it away after a while. */
export interface Notice {
  readonly id: string;
  readonly tone: NoticeTone;
  readonly message: MessageRef;
  /** Shown with its advice under the message. */
  readonly error: SerialisedError | null;
  /** Takes back what the notice tells of. */
  readonly undo: (() => Promise<void>) | null;
  /** How long it stays, in milliseconds; null until it is dismissed. */
  readonly durationMs: number | null;
}

export interface NoticesSlice {
  readonly items: readonly Notice[];
}

/** Where this browser keeps things. How full it is: `queries.storage()`. */
export interface StorageSlice {
  /** True when nothing outlives the page, because the browser denies storage: say so. */
  readonly memoryOnly: boolean;
}

/** Moving the work of this browser up to the back end that it stood in for. */
export type MoveJob =
  | { readonly status: 'running'; readonly progress: MoveProgress | null }
  | { readonly status: 'done'; readonly report: MoveReport }
  | { readonly status: 'stopped' }
  | { readonly status: 'failed'; readonly error: SerialisedError };

/** Which back end the session works on. */
export interface ConnectionSlice {
  /** `connected` for good where the back end knows no other. */
  readonly state: ConnectionState;
  /** The running or last move; null before the first and after it was dismissed. */
  readonly move: MoveJob | null;
}

/** Bulk work that is shown: what runs, and what ended with failures until it is dismissed. How far: `queries.operations()`. */
export interface OperationsSlice {
  readonly shownIds: readonly string[];
}

/** Interface state of a session. Assets, projects and courses are in the query cache, documents in their editors. */
export interface SessionState {
  readonly uploads: UploadsSlice;
  readonly library: LibrarySlice;
  readonly exports: ExportsSlice;
  readonly conversions: ConversionsSlice;
  readonly notices: NoticesSlice;
  readonly storage: StorageSlice;
  readonly connection: ConnectionSlice;
  readonly operations: OperationsSlice;
}

export const initialSessionState: SessionState = {
  uploads: { items: [] },
  library: { viewMode: 'grid', selectedIds: [] },
  exports: { jobs: [] },
  conversions: { current: null },
  notices: { items: [] },
  storage: { memoryOnly: false },
  connection: { state: { status: 'connecting' }, move: null },
  operations: { shownIds: [] },
};

export function createSessionStore(): StoreApi<SessionState> {
  return createStore<SessionState>(() => initialSessionState);
}
