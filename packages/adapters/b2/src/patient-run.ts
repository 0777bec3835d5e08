import { isLecternError, type LecternError, type RunAttempt } from '@lectern/ports';
import { withPatience } from './deadline.js';
import { pause } from './pause.js';

const tries = 4;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Waits before another try: for as long as the far side asked, else longer each time, by chance.
 *
 * @param failed how many tries have failed
 */
export async function pauseAfter(failed: number, error: LecternError, signal: AbortSignal | undefined): Promise<void> {
  const asked = error.details['retryAfterMs'];
  const ms = typeof asked === 'number' ? asked : Math.random() * firstPauseMs * 2 ** failed;
  await pause(Math.min(ms, longestPauseMs), signal);
}

/** Runs requests that nobody else watches over: gives one up that is stuck, and tries what may be tried again. */
export function patientRun(options: {
  readonly signal: AbortSignal | undefined;
  readonly stallMs: number;
}): RunAttempt {
  const { signal } = options;
  return async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await withPatience(options, (calledOff, progressed) => work({ signal: calledOff, progressed }));
      } catch (error) {
        if (!isLecternError(error) || !error.retryable || attempt === tries) throw error;
        await pauseAfter(attempt, error, signal);
      }
    }
  };
}
