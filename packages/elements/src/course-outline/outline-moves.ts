import type { ChapterItem, CourseChange, CourseOutline } from '@lectern/ports';

export type OutlineChapter = CourseOutline['chapters'][number];

/** A row of the outline: a chapter, or an item of one. */
export interface OutlineRow {
  readonly id: string;
  readonly chapter: OutlineChapter;
  /** Null for the chapter's own row. */
  readonly item: ChapterItem | null;
}

/** What a row is called. */
export function titleOf(row: OutlineRow): string {
  return (row.item ?? row.chapter).title;
}

/** The rows in order; items of folded chapters have none. */
export function outlineRows(outline: CourseOutline, isFolded: (chapterId: string) => boolean): readonly OutlineRow[] {
  return outline.chapters.flatMap((chapter) => [
    { id: chapter.id, chapter, item: null },
    ...(isFolded(chapter.id) ? [] : chapter.items.map((item) => ({ id: item.id, chapter, item }))),
  ]);
}

/** What one step up or down is as a change; null at the end. An item goes over into the neighbouring chapter. */
export function stepChange(outline: CourseOutline, row: OutlineRow, step: 1 | -1): CourseChange | null {
  const { chapters } = outline;
  const chapterIndex = chapters.findIndex((chapter) => chapter.id === row.chapter.id);
  if (!row.item) {
    const to = chapterIndex + step;
    if (chapterIndex < 0 || to < 0 || to >= chapters.length) return null;
    return { type: 'chapter.move', id: row.id, afterId: (step > 0 ? chapters[to] : chapters[to - 1])?.id ?? null };
  }
  const { items } = row.chapter;
  const index = items.findIndex((item) => item.id === row.id);
  const to = index + step;
  if (to >= 0 && to < items.length)
    return {
      type: 'item.move',
      id: row.id,
      chapterId: row.chapter.id,
      afterId: (step > 0 ? items[to] : items[to - 1])?.id ?? null,
    };
  const neighbour = chapters[chapterIndex + step];
  if (!neighbour) return null;
  return {
    type: 'item.move',
    id: row.id,
    chapterId: neighbour.id,
    afterId: step > 0 ? null : (neighbour.items.at(-1)?.id ?? null),
  };
}

/** A place between siblings, as a pointer finds it. */
export interface OutlinePlace {
  /** The chapter that an item goes into; for a chapter, its course's own list (null). */
  readonly chapterId: string | null;
  readonly afterId: string | null;
}

/** What letting go at a place is as a change; null where nothing would change. */
export function placeChange(outline: CourseOutline, row: OutlineRow, place: OutlinePlace): CourseChange | null {
  const siblings = row.item ? row.chapter.items : outline.chapters;
  const index = siblings.findIndex((sibling) => sibling.id === row.id);
  const before = siblings[index - 1]?.id ?? null;
  if (row.item) {
    if (place.chapterId === null) return null;
    if (place.chapterId === row.chapter.id && (place.afterId === before || place.afterId === row.id)) return null;
    return { type: 'item.move', id: row.id, chapterId: place.chapterId, afterId: place.afterId };
  }
  if (place.afterId === before || place.afterId === row.id) return null;
  return { type: 'chapter.move', id: row.id, afterId: place.afterId };
}

function attachAt(item: ChapterItem, chapterId: string, afterId: string | null): readonly CourseChange[] {
  const { id, title, target } = item;
  return [
    { type: 'item.attach', id, chapterId, title, target },
    { type: 'item.move', id, chapterId, afterId },
  ];
}

function createAgain(chapter: OutlineChapter, courseId: string): readonly CourseChange[] {
  return [
    { type: 'chapter.create', id: chapter.id, courseId, title: chapter.title },
    ...chapter.items.map(({ id, title, target }): CourseChange => ({
      type: 'item.attach',
      id,
      chapterId: chapter.id,
      title,
      target,
    })),
  ];
}

/** What takes a change back, read from the outline as it was before it; empty where it can't be. */
export function inverseOf(outline: CourseOutline, change: CourseChange): readonly CourseChange[] {
  const { chapters, course } = outline;
  const chapterOf = (id: string): OutlineChapter | undefined =>
    chapters.find((chapter) => chapter.items.some((item) => item.id === id));
  const previous = (siblings: readonly { readonly id: string }[], id: string): string | null =>
    siblings[siblings.findIndex((sibling) => sibling.id === id) - 1]?.id ?? null;
  switch (change.type) {
    case 'item.remove':
    case 'item.move': {
      const chapter = chapterOf(change.id);
      const item = chapter?.items.find((candidate) => candidate.id === change.id);
      if (!chapter || !item) return [];
      const afterId = previous(chapter.items, item.id);
      return change.type === 'item.remove'
        ? attachAt(item, chapter.id, afterId)
        : [{ type: 'item.move', id: item.id, chapterId: chapter.id, afterId }];
    }
    case 'chapter.remove': {
      const chapter = chapters.find((candidate) => candidate.id === change.id);
      if (!chapter) return [];
      return [
        ...createAgain(chapter, course.id),
        { type: 'chapter.move', id: chapter.id, afterId: previous(chapters, chapter.id) },
      ];
    }
    case 'chapter.move':
      return [{ type: 'chapter.move', id: change.id, afterId: previous(chapters, change.id) }];
    case 'course.remove':
      return [
        { type: 'course.create', id: course.id, title: course.title },
        ...chapters.flatMap((chapter) => createAgain(chapter, course.id)),
      ];
    default:
      return [];
  }
}
