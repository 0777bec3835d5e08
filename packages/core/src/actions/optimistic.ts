import { hashKey, type Query, type QueryClient, type QueryKey } from '@tanstack/query-core';
import { toLecternError } from '@lectern/ports';

/** One guess of what the back end will answer: how every cached value under a prefix changes. */
export interface OptimisticEdit {
  readonly prefix: QueryKey;
  /** Returns the value itself where nothing changes. */
  readonly edit: (value: unknown) => unknown;
}

/** What is cached under a prefix has one shape, which only the caller knows. */
export function optimisticEdit<T>(prefix: QueryKey, edit: (value: T) => T): OptimisticEdit {
  return { prefix, edit: edit as (value: unknown) => unknown };
}

/**
 * Guesses under way over one cache: what is shown is what the back end said, with every open guess over it. So a list
 * that is read again in the meantime keeps them, and a guess that fails goes without taking others along.
 */
class Guesses {
  readonly #client: QueryClient;
  readonly #open: Set<OptimisticEdit> = new Set();
  /** What the back end said, by query, where a guess lies over it. */
  readonly #told: Map<string, { readonly key: QueryKey; readonly value: unknown }> = new Map();
  #stop: (() => void) | null = null;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  add(edits: readonly OptimisticEdit[]): void {
    for (const edit of edits) {
      this.#open.add(edit);
      for (const [key, value] of this.#client.getQueriesData({ queryKey: edit.prefix })) {
        const hash = hashKey(key);
        if (value !== undefined && !this.#told.has(hash)) this.#told.set(hash, { key, value });
      }
    }
    this.#stop ??= this.#client.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'success' || event.action.manual === true) return;
      const { query } = event as { readonly query: Query };
      if (!this.#concerns(query.queryKey)) return;
      this.#told.set(query.queryHash, { key: query.queryKey, value: query.state.data });
      this.#show(query.queryHash);
    });
    this.#showAll();
  }

  /** Ends guesses: those that came true stay in what the back end is taken to have said until it is read again. */
  end(edits: readonly OptimisticEdit[], cameTrue: boolean): void {
    for (const edit of edits) {
      this.#open.delete(edit);
      if (!cameTrue) continue;
      for (const [hash, { key, value }] of this.#told) {
        if (isUnder(key, edit.prefix)) this.#told.set(hash, { key, value: edit.edit(value) });
      }
    }
    this.#showAll();
    for (const [hash, { key }] of this.#told) if (!this.#concerns(key)) this.#told.delete(hash);
    if (this.#open.size > 0) return;
    this.#stop?.();
    this.#stop = null;
  }

  #concerns(key: QueryKey): boolean {
    return [...this.#open].some((edit) => isUnder(key, edit.prefix));
  }

  #showAll(): void {
    for (const hash of this.#told.keys()) this.#show(hash);
  }

  #show(hash: string): void {
    const told = this.#told.get(hash);
    if (told === undefined) return;
    let { value } = told;
    for (const { prefix, edit } of this.#open) if (isUnder(told.key, prefix)) value = edit(value);
    if (this.#client.getQueryData(told.key) !== value) this.#client.setQueryData(told.key, value);
  }
}

function isUnder(key: QueryKey, prefix: QueryKey): boolean {
  return prefix.every((part, index) => hashKey([part]) === hashKey([key[index]]));
}

const guessesOf: WeakMap<QueryClient, Guesses> = new WeakMap();

/**
 * Shows the guesses at once, does the work as a mutation, and reads the truth again; when the work fails, its guesses are
 * taken back. Running fetches under the prefixes are cancelled first, or their older answer would undo the guess.
 *
 * @throws LecternError
 */
export async function optimistically<R>(
  client: QueryClient,
  edits: readonly OptimisticEdit[],
  work: () => Promise<R>,
): Promise<R> {
  const guesses = guessesOf.get(client) ?? new Guesses(client);
  guessesOf.set(client, guesses);
  await Promise.all(edits.map(({ prefix }) => client.cancelQueries({ queryKey: prefix })));
  guesses.add(edits);
  const mutations = client.getMutationCache();
  const mutation = mutations.build<R, Error, undefined, undefined>(client, {
    mutationFn: work,
    networkMode: 'always',
    retry: false,
    // Removed by hand below: a timer for one that still runs would only be set again and again.
    gcTime: Infinity,
  });
  try {
    const result = await mutation.execute(undefined);
    guesses.end(edits, true);
    return result;
  } catch (error) {
    guesses.end(edits, false);
    throw toLecternError(error);
  } finally {
    mutations.remove(mutation);
    for (const { prefix } of edits) void client.invalidateQueries({ queryKey: prefix });
  }
}
