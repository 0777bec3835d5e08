import { LecternError, serialiseError, toLecternError, type MoveProgress } from '@lectern/ports';
import type { MoveJob } from '../store/session-state.js';
import type { ActionContext } from './action-context.js';
import type { Actions } from './actions.js';

type ConnectionActions = Pick<Actions, 'retryConnection' | 'moveWorkUp' | 'stopMovingWork' | 'dismissMove'>;

/** At most one update of the slice in this many milliseconds. */
const everyMs = 100;

export function connectionActions({ backend, queryClient, store }: ActionContext): ConnectionActions {
  const { connection } = backend;
  let abort: AbortController | null = null;
  const setMove = (move: MoveJob | null): void => {
    store.setState((state) => ({ connection: { ...state.connection, move } }));
  };

  return {
    retryConnection() {
      return connection === undefined ? Promise.resolve(store.getState().connection.state) : connection.retry();
    },

    async moveWorkUp() {
      if (connection === undefined) return { moved: 0, failed: [] };
      if (abort !== null) throw new LecternError('conflict', { message: 'the work is being moved' });
      const controller = new AbortController();
      abort = controller;
      setMove({ status: 'running', progress: null });
      let timer: ReturnType<typeof setTimeout> | null = null;
      let latest: MoveProgress | null = null;
      const show = (): void => {
        timer = null;
        setMove({ status: 'running', progress: latest });
      };
      try {
        const report = await connection.moveUp({
          signal: controller.signal,
          onProgress: (progress) => {
            latest = progress;
            timer ??= setTimeout(show, everyMs);
          },
        });
        forget(timer);
        setMove({ status: 'done', report });
        void queryClient.invalidateQueries();
        return report;
      } catch (cause) {
        forget(timer);
        const error = controller.signal.aborted ? new LecternError('aborted', { cause }) : toLecternError(cause);
        setMove(error.code === 'aborted' ? { status: 'stopped' } : { status: 'failed', error: serialiseError(error) });
        throw error;
      } finally {
        abort = null;
      }
    },

    stopMovingWork() {
      abort?.abort();
      return Promise.resolve();
    },

    dismissMove() {
      if (store.getState().connection.move?.status !== 'running') setMove(null);
      return Promise.resolve();
    },
  };
}

/** What was on its way must not come after the end. */
function forget(timer: ReturnType<typeof setTimeout> | null): void {
  if (timer !== null) clearTimeout(timer);
}
