import type { Clock } from '../clock.js';
import type { Dice } from './dice.js';

/** Something that runs code and may stop: a tab. */
export interface Host {
  readonly name: string;
  /** False once it crashed or was closed: nothing of it ever runs again. */
  readonly alive: boolean;
  readonly frozen: boolean;
  /** Whose tab it is, and the epoch in which it leads, or has led. */
  readonly userId: string;
  readonly epoch: number;
  /** What waits for it to wake. */
  readonly held: (() => void)[];
}

/** A rule of the save protocol that didn't hold. `invariant` is its number there, or a word for those beside them. */
export interface Violation {
  readonly invariant: string;
  readonly message: string;
  /** Virtual milliseconds since the beginning. */
  readonly at: number;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  isOff: boolean;
}

/** Virtual time, and what is going to happen in it. Two things at one time happen in the order in which they were planned. */
export class World {
  now = 0;
  /** Events that have happened. */
  steps = 0;
  violation: Violation | null = null;
  /** What happened, for people; null when nobody reads it. */
  readonly trace: string[] | null;
  readonly dice: Dice;
  #queue: Planned[] = [];
  #order = 0;
  #ids = 0;

  constructor(dice: Dice, traced: boolean) {
    this.dice = dice;
    this.trace = traced ? [] : null;
  }

  newId(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }

  /** Plans something outside of any tab; the returned function calls it off. */
  after(ms: number, run: () => void): () => void {
    const planned: Planned = { at: this.now + Math.max(0, ms), order: (this.#order += 1), run, isOff: false };
    this.#push(planned);
    return () => {
      planned.isOff = true;
    };
  }

  /** Plans something that runs in a tab: never, if that is gone by then; once it wakes, if that sleeps. */
  deliver(host: Host, ms: number, run: () => void): () => void {
    return this.after(ms, () => {
      this.hand(host, run);
    });
  }

  hand(host: Host, run: () => void): void {
    if (!host.alive) return;
    if (host.frozen) host.held.push(run);
    else run();
  }

  /** Time as a tab sees it. */
  clockOf(host: Host, dice: Dice): Clock {
    return {
      now: () => new Date(startOfTime + this.now),
      after: (ms, callback) => {
        let isOff = false;
        const stop = this.deliver(host, ms, () => {
          if (!isOff) callback();
        });
        return () => {
          isOff = true;
          stop();
        };
      },
      random: () => dice.next(),
    };
  }

  /** Lets the next thing happen; false when nothing does before `until`. */
  step(until: number): boolean {
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || next.at > until) {
        this.now = Math.max(this.now, until);
        return false;
      }
      this.#pop();
      if (next.isOff) continue;
      this.now = Math.max(this.now, next.at);
      this.steps += 1;
      try {
        next.run();
      } catch (error) {
        this.violate('no exception', String(error instanceof Error ? error.stack : error));
      }
      return true;
    }
  }

  violate(invariant: string, message: string): void {
    if (this.violation !== null) return;
    this.violation = { invariant, message, at: this.now };
    this.tell('world', `VIOLATION of ${invariant}: ${message}`);
  }

  /** A line of the trace; a function where the words are dear. */
  tell(who: string, what: string | (() => string)): void {
    if (this.trace === null) return;
    const words = typeof what === 'string' ? what : what();
    this.trace.push(`${(this.now / 1000).toFixed(3).padStart(9)} s  ${who.padEnd(10)} ${words}`);
  }

  #push(planned: Planned): void {
    const queue = this.#queue;
    let at = queue.push(planned) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = queue[parent] as Planned;
      if (isBefore(above, planned)) break;
      queue[at] = above;
      at = parent;
    }
    queue[at] = planned;
  }

  #pop(): void {
    const queue = this.#queue;
    const last = queue.pop() as Planned;
    if (queue.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= queue.length) break;
      if (child + 1 < queue.length && isBefore(queue[child + 1] as Planned, queue[child] as Planned)) child += 1;
      const below = queue[child] as Planned;
      if (isBefore(last, below)) break;
      queue[at] = below;
      at = child;
    }
    queue[at] = last;
  }
}

const startOfTime = Date.UTC(2026, 0, 1);

function isBefore(a: Planned, b: Planned): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

let turnOver: Promise<void> | null = null;

/**
 * Resolves once everything that is ready to run has run: promises, and what they lead to. Worlds that are simulated side
 * by side share one turn of the event loop, which is dear beside what happens in it.
 */
export function turn(): Promise<void> {
  turnOver ??= new Promise((resolve) => {
    setImmediate(() => {
      turnOver = null;
      resolve();
    });
  });
  return turnOver;
}
