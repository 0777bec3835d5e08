import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import { styleMap } from '../foundation/style-map.js';
import {
  toLecternError,
  type Asset,
  type ChapterItem,
  type Course,
  type CourseChange,
  type CourseOutline,
  type ProjectSummary,
} from '@lectern/ports';
import type { LecternSession } from '@lectern/core';
import { InlineEditController } from '../collection/inline-edit-controller.js';
import { ItemMenuController, type MenuLine } from '../collection/item-menu-controller.js';
import { ManyQueriesController } from '../collection/many-queries-controller.js';
import { Announcer } from '../foundation/announcer.js';
import type { AssetDragDetail } from '../foundation/asset-drag.js';
import { icon } from '../foundation/icon.js';
import { LecternElement } from '../foundation/lectern-element.js';
import { QueryController } from '../foundation/query-controller.js';
import { errorView, stateView } from '../foundation/state-view.js';
import { NoticesController } from '../lectern-provider/notices-controller.js';
import type { AttachRequestDetail } from '../media-library/media-library-events.js';
import { AttachDialogController } from './attach-dialog.js';
import { courseOutlineStyles } from './course-outline.styles.js';
import { OutlineCommands } from './outline-commands.js';
import { OutlineDragController } from './outline-drag.js';
import { OutlineMedia } from './outline-media.js';
import { stepChange, titleOf, type OutlineChapter, type OutlineRow } from './outline-moves.js';
import { OutlineTreeController } from './outline-tree.js';
import { factsOfAsset, factsOfProject, type ItemFacts, type OutlineRowContext } from './outline-rows.js';

/**
 * What is to be attached, what it is called in the course, and the chapter, if that is known. The detail of a
 * `lectern-attach-request` is one of these.
 */
export type AttachOptions = { readonly title?: string; readonly chapterId?: string | null } & (
  { readonly assetId: string } | { readonly projectId: string } | { readonly target: ChapterItem['target'] }
);

function targetOf(what: AttachOptions): ChapterItem['target'] {
  if ('target' in what) return what.target;
  return 'assetId' in what ? { kind: 'asset', assetId: what.assetId } : { kind: 'project', projectId: what.projectId };
}

/** A change of a course that the back end took. */
export interface CourseChangeDetail {
  readonly courseId: string;
  readonly type: CourseChange['type'];
  /** Id of the course, chapter or item that changed; null for what was attached through the host's own action. */
  readonly id: string | null;
}

/** An item of a course was opened; showing it is the host's affair. */
export interface CourseItemDetail {
  readonly itemId: string;
  readonly chapterId: string;
  readonly title: string;
  readonly target: ChapterItem['target'];
}

/**
 * A course, its chapters and what is in them, to put in order and to put videos into.
 *
 * @tagname course-outline
 * @summary Courses, chapters and their videos: attach, reorder, rename, remove.
 *
 * @event {CustomEvent<AttachRequestDetail>} lectern-attach-request - Media was picked for a chapter, or dropped on it; unless prevented it is put there. Cancelable.
 * @event {CustomEvent<CourseChangeDetail>} lectern-course-change - The course was changed.
 * @event {CustomEvent<CourseItemDetail>} lectern-course-item-open - An item was opened.
 *
 * @csspart header - The course and its menu.
 * @csspart chapter - A chapter.
 * @csspart item - An item of one.
 * @csspart thumbnail - Its picture.
 * @csspart attach-dialog - *Add to course*.
 * @csspart state - The picture and words of an empty or failing outline.
 * @cssproperty --lectern-outline-radius - Corners of the frame; 12px.
 *
 * | key | does |
 * | --- | --- |
 * | up, down, Home, End, letters | move the focus |
 * | right, left | unfold and fold a chapter |
 * | Alt+up, Alt+down | move the chapter or the item |
 * | Enter | opens an item, folds a chapter |
 * | F2 | renames |
 * | Delete | removes, with *Undo* |
 * | menu key, Shift+F10 | opens the menu |
 */
export class CourseOutlineElement extends LecternElement {
  static override styles: CSSResultGroup = [LecternElement.styles, courseOutlineStyles];

  /** Id of the course that is shown; the first one when left out. */
  @property({ reflect: true }) course: string | null = null;

  /** Shows without changing anything. */
  @property({ type: Boolean, reflect: true }) readonly = false;

  /** The course that is about to be deleted, while that is asked. */
  @state() private asking: CourseOutline | null = null;

  readonly #area: Ref<HTMLElement> = createRef();
  readonly #confirm: Ref<HTMLDialogElement> = createRef();
  readonly #announcer: Announcer = new Announcer(this);
  readonly #courses: QueryController<readonly Course[]> = new QueryController<readonly Course[]>(this, () =>
    this.session ? { client: this.session.queryClient, options: this.session.queries.courses() as never } : null,
  );
  readonly #outline: QueryController<CourseOutline> = new QueryController<CourseOutline>(this, () => {
    const id = this.#courseId;
    return this.session && id !== null
      ? { client: this.session.queryClient, options: this.session.queries.outline(id) as never }
      : null;
  });
  readonly #targets: ManyQueriesController<Asset | ProjectSummary> = new ManyQueriesController<Asset | ProjectSummary>(
    this,
    () => {
      const { session } = this;
      return session && { client: session.queryClient, queries: this.#items.map((item) => targetQuery(session, item)) };
    },
  );
  readonly #tree: OutlineTreeController = new OutlineTreeController(this, {
    outline: () => this.#shown,
    rtl: () => this.localize.direction === 'rtl',
    readonly: () => this.readonly,
    open: (item, chapter) => {
      this.#openItem(item, chapter);
    },
    rename: (row) => {
      this.#edit.begin(row.id);
    },
    remove: (row) => {
      this.#remove(row);
    },
    step: (row, by) => {
      this.#commands.step(row, by);
    },
    menu: (row, at, returnTo) => {
      void this.#menu.open(row, at, returnTo);
    },
  });
  readonly #commands: OutlineCommands = new OutlineCommands({
    session: () => this.session,
    courseId: () => this.#courseId,
    outline: () => this.#shown,
    changed: (courseId, type, id) => {
      this.emit<CourseChangeDetail>('lectern-course-change', { courseId, type, id });
    },
    say: (message) => {
      this.#announcer.say(this.localize.messages.text(message));
    },
    show: (courseId) => {
      this.course = courseId;
    },
    moved: (row, chapterId) => {
      this.#tree.unfold(chapterId);
      this.#tree.focus(row.id);
    },
  });
  readonly #media: OutlineMedia = new OutlineMedia(this, {
    session: () => this.session,
    theme: () => this.theme,
    request: (detail) => this.emit<AttachRequestDetail>('lectern-attach-request', detail, { cancelable: true }),
    attached: ({ id, courseId }) => {
      this.#onAttached(courseId, id);
    },
  });
  readonly #edit: InlineEditController = new InlineEditController(this, {
    commit: (id, title) => {
      this.#commands.rename(this.#tree.rows.find((row) => row.id === id) ?? null, id, title);
    },
    done: (id) => {
      this.#tree.focus(id);
    },
  });
  readonly #drag: OutlineDragController = new OutlineDragController(this, {
    root: () => this.#area.value ?? null,
    drop: (row, place) => {
      this.#commands.move(row, place);
    },
  });
  readonly #menu: ItemMenuController<OutlineRow> = new ItemMenuController<OutlineRow>(this, {
    nameOf: titleOf,
    lines: (row) => this.#menuLines(row),
  });
  readonly #courseMenu: ItemMenuController<Course> = new ItemMenuController<Course>(this, {
    nameOf: (course) => course.title,
    lines: () => [
      {
        icon: 'add',
        label: 'courses.newCourse',
        run: () => {
          void this.#newCourse();
        },
      },
      null,
      {
        icon: 'edit',
        label: 'courses.renameCourse',
        run: (course) => {
          this.#edit.begin(course.id);
        },
      },
      {
        icon: 'delete',
        label: 'courses.deleteCourse',
        tone: 'danger',
        run: () => {
          this.asking = this.#shown;
        },
      },
    ],
  });
  readonly #notices: NoticesController = new NoticesController(this, 'element');
  readonly #attach: AttachDialogController = new AttachDialogController(this, {
    session: () => this.session,
    attached: ({ courseId, chapterId }) => {
      this.course = courseId;
      this.#onAttached(courseId, chapterId);
    },
  });
  #items: readonly ChapterItem[] = [];

  constructor() {
    super();
    this.addEventListener('lectern-asset-drag-over', this.#onAssetOver as EventListener);
    this.addEventListener('lectern-asset-drag-leave', this.#onAssetLeave);
    this.addEventListener('lectern-asset-drop', this.#onAssetDrop as EventListener);
  }

  /**
   * Puts something into a course: *Add to course* asks where, unless the chapter is given. Resolves with the chapter's
   * id, or null when nothing was added.
   */
  async attach(what: AttachOptions): Promise<string | null> {
    const target = targetOf(what);
    const title = what.title ?? (await this.#media.titleOf(target));
    const { chapterId } = what;
    const { session } = this;
    if (chapterId === undefined || chapterId === null) return this.#attach.open({ target, title }, this.#courseId);
    if (!session) return null;
    await session.actions.addToChapter({ chapterId, target, title });
    this.#onAttached(this.#courseId ?? '', chapterId);
    return chapterId;
  }

  protected override sessionChanged(session: LecternSession | null): void {
    this.#notices.setSession(session);
    this.#media.setSession(session);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    this.#items = this.#shown?.chapters.flatMap((chapter) => chapter.items) ?? [];
  }

  protected override updated(): void {
    const dialog = this.#confirm.value;
    if (this.asking && dialog?.open === false) dialog.showModal();
  }

  protected override render(): TemplateResult {
    const { messages } = this.localize;
    return html`<div class="frame">${this.#renderHeader()}${this.#renderBody()}</div>
      ${this.#menu.render(messages)} ${this.#courseMenu.render(messages)} ${this.#attach.render(messages)}
      ${this.#renderConfirm()} ${this.#media.picker ?? nothing} ${this.#announcer.render()}
      ${this.#notices.render(messages)}`;
  }

  get #courseId(): string | null {
    const courses = this.#courses.result?.data;
    if (!courses) return this.course;
    return courses.some((course) => course.id === this.course) ? this.course : (courses[0]?.id ?? null);
  }

  get #shown(): CourseOutline | null {
    const outline = this.#outline.result?.data ?? null;
    return outline?.course.id === this.#courseId ? outline : null;
  }

  #renderHeader(): TemplateResult {
    const { messages } = this.localize;
    const courses = this.#courses.result?.data ?? [];
    const id = this.#courseId;
    const course = courses.find((candidate) => candidate.id === id);
    return html`<header class="top" part="header">
      ${icon('course')}
      ${
        !course
          ? html`<h2>${messages.t('courses.title')}</h2>`
          : this.#edit.editing === course.id
            ? this.#edit.render(course.title, messages.t('courses.courseTitle'), 200)
            : html`<select class="select" aria-label=${messages.t('courses.choose')} @change=${this.#onCourse}>
                ${courses.map((choice) => html`<option value=${choice.id} ?selected=${choice.id === id}>${choice.title}</option>`)}
              </select>`
      }
      ${
        course && !this.readonly
          ? html`<button
              class="icon-button"
              aria-haspopup="menu"
              aria-label=${messages.t('library.actionsFor', { name: course.title })}
              @click=${(event: MouseEvent) => {
                const button = event.currentTarget as HTMLElement;
                void this.#courseMenu.open(course, button, button);
              }}
            >
              ${icon('more')}
            </button>`
          : nothing
      }
    </header>`;
  }

  #renderBody(): TemplateResult {
    const { messages } = this.localize;
    const courses = this.#courses.result;
    const failure = courses?.error ?? this.#outline.result?.error;
    if (failure && !this.#shown) {
      return html`<div class="tree-area">
        ${errorView(toLecternError(failure), messages, () => {
          void courses?.refetch();
          void this.#outline.result?.refetch();
        })}
      </div>`;
    }
    if (courses?.data?.length === 0) {
      return html`<div class="tree-area">
        ${stateView({
          icon: 'course',
          title: messages.t('courses.emptyTitle'),
          text: messages.t('courses.emptyText'),
          actions: this.readonly
            ? undefined
            : html`<button
                class="button"
                data-variant="primary"
                @click=${() => {
                  void this.#newCourse();
                }}
              >
                ${icon('add')}${messages.t('courses.newCourse')}
              </button>`,
        })}
      </div>`;
    }
    const outline = this.#shown;
    if (!outline) {
      return html`<div class="rows-skeleton" role="status" aria-label=${messages.t('common.loading')}>
        ${Array.from({ length: 5 }, () => html`<div class="skeleton"></div>`)}
      </div>`;
    }
    return html`<div class="tree-area" ${ref(this.#area)}>
      ${
        outline.chapters.length === 0
          ? stateView({
              icon: 'chapter',
              title: messages.t('courses.noChapters'),
              text: messages.t('courses.noChaptersText'),
            })
          : this.#tree.render(outline, this.#rowContext())
      }
      ${
        this.readonly
          ? nothing
          : html`<button
              class="button add-chapter"
              data-variant=${outline.chapters.length === 0 ? 'primary' : 'plain'}
              data-size="small"
              @click=${() => {
                void this.#newChapter(outline.course.id);
              }}
            >
              ${icon('add')}${messages.t('courses.newChapter')}
            </button>`
      }
      ${this.#drag.mark ? html`<div class="drop-line" style=${styleMap({ transform: `translateY(${String(this.#drag.mark.top)}px)` })}></div>` : nothing}
    </div>`;
  }

  #renderConfirm(): TemplateResult | typeof nothing {
    const { asking } = this;
    if (!asking) return nothing;
    const { messages } = this.localize;
    const count = asking.chapters.length;
    return html`<dialog
      part="confirm-dialog"
      aria-labelledby="confirm-title"
      aria-describedby="confirm-text"
      ${ref(this.#confirm)}
      @cancel=${this.#onKeepCourse}
    >
      <header><h2 id="confirm-title">${messages.t('courses.removeCourse', { name: asking.course.title })}</h2></header>
      <div class="body">
        <p id="confirm-text" class="confirm-text">${messages.t('courses.removeCourseText', { count })}</p>
      </div>
      <footer>
        <button class="button" autofocus @click=${this.#onKeepCourse}>${messages.t('common.cancel')}</button>
        <button class="button" data-variant="danger" @click=${this.#onRemoveCourse}>
          ${messages.t('courses.deleteCourse')}
        </button>
      </footer>
    </dialog>`;
  }

  #rowContext(): OutlineRowContext {
    return {
      session: this.session,
      messages: this.localize.messages,
      edit: this.#edit,
      activeId: this.#tree.activeId,
      draggedId: this.#drag.row?.id ?? null,
      readonly: this.readonly,
      facts: (item) => this.#factsOf(item),
      isFolded: this.#tree.isFolded,
      fold: this.#tree.toggle,
      addMedia: (chapter) => {
        void this.#media.pickFor(chapter);
      },
      menu: (row, button) => {
        void this.#menu.open(row, button, button);
      },
      drag: (row, event) => {
        this.#drag.begin(event, row);
      },
    };
  }

  #factsOf(item: ChapterItem): ItemFacts | null {
    const { session } = this;
    const result = session && this.#targets.resultOf(targetQuery(session, item).queryKey);
    if (result?.isError && toLecternError(result.error).code === 'not-found')
      return {
        kind: item.target.kind === 'project' ? 'project' : 'video',
        posterKey: null,
        durationSeconds: 0,
        missing: true,
        isDraft: false,
      };
    const target = result?.data;
    if (!target) return null;
    return 'kind' in target ? factsOfAsset(target) : factsOfProject(target);
  }

  #menuLines(row: OutlineRow): readonly (MenuLine<OutlineRow> | null)[] {
    const outline = this.#shown;
    if (!outline) return [];
    const step = (line: 'up' | 'down', by: 1 | -1): MenuLine<OutlineRow> => ({
      icon: line,
      label: line === 'up' ? 'common.moveUp' : 'common.moveDown',
      keys: line === 'up' ? 'Alt ↑' : 'Alt ↓',
      disabled: stepChange(outline, row, by) === null,
      run: (it) => {
        this.#commands.step(it, by);
      },
    });
    const { item } = row;
    return [
      ...(item
        ? [
            {
              icon: 'play',
              label: 'common.open',
              keys: 'Enter',
              run: () => {
                this.#openItem(item, row.chapter);
              },
            } as const,
          ]
        : [
            {
              icon: 'add',
              label: 'courses.addMedia',
              run: () => {
                void this.#media.pickFor(row.chapter);
              },
            } as const,
          ]),
      {
        icon: 'edit',
        label: 'common.rename',
        keys: 'F2',
        run: (it) => {
          this.#edit.begin(it.id);
        },
      },
      null,
      step('up', -1),
      step('down', 1),
      ...(item ? this.#chapterLines(outline, row) : []),
      null,
      {
        icon: 'delete',
        label: item ? 'common.remove' : 'common.delete',
        keys: 'Del',
        tone: 'danger',
        run: (it) => {
          this.#remove(it);
        },
      },
    ];
  }

  /** One line for each other chapter. */
  #chapterLines(outline: CourseOutline, row: OutlineRow): readonly MenuLine<OutlineRow>[] {
    return outline.chapters
      .filter((chapter) => chapter.id !== row.chapter.id)
      .slice(0, 20)
      .map((chapter) => ({
        icon: 'move' as const,
        label: { text: this.t('courses.moveTo', { chapter: chapter.title }) },
        run: (it) => {
          this.#commands.move(it, { chapterId: chapter.id, afterId: chapter.items.at(-1)?.id ?? null });
        },
      }));
  }

  async #newCourse(): Promise<void> {
    const id = await this.#commands.newCourse(this.t('courses.newCourseTitle'));
    if (id !== null) this.#edit.begin(id);
  }

  async #newChapter(courseId: string): Promise<void> {
    const id = await this.#commands.newChapter(courseId, this.t('courses.newChapterTitle'));
    if (id === null) return;
    this.#tree.activate(id);
    this.#edit.begin(id);
  }

  /** The focus goes to what comes after it: the next row of its kind or deeper, or the one before. */
  #remove(row: OutlineRow): void {
    const { rows } = this.#tree;
    const index = rows.findIndex((candidate) => candidate.id === row.id);
    const next = rows.slice(index + 1).find((candidate) => row.item !== null || candidate.item === null);
    this.#tree.focus((next ?? rows[index - 1])?.id ?? null);
    this.#commands.remove(row);
  }

  #onAttached(courseId: string, chapterId: string): void {
    this.#tree.unfold(chapterId);
    this.emit<CourseChangeDetail>('lectern-course-change', { courseId, type: 'item.attach', id: null });
  }

  readonly #onKeepCourse = (event: Event): void => {
    event.preventDefault();
    this.#confirm.value?.close();
    this.asking = null;
  };

  readonly #onRemoveCourse = (): void => {
    const { asking } = this;
    this.#confirm.value?.close();
    this.asking = null;
    if (asking) this.#commands.removeCourse(asking);
  };

  #openItem(item: ChapterItem, chapter: OutlineChapter): void {
    const { id: itemId, title, target } = item;
    this.emit<CourseItemDetail>('lectern-course-item-open', { itemId, chapterId: chapter.id, title, target });
  }

  readonly #onCourse = (event: Event): void => {
    this.course = (event.target as HTMLSelectElement).value;
  };

  readonly #onAssetOver = (event: CustomEvent<AssetDragDetail>): void => {
    if (this.readonly || !this.#shown) return;
    const mark = this.#drag.placeAt(event.detail.clientY, true);
    if (!mark) return;
    event.preventDefault();
    this.#drag.show(mark);
  };

  readonly #onAssetLeave = (): void => {
    this.#drag.show(null);
  };

  readonly #onAssetDrop = (event: CustomEvent<AssetDragDetail>): void => {
    const { mark } = this.#drag;
    this.#drag.show(null);
    const chapter = this.#shown?.chapters.find((candidate) => candidate.id === mark?.chapterId);
    if (chapter) void this.#media.attach(chapter, event.detail.assetIds);
  };
}

function targetQuery(session: LecternSession, { target }: ChapterItem): { readonly queryKey: readonly unknown[] } {
  return target.kind === 'asset' ? session.queries.asset(target.assetId) : session.queries.project(target.projectId);
}

declare global {
  interface HTMLElementTagNameMap {
    'course-outline': CourseOutlineElement;
  }
  interface HTMLElementEventMap {
    'lectern-course-change': CustomEvent<CourseChangeDetail>;
    'lectern-course-item-open': CustomEvent<CourseItemDetail>;
  }
}
