import { type Attempt, LecternError, type RunAttempt, toLecternError } from '@lectern/ports';
import { assertGoing, untilAborted } from './aborting.js';
import type { Clock } from './clock.js';
import type { Network } from './network.js';
import type { FileLanes } from './request-lanes.js';
import { Retries } from './retry.js';
import { watchForStall } from './stall-watchdog.js';

/** Why nothing goes at the moment (`offline` while it waits for the network), and when it is tried again at the latest. */
export interface Waiting {
  readonly error: LecternError;
  readonly retryAt: Date;
}

export interface AttemptRunnerOptions {
  readonly lanes: FileLanes;
  readonly clock: Clock;
  readonly network: Network;
  /** Calls everything off. */
  readonly signal: AbortSignal;
  /** A request in which nothing moves for so long is stuck. */
  readonly stallMs: number;
  /** Told of every try's own promise: a port that doesn't listen to its signal goes on when nobody waits any more. */
  readonly watch?: (call: Promise<unknown>) => void;
  /** Told when it waits between tries, and with null when it goes on. */
  readonly onWaiting?: (waiting: Waiting | null) => void;
}

export interface AttemptRunner {
  readonly run: RunAttempt;
  /** Whoever waits between tries tries now. */
  wake(): void;
}

/** Without a network, it is tried now and then all the same: browsers have been wrong about that. */
const offlineTryMs = 30_000;

/**
 * Runs the requests of one file: in a lane, watched, and again while they fail with what may pass. A request must not be
 * run inside another one's work: with a single lane both would wait for ever.
 */
export function createAttemptRunner(options: AttemptRunnerOptions): AttemptRunner {
  const { lanes, clock, network, signal, stallMs, onWaiting, watch } = options;
  /** Every part that waits, with what wakes it. */
  const waits = new Map<() => void, Waiting>();

  const tell = (): void => {
    const [first, ...others] = waits.values();
    if (!first) onWaiting?.(null);
    else onWaiting?.(others.reduce((a, b) => (b.retryAt < a.retryAt ? b : a), first));
  };

  const wait = (error: LecternError, delayMs: number, forNetwork = false): Promise<void> =>
    new Promise((resolve, reject) => {
      const retryAt = new Date(clock.now().getTime() + delayMs);
      const end = (settle: () => void) => (): void => {
        callOff();
        unsubscribe();
        signal.removeEventListener('abort', abort);
        waits.delete(wake);
        tell();
        settle();
      };
      const wake = end(resolve);
      const abort = end(() => {
        reject(new LecternError('aborted'));
      });
      const callOff = clock.after(delayMs, wake);
      const unsubscribe = network.subscribe((online) => {
        if (online && forNetwork) wake();
      });
      signal.addEventListener('abort', abort, { once: true });
      waits.set(wake, { error, retryAt });
      tell();
    });

  /** One try. @throws what the work throws, `timeout` when it got stuck, `aborted` when all is called off */
  const attempt = async <T>(work: (attempt: Attempt) => Promise<T>, onMoved: () => void): Promise<T> => {
    const release = await lanes.take(signal);
    const controller = new AbortController();
    const callOff = (): void => {
      controller.abort();
    };
    signal.addEventListener('abort', callOff, { once: true });
    const watchdog = watchForStall(clock, stallMs, () => {
      controller.abort();
    });
    try {
      const progressed = (): void => {
        onMoved();
        watchdog.progressed();
      };
      const call = work({ signal: controller.signal, progressed });
      watch?.(call);
      return await untilAborted(controller.signal, call);
    } catch (error) {
      assertGoing(signal);
      if (!controller.signal.aborted) throw error;
      lanes.stalled();
      throw new LecternError('timeout', { message: `Nothing moved for ${String(stallMs)} ms`, cause: error });
    } finally {
      watchdog.stop();
      signal.removeEventListener('abort', callOff);
      release();
    }
  };

  const run = async <T>(work: (attempt: Attempt) => Promise<T>): Promise<T> => {
    const retries = new Retries(() => clock.random());
    for (;;) {
      let moved = false;
      try {
        return await attempt(work, () => {
          moved = true;
        });
      } catch (cause) {
        const error = toLecternError(cause);
        if (error.retryable && !network.online) {
          // It isn't the request's fault, so it doesn't count.
          await wait(new LecternError('offline', { cause: error }), offlineTryMs, true);
          continue;
        }
        const delayMs = retries.failed(error, moved);
        if (delayMs === null) throw error;
        await wait(error, delayMs);
      }
    }
  };

  return {
    run,
    wake: () => {
      for (const wake of [...waits.keys()]) wake();
    },
  };
}
