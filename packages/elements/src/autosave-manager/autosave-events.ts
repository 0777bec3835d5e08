import type { AutosaveState } from '@lectern/core';
import type { SaveKind } from './save-kind.js';

/** Where the work of a project is, as a host may want to show it. */
export interface SaveStateDetail {
  readonly projectId: string;
  readonly kind: SaveKind;
  readonly local: AutosaveState['local'];
  readonly remote: AutosaveState['remote'];
  /** Changes that only this browser has. */
  readonly pendingChanges: number;
  /** ISO 8601, or null when nothing was saved since the project was opened. */
  readonly savedAt: string | null;
}

/** A save that the back end acknowledged. */
export interface SaveDetail {
  readonly projectId: string;
  readonly rev: number;
  readonly savedAt: string;
}

/** Somebody else saved in between, and a person has to choose. */
export interface SaveConflictDetail {
  readonly projectId: string;
  /** Who saved; empty when the back end doesn't say. */
  readonly author: string;
  /** When, ISO 8601. */
  readonly at: string;
  readonly headRev: number;
}

/** Changes were found that only this browser had. They are on the timeline. */
export interface SaveRestoreDetail {
  readonly projectId: string;
  readonly changes: number;
  /** When the last of them was made, ISO 8601. */
  readonly at: string;
}

declare global {
  interface HTMLElementEventMap {
    'lectern-save': CustomEvent<SaveDetail>;
    'lectern-save-state': CustomEvent<SaveStateDetail>;
    'lectern-save-conflict': CustomEvent<SaveConflictDetail>;
    'lectern-save-restore': CustomEvent<SaveRestoreDetail>;
  }
}
