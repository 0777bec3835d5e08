import type { CallOptions, Unsubscribe } from './call-options.js';
import type { SerialisedError } from './errors.js';

/**
 * Which back end the session works on. `instead` is this browser, in the place of the one that the host asked for:
 *
 * - `not-configured`: the host named none that can be used;
 * - `unreachable`: it didn't answer at the start;
 * - `signed-out`: it knows nobody yet.
 */
export type ConnectionState =
  | { readonly status: 'connecting' }
  | { readonly status: 'connected'; readonly name: string }
  | {
      readonly status: 'instead';
      /** What people call the back end that the host asked for; null where it has no name to tell. */
      readonly name: string | null;
      readonly reason: 'not-configured' | 'unreachable' | 'signed-out';
      /** Found since then: the work can be moved there. */
      readonly reachable: boolean;
      readonly error: SerialisedError | null;
    };

/** What is in this browser and not in the back end that the host asked for. */
export interface WorkToMove {
  readonly assets: number;
  readonly projects: number;
  readonly courses: number;
  readonly bytes: number;
}

export interface MoveProgress {
  readonly movedBytes: number;
  readonly totalBytes: number;
  /** Assets, projects and courses together. */
  readonly moved: number;
  readonly total: number;
  /** What people call the thing that is moving. */
  readonly name: string;
}

/** What was moved, and what couldn't be and why; that stays in this browser, whole. */
export interface MoveReport {
  readonly moved: number;
  readonly failed: readonly { readonly name: string; readonly error: SerialisedError }[];
}

/** A back end that may have to begin in this browser, and can move the work up later, when somebody asks for it. */
export interface ConnectionPort {
  state(): ConnectionState;
  /** Tries to reach the back end again. Nothing moves by it; without work to move, the session goes over to it. */
  retry(options?: CallOptions): Promise<ConnectionState>;
  pending(options?: CallOptions): Promise<WorkToMove>;
  /**
   * Copies everything up under the ids that it has, then the session goes over. What is there already is passed over, so
   * it may be asked for again. Nothing in this browser is removed before the other side has it.
   *
   * @throws `offline`, `unauthenticated` when the back end can't be reached even now
   */
  moveUp(options?: CallOptions & { readonly onProgress?: (progress: MoveProgress) => void }): Promise<MoveReport>;
  subscribe(listener: (state: ConnectionState) => void): Unsubscribe;
}
