import { QueriesObserver, type QueryClient, type QueryObserverResult } from '@tanstack/query-core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

interface Wanted {
  readonly client: QueryClient;
  /** What option factories of the session gave; each with its key. */
  readonly queries: readonly { readonly queryKey: readonly unknown[] }[];
}

/** Watches as many queries as there are things on show; the list is read again before each update of the host. */
export class ManyQueriesController<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #read: () => Wanted | null;
  #observer: QueriesObserver | null = null;
  #client: QueryClient | null = null;
  #stop: (() => void) | null = null;
  #connected = false;
  #keys: readonly string[] = [];

  constructor(host: ReactiveControllerHost, read: () => Wanted | null) {
    this.#host = host;
    this.#read = read;
    host.addController(this);
  }

  /** The state of a query by its key, or null while it isn't watched. */
  resultOf(queryKey: readonly unknown[]): QueryObserverResult<T> | null {
    const index = this.#keys.indexOf(JSON.stringify(queryKey));
    const results = this.#observer?.getCurrentResult() as unknown as readonly QueryObserverResult<T>[] | undefined;
    return results?.[index] ?? null;
  }

  hostConnected(): void {
    this.#connected = true;
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#letGo();
  }

  hostUpdate(): void {
    if (!this.#connected) return;
    const wanted = this.#read();
    if (!wanted) {
      this.#letGo();
      return;
    }
    // Two things on show may be one thing: each query is watched once.
    const byKey = new Map(wanted.queries.map((query) => [JSON.stringify(query.queryKey), query]));
    const keys = [...byKey.keys()];
    const queries = [...byKey.values()] as never;
    if (this.#observer && this.#client === wanted.client) {
      if (keys.length === this.#keys.length && keys.every((key, index) => key === this.#keys[index])) return;
      this.#keys = keys;
      this.#observer.setQueries(queries);
      return;
    }
    this.#letGo();
    this.#client = wanted.client;
    this.#keys = keys;
    this.#observer = new QueriesObserver(wanted.client, queries);
    this.#stop = this.#observer.subscribe(() => {
      this.#host.requestUpdate();
    });
  }

  #letGo(): void {
    this.#stop?.();
    this.#stop = null;
    this.#observer = null;
    this.#client = null;
    this.#keys = [];
  }
}
