import type { CallOptions, Identity, IdentityPort, Unsubscribe } from '@lectern/ports';
import { answer, type LocalContext } from './context.js';

/** One guest for each store; nobody signs in or out. */
export class LocalIdentity implements IdentityPort {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async current(options?: CallOptions): Promise<Identity> {
    return answer(this.#context, options, async ({ guest }) => guest);
  }

  subscribe(): Unsubscribe {
    return () => undefined;
  }
}
