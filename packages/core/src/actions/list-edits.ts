import type { Asset, Page, ProjectSummary } from '@lectern/ports';
import type { InfiniteData } from '@tanstack/query-core';
import { queryKeys } from '../queries/query-keys.js';
import { optimisticEdit, type OptimisticEdit } from './optimistic.js';

type Paged<T> = InfiniteData<Page<T>, string | null>;

function mapPages<T extends { readonly id: string }>(data: Paged<T>, edit: (item: T) => T): Paged<T> {
  const pages = data.pages.map((page) => {
    const items = page.items.map(edit);
    return items.every((item, index) => item === page.items[index]) ? page : { ...page, items };
  });
  return pages.every((page, index) => page === data.pages[index]) ? data : { ...data, pages };
}

function withoutItems<T extends { readonly id: string }>(data: Paged<T>, ids: ReadonlySet<string>): Paged<T> {
  let removed = 0;
  const pages = data.pages.map((page) => {
    const items = page.items.filter((item) => !ids.has(item.id));
    removed += page.items.length - items.length;
    return items.length === page.items.length ? page : { ...page, items };
  });
  return removed === 0 ? data : { ...data, pages: pages.map((page) => ({ ...page, total: page.total - removed })) };
}

/** Changes assets wherever they are cached. */
export function editAssets(ids: readonly string[], change: (asset: Asset) => Asset): readonly OptimisticEdit[] {
  const wanted = new Set(ids);
  const edit = (asset: Asset): Asset => (wanted.has(asset.id) ? change(asset) : asset);
  return [
    optimisticEdit(queryKeys.assetLists(), (data: Paged<Asset>) => mapPages(data, edit)),
    ...ids.map((id) => optimisticEdit(queryKeys.asset(id), edit)),
  ];
}

/** Takes assets out of every cached list: the live ones when they are deleted, the trash when they are restored. */
export function removeAssetsFromLists(ids: readonly string[]): readonly OptimisticEdit[] {
  const gone = new Set(ids);
  return [optimisticEdit(queryKeys.assetLists(), (data: Paged<Asset>) => withoutItems(data, gone))];
}

/** Changes a project wherever it is cached. */
export function editProject(
  id: string,
  change: (project: ProjectSummary) => ProjectSummary,
): readonly OptimisticEdit[] {
  const edit = (project: ProjectSummary): ProjectSummary => (project.id === id ? change(project) : project);
  return [
    optimisticEdit(queryKeys.projectLists(), (data: Paged<ProjectSummary>) => mapPages(data, edit)),
    optimisticEdit(queryKeys.project(id), edit),
  ];
}

/** Takes a project out of every cached list. */
export function removeProjectFromLists(id: string): readonly OptimisticEdit[] {
  const gone = new Set([id]);
  return [optimisticEdit(queryKeys.projectLists(), (data: Paged<ProjectSummary>) => withoutItems(data, gone))];
}
