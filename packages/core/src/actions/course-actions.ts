import type { ChapterItem, Course, CourseChange, CourseOutline } from '@lectern/ports';
import { queryKeys } from '../queries/query-keys.js';
import type { ActionContext } from './action-context.js';
import type { Actions } from './actions.js';
import { applyToCourses, applyToOutline } from './course-edits.js';
import { optimisticEdit, optimistically } from './optimistic.js';

type CourseActions = Pick<Actions, 'createCourse' | 'createChapter' | 'addToChapter' | 'courseChange'>;

export function courseActions(context: ActionContext, actions: Pick<Actions, 'notify'>): CourseActions {
  const { backend, newId, queryClient } = context;

  const courseChange = async (change: CourseChange): Promise<void> => {
    const edits = [
      optimisticEdit(queryKeys.courses(), (courses: readonly Course[]) => applyToCourses(courses, change)),
      optimisticEdit(queryKeys.outlines(), (outline: CourseOutline) => applyToOutline(outline, change)),
    ];
    await optimistically(queryClient, edits, () => backend.courses.apply(change));
  };

  return {
    courseChange,
    async createCourse(title) {
      const course: Course = { id: newId(), title };
      await courseChange({ type: 'course.create', ...course });
      return course;
    },
    async createChapter(courseId, title) {
      const id = newId();
      await courseChange({ type: 'chapter.create', id, courseId, title });
      const outline = await backend.courses.outline(courseId);
      const made = outline.chapters.find((chapter) => chapter.id === id);
      return { id, courseId, title, order: made?.order ?? '' };
    },
    async addToChapter({ chapterId, target, title }) {
      const change: CourseChange = { type: 'item.attach', id: newId(), chapterId, title, target: plain(target) };
      await courseChange(change);
      actions.notify({ tone: 'success', message: { key: 'notice.chapterAdded', params: { title } } });
    },
  };
}

/** The target alone: what a host sends along in an event's detail stays out of the store. */
function plain(target: ChapterItem['target']): ChapterItem['target'] {
  return target.kind === 'asset'
    ? { kind: 'asset', assetId: target.assetId }
    : { kind: 'project', projectId: target.projectId };
}
