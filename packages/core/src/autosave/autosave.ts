import type { SaveKind } from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import type { StoreApi } from 'zustand/vanilla';
import type { AutosaveState } from './autosave-state.js';
import type { QuarantinedPart } from './journal.js';

/** Saves a project by itself. Its words are in `autosaveSentence`. */
export interface Autosave {
  readonly store: StoreApi<AutosaveState>;
  /**
   * Saves now, `manual` when left out, and resolves once the back end acknowledged it.
   * @throws why it didn't; it is tried again all the same
   */
  saveNow(kind?: Exclude<SaveKind, 'auto' | 'conflict'>): Promise<void>;
  /** Number of the last change made. */
  lastSeq(): number;
  /**
   * Resolves once that change would outlive a crash: it is in the journal or at the back end.
   * @throws `forbidden` when another tab took over and nothing had kept it
   */
  durable(seq: number): Promise<void>;
  /** Keeps the changes that were found, and puts the prompt away. */
  restore(): void;
  /** Goes back to the saved version, as a change that can be undone; what was found stays in the history. */
  discardRestore(): void;
  /** The documents that a conflict is between. @throws `conflict` when there is none, and what the back end throws */
  openConflict(): Promise<ConflictDocuments>;
  /** Answers a conflict. @throws `conflict` when there is none, or when somebody saved again in between */
  resolve(choice: ConflictChoice): Promise<void>;
  /**
   * Takes over from the tab that is editing: it saves to its journal, lets go, and becomes read-only.
   * @throws `forbidden` while stranded changes are on show here
   */
  editHere(): Promise<void>;
  /** Lets go of stranded changes: the tab then follows the one that edits. */
  letGo(): void;
  /** Puts the word about merged edits away. */
  dismissMerged(): void;
  /** What this browser kept of the project and couldn't read, for a person to look at or to download. */
  quarantined(): Promise<readonly QuarantinedPart[]>;
  /** Lets go of that. */
  dropQuarantined(): Promise<void>;
  /** Writes what is pending, saves it if it can, and lets go. */
  close(): Promise<void>;
}

/** What a conflict is between. */
export interface ConflictDocuments {
  /** What both were made from; null when nobody has it any more. */
  readonly base: TimelineDocument | null;
  readonly mine: TimelineDocument;
  readonly theirs: TimelineDocument;
}

/** `keep-both` makes mine a new project and takes theirs here. */
export type ConflictChoice = 'keep-mine' | 'take-theirs' | 'keep-both';
