import type { QueryClient, QueryKey } from '@tanstack/query-core';

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
 * Shows the guesses at once, does the work, and reads the truth again; when the work fails, every guess is taken back.
 * Running fetches under the prefixes are cancelled first, or their older answer would undo the guess.
 */
export async function optimistically<R>(
  client: QueryClient,
  edits: readonly OptimisticEdit[],
  work: () => Promise<R>,
): Promise<R> {
  const before: (readonly [QueryKey, unknown])[] = [];
  for (const { prefix, edit } of edits) {
    await client.cancelQueries({ queryKey: prefix });
    for (const [key, value] of client.getQueriesData({ queryKey: prefix })) {
      if (value === undefined) continue;
      const next = edit(value);
      if (next === value) continue;
      before.push([key, value]);
      client.setQueryData(key, next);
    }
  }
  try {
    return await work();
  } catch (error) {
    for (const [key, value] of before.reverse()) client.setQueryData(key, value);
    throw error;
  } finally {
    for (const { prefix } of edits) void client.invalidateQueries({ queryKey: prefix });
  }
}
