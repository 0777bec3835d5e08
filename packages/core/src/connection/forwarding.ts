import { type CallOptions, LecternError, type Unsubscribe } from '@lectern/ports';

interface Told<Notice> {
  subscribe(listener: (notice: Notice) => void): Unsubscribe;
}

/** Where calls go. */
export interface Destination<Port> {
  /** Null until it is known. */
  now(): Port | null;
  /** Resolves when it is known. */
  known(): Promise<Port>;
}

/** Passes on what one port after the other tells, to the same listeners. */
export class Relay<Notice> {
  readonly #listeners = new Set<(notice: Notice) => void>();
  #source: Told<Notice> | null = null;
  #stop: Unsubscribe | null = null;

  /** From now on that port is listened to, and no other. */
  follow(source: Told<Notice> | null): void {
    this.#stop?.();
    this.#stop = null;
    this.#source = source;
    this.#listen();
  }

  readonly subscribe = (listener: (notice: Notice) => void): Unsubscribe => {
    // The same function may listen twice, and each ends by itself.
    const own = (notice: Notice): void => listener(notice);
    this.#listeners.add(own);
    this.#listen();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = null;
    };
  };

  tell(notice: Notice): void {
    for (const listener of [...this.#listeners]) listener(notice);
  }

  #listen(): void {
    if (this.#listeners.size === 0 || this.#stop) return;
    this.#stop = this.#source?.subscribe((notice) => this.tell(notice)) ?? null;
  }
}

/**
 * A port whose calls go to whichever port is in force, and wait until there is one. `own` answers by itself. A call in the
 * breath in which a page goes isn't put off once the destination is known.
 */
export function forwardingPort<Port extends object>(destination: Destination<Port>, own: Partial<Port>): Port {
  const calls = new Map<PropertyKey, unknown>();
  const call =
    (name: PropertyKey) =>
    (...args: readonly unknown[]): unknown => {
      const invoke = (port: Port): unknown =>
        (port[name as keyof Port] as (...all: readonly unknown[]) => unknown)(...args);
      const port = destination.now();
      return port ? invoke(port) : unlessAborted(signalOf(args), destination.known()).then(invoke);
    };
  return new Proxy(own as Port, {
    get(target, name): unknown {
      if (name in target) return Reflect.get(target, name, target);
      // Neither a promise nor anything else that a runtime asks after by a name of its own.
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined;
      if (!calls.has(name)) calls.set(name, call(name));
      return calls.get(name);
    },
  });
}

function signalOf(args: readonly unknown[]): AbortSignal | undefined {
  const last = args.at(-1) as CallOptions | null | undefined;
  return last?.signal instanceof AbortSignal ? last.signal : undefined;
}

/** @throws `aborted` as soon as the signal fires */
export function unlessAborted<T>(signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new LecternError('aborted'));
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
