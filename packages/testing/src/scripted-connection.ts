import {
  LecternError,
  type ConnectionPort,
  type ConnectionState,
  type MoveProgress,
  type MoveReport,
  type WorkToMove,
} from '@lectern/ports';

/** A connection that is as a test says. */
export interface ScriptedConnection extends ConnectionPort {
  /** How often somebody asked to connect. */
  readonly retries: number;
  set(state: ConnectionState): void;
  /** Tells how far a move is. */
  progress(progress: MoveProgress): void;
  /** Ends the move that runs: with a report the session goes over, with an error it stays where it is. */
  finish(end: MoveReport | LecternError): void;
}

export interface ScriptedConnectionOptions {
  readonly pending?: Partial<WorkToMove>;
  /** What a retry finds; the state as it is when left out. */
  readonly afterRetry?: ConnectionState;
}

export function createScriptedConnection(
  beginning: ConnectionState,
  options: ScriptedConnectionOptions = {},
): ScriptedConnection {
  let state = beginning;
  let retries = 0;
  let isMoved = false;
  let progressed: ((progress: MoveProgress) => void) | undefined;
  let end: ((end: MoveReport | LecternError) => void) | null = null;
  const listeners = new Set<(state: ConnectionState) => void>();
  const set = (next: ConnectionState): void => {
    state = next;
    for (const listener of [...listeners]) listener(state);
  };
  return {
    get retries() {
      return retries;
    },
    set,
    progress(progress) {
      progressed?.(progress);
    },
    finish(result) {
      end?.(result);
    },
    state: () => state,
    retry() {
      retries += 1;
      if (options.afterRetry) set(options.afterRetry);
      return Promise.resolve(state);
    },
    pending: () =>
      Promise.resolve({ assets: 0, projects: 0, courses: 0, bytes: 0, ...(isMoved ? {} : options.pending) }),
    moveUp({ signal, onProgress } = {}) {
      progressed = onProgress;
      return new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new LecternError('aborted'));
        });
        end = (result) => {
          if (result instanceof LecternError) {
            reject(result);
            return;
          }
          isMoved = result.failed.length === 0;
          if (isMoved && state.status === 'instead') set({ status: 'connected', name: state.name ?? 'the server' });
          resolve(result);
        };
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
