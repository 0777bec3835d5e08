import {
  InfiniteQueryObserver,
  QueryObserver,
  type InfiniteQueryObserverOptions,
  type InfiniteQueryObserverResult,
  type QueryClient,
  type QueryObserverOptions,
  type QueryObserverResult,
} from '@tanstack/query-core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

interface Observer<R> {
  getCurrentResult(): R;
  subscribe(listener: (result: R) => void): () => void;
}

/** Holds one observer of the session's query cache for its host; options are read again before each of its updates. */
abstract class ObserverController<O, R> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #read: () => { readonly client: QueryClient; readonly options: O } | null;
  #observer: (Observer<R> & { setOptions(options: O): void }) | null = null;
  #client: QueryClient | null = null;
  #stop: (() => void) | null = null;
  #connected = false;

  constructor(host: ReactiveControllerHost, read: () => { readonly client: QueryClient; readonly options: O } | null) {
    this.#host = host;
    this.#read = read;
    host.addController(this);
  }

  protected abstract create(client: QueryClient, options: O): Observer<R> & { setOptions(options: O): void };

  /** The state of the query, or null while there is no session or nothing to ask. */
  get result(): R | null {
    return this.#observer?.getCurrentResult() ?? null;
  }

  hostConnected(): void {
    this.#connected = true;
    this.hostUpdate();
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#stop?.();
    this.#stop = null;
    this.#observer = null;
    this.#client = null;
  }

  hostUpdate(): void {
    if (!this.#connected) return;
    const wanted = this.#read();
    if (!wanted) {
      this.#stop?.();
      this.#stop = null;
      this.#observer = null;
      this.#client = null;
      return;
    }
    if (this.#observer && this.#client === wanted.client) {
      this.#observer.setOptions(wanted.options);
      return;
    }
    this.#stop?.();
    this.#client = wanted.client;
    this.#observer = this.create(wanted.client, wanted.options);
    this.#stop = this.#observer.subscribe(() => {
      this.#host.requestUpdate();
    });
  }
}

/** A query of the session for an element: `read` gives the client and an option factory's result, or null for none. */
export class QueryController<T> extends ObserverController<QueryObserverOptions<T>, QueryObserverResult<T>> {
  protected override create(client: QueryClient, options: QueryObserverOptions<T>): QueryObserver<T> {
    return new QueryObserver<T>(client, options);
  }
}

/** The same for a list that is read page by page. */
export class InfiniteQueryController<T, P = string | null> extends ObserverController<
  InfiniteQueryObserverOptions<
    T,
    Error,
    { readonly pages: readonly T[]; readonly pageParams: readonly P[] },
    readonly unknown[],
    P
  >,
  InfiniteQueryObserverResult<{ readonly pages: readonly T[]; readonly pageParams: readonly P[] }>
> {
  protected override create(client: QueryClient, options: never): never {
    return new InfiniteQueryObserver(client, options) as never;
  }

  /** Reads the next page unless it is being read or there is none. */
  fetchNextPage(): void {
    const result = this.result;
    if (result?.hasNextPage && !result.isFetchingNextPage) void result.fetchNextPage();
  }
}
