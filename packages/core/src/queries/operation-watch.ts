import type { Backend, Operation, Unsubscribe } from '@lectern/ports';
import type { QueryClient } from '@tanstack/query-core';
import type { StoreApi } from 'zustand/vanilla';
import type { SessionState } from '../store/session-state.js';
import { queryKeys } from './query-keys.js';

/** At most one update of the cache in this many milliseconds, however fast the work goes. */
const batchMs = 100;
/** A word of the end that got lost must not leave anybody waiting. */
const askAgainMs = 5000;
const mostEndings = 50;

/** The one observer of bulk work: it keeps the cache up to date and knows when an operation has ended. */
export interface OperationWatch {
  /** Resolves when it is done or cancelled, with what became of it. */
  ended(operation: Operation): Promise<Operation>;
  readonly stop: () => void;
}

export function watchOperations(backend: Backend, client: QueryClient, store: StoreApi<SessionState>): OperationWatch {
  const waiting = new Map<string, Operation>();
  /** Ends that were told before anybody waited for them. */
  const endings = new Map<string, Operation>();
  const waiters = new Map<string, Set<(operation: Operation) => void>>();
  let timer: ReturnType<typeof setTimeout> | null = null;

  const flush = (): void => {
    timer = null;
    const news = [...waiting.values()];
    waiting.clear();
    publish(news, client);
    store.setState(({ operations }) => {
      const shownIds = shownAfter(operations.shownIds, news);
      return shownIds === operations.shownIds ? {} : { operations: { shownIds } };
    });
  };
  const note = (operation: Operation): void => {
    const known = waiting.get(operation.id);
    // News may overtake each other: what has ended doesn't run again.
    if (known === undefined || isNewer(operation, known)) waiting.set(operation.id, operation);
    if (operation.status !== 'running') {
      endings.set(operation.id, operation);
      const [oldest] = endings.keys();
      if (endings.size > mostEndings && oldest !== undefined) endings.delete(oldest);
      const settled = waiters.get(operation.id) ?? [];
      waiters.delete(operation.id);
      for (const settle of settled) settle(operation);
    }
    timer ??= setTimeout(flush, batchMs);
  };
  const stopListening: Unsubscribe = backend.operations.subscribe(note);
  const polls = new Set<ReturnType<typeof setInterval>>();

  return {
    ended(operation) {
      note(operation);
      const ending = endings.get(operation.id);
      if (ending !== undefined) return Promise.resolve(ending);
      return new Promise((resolve) => {
        const poll = setInterval(() => {
          backend.operations.get(operation.id).then(note, () => undefined);
        }, askAgainMs);
        polls.add(poll);
        const mine = waiters.get(operation.id) ?? new Set();
        waiters.set(operation.id, mine);
        mine.add((end) => {
          clearInterval(poll);
          polls.delete(poll);
          resolve(end);
        });
      });
    },
    stop() {
      stopListening();
      if (timer !== null) clearTimeout(timer);
      for (const poll of polls) clearInterval(poll);
    },
  };
}

function isNewer(operation: Operation, than: Operation): boolean {
  if (than.status !== 'running') return operation.status !== 'running';
  return operation.status !== 'running' || operation.done + operation.failed >= than.done + than.failed;
}

function publish(news: readonly Operation[], client: QueryClient): void {
  const queryKey = queryKeys.operations();
  client.setQueryData<readonly Operation[]>(queryKey, (list) => {
    // Nobody looks: whoever looks later asks.
    if (list === undefined) return undefined;
    const byId = new Map(list.map((operation) => [operation.id, operation]));
    const fresh = news.filter(({ id }) => !byId.has(id));
    for (const operation of news) {
      const known = byId.get(operation.id);
      if (known !== undefined && isNewer(operation, known)) byId.set(operation.id, operation);
    }
    return [...fresh, ...byId.values()];
  });
  // An answer that is on its way was written before the news.
  if (client.isFetching({ queryKey }) > 0) void client.invalidateQueries({ queryKey });
}

/** What runs is shown, and what ended with failures stays until somebody has read them. */
function shownAfter(shownIds: readonly string[], news: readonly Operation[]): readonly string[] {
  let next = shownIds;
  for (const { id, status, failed } of news) {
    const shown = next.includes(id);
    if (status === 'running' && !shown) next = [...next, id];
    else if (status !== 'running' && failed === 0 && shown) next = next.filter((other) => other !== id);
    else if (status !== 'running' && failed > 0 && !shown) next = [...next, id];
  }
  return next;
}
