import { keepPreviousData, type QueryClient } from '@tanstack/query-core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { toLecternError, type LecternError, type Page } from '@lectern/ports';
import type { PagedOptionsOf } from '@lectern/core';
import { InfiniteQueryController } from '../foundation/query-controller.js';

export type ListStatus = 'none' | 'loading' | 'ready' | 'failed';

/** A list that is read page by page by key, as one row of items. What isn't read yet has an index already. */
export class PagedListController<Item> implements ReactiveController {
  readonly #query: InfiniteQueryController<Page<Item>>;
  #pages: readonly Page<Item>[] | null = null;
  #items: readonly Item[] = [];
  #wanted = -1;

  constructor(
    host: ReactiveControllerHost,
    read: () => { readonly client: QueryClient; readonly options: PagedOptionsOf<Item> } | null,
  ) {
    this.#query = new InfiniteQueryController<Page<Item>>(host, () => {
      const wanted = read();
      // The old list stays in sight until the new one is there: filters don't flash.
      return (
        wanted && { client: wanted.client, options: { ...wanted.options, placeholderData: keepPreviousData } as never }
      );
    });
    host.addController(this);
  }

  get status(): ListStatus {
    const result = this.#query.result;
    if (!result) return 'none';
    if (result.data) return 'ready';
    return result.isError ? 'failed' : 'loading';
  }

  /** Why the list, or its next page, can't be read. */
  get error(): LecternError | null {
    const error = this.#query.result?.error;
    return error ? toLecternError(error) : null;
  }

  /** True while what is shown belongs to the question before. */
  get isPrevious(): boolean {
    return this.#query.result?.isPlaceholderData ?? false;
  }

  /** What was read so far, in order. */
  get items(): readonly Item[] {
    const pages = this.#query.result?.data?.pages ?? null;
    if (pages !== this.#pages) {
      this.#pages = pages;
      this.#items = pages ? pages.flatMap((page) => page.items) : [];
    }
    return this.#items;
  }

  /** How many there are in all, read or not. */
  get total(): number {
    const { items } = this;
    const pages = this.#pages;
    if (!pages) return 0;
    if (!this.#query.result?.hasNextPage) return items.length;
    return Math.max(items.length, pages.at(-1)?.total ?? 0);
  }

  /** Reads on towards the item at an index; ask again with each rendering until it is there. */
  want(index: number): void {
    this.#wanted = Math.max(this.#wanted, index);
  }

  retry(): void {
    const result = this.#query.result;
    if (result?.isFetchNextPageError) void result.fetchNextPage();
    else void result?.refetch();
  }

  hostUpdated(): void {
    const result = this.#query.result;
    const wanted = this.#wanted;
    // Each rendering says anew what it wants, so a list that changed isn't read to where the old one was looked at.
    this.#wanted = -1;
    if (!result?.data || result.isPlaceholderData || wanted < this.items.length) return;
    if (result.hasNextPage && !result.isFetching && !result.isFetchNextPageError) void result.fetchNextPage();
  }
}
