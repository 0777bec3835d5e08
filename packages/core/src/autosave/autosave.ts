import type { StoreApi } from 'zustand/vanilla';
import type { AutosaveState } from './autosave-state.js';

/** Saves a project by itself. Its words are in `autosaveSentence`. */
export interface Autosave {
  readonly store: StoreApi<AutosaveState>;
  /** Saves now and resolves once the back end acknowledged it. @throws why it didn't; it is tried again all the same */
  saveNow(): Promise<void>;
  /** Saves as a revision of its own kind. The project session's `publish` calls it. */
  publish(): Promise<void>;
  /** Number of the last change made. */
  lastSeq(): number;
  /** Resolves once that change would outlive a crash: it is in the journal or at the back end. */
  durable(seq: number): Promise<void>;
  /** Keeps the changes that were found, and puts the prompt away. */
  restore(): void;
  /** Goes back to the saved version, as a change that can be undone; what was found stays in the history. */
  discardRestore(): void;
  /** Answers a conflict. @throws `conflict` when there is none, or when somebody saved again in between */
  resolve(choice: ConflictChoice): Promise<void>;
  /** Takes over from the tab that is editing: it saves to its journal, lets go, and becomes read-only. */
  editHere(): Promise<void>;
  /** Writes what is pending, saves it if it can, and lets go. */
  close(): Promise<void>;
}

/** `keep-both` makes mine a new project and takes theirs here. */
export type ConflictChoice = 'keep-mine' | 'take-theirs' | 'keep-both';
