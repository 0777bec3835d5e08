import type { ChapterItem, Course, CourseChange, CourseOutline } from '@lectern/ports';

/** The list of courses as it will be after a change, before the back end has answered. */
export function applyToCourses(courses: readonly Course[], change: CourseChange): readonly Course[] {
  switch (change.type) {
    case 'course.create':
      return courses.some((course) => course.id === change.id)
        ? courses
        : [...courses, { id: change.id, title: change.title }];
    case 'course.rename':
      return courses.map((course) => (course.id === change.id ? { ...course, title: change.title } : course));
    case 'course.remove':
      return courses.filter((course) => course.id !== change.id);
    default:
      return courses;
  }
}

type OutlineChapter = CourseOutline['chapters'][number];

/** Puts one of a list after another of it, or first. The order keys are the back end's: only the sequence counts here. */
function placed<T extends { readonly id: string }>(items: readonly T[], item: T, afterId: string | null): readonly T[] {
  const others = items.filter((other) => other.id !== item.id);
  const index = afterId === null ? 0 : others.findIndex((other) => other.id === afterId) + 1;
  return [...others.slice(0, index), item, ...others.slice(index)];
}

/** A course's outline as it will be after a change; the outline itself where the change is about another course. */
export function applyToOutline(outline: CourseOutline, change: CourseChange): CourseOutline {
  const { chapters } = outline;
  const withChapters = (next: readonly OutlineChapter[]): CourseOutline => ({ ...outline, chapters: next });
  const editChapter = (id: string, edit: (chapter: OutlineChapter) => OutlineChapter): CourseOutline =>
    chapters.some((chapter) => chapter.id === id)
      ? withChapters(chapters.map((chapter) => (chapter.id === id ? edit(chapter) : chapter)))
      : outline;
  const itemsOf = (edit: (items: readonly ChapterItem[]) => readonly ChapterItem[]): CourseOutline =>
    withChapters(chapters.map((chapter) => ({ ...chapter, items: edit(chapter.items) })));
  const findItem = (id: string): ChapterItem | undefined =>
    chapters.flatMap((chapter) => chapter.items).find((item) => item.id === id);

  switch (change.type) {
    case 'course.create':
    case 'course.remove':
      return outline;
    case 'course.rename':
      return outline.course.id === change.id
        ? { ...outline, course: { ...outline.course, title: change.title } }
        : outline;
    case 'chapter.create':
      return outline.course.id !== change.courseId || chapters.some((chapter) => chapter.id === change.id)
        ? outline
        : withChapters([
            ...chapters,
            { id: change.id, courseId: change.courseId, title: change.title, order: '', items: [] },
          ]);
    case 'chapter.rename':
      return editChapter(change.id, (chapter) => ({ ...chapter, title: change.title }));
    case 'chapter.move': {
      const chapter = chapters.find((candidate) => candidate.id === change.id);
      return chapter ? withChapters(placed(chapters, chapter, change.afterId)) : outline;
    }
    case 'chapter.remove':
      return withChapters(chapters.filter((chapter) => chapter.id !== change.id));
    case 'item.attach':
      return editChapter(change.chapterId, (chapter) => ({
        ...chapter,
        items: [
          ...chapter.items.filter((item) => item.id !== change.id),
          { id: change.id, chapterId: change.chapterId, title: change.title, order: '', target: change.target },
        ],
      }));
    case 'item.rename':
      return itemsOf((items) => items.map((item) => (item.id === change.id ? { ...item, title: change.title } : item)));
    case 'item.move': {
      const item = findItem(change.id);
      if (!item || !chapters.some((chapter) => chapter.id === change.chapterId)) return outline;
      const moved = { ...item, chapterId: change.chapterId };
      return withChapters(
        chapters.map((chapter) => ({
          ...chapter,
          items:
            chapter.id === change.chapterId
              ? placed(chapter.items, moved, change.afterId)
              : chapter.items.filter((other) => other.id !== change.id),
        })),
      );
    }
    case 'item.remove':
      return itemsOf((items) => items.filter((item) => item.id !== change.id));
  }
}
