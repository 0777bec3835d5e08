import {
  type CallOptions,
  type ChapterItem,
  type Course,
  type CourseChange,
  courseChangeSchema,
  type CourseOutline,
  type CoursesPort,
  parseInput,
  type Unsubscribe,
} from '@lectern/ports';
import { answer, type SupabaseContext } from './context.js';
import { isUuid, notFound, requireUuid } from './errors.js';
import type { RestRequest, SupabaseClient } from './requests.js';

/** One request's rows at most, as the platform has it. */
const rowsPerRequest = 1000;

interface ChapterRow {
  readonly id: string;
  readonly course_id: string;
  readonly title: string;
  readonly order_key: string;
}

interface ItemRow {
  readonly id: string;
  readonly chapter_id: string;
  readonly title: string;
  readonly order_key: string;
  readonly asset_id: string | null;
  readonly project_id: string | null;
}

export class SupabaseCourses implements CoursesPort {
  readonly #context: SupabaseContext;

  constructor(context: SupabaseContext) {
    this.#context = context;
  }

  async list(options?: CallOptions): Promise<readonly Course[]> {
    return answer(options, async () => {
      const { data } = await this.#context.connection.rest(options, (client, { identity }) =>
        client
          .from('courses')
          .select('id,title')
          .eq('owner_id', identity.userId)
          .is('deleted_at', null)
          .order('made')
          .limit(rowsPerRequest),
      );
      return data as readonly Course[];
    });
  }

  async outline(courseId: string, options?: CallOptions): Promise<CourseOutline> {
    return answer(options, async () => {
      if (!isUuid(courseId)) throw notFound('course', courseId);
      const { connection } = this.#context;
      const [courses, chapters, items] = await Promise.all([
        connection.rest(options, (client) =>
          client.from('courses').select('id,title').eq('id', courseId).is('deleted_at', null),
        ),
        this.#all<ChapterRow>(options, (client, after) => {
          const select = client
            .from('chapters')
            .select('id,course_id,title,order_key')
            .eq('course_id', courseId)
            .is('deleted_at', null);
          return (after === null ? select : select.gt('order_key', after.order_key)).order('order_key');
        }),
        this.#all<ItemRow>(options, (client, after) => {
          const select = client
            .from('chapter_items')
            .select('id,chapter_id,title,order_key,asset_id,project_id,chapters!inner(course_id)')
            .eq('chapters.course_id', courseId)
            .is('deleted_at', null);
          return (after === null ? select : select.gt('id', after.id)).order('id');
        }),
      ]);
      const [course] = courses.data as readonly Course[];
      if (!course) throw notFound('course', courseId);
      // Order keys are compared by their bytes: no locale's order, here or there.
      const inOrder = [...items].sort((a, b) => (a.order_key < b.order_key ? -1 : 1));
      const itemsOf = new Map<string, ChapterItem[]>();
      for (const row of inOrder) {
        const siblings = itemsOf.get(row.chapter_id);
        if (siblings) siblings.push(itemOf(row));
        else itemsOf.set(row.chapter_id, [itemOf(row)]);
      }
      return {
        course,
        chapters: chapters.map((row) => ({
          id: row.id,
          courseId: row.course_id,
          title: row.title,
          order: row.order_key,
          items: itemsOf.get(row.id) ?? [],
        })),
      };
    });
  }

  async apply(change: CourseChange, options?: CallOptions): Promise<void> {
    return answer(options, async () => {
      const given = parseInput(courseChangeSchema, change);
      requireUuid('id', given.id);
      await this.#context.connection.call('apply_course_change', { p_change: given }, options);
      this.#context.courseNotices.send(undefined);
      // What a chapter holds or is called is where its assets are used.
      if (given.type !== 'course.create' && given.type !== 'chapter.create') {
        this.#context.assetNotices.send({ type: 'assets-changed', ids: [] });
      }
    });
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#context.courseNotices.subscribe(listener);
  }

  async #all<Row>(
    options: CallOptions | undefined,
    request: (client: SupabaseClient, after: Row | null) => { limit(count: number): RestRequest },
  ): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (;;) {
      const after = rows.at(-1) ?? null;
      const { data } = await this.#context.connection.rest(options, (client) =>
        request(client, after).limit(rowsPerRequest),
      );
      const page = data as readonly Row[];
      rows.push(...page);
      if (page.length < rowsPerRequest) return rows;
    }
  }
}

function itemOf(row: ItemRow): ChapterItem {
  return {
    id: row.id,
    chapterId: row.chapter_id,
    title: row.title,
    order: row.order_key,
    target:
      row.asset_id === null
        ? { kind: 'project', projectId: row.project_id ?? '' }
        : { kind: 'asset', assetId: row.asset_id },
  };
}
