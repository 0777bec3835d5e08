import type { Backend } from '@lectern/ports';
import type { QueryClient, QueryKey } from '@tanstack/query-core';
import { queryKeys } from './query-keys.js';

/** At most one refresh of the cache in this many milliseconds, whatever the back end reports. */
const batchMs = 100;

/**
 * Refreshes what other tabs, devices and engines changed: the only place that listens to a back end. Returns the end.
 */
export function followBackend(backend: Backend, client: QueryClient): () => void {
  const waiting = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const flush = (): void => {
    timer = null;
    const keys = [...waiting.values()];
    waiting.clear();
    for (const queryKey of keys) void client.invalidateQueries({ queryKey });
  };
  const stale = (...keys: readonly QueryKey[]): void => {
    for (const key of keys) waiting.set(JSON.stringify(key), key);
    timer ??= setTimeout(flush, batchMs);
  };

  const stops = [
    backend.assets.subscribe(({ ids }) => {
      stale(queryKeys.assetLists(), queryKeys.storage(), queryKeys.overview());
      // Beyond a page's worth it is less work to ask what is on show than to look for each.
      if (ids.length === 0 || ids.length > 100) stale(queryKeys.assetsOne());
      else for (const id of ids) stale(queryKeys.assetAll(id));
    }),
    backend.projects.subscribe(({ projectId }) => {
      stale(queryKeys.projectLists(), queryKeys.project(projectId), queryKeys.revisions(projectId));
    }),
    backend.courses.subscribe(() => {
      stale(queryKeys.allCourses());
    }),
    backend.identity.subscribe(() => {
      // Somebody else's data must not stay on the screen; what is on show is asked for again.
      void client.resetQueries();
    }),
  ];
  return () => {
    if (timer !== null) clearTimeout(timer);
    for (const stop of stops) stop();
  };
}
