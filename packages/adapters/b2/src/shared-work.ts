import { withPatience } from './deadline.js';

interface Shared<T> {
  readonly answer: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Work that several may wait for at once is done once, and called off when nobody waits for it any more. */
export class SharedWork<T> {
  readonly #underway = new Map<string, Shared<T>>();

  async run(name: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const shared = this.#underway.get(name) ?? this.#begin(name, work);
    shared.waiting += 1;
    try {
      return await withPatience({ signal, stallMs: null }, () => shared.answer);
    } finally {
      shared.waiting -= 1;
      if (shared.waiting === 0) {
        if (this.#underway.get(name) === shared) this.#underway.delete(name);
        shared.controller.abort();
      }
    }
  }

  #begin(name: string, work: (signal: AbortSignal) => Promise<T>): Shared<T> {
    const controller = new AbortController();
    const shared: Shared<T> = { controller, answer: work(controller.signal), waiting: 0 };
    this.#underway.set(name, shared);
    return shared;
  }
}
