import { LecternError } from '../errors.js';
import { throwIfAborted } from './throw-if-aborted.js';

interface Shared<T> {
  readonly answer: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Work that several may wait for at once is done once, and called off when nobody waits for it any more. */
export class SharedWork<T> {
  readonly #underway = new Map<string, Shared<T>>();

  /** @throws `aborted` as soon as the caller's own signal fires, whoever else goes on waiting */
  async run(name: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    throwIfAborted(signal);
    const shared = this.#underway.get(name) ?? this.#begin(name, work);
    shared.waiting += 1;
    let leave = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = (): void => {
        reject(new LecternError('aborted', { cause: signal?.reason }));
      };
    });
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([shared.answer, left]);
    } finally {
      signal?.removeEventListener('abort', leave);
      shared.waiting -= 1;
      if (shared.waiting === 0) {
        if (this.#underway.get(name) === shared) this.#underway.delete(name);
        shared.controller.abort();
      }
    }
  }

  /** Calls everything off. */
  stop(): void {
    for (const { controller } of this.#underway.values()) controller.abort();
  }

  #begin(name: string, work: (signal: AbortSignal) => Promise<T>): Shared<T> {
    const controller = new AbortController();
    const shared: Shared<T> = { controller, answer: work(controller.signal), waiting: 0 };
    this.#underway.set(name, shared);
    return shared;
  }
}
