import type { SaveAnswer, SaveKind, SerialisedError } from '@lectern/ports';
import type { ConflictChoice } from '../autosave.js';

export type TimerName = 'append' | 'debounce' | 'deadline' | 'retry' | 'idle' | 'ping' | 'silence' | 'yield';

/** What the machine is told. Nothing else moves it. */
export type AutosaveEvent =
  // Role
  | { readonly type: 'requested' }
  | { readonly type: 'granted'; readonly epoch: number }
  | { readonly type: 'denied' }
  /** The lock was taken away, or the journal says that the epoch is over. */
  | { readonly type: 'lost' }
  /** The tab that edits was heard of. */
  | { readonly type: 'heard' }
  /** Another tab asks whether this one is alive. */
  | { readonly type: 'pinged' }
  /** Another tab wants to edit. */
  | { readonly type: 'yield-asked' }
  | { readonly type: 'let-go' }
  | {
      readonly type: 'opened';
      readonly baseRev: number;
      readonly baseHash: string;
      readonly ackedSeq: number;
      readonly lastSeq: number;
      /** Why the back end could not be asked; null when it was. */
      readonly unreachable: SerialisedError | null;
      /** Hashes of saves of an earlier page whose answers never came: a head with one of them is this user's own. */
      readonly ownHashes: readonly string[];
      /** True for a document of a newer version, which this one must not write. */
      readonly tooNew: boolean;
      /** True when the journal is gone with the page: then nothing is durable before the back end has it. */
      readonly volatile: boolean;
    }
  /** A follower shows what the tab that edits has. */
  | {
      readonly type: 'followed';
      readonly seq: number;
      readonly ackedSeq: number;
      readonly baseRev: number;
      readonly baseHash: string;
    }
  // Local
  | { readonly type: 'edited'; readonly seq: number }
  | { readonly type: 'appended'; readonly toSeq: number; readonly compact: boolean }
  | { readonly type: 'append-failed'; readonly error: SerialisedError }
  /** What could be dropped was dropped from a full disk. */
  | { readonly type: 'made-room' }
  // Remote
  | { readonly type: 'save'; readonly kind: SaveKind }
  | {
      readonly type: 'prepared';
      readonly saveId: string;
      readonly seqTo: number;
      readonly hash: string;
      /** True when it can go with the page: then it is sent at once. */
      readonly keepalive: boolean;
    }
  | { readonly type: 'prepare-failed'; readonly error: SerialisedError }
  | { readonly type: 'outbox'; readonly saveId: string; readonly error: SerialisedError | null }
  | { readonly type: 'answered'; readonly saveId: string; readonly answer: SaveAnswer }
  | {
      readonly type: 'send-failed';
      readonly saveId: string;
      readonly error: SerialisedError;
      /** 0 ≤ random < 1, so that the machine needs no dice. */
      readonly random: number;
    }
  /** What somebody else saved is in the document now; `edited` told of that before. */
  | { readonly type: 'merged'; readonly rev: number; readonly hash: string }
  /** A person has to choose. */
  | { readonly type: 'merge-refused'; readonly conflict: Head }
  | { readonly type: 'merge-failed'; readonly error: SerialisedError; readonly random: number }
  /** This tab's state up to that change is a revision now. */
  | { readonly type: 'kept-aside'; readonly seq: number }
  | { readonly type: 'choose'; readonly choice: ConflictChoice }
  | { readonly type: 'adopted'; readonly rev: number; readonly hash: string }
  | { readonly type: 'signed-out' }
  | { readonly type: 'signed-in' }
  // All three
  | { readonly type: 'timer'; readonly name: TimerName }
  | { readonly type: 'hide' | 'show' | 'online' | 'offline' };

/** The head that a save ran into. */
export interface Head {
  readonly headRev: number;
  readonly headAuthor: string;
  readonly headAt: string;
  readonly headHash: string;
}
