import type { CourseChange, CourseOutline } from '@lectern/ports';
import type { LecternSession, MessageRef } from '@lectern/core';
import { attempt } from '../collection/attempt.js';
import {
  inverseOf,
  outlineRows,
  placeChange,
  stepChange,
  titleOf,
  type OutlinePlace,
  type OutlineRow,
} from './outline-moves.js';

export interface OutlineCommandOptions {
  readonly session: () => LecternSession | null;
  readonly courseId: () => string | null;
  readonly outline: () => CourseOutline | null;
  /** Tells the page of a change that the back end took. */
  readonly changed: (courseId: string, type: CourseChange['type'], id: string | null) => void;
  readonly say: (message: MessageRef) => void;
  /** Shows a course. */
  readonly show: (courseId: string) => void;
  /** Called when a row was put elsewhere: at once, and again when the back end has taken it. */
  readonly moved: (row: OutlineRow, chapterId: string) => void;
}

/** What can be done with a course: shown at once, told to the page when the back end took it, and taken back on request. */
export class OutlineCommands {
  readonly #options: OutlineCommandOptions;

  constructor(options: OutlineCommandOptions) {
    this.#options = options;
  }

  /** Resolves with the new course's id, or null when it failed. */
  async newCourse(title: string): Promise<string | null> {
    const session = this.#options.session();
    const course = session && (await attempt(session, session.actions.createCourse(title)));
    if (!course) return null;
    this.#options.show(course.id);
    this.#options.changed(course.id, 'course.create', course.id);
    return course.id;
  }

  /** Resolves with the new chapter's id, or null when it failed. */
  async newChapter(courseId: string, title: string): Promise<string | null> {
    const session = this.#options.session();
    const chapter = session && (await attempt(session, session.actions.createChapter(courseId, title)));
    if (!chapter) return null;
    this.#options.changed(courseId, 'chapter.create', chapter.id);
    return chapter.id;
  }

  rename(row: OutlineRow | null, id: string, title: string): void {
    const type = !row ? 'course.rename' : row.item ? 'item.rename' : 'chapter.rename';
    void this.#change({ type, id, title });
  }

  step(row: OutlineRow, by: 1 | -1): void {
    const outline = this.#options.outline();
    const change = outline && stepChange(outline, row, by);
    if (change) void this.#move(row, change);
    else this.#options.say({ key: by < 0 ? 'courses.alreadyFirst' : 'courses.alreadyLast' });
  }

  move(row: OutlineRow, place: OutlinePlace): void {
    const outline = this.#options.outline();
    const change = outline && placeChange(outline, row, place);
    if (change) void this.#move(row, change);
  }

  remove(row: OutlineRow): void {
    const name = titleOf(row);
    void (row.item
      ? this.#change(
          { type: 'item.remove', id: row.id },
          { key: 'courses.itemRemoved', params: { name, chapter: row.chapter.title } },
        )
      : this.#change({ type: 'chapter.remove', id: row.id }, { key: 'courses.chapterRemoved', params: { name } }));
  }

  removeCourse({ course }: CourseOutline): void {
    void this.#change(
      { type: 'course.remove', id: course.id },
      { key: 'courses.courseRemoved', params: { name: course.title } },
    );
  }

  async #move(row: OutlineRow, change: CourseChange): Promise<void> {
    const chapterId = change.type === 'item.move' ? change.chapterId : row.chapter.id;
    const done = this.#change(change);
    this.#options.moved(row, chapterId);
    if (!(await done)) return;
    this.#options.moved(row, chapterId);
    const outline = this.#options.outline();
    const now = outline && outlineRows(outline, () => false).find((candidate) => candidate.id === row.id);
    if (!outline || !now) return;
    const siblings = now.item ? now.chapter.items : outline.chapters;
    const params = {
      name: titleOf(now),
      position: siblings.findIndex((sibling) => sibling.id === row.id) + 1,
      total: siblings.length,
    };
    this.#options.say(
      now.item
        ? { key: 'courses.movedItem', params: { ...params, chapter: now.chapter.title } }
        : { key: 'courses.movedChapter', params },
    );
  }

  /** With `undoable`, what is said about it, the change can be taken back. */
  async #change(change: CourseChange, undoable?: MessageRef): Promise<boolean> {
    const session = this.#options.session();
    const courseId = this.#options.courseId();
    const outline = this.#options.outline();
    if (!session || courseId === null) return false;
    const inverse = outline && undoable ? inverseOf(outline, change) : [];
    const done = await attempt(
      session,
      session.actions.courseChange(change).then(() => true),
    );
    if (!done) return false;
    this.#options.changed(courseId, change.type, change.id);
    if (undoable) {
      const undo = async (): Promise<void> => {
        for (const step of inverse) await session.actions.courseChange(step);
        this.#options.show(courseId);
        this.#options.changed(courseId, change.type, change.id);
      };
      session.actions.notify({ message: undoable, undo });
    }
    return true;
  }
}
