import { LecternError } from '@lectern/ports';
import { throwIfAborted } from '@lectern/ports/adapter-kit';

/** What has to be known of a piece of work that may be called off, or get stuck. */
export interface Patience {
  /** The caller's. */
  readonly signal?: AbortSignal | undefined;
  /** Without any movement for so long, it is given up as `timeout`; null waits for ever. */
  readonly stallMs: number | null;
}

/**
 * Runs work under the caller's signal and a deadline, which each movement puts off. Work that doesn't listen to its signal
 * is left behind.
 *
 * @throws `aborted` when the caller's signal fired, `timeout` when nothing moved
 */
export async function withPatience<T>(
  { signal, stallMs }: Patience,
  work: (signal: AbortSignal, moved: () => void) => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopWaiting = (): void => undefined;
  let startTimer = (): void => undefined;
  const over = new Promise<never>((_, reject) => {
    const giveUp = (error: LecternError): void => {
      reject(error);
      controller.abort(error);
    };
    const onAbort = (): void => {
      giveUp(new LecternError('aborted', { cause: signal?.reason }));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    stopWaiting = () => signal?.removeEventListener('abort', onAbort);
    startTimer = () => {
      clearTimeout(timer);
      if (stallMs === null) return;
      timer = setTimeout(() => {
        giveUp(new LecternError('timeout', { message: `Nothing moved for ${stallMs} ms` }));
      }, stallMs);
    };
  });
  startTimer();
  try {
    return await Promise.race([work(controller.signal, startTimer), over]);
  } finally {
    clearTimeout(timer);
    stopWaiting();
    // Nobody listens any more when the work was first.
    over.catch(() => undefined);
  }
}
