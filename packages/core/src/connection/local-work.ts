import type { Asset, Backend, CallOptions, CourseOutline, Page, ProjectSummary } from '@lectern/ports';
import { contentHashNow } from '../autosave/content-hash.js';
import type { MovedNote } from './move-notes.js';

/** What of this browser is not in the back end as it is here. What lies in the trash stays where it is. */
export interface LocalWork {
  readonly assets: readonly Asset[];
  readonly projects: readonly ProjectSummary[];
  readonly courses: readonly CourseOutline[];
}

const pageSize = 500;

async function everything<T>(page: (cursor: string | null) => Promise<Page<T>>): Promise<readonly T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const { items, nextCursor } = await page(cursor);
    found.push(...items);
    cursor = nextCursor;
  } while (cursor !== null);
  return found;
}

/** Oldest first, so that what is listed by age is listed in the same order over there. */
export async function findLocalWork(
  local: Backend,
  moved: ReadonlyMap<string, MovedNote>,
  options: CallOptions,
): Promise<LocalWork> {
  const isNew = (key: string, stamp: string): boolean => moved.get(key)?.stamp !== stamp;
  const assets = await everything((cursor) => local.assets.list({ sort: 'oldest', limit: pageSize, cursor }, options));
  const projects = await everything((cursor) =>
    local.projects.list({ sort: 'oldest', limit: pageSize, cursor }, options),
  );
  const courses: CourseOutline[] = [];
  for (const { id } of await local.courses.list(options)) courses.push(await local.courses.outline(id, options));
  return {
    assets: assets.filter((asset) => isNew(assetKey(asset.id), assetStamp(asset))),
    projects: projects.filter((project) => isNew(projectKey(project.id), projectStamp(project))),
    courses: courses.filter((outline) => isNew(courseKey(outline.course.id), courseStamp(outline))),
  };
}

export const assetKey = (id: string): string => `asset:${id}`;
export const projectKey = (id: string): string => `project:${id}`;
export const courseKey = (id: string): string => `course:${id}`;

export const assetStamp = ({ rev }: Asset): string => String(rev);
/** A new title doesn't make a new revision. */
export const projectStamp = ({ rev, updatedAt }: ProjectSummary): string => `${String(rev)} ${updatedAt}`;
export const courseStamp = (outline: CourseOutline): string => contentHashNow(JSON.stringify(outline));
