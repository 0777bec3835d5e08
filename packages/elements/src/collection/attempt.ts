import { serialiseError, toLecternError } from '@lectern/ports';
import type { LecternSession } from '@lectern/core';

/** Waits for an action and tells of its failure in a notice. Resolves with its value, or undefined when it failed. */
export async function attempt<T>(session: LecternSession, action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    const failure = toLecternError(error);
    if (failure.code !== 'aborted')
      session.actions.notify({
        tone: 'error',
        message: { key: 'notice.actionFailed' },
        error: serialiseError(failure),
      });
    return undefined;
  }
}
