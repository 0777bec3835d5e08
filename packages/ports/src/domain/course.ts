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
    | { readonly kind: 'asset'; readonly assetId: string }
    | { readonly kind: 'project'; readonly projectId: string };
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

/** Every change of a course, as data. Ids come from the caller, so a repeat is harmless. */
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
