import type { CallOptions, Unsubscribe } from './call-options.js';
import type { Course, CourseChange, CourseOutline } from './domain/course.js';

/** Four methods that a host implements over its own courses; the local back end has courses of its own. */
export interface CoursesPort {
  list(options?: CallOptions): Promise<readonly Course[]>;
  /** @throws `not-found` */
  outline(courseId: string, options?: CallOptions): Promise<CourseOutline>;
  /** Makes one change; the same ids again are harmless. Keeps asset usage of chapters. @throws `not-found`, `invalid-input`, `forbidden` */
  apply(change: CourseChange, options?: CallOptions): Promise<void>;
  /** Told of every change, those made through this very port included. */
  subscribe(listener: () => void): Unsubscribe;
}
