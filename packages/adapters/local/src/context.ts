import { type CallOptions, type Identity, LecternError, toLecternError } from '@lectern/ports';
import type { Scribe } from './asset-history.js';
import type { OpenStore } from './open-store.js';

/** What the ports share. */
export interface LocalContext {
  /** Opens the store at the first call. */
  readonly store: () => Promise<OpenStore>;
  readonly now: () => Date;
  readonly newId: () => string;
}

/** One call of a port: nothing happens for a fired signal, and every failure leaves as a `LecternError`. */
export async function answer<T>(
  context: LocalContext,
  options: CallOptions | undefined,
  work: (store: OpenStore) => Promise<T>,
): Promise<T> {
  const aborted = (): boolean => options?.signal?.aborted === true;
  try {
    if (aborted()) throw new LecternError('aborted');
    const store = await context.store();
    if (aborted()) throw new LecternError('aborted');
    return await work(store);
  } catch (error) {
    throw toLecternError(error);
  }
}

export const notFound = (what: string, id: string): LecternError =>
  new LecternError('not-found', { message: `There is no ${what} ${id}`, details: { what, id } });

export const scribeOf = ({ now, newId }: LocalContext, guest: Identity): Scribe => ({
  author: guest.userId,
  at: now().toISOString(),
  newId,
});
