import type { SaveKind, SerialisedError } from '@lectern/ports';
import type { LocalStatus, RemoteStatus, RoleStatus, SaveConflict } from '../autosave-state.js';

/** Autosave at one moment: three regions, plain data. */
export interface AutosaveMachine {
  readonly role: {
    readonly status: RoleStatus;
    readonly epoch: number;
    /** Another tab asked for the lead: no edits any more, and it goes as soon as all is kept. */
    readonly yielding: boolean;
    /** Changes that nothing had kept when the lead was lost. */
    readonly stranded: number;
  };
  readonly local: {
    readonly status: LocalStatus;
    /** The last change made. */
    readonly seq: number;
    /** The last change in the journal. */
    readonly durableSeq: number;
    /** The last change that is being written; null while nothing is. */
    readonly appendingTo: number | null;
    readonly failures: number;
    readonly reason: SerialisedError | null;
    /** The journal is gone with the page. */
    readonly volatile: boolean;
  };
  readonly remote: {
    readonly status: RemoteStatus;
    /** The last change that the back end acknowledged, and the revision and hash it is in. */
    readonly ackedSeq: number;
    readonly baseRev: number;
    readonly baseHash: string;
    /** The save under way or waiting to be tried again. At most one. */
    readonly save: Save | null;
    /** A save that somebody asked for while another was under way. */
    readonly wanted: SaveKind | null;
    readonly failures: number;
    readonly conflict: ShownConflict | null;
    /** Hashes of saves that may have arrived although nobody answered. */
    readonly ownHashes: readonly string[];
    readonly reason: SerialisedError | null;
  };
}

export interface Save {
  /** Null until it was prepared. Stays the same however often it is sent. */
  readonly saveId: string | null;
  readonly kind: SaveKind;
  readonly baseRev: number;
  readonly seqTo: number;
  readonly hash: string;
  /** Whether it was sent at least once. */
  readonly isSent: boolean;
}

export interface PreparedSave extends Save {
  readonly saveId: string;
}

export interface ShownConflict extends SaveConflict {
  readonly headHash: string;
  /** The last change in the revision that keeps this tab's state. */
  readonly keptSeq: number;
}

export interface AutosaveConfig {
  readonly debounceMs: number;
  readonly deadlineMs: number;
}

export const initialMachine: AutosaveMachine = {
  role: { status: 'none', epoch: 0, yielding: false, stranded: 0 },
  local: { status: 'clean', seq: 0, durableSeq: 0, appendingTo: null, failures: 0, reason: null, volatile: false },
  remote: {
    status: 'synced',
    ackedSeq: 0,
    baseRev: 0,
    baseHash: '',
    save: null,
    wanted: null,
    failures: 0,
    conflict: null,
    ownHashes: [],
    reason: null,
  },
};

/** The last change that outlives a crash of this page. */
export function safeSeq({ local, remote }: AutosaveMachine): number {
  return Math.max(remote.ackedSeq, local.volatile ? 0 : local.durableSeq);
}
