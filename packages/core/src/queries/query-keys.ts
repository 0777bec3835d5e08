import type { AssetQuery, ProjectQuery } from '@lectern/ports';
import type { QueryKey } from '@tanstack/query-core';

/** The shape of the cache: `[family, what, …]`, so that a family or a kind can be addressed by its prefix. */
export interface QueryKeys {
  assetLists(): QueryKey;
  assetList(query: AssetQuery): QueryKey;
  assetsOne(): QueryKey;
  asset(id: string): QueryKey;
  /** Everything about one asset. */
  assetAll(id: string): QueryKey;
  assetVersions(id: string): QueryKey;
  assetHistory(id: string): QueryKey;
  assetUsage(id: string): QueryKey;
  poster(key: string | null): QueryKey;
  projectLists(): QueryKey;
  projectList(query: ProjectQuery): QueryKey;
  projectsOne(): QueryKey;
  project(id: string): QueryKey;
  revisions(projectId: string): QueryKey;
  allCourses(): QueryKey;
  courses(): QueryKey;
  outlines(): QueryKey;
  outline(courseId: string): QueryKey;
  overview(): QueryKey;
  operations(): QueryKey;
  workToMove(): QueryKey;
  storage(): QueryKey;
  identity(): QueryKey;
}

export const queryKeys: QueryKeys = {
  assetLists: () => ['assets', 'list'],
  assetList: (query) => ['assets', 'list', query],
  assetsOne: () => ['assets', 'one'],
  asset: (id) => ['assets', 'one', id, 'record'],
  assetAll: (id) => ['assets', 'one', id],
  assetVersions: (id) => ['assets', 'one', id, 'versions'],
  assetHistory: (id) => ['assets', 'one', id, 'history'],
  assetUsage: (id) => ['assets', 'one', id, 'usage'],
  poster: (key) => ['posters', key],
  projectLists: () => ['projects', 'list'],
  projectList: (query) => ['projects', 'list', query],
  projectsOne: () => ['projects', 'one'],
  project: (id) => ['projects', 'one', id, 'record'],
  revisions: (projectId) => ['projects', 'one', projectId, 'revisions'],
  allCourses: () => ['courses'],
  courses: () => ['courses', 'list'],
  outlines: () => ['courses', 'outline'],
  outline: (courseId) => ['courses', 'outline', courseId],
  overview: () => ['overview'],
  operations: () => ['operations'],
  workToMove: () => ['work-to-move'],
  storage: () => ['storage'],
  identity: () => ['identity'],
};
