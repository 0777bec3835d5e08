import {
  type AssetNotice,
  type CallOptions,
  type Chapter,
  type ChapterItem,
  type Course,
  type CourseChange,
  courseChangeSchema,
  type CourseOutline,
  type CoursesPort,
  parseInput,
  type Unsubscribe,
} from '@lectern/ports';
import { generateKeyBetween } from 'fractional-indexing';
import type { Scribe } from './asset-history.js';
import { answer, type LocalContext, notFound, scribeOf } from './context.js';
import type { Notices } from './notices.js';
import type { ReadView, WriteView } from './records/record-store.js';
import type { TableName } from './records/tables.js';
import { setUsage } from './usage.js';

const changeTables: readonly TableName[] = [
  'courses',
  'chapters',
  'items',
  'usage',
  'assets',
  'history',
  'projects',
  'meta',
];

interface Sibling {
  readonly id: string;
  readonly order: string;
}

const byOrder = (a: Sibling, b: Sibling): number =>
  a.order < b.order ? -1 : a.order > b.order ? 1 : a.id < b.id ? -1 : 1;

/** Courses of our own, for hosts that have none. */
export class LocalCourses implements CoursesPort {
  readonly #context: LocalContext;
  readonly #notices: Notices<null>;
  readonly #assetNotices: Notices<AssetNotice>;

  constructor(context: LocalContext, notices: Notices<null>, assetNotices: Notices<AssetNotice>) {
    this.#context = context;
    this.#notices = notices;
    this.#assetNotices = assetNotices;
  }

  async list(options?: CallOptions): Promise<readonly Course[]> {
    return answer(this.#context, options, async ({ records }) => {
      const rows = await records.read(['courses'], (view) => view.select('courses'));
      return [...rows].sort((a, b) => a.order - b.order).map(({ course }) => course);
    });
  }

  async outline(courseId: string, options?: CallOptions): Promise<CourseOutline> {
    return answer(this.#context, options, ({ records }) =>
      records.read(['courses', 'chapters', 'items'], async (view) => {
        const course = await courseOf(view, courseId);
        const chapters = [...(await view.select('chapters', { index: 'byCourse', equals: courseId }))].sort(byOrder);
        const items = await Promise.all(chapters.map(({ id }) => itemsOf(view, id)));
        return { course, chapters: chapters.map((chapter, index) => ({ ...chapter, items: items[index] ?? [] })) };
      }),
    );
  }

  async apply(change: CourseChange, options?: CallOptions): Promise<void> {
    await answer(this.#context, options, async ({ records, guest }) => {
      const given = parseInput(courseChangeSchema, change);
      const scribe = scribeOf(this.#context, guest);
      const touchedAssets = await records.write(changeTables, (view) => applyChange(view, given, scribe), {
        signal: options?.signal,
      });
      this.#notices.send(null);
      if (touchedAssets.length > 0) this.#assetNotices.send({ type: 'assets-changed', ids: touchedAssets });
    });
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#notices.subscribe(listener);
  }
}

/** Returns the assets whose usage changed. */
async function applyChange(view: WriteView, change: CourseChange, scribe: Scribe): Promise<readonly string[]> {
  switch (change.type) {
    case 'course.create': {
      if (await view.get('courses', change.id)) return [];
      const counter = await view.get('meta', 'courses');
      const count = (counter?.key === 'courses' ? counter.count : 0) + 1;
      await view.put('meta', { key: 'courses', count });
      await view.put('courses', { course: { id: change.id, title: change.title }, order: count });
      return [];
    }
    case 'course.rename': {
      const row = await view.get('courses', change.id);
      if (!row) throw notFound('course', change.id);
      await view.put('courses', { ...row, course: { ...row.course, title: change.title } });
      const chapters = await view.select('chapters', { index: 'byCourse', equals: change.id });
      return useAssetsOf(view, chapters, scribe);
    }
    case 'course.remove': {
      const chapters = await view.select('chapters', { index: 'byCourse', equals: change.id });
      const touched: string[] = [];
      for (const chapter of chapters) touched.push(...(await removeChapter(view, chapter, scribe)));
      await view.delete('courses', change.id);
      return touched;
    }
    case 'chapter.create': {
      if (await view.get('chapters', change.id)) return [];
      const { id, courseId, title } = change;
      await courseOf(view, courseId);
      const siblings = [...(await view.select('chapters', { index: 'byCourse', equals: courseId }))].sort(byOrder);
      await view.put('chapters', { id, courseId, title, order: generateKeyBetween(siblings.at(-1)?.order, null) });
      return [];
    }
    case 'chapter.rename': {
      const chapter = { ...(await chapterOf(view, change.id)), title: change.title };
      await view.put('chapters', chapter);
      return useAssetsOf(view, [chapter], scribe);
    }
    case 'chapter.move': {
      const chapter = await chapterOf(view, change.id);
      const siblings = [...(await view.select('chapters', { index: 'byCourse', equals: chapter.courseId }))].sort(
        byOrder,
      );
      const order = orderAfter(siblings, chapter, change.afterId, 'chapter');
      if (order !== null) await view.put('chapters', { ...chapter, order });
      return [];
    }
    case 'chapter.remove': {
      const chapter = await view.get('chapters', change.id);
      return chapter ? removeChapter(view, chapter, scribe) : [];
    }
    case 'item.attach': {
      if (await view.get('items', change.id)) return [];
      const { id, chapterId, title, target } = change;
      const chapter = await chapterOf(view, chapterId);
      await assertTarget(view, target);
      const siblings = await itemsOf(view, chapterId);
      await view.put('items', {
        id,
        chapterId,
        title,
        target,
        order: generateKeyBetween(siblings.at(-1)?.order, null),
      });
      return useAssetsOf(view, [chapter], scribe);
    }
    case 'item.rename': {
      await view.put('items', { ...(await itemOf(view, change.id)), title: change.title });
      return [];
    }
    case 'item.move': {
      const item = await itemOf(view, change.id);
      const chapter = await chapterOf(view, change.chapterId);
      const here = item.chapterId === change.chapterId;
      const order = orderAfter(await itemsOf(view, change.chapterId), here ? item : null, change.afterId, 'item');
      if (order === null) return [];
      await view.put('items', { ...item, chapterId: change.chapterId, order });
      return here ? [] : useAssetsOf(view, [await chapterOf(view, item.chapterId), chapter], scribe);
    }
    case 'item.remove': {
      const item = await view.get('items', change.id);
      if (!item) return [];
      await view.delete('items', change.id);
      return useAssetsOf(view, [await chapterOf(view, item.chapterId)], scribe);
    }
  }
}

/** The key of the place after a sibling, or null when `moved` stands there already. @throws `not-found` */
function orderAfter(
  siblings: readonly Sibling[],
  moved: Sibling | null,
  afterId: string | null,
  what: string,
): string | null {
  if (moved !== null && afterId === moved.id) return null;
  const at = siblings.findIndex(({ id }) => id === moved?.id);
  if (at >= 0 && (siblings[at - 1]?.id ?? null) === afterId) return null;
  const others = siblings.filter(({ id }) => id !== moved?.id);
  const before = afterId === null ? -1 : others.findIndex(({ id }) => id === afterId);
  if (afterId !== null && before === -1) throw notFound(what, afterId);
  return generateKeyBetween(others[before]?.order, others[before + 1]?.order);
}

async function courseOf(view: ReadView, id: string): Promise<Course> {
  const row = await view.get('courses', id);
  if (!row) throw notFound('course', id);
  return row.course;
}

async function chapterOf(view: ReadView, id: string): Promise<Chapter> {
  const chapter = await view.get('chapters', id);
  if (!chapter) throw notFound('chapter', id);
  return chapter;
}

async function itemOf(view: ReadView, id: string): Promise<ChapterItem> {
  const item = await view.get('items', id);
  if (!item) throw notFound('item', id);
  return item;
}

async function itemsOf(view: ReadView, chapterId: string): Promise<readonly ChapterItem[]> {
  return [...(await view.select('items', { index: 'byChapter', equals: chapterId }))].sort(byOrder);
}

/** What goes into a chapter must be in the library, or be a project. @throws `not-found` */
async function assertTarget(view: ReadView, target: ChapterItem['target']): Promise<void> {
  if (target.kind === 'asset') {
    const row = await view.get('assets', target.assetId);
    if (row?.asset.deletedAt !== null) throw notFound('asset', target.assetId);
  } else {
    const row = await view.get('projects', target.projectId);
    if (row?.summary.deletedAt !== null) throw notFound('project', target.projectId);
  }
}

async function removeChapter(view: WriteView, chapter: Chapter, scribe: Scribe): Promise<readonly string[]> {
  for (const { id } of await itemsOf(view, chapter.id)) await view.delete('items', id);
  await view.delete('chapters', chapter.id);
  return setUsage(view, { resourceType: 'chapter', resourceId: chapter.id, label: chapter.title }, [], scribe);
}

/** Says anew which assets these chapters use, and under which name. */
async function useAssetsOf(view: WriteView, chapters: readonly Chapter[], scribe: Scribe): Promise<readonly string[]> {
  const touched: string[] = [];
  for (const chapter of chapters) {
    const course = await courseOf(view, chapter.courseId);
    const items = await itemsOf(view, chapter.id);
    const assetIds = items.flatMap(({ target }) => (target.kind === 'asset' ? [target.assetId] : []));
    const label = `${course.title} › ${chapter.title}`;
    touched.push(
      ...(await setUsage(view, { resourceType: 'chapter', resourceId: chapter.id, label }, assetIds, scribe)),
    );
  }
  return touched;
}
