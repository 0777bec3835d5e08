import type { IdentityPort, ProjectsPort, SaveRequest } from '@lectern/ports';
import type { Change, History, NewId, TimelineDocument } from '@lectern/timeline';
import type { Clock } from './clock.js';
import type { Journal } from './journal.js';
import type { Lifecycle } from './lifecycle.js';
import type { AutosaveEvent, AutosaveMachine, step } from './machine/machine.js';
import type { ProjectLocks } from './project-lock.js';
import type { TabMessage } from './tab-channel.js';

/** The document under edit, as saving sees it. */
export interface SavedEditor {
  readonly document: TimelineDocument;
  readonly history: History;
  /** True while a person is in the middle of something that a new document would tear away. */
  readonly busy: boolean;
  /** Opens another document with what can be undone in it; nothing when left out. */
  load(document: TimelineDocument, history?: History): void;
  /** Shows what was changed elsewhere: nothing to undo, and nothing to record. */
  apply(change: Change): void;
  /** Changes the document as a step that can be undone. */
  replace(change: Change, userEvent: string): void;
  setReadOnly(readOnly: boolean): void;
}

export interface AutosaveDriverOptions {
  readonly projectId: string;
  readonly userId: string;
  readonly projects: ProjectsPort;
  readonly identity: IdentityPort;
  readonly journal: Journal;
  readonly locks: ProjectLocks;
  readonly lockName: string;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly debounceMs: number;
  readonly deadlineMs: number;
  /** How long closing waits for the back end. */
  readonly closeMs: number;
  /** Whether the back end forgets everything with the page. */
  readonly remoteVolatile: () => boolean;
  /** The document of a project that nobody has saved. */
  readonly empty: () => TimelineDocument;
  readonly title: () => { readonly title: string; readonly description: string };
  /** After each acknowledged save. */
  readonly onSaved: (rev: number, request: SaveRequest | null) => void;
  /** After *keep both*: the copy's id. */
  readonly onForked: (projectId: string, title: string) => void;
  /** The title of a copy. */
  readonly copyTitle: (title: string) => string;
  /** When the head of another tab or device was opened here. */
  readonly onFollowed: () => void;
  /** The machine's rule; the simulator breaks it to see whether anybody notices. */
  readonly step?: typeof step;
}

/** What the parts of the driver share. */
export interface DriverContext {
  readonly options: AutosaveDriverOptions;
  /** As it is now. */
  readonly machine: AutosaveMachine;
  readonly editor: SavedEditor | null;
  readonly closed: boolean;
  readonly take: (event: AutosaveEvent) => void;
  /** Tells the other tabs. */
  readonly tell: (message: TabMessage) => void;
}

/** A document that the back end has, and the revision it is. */
export interface SavedDocument {
  readonly rev: number;
  readonly document: TimelineDocument;
}
