/** One change, as it is kept: `body` is the JSON of a `Change`, `crc` the CRC-32 of its bytes. */
export interface JournalEntry {
  readonly seq: number;
  readonly epoch: number;
  readonly body: string;
  readonly crc: number;
}

/** The document with the changes up to `seq` in it; the entries after it build on that. `body` is the JSON of a stored timeline. */
export interface JournalSnapshot {
  readonly seq: number;
  readonly body: string;
  readonly crc: number;
}

/** A save that was about to be sent. It tells, after a crash, whether the back end took it. */
export interface OutboxRow {
  readonly saveId: string;
  readonly baseRev: number;
  readonly seqTo: number;
  readonly hash: string;
}

/** One step of the undo history, as it is kept: `body` is the JSON of a `HistoryEntry`, `crc` the CRC-32 of its bytes. */
export interface KeptStep {
  readonly id: number;
  readonly body: string;
  readonly crc: number;
}

/** Which steps can be undone and redone, in the order of `History`, and the document that they lead away from. */
export interface HistoryIndex {
  readonly done: readonly number[];
  readonly undone: readonly number[];
  /** The last change in that document. */
  readonly seq: number;
  /** Its content hash, once the back end has acknowledged it; empty until then. */
  readonly hash: string;
  /** Of the records in the steps. */
  readonly schemaVersion: number;
}

export interface KeptHistory {
  readonly index: HistoryIndex;
  readonly steps: readonly KeptStep[];
}

/** What is written of a history: the steps that are new, and which of those there were are dropped before. */
export interface HistoryWrite {
  /** Null for an empty history. */
  readonly index: HistoryIndex | null;
  readonly put: readonly KeptStep[];
  readonly drop: readonly number[] | 'all';
}

export interface JournalMeta {
  readonly projectId: string;
  /** Counts the tabs that have held this project; a write of an older one is refused. */
  readonly epoch: number;
  /** What the back end acknowledged last: its revision, its hash, and the last change in it. */
  readonly baseRev: number;
  readonly baseHash: string;
  readonly ackedSeq: number;
  readonly lastSeq: number;
  /** When the change `lastSeq` was made, ISO 8601; empty when none was. For people only: nothing is decided by it. */
  readonly lastAt: string;
  /** Title and description, for a project that the back end has never seen. */
  readonly title: string;
  readonly description: string;
  /** True once the snapshot was given up for room (`evict`): entries need a new one to build on. */
  readonly evicted?: boolean;
}

/** All that a journal holds of one project. `entries` ascend by seq. */
export interface JournalImage {
  readonly meta: JournalMeta;
  readonly snapshot: JournalSnapshot | null;
  readonly entries: readonly JournalEntry[];
  readonly outbox: readonly OutboxRow[];
  readonly history?: KeptHistory | null;
}

/** What was set aside because it couldn't be read. It stays until somebody lets go of it. */
export interface QuarantinedPart {
  readonly projectId: string;
  readonly reason: string;
  /** When the project's last change was made, ISO 8601; empty when that isn't known. */
  readonly lastAt: string;
  readonly snapshot: JournalSnapshot | null;
  readonly entries: readonly JournalEntry[];
  /** The whole as it was found, where not even its form was right. */
  readonly text: string | null;
}

/** What one transaction writes. All of it happens or none. */
export interface JournalWrite {
  readonly meta?: Partial<Omit<JournalMeta, 'projectId' | 'epoch'>>;
  readonly snapshot?: JournalSnapshot | null;
  readonly append?: readonly JournalEntry[];
  /** Forgets the entries up to and with this seq. */
  readonly dropEntriesTo?: number;
  readonly putOutbox?: OutboxRow;
  /** Save ids that were answered. */
  readonly dropOutbox?: readonly string[];
  /** Sets unreadable entries aside instead of deleting them, and with `snapshot` that too. Before all else. */
  readonly quarantine?: { readonly fromSeq: number; readonly reason: string; readonly snapshot?: boolean };
  /** Outlives what `snapshot: null` and `dropEntriesTo` forget. */
  readonly history?: HistoryWrite;
  /** Waits for the disk, not only for the operating system. */
  readonly strict?: boolean;
}

/**
 * Keeps the changes that a back end has not acknowledged. A promise that resolved means: it outlives a crash (unless
 * `kind` is `memory`). Rejects with `LecternError`: `quota-exceeded`, `storage-denied`, and `conflict` when the epoch is
 * no longer the caller's.
 */
export interface Journal {
  readonly kind: 'indexeddb' | 'local-storage' | 'memory';
  /** Null when it holds nothing of that project. */
  read(projectId: string): Promise<JournalImage | null>;
  /** Begins a new epoch, which ends every older one, and returns what is there. Epochs are never forgotten. */
  claim(projectId: string, initial: Omit<JournalMeta, 'projectId' | 'epoch'>): Promise<JournalImage>;
  /**
   * Writes in one transaction that first checks the epoch. `conflict` with `missing: true` in its details means that the
   * project, or the snapshot that entries would build on, isn't there any more: claim it again and begin with a snapshot.
   */
  write(projectId: string, epoch: number, write: JournalWrite): Promise<void>;
  /** What of a project couldn't be read, oldest first. */
  quarantined(projectId: string): Promise<readonly QuarantinedPart[]>;
  /** Lets go of what couldn't be read, for when a person has looked at it or has saved it elsewhere. */
  dropQuarantined(projectId: string): Promise<void>;
  /**
   * Makes room: gives up what is kept of the one project that was edited longest ago of those whose every change is
   * acknowledged. What nobody acknowledged stays. False when there is nothing left to give up.
   */
  evict(): Promise<boolean>;
  /** Projects with changes that nobody acknowledged. */
  unsaved(): Promise<readonly JournalMeta[]>;
  close(): void;
}
