import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** The part of a zustand store that elements need. */
export interface ReadableStore<T> {
  getState(): T;
  subscribe(listener: (state: T, previous: T) => void): () => void;
}

/** Re-renders its host when what `selector` picks from a store changes. The store may come later and be replaced. */
export class StoreController<T, S> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #selector: (state: T) => S;
  readonly #equal: (a: S, b: S) => boolean;
  #store: ReadableStore<T> | null = null;
  #stop: (() => void) | null = null;
  #value: S | undefined;
  #connected = false;

  constructor(
    host: ReactiveControllerHost,
    store: ReadableStore<T> | null,
    selector: (state: T) => S,
    equal: (a: S, b: S) => boolean = Object.is,
  ) {
    this.#host = host;
    this.#selector = selector;
    this.#equal = equal;
    host.addController(this);
    this.setStore(store);
  }

  /** What was picked last; undefined while there is no store. */
  get value(): S | undefined {
    return this.#value;
  }

  setStore(store: ReadableStore<T> | null): void {
    if (store === this.#store) return;
    this.#stop?.();
    this.#stop = null;
    this.#store = store;
    this.#read();
    if (this.#connected) this.#listen();
    this.#host.requestUpdate();
  }

  hostConnected(): void {
    this.#connected = true;
    this.#read();
    this.#listen();
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#stop?.();
    this.#stop = null;
  }

  #read(): boolean {
    const next = this.#store ? this.#selector(this.#store.getState()) : undefined;
    if (next !== undefined && this.#value !== undefined && this.#equal(next, this.#value)) return false;
    if (next === this.#value) return false;
    this.#value = next;
    return true;
  }

  #listen(): void {
    if (!this.#store || this.#stop) return;
    this.#stop = this.#store.subscribe(() => {
      if (this.#read()) this.#host.requestUpdate();
    });
  }
}
