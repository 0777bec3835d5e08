import type { Clock } from '../clock.js';
import type { Network } from '../network.js';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands until it is moved. */
export class TestClock implements Clock {
  readonly #timers = new Set<Timer>();
  #ms = Date.UTC(2026, 0, 1);
  /** What `random` gives; 1 makes every pause as long as it may be. */
  chance = 0.5;

  now(): Date {
    return new Date(this.#ms);
  }

  get ms(): number {
    return this.#ms;
  }

  random(): number {
    return this.chance;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#ms + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Milliseconds until the next timer, or null. */
  get untilNext(): number | null {
    const next = this.#next();
    return next ? Math.max(0, next.at - this.#ms) : null;
  }

  /** Goes to the next timer and lets it ring. False when there is none. */
  step(): boolean {
    const next = this.#next();
    if (!next) return false;
    this.#timers.delete(next);
    this.#ms = Math.max(this.#ms, next.at);
    next.callback();
    return true;
  }

  /** Lets everything ring that is due in so many milliseconds. */
  advance(ms: number): void {
    const until = this.#ms + ms;
    for (let next = this.#next(); next && next.at <= until; next = this.#next()) this.step();
    this.#ms = until;
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (!first || timer.at < first.at) first = timer;
    return first;
  }
}

/** A network that is there or not, as the test says. */
export class TestNetwork implements Network {
  readonly #listeners = new Set<(online: boolean) => void>();
  #online = true;

  get online(): boolean {
    return this.#online;
  }

  set online(online: boolean) {
    this.#online = online;
    for (const listener of [...this.#listeners]) listener(online);
  }

  subscribe(listener: (online: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
