import type { SerialisedError } from '@lectern/ports';

/** Which part this tab plays. */
export type RoleStatus = 'none' | 'requesting' | 'leader' | 'follower';
/** Where the changes of this tab are, in this browser. */
export type LocalStatus = 'clean' | 'pending' | 'writing' | 'durable' | 'degraded';
/** Where they are, at the back end. */
export type RemoteStatus =
  'synced' | 'dirty' | 'saving' | 'merging' | 'backoff' | 'offline' | 'authLost' | 'conflict' | 'orphaned' | 'blocked';

/** Changes that were found in this browser and not at the back end when the project was opened. They are on the timeline. */
export interface Restorable {
  readonly changes: number;
  /** When the last of them was made, ISO 8601. */
  readonly at: string;
}

/** What somebody else saved in between. */
export interface SaveConflict {
  readonly headRev: number;
  readonly headAuthor: string;
  readonly headAt: string;
  /** The revision that keeps this tab's state. */
  readonly keptAs: number;
}

/** Somebody else's edits that touched nothing of this tab's and were taken in by themselves, as one step to undo. */
export interface Merged {
  readonly author: string;
  /** When they were saved, ISO 8601. */
  readonly at: string;
  /** Records that they changed. */
  readonly changes: number;
}

/** Where the work is: facts only, never hopes. */
export interface AutosaveState {
  readonly role: RoleStatus;
  readonly local: LocalStatus;
  readonly remote: RemoteStatus;
  /** Changes that the back end hasn't acknowledged. */
  readonly pendingChanges: number;
  /** When the back end last acknowledged a save, ISO 8601; null when it hasn't since this project was opened. */
  readonly savedAt: string | null;
  readonly restorable: Restorable | null;
  readonly conflict: SaveConflict | null;
  /** Why something isn't saved; null while all is well. */
  readonly reason: SerialisedError | null;
  /** When a waiting save is tried again, ISO 8601. */
  readonly retryAt: string | null;
  /** What keeps changes in this browser: its database, or what is left where that is denied. */
  readonly journal: 'indexeddb' | 'local-storage' | 'memory';
  /** True when the journal doesn't outlive the page. */
  readonly memoryOnly: boolean;
  /**
   * Changes that were made here and that nothing kept before another tab took over. This tab goes on showing them,
   * read-only, until they were saved as a copy or let go of (`letGo`).
   */
  readonly stranded: number;
  /** Null once it was dismissed. */
  readonly merged: Merged | null;
  /** True when the back end itself forgets everything with the page: then nothing is ever "saved". */
  readonly remoteVolatile: boolean;
  /** True until the first save of a new project. */
  readonly neverSaved: boolean;
}
