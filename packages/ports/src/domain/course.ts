import * as z from 'zod';

/** The host's course structure, its own or ours: course › chapter › item. */
export interface Course {
  readonly id: string;
  readonly title: string;
}

export interface Chapter {
  readonly id: string;
  readonly courseId: string;
  readonly title: string;
  /** Fractional index. */
  readonly order: string;
}

/** An exported file or a live project in a chapter. */
export interface ChapterItem {
  readonly id: string;
  readonly chapterId: string;
  readonly title: string;
  readonly order: string;
  readonly target:
    { readonly kind: 'asset'; readonly assetId: string } | { readonly kind: 'project'; readonly projectId: string };
}

export interface CourseOutline {
  readonly course: Course;
  /** In order. */
  readonly chapters: readonly (Chapter & { readonly items: readonly ChapterItem[] })[];
}

/** Where something goes among its siblings: after the one named, or first (`null`). */
export interface Placement {
  readonly afterId: string | null;
}

/**
 * Every change of a course, as data. Ids come from the caller, so a repeat is harmless: creating what is there and
 * removing what is not there change nothing. What is new goes to the end.
 */
export type CourseChange =
  | { readonly type: 'course.create'; readonly id: string; readonly title: string }
  | { readonly type: 'course.rename'; readonly id: string; readonly title: string }
  | { readonly type: 'course.remove'; readonly id: string }
  | { readonly type: 'chapter.create'; readonly id: string; readonly courseId: string; readonly title: string }
  | { readonly type: 'chapter.rename'; readonly id: string; readonly title: string }
  | ({ readonly type: 'chapter.move'; readonly id: string } & Placement)
  | { readonly type: 'chapter.remove'; readonly id: string }
  | {
      readonly type: 'item.attach';
      readonly id: string;
      readonly chapterId: string;
      readonly title: string;
      readonly target: ChapterItem['target'];
    }
  | { readonly type: 'item.rename'; readonly id: string; readonly title: string }
  | ({ readonly type: 'item.move'; readonly id: string; readonly chapterId: string } & Placement)
  | { readonly type: 'item.remove'; readonly id: string };

const id: z.ZodString = z.string().min(1).max(128);
const title: z.ZodString = z.string().trim().min(1).max(255);
const afterId = (): z.ZodType => id.nullable();
const target = (): z.ZodType =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('asset'), assetId: id }).strict(),
    z.object({ kind: z.literal('project'), projectId: id }).strict(),
  ]);

/** Checks a change of a course. */
export const courseChangeSchema: z.ZodType<CourseChange> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('course.create'), id, title }).strict(),
  z.object({ type: z.literal('course.rename'), id, title }).strict(),
  z.object({ type: z.literal('course.remove'), id }).strict(),
  z.object({ type: z.literal('chapter.create'), id, courseId: id, title }).strict(),
  z.object({ type: z.literal('chapter.rename'), id, title }).strict(),
  z.object({ type: z.literal('chapter.move'), id, afterId: afterId() }).strict(),
  z.object({ type: z.literal('chapter.remove'), id }).strict(),
  z.object({ type: z.literal('item.attach'), id, chapterId: id, title, target: target() }).strict(),
  z.object({ type: z.literal('item.rename'), id, title }).strict(),
  z.object({ type: z.literal('item.move'), id, chapterId: id, afterId: afterId() }).strict(),
  z.object({ type: z.literal('item.remove'), id }).strict(),
]) as unknown as z.ZodType<CourseChange>;
