import type { Backend, RenderEngine, UploadEngine } from '@lectern/ports';
import type { NewId } from '@lectern/timeline';
import type { QueryClient } from '@tanstack/query-core';
import type { StoreApi } from 'zustand/vanilla';
import type { Actions } from './actions/actions.js';
import type { Journal } from './autosave/journal.js';
import type { Lifecycle } from './autosave/lifecycle.js';
import type { ProjectLocks } from './autosave/project-lock.js';
import type { Messages } from './messages/messages.js';
import type { ProjectSession } from './project-session.js';
import type { Queries } from './queries/queries.js';
import type { SessionState } from './store/session-state.js';

export interface LecternOptions {
  readonly backend: Backend;
  readonly engines: { readonly uploads: UploadEngine; readonly render: RenderEngine };
  /** `crypto.randomUUID` when left out. */
  readonly newId?: NewId;
  readonly now?: () => Date;
  /**
   * Defaults: save 1.5 s after the last change, at the latest 30 s after the first unsaved one; closing waits 3 s for
   * the back end, and what it lacks then is restored by the next opening.
   */
  readonly autosave?: { readonly debounceMs?: number; readonly deadlineMs?: number; readonly closeMs?: number };
  /** The largest file that is taken, in bytes: imported ones are refused, exports are marked before they begin. */
  readonly maxBytes?: number;
  /** BCP 47; English when left out. */
  readonly locale?: string;
  /** Sets this session's journal and locks apart from those of others on the same origin; the back end's name when left out. */
  readonly namespace?: string;
  /** Where unacknowledged changes are kept: IndexedDB, else localStorage, else memory, when left out. */
  readonly journal?: Journal;
  /** Which tab edits: Web Locks when left out. */
  readonly locks?: ProjectLocks;
  /** Hide, show, online and offline: those of the page when left out. */
  readonly lifecycle?: Lifecycle;
  /** Replaces actions from the start; each gets the original. */
  readonly actions?: (originals: Actions) => Partial<Actions>;
  /** Checks the document's invariants after every transaction; for development and tests. */
  readonly checkInvariants?: boolean;
}

/** A project with changes in this browser that the back end lacks. */
export interface UnsavedProject {
  readonly projectId: string;
  readonly title: string;
  readonly changes: number;
  /** ISO 8601 */
  readonly at: string;
}

export interface OpenProjectOptions {
  /** Makes an empty project under that id when there is none, instead of failing with `not-found`. */
  readonly create?: boolean;
}

/** Everything that elements work with. One per back end and page, usually. */
export interface LecternSession {
  readonly backend: Backend;
  readonly uploads: UploadEngine;
  readonly render: RenderEngine;
  readonly queryClient: QueryClient;
  readonly queries: Queries;
  readonly actions: Actions;
  readonly store: StoreApi<SessionState>;
  /** In the session's language; elements follow their own `lang` (`messagesFor`). */
  readonly messages: Messages;
  setLocale(locale: string): void;
  readonly newId: NewId;
  readonly now: () => Date;
  /** The largest file that is taken, in bytes; null where nobody said. */
  readonly maxBytes: number | null;
  /** Opens a project, or a new unsaved one (`null`). Counted by id: each call is ended by one `close()` of what it gave. */
  openProject(projectId: string | null, options?: OpenProjectOptions): Promise<ProjectSession>;
  /** Projects whose last changes are only in this browser, most recent first. */
  unsavedProjects(): Promise<readonly UnsavedProject[]>;
  /** Names of what is open, unsaved or on its way into the library: what would be torn apart if the back end changed now. */
  inProgress(): Promise<readonly string[]>;
  /** Saves every open project now. What can't be saved stays in the journal and says so by itself. */
  saveOpenProjects(): Promise<void>;
  /** Lets the host do an action its own way. Returns what puts the former one back. */
  replaceAction<Name extends keyof Actions>(
    name: Name,
    replace: (original: Actions[Name]) => Actions[Name],
  ): () => void;
  dispose(): Promise<void>;
}
