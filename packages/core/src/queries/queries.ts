import type {
  Asset,
  AssetChange,
  AssetQuery,
  AssetUsage,
  AssetVersion,
  Backend,
  Course,
  CourseOutline,
  Identity,
  LecternError,
  LibraryCount,
  Operation,
  Page,
  ProjectQuery,
  ProjectRevision,
  ProjectSummary,
  StorageReport,
  WorkToMove,
} from '@lectern/ports';
import type { InfiniteData, InfiniteQueryObserverOptions, QueryKey, QueryObserverOptions } from '@tanstack/query-core';
import { queryKeys } from './query-keys.js';

/** Options for a `QueryObserver`. */
export type QueryOptionsOf<Data> = QueryObserverOptions<Data, LecternError, Data, Data> & {
  readonly queryKey: QueryKey;
};
/** Options for an `InfiniteQueryObserver` over a list that is read by key. */
export type PagedOptionsOf<Item> = InfiniteQueryObserverOptions<
  Page<Item>,
  LecternError,
  InfiniteData<Page<Item>, string | null>,
  QueryKey,
  string | null
> & { readonly queryKey: QueryKey };

/** Option factories for everything that a back end knows. Nothing here holds an object URL: pictures are blobs. */
export interface Queries {
  assets(query?: AssetQuery): PagedOptionsOf<Asset>;
  asset(id: string): QueryOptionsOf<Asset>;
  assetVersions(id: string): QueryOptionsOf<readonly AssetVersion[]>;
  /** What was done to it, newest first. */
  assetHistory(id: string): QueryOptionsOf<readonly AssetChange[]>;
  assetUsage(id: string): QueryOptionsOf<readonly AssetUsage[]>;
  /** A small picture by its blob key, or null where there is none. Takes assets and projects alike. */
  poster(of: { readonly posterKey: string | null }): QueryOptionsOf<Blob | null>;
  projects(query?: ProjectQuery): PagedOptionsOf<ProjectSummary>;
  project(id: string): QueryOptionsOf<ProjectSummary>;
  revisions(projectId: string): QueryOptionsOf<readonly ProjectRevision[]>;
  courses(): QueryOptionsOf<readonly Course[]>;
  outline(courseId: string): QueryOptionsOf<CourseOutline>;
  /** The whole library in figures. */
  overview(): QueryOptionsOf<readonly LibraryCount[]>;
  /** Bulk work, newest first, kept up to date while it runs. */
  operations(): QueryOptionsOf<readonly Operation[]>;
  /** What would move up from this browser; nothing where it stands in for nobody. Never from the cache. */
  workToMove(): QueryOptionsOf<WorkToMove>;
  storage(): QueryOptionsOf<StorageReport>;
  identity(): QueryOptionsOf<Identity>;
}

const nothingToMove: WorkToMove = { assets: 0, projects: 0, courses: 0, bytes: 0 };

export function createQueries(backend: Backend): Queries {
  return {
    assets: (query = {}) => ({
      queryKey: queryKeys.assetList(query),
      queryFn: ({ pageParam, signal }) => backend.assets.list({ ...query, cursor: pageParam }, { signal }),
      initialPageParam: null,
      getNextPageParam: (page) => page.nextCursor,
    }),
    asset: (id) => ({
      queryKey: queryKeys.asset(id),
      queryFn: ({ signal }) => backend.assets.get(id, { signal }),
    }),
    assetVersions: (id) => ({
      queryKey: queryKeys.assetVersions(id),
      queryFn: ({ signal }) => backend.assets.versions(id, { signal }),
    }),
    assetHistory: (id) => ({
      queryKey: queryKeys.assetHistory(id),
      queryFn: ({ signal }) => backend.assets.history(id, { signal }),
    }),
    assetUsage: (id) => ({
      queryKey: queryKeys.assetUsage(id),
      queryFn: ({ signal }) => backend.assets.usage(id, { signal }),
    }),
    poster: ({ posterKey }) => ({
      queryKey: queryKeys.poster(posterKey),
      queryFn: ({ signal }) => (posterKey === null ? null : backend.blobs.get(posterKey, { signal })),
      // A blob key is never reused for other bytes.
      staleTime: Infinity,
      structuralSharing: false,
    }),
    projects: (query = {}) => ({
      queryKey: queryKeys.projectList(query),
      queryFn: ({ pageParam, signal }) => backend.projects.list({ ...query, cursor: pageParam }, { signal }),
      initialPageParam: null,
      getNextPageParam: (page) => page.nextCursor,
    }),
    project: (id) => ({
      queryKey: queryKeys.project(id),
      // The document stays out of the cache: it belongs to an editor.
      queryFn: async ({ signal }) => (await backend.projects.open(id, { signal })).project,
    }),
    revisions: (projectId) => ({
      queryKey: queryKeys.revisions(projectId),
      queryFn: ({ signal }) => backend.projects.revisions(projectId, { signal }),
    }),
    courses: () => ({
      queryKey: queryKeys.courses(),
      queryFn: ({ signal }) => backend.courses.list({ signal }),
    }),
    outline: (courseId) => ({
      queryKey: queryKeys.outline(courseId),
      queryFn: ({ signal }) => backend.courses.outline(courseId, { signal }),
    }),
    overview: () => ({
      queryKey: queryKeys.overview(),
      queryFn: ({ signal }) => backend.assets.overview({ signal }),
    }),
    operations: () => ({
      queryKey: queryKeys.operations(),
      queryFn: ({ signal }) => backend.operations.list({ signal }),
    }),
    workToMove: () => ({
      queryKey: queryKeys.workToMove(),
      queryFn: ({ signal }) => backend.connection?.pending({ signal }) ?? nothingToMove,
      staleTime: 0,
      gcTime: 0,
    }),
    storage: () => ({
      queryKey: queryKeys.storage(),
      queryFn: ({ signal }) => backend.blobs.report({ signal }),
    }),
    identity: () => ({
      queryKey: queryKeys.identity(),
      queryFn: ({ signal }) => backend.identity.current({ signal }),
    }),
  };
}
