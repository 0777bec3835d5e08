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
}

/** All that a journal holds of one project. `entries` ascend by seq. */
export interface JournalImage {
  readonly meta: JournalMeta;
  readonly snapshot: JournalSnapshot | null;
  readonly entries: readonly JournalEntry[];
  readonly outbox: readonly OutboxRow[];
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
  /** Sets unreadable entries aside instead of deleting them. */
  readonly quarantine?: { readonly fromSeq: number; readonly reason: string };
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
  /** Writes in one transaction that first checks the epoch. */
  write(projectId: string, epoch: number, write: JournalWrite): Promise<void>;
  /** Projects with changes that nobody acknowledged. */
  unsaved(): Promise<readonly JournalMeta[]>;
  close(): void;
}
