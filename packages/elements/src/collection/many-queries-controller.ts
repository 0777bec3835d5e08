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
  #keys = '';

  constructor(host: ReactiveControllerHost, read: () => Wanted | null) {
    this.#host = host;
    this.#read = read;
    host.addController(this);
  }

  /** In the order of the queries. */
  get results(): readonly QueryObserverResult<T>[] {
    return (this.#observer?.getCurrentResult() ?? []) as unknown as readonly QueryObserverResult<T>[];
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
    const queries = [...wanted.queries] as never;
    const keys = JSON.stringify(wanted.queries.map((query) => query.queryKey));
    if (this.#observer && this.#client === wanted.client) {
      if (keys === this.#keys) return;
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
    this.#keys = '';
  }
}
