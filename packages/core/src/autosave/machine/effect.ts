import type { SaveKind } from '@lectern/ports';
import type { TimerName } from './event.js';
import type { PreparedSave } from './machine-state.js';

/** What is to be done, as data. Each that can end reports its end by an event. */
export type Effect =
  | { readonly type: 'start-timer'; readonly name: TimerName; readonly ms: number }
  | { readonly type: 'stop-timer'; readonly name: TimerName }
  // Role
  /** Ask the tab that edits whether it is alive. */
  | { readonly type: 'ping' }
  /** Answer that. */
  | { readonly type: 'beat' }
  /** Queue for the lock. */
  | { readonly type: 'wait-turn' }
  /** Take the lock from a tab that doesn't answer. */
  | { readonly type: 'steal' }
  | { readonly type: 'release' }
  /** Show what the tab that edits has. */
  | { readonly type: 'catch-up' }
  // Local
  /** Write all changes that aren't known to be in the journal, up to `toSeq`; a write under way may fail yet. */
  | { readonly type: 'append'; readonly toSeq: number }
  /** Replace the entries by a snapshot. */
  | { readonly type: 'compact' }
  /** Empty the journal: all of it is acknowledged. */
  | { readonly type: 'clear-journal' }
  /** Drop what the browser keeps and can do without, then report `made-room`. */
  | { readonly type: 'make-room' }
  // Remote
  /** Take the document as it is now, hash it, and report `prepared`; at once, if it can, when it is `urgent`. */
  | { readonly type: 'prepare'; readonly kind: SaveKind; readonly urgent: boolean }
  /** Write the outbox row durably, then report `outbox`. */
  | { readonly type: 'write-outbox'; readonly save: PreparedSave }
  | { readonly type: 'send'; readonly save: PreparedSave; readonly keepalive: boolean }
  /** In one transaction: the new base, and the outbox row gone. `kind` null: nothing had to be sent. */
  | {
      readonly type: 'acknowledge';
      readonly saveId: string | null;
      readonly kind: SaveKind | null;
      readonly rev: number;
      readonly hash: string;
      readonly seqTo: number;
    }
  /** Bring in what somebody else saved, if it touches nothing of mine. */
  | { readonly type: 'merge' }
  /** Keep what is here as a revision, and open the head instead; then report `adopted`. */
  | { readonly type: 'adopt' }
  /** Save what is here as a new project; then as `adopt`. */
  | { readonly type: 'fork' };
