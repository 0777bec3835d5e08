import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from '../foundation/style-map.js';
import { toLecternError, type Asset, type ChapterItem, type Course, type CourseChange, type CourseOutline, type ProjectSummary } from '@lectern/ports';
import type { LecternSession, MessageRef } from '@lectern/core';
import { AssetBrowserElement } from '../asset-browser/asset-browser.js';
import { attempt } from '../collection/attempt.js';
import { InlineEditController } from '../collection/inline-edit-controller.js';
import { ItemMenuController, type MenuLine } from '../collection/item-menu-controller.js';
import { ManyQueriesController } from '../collection/many-queries-controller.js';
import { TypeAhead } from '../collection/type-ahead.js';
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
import { OutlineDragController } from './outline-drag.js';
import { inverseOf, outlineRows, placeChange, stepChange, type OutlineChapter, type OutlinePlace, type OutlineRow } from './outline-moves.js';
import { chapterBranch, factsOfAsset, factsOfProject, type ItemFacts, type OutlineRowContext } from './outline-rows.js';

/** What is to be attached: an asset or a project, and what it is called in the course. */
export type AttachOptions = { readonly title?: string } & ({ readonly assetId: string } | { readonly projectId: string });

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
 * @event {CustomEvent<AttachRequestDetail>} lectern-attach-request - Something is to get into a chapter; unless prevented it is put there. Cancelable.
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

  @state() private folded: ReadonlySet<string> = new Set();
  @state() private activeId: string | null = null;
  @state() private asking: CourseOutline | null = null;

  readonly #area: Ref<HTMLElement> = createRef();
  readonly #confirm: Ref<HTMLDialogElement> = createRef();
  readonly #announcer: Announcer = new Announcer(this);
  readonly #typeAhead: TypeAhead = new TypeAhead();
  readonly #courses: QueryController<readonly Course[]> = new QueryController<readonly Course[]>(this, () =>
    this.session ? { client: this.session.queryClient, options: this.session.queries.courses() as never } : null,
  );
  readonly #outline: QueryController<CourseOutline> = new QueryController<CourseOutline>(this, () => {
    const id = this.#courseId;
    return this.session && id !== null ? { client: this.session.queryClient, options: this.session.queries.outline(id) as never } : null;
  });
  readonly #targets: ManyQueriesController<Asset | ProjectSummary> = new ManyQueriesController<Asset | ProjectSummary>(this, () => {
    const { session } = this;
    return session && { client: session.queryClient, queries: this.#items.map((item) => targetQuery(session, item)) };
  });
  readonly #edit: InlineEditController = new InlineEditController(this, {
    commit: (id, title) => {
      this.#rename(id, title);
    },
    done: (id) => {
      this.#focusRow(id);
    },
  });
  readonly #drag: OutlineDragController = new OutlineDragController(this, {
    root: () => this.#area.value ?? null,
    drop: (row, place) => {
      this.#move(row, place);
    },
  });
  readonly #menu: ItemMenuController<OutlineRow> = new ItemMenuController<OutlineRow>(this, {
    nameOf: titleOf,
    lines: (row) => this.#menuLines(row),
  });
  readonly #courseMenu: ItemMenuController<Course> = new ItemMenuController<Course>(this, {
    nameOf: (course) => course.title,
    lines: () => [
      { icon: 'add', label: 'courses.newCourse', run: () => { this.#newCourse(); } },
      null,
      { icon: 'edit', label: 'courses.renameCourse', run: (course) => { this.#edit.begin(course.id); } },
      { icon: 'delete', label: 'courses.deleteCourse', tone: 'danger', run: () => { this.#askToRemoveCourse(); } },
    ],
  });
  readonly #notices: NoticesController = new NoticesController(this, 'element');
  readonly #attach: AttachDialogController = new AttachDialogController(this, {
    session: () => this.session,
    request: (detail) => this.emit<AttachRequestDetail>('lectern-attach-request', detail, { cancelable: true }),
    attached: ({ courseId, chapterId }) => {
      this.course = courseId;
      this.#unfold(chapterId);
      this.#tell(courseId, 'item.attach', null);
    },
  });
  #picker: AssetBrowserElement | null = null;
  #items: readonly ChapterItem[] = [];
  #focusWanted = false;

  constructor() {
    super();
    this.addEventListener('lectern-asset-drag-over', this.#onAssetOver as EventListener);
    this.addEventListener('lectern-asset-drag-leave', this.#onAssetLeave);
    this.addEventListener('lectern-asset-drop', this.#onAssetDrop as EventListener);
  }

  /** Opens *Add to course*. Resolves with the chapter's id, or null when nothing was added here. */
  async attach(what: AttachOptions): Promise<string | null> {
    const target: ChapterItem['target'] =
      'assetId' in what ? { kind: 'asset', assetId: what.assetId } : { kind: 'project', projectId: what.projectId };
    return this.#attach.open({ target, title: what.title ?? (await this.#titleOfTarget(target)) }, this.#courseId);
  }

  protected override sessionChanged(session: LecternSession | null): void {
    this.#notices.setSession(session);
    if (this.#picker) this.#picker.lectern = session;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const outline = this.#shown;
    this.#items = outline ? outline.chapters.flatMap((chapter) => chapter.items) : [];
    const rows = this.#rows;
    if (!rows.some((row) => row.id === this.activeId)) this.activeId = rows[0]?.id ?? null;
  }

  protected override updated(): void {
    const dialog = this.#confirm.value;
    if (this.asking && dialog && !dialog.open) dialog.showModal();
    if (!this.#focusWanted) return;
    const row = this.renderRoot.querySelector<HTMLElement>(`[role="treeitem"][data-id="${CSS.escape(this.activeId ?? '')}"]`);
    if (!row) return;
    this.#focusWanted = false;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  }

  protected override render(): TemplateResult {
    const { messages } = this.localize;
    return html`<div class="frame">${this.#renderHeader()}${this.#renderBody()}</div>
      ${this.#menu.render(messages)} ${this.#courseMenu.render(messages)} ${this.#attach.render(messages)} ${this.#renderConfirm()}
      ${this.#picker ?? nothing} ${this.#announcer.render()} ${this.#notices.render(messages)}`;
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

  get #rows(): readonly OutlineRow[] {
    return this.#shown ? outlineRows(this.#shown, (id) => this.folded.has(id)) : [];
  }

  #renderHeader(): TemplateResult {
    const { messages } = this.localize;
    const courses = this.#courses.result?.data ?? [];
    const id = this.#courseId;
    const course = courses.find((candidate) => candidate.id === id);
    return html`<header class="top" part="header">
      ${icon('course')}
      ${!course
        ? html`<h2>${messages.t('courses.title')}</h2>`
        : this.#edit.editing === course.id
          ? this.#edit.render(course.title, messages.t('courses.courseTitle'), 200)
          : html`<select class="select" aria-label=${messages.t('courses.choose')} @change=${this.#onCourse}>
              ${courses.map((choice) => html`<option value=${choice.id} ?selected=${choice.id === id}>${choice.title}</option>`)}
            </select>`}
      ${course && !this.readonly
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
        : nothing}
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
            : html`<button class="button" data-variant="primary" @click=${() => { this.#newCourse(); }}>${icon('add')}${messages.t('courses.newCourse')}</button>`,
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
      ${outline.chapters.length === 0
        ? stateView({ icon: 'chapter', title: messages.t('courses.noChapters'), text: messages.t('courses.noChaptersText') })
        : this.#renderTree(outline)}
      ${this.readonly
        ? nothing
        : html`<button class="button add-chapter" data-variant=${outline.chapters.length === 0 ? 'primary' : 'plain'} data-size="small" @click=${() => { this.#newChapter(outline); }}>
            ${icon('add')}${messages.t('courses.newChapter')}
          </button>`}
      ${this.#drag.mark ? html`<div class="drop-line" style=${styleMap({ transform: `translateY(${String(this.#drag.mark.top)}px)` })}></div>` : nothing}
    </div>`;
  }

  #renderTree(outline: CourseOutline): TemplateResult {
    const { chapters } = outline;
    const context = this.#rowContext();
    return html`<div
      class="tree"
      role="tree"
      aria-label=${outline.course.title}
      @keydown=${this.#onKey}
      @focusin=${this.#onFocusIn}
      @dblclick=${this.#onDoubleClick}
      @click=${this.#onClick}
      @contextmenu=${this.#onContextMenu}
    >
      ${repeat(
        chapters,
        (chapter) => chapter.id,
        (chapter, index) => chapterBranch(chapter, index + 1, chapters.length, context),
      )}
    </div>`;
  }

  #renderConfirm(): TemplateResult | typeof nothing {
    const { asking } = this;
    if (!asking) return nothing;
    const { messages } = this.localize;
    const count = asking.chapters.length;
    return html`<dialog part="confirm-dialog" aria-labelledby="confirm-title" aria-describedby="confirm-text" ${ref(this.#confirm)} @cancel=${this.#onKeepCourse}>
      <header><h2 id="confirm-title">${messages.t('courses.removeCourse', { name: asking.course.title })}</h2></header>
      <div class="body"><p id="confirm-text" class="confirm-text">${messages.t('courses.removeCourseText', { count })}</p></div>
      <footer>
        <button class="button" autofocus @click=${this.#onKeepCourse}>${messages.t('common.cancel')}</button>
        <button class="button" data-variant="danger" @click=${this.#onRemoveCourse}>${messages.t('courses.deleteCourse')}</button>
      </footer>
    </dialog>`;
  }

  #rowContext(): OutlineRowContext {
    return {
      session: this.session,
      messages: this.localize.messages,
      edit: this.#edit,
      activeId: this.activeId,
      draggedId: this.#drag.row?.id ?? null,
      readonly: this.readonly,
      facts: (item) => this.#factsOf(item),
      isFolded: (id) => this.folded.has(id),
      fold: (id) => {
        this.#toggle(id);
      },
      addMedia: (chapter) => {
        void this.#addMedia(chapter);
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
      return { kind: item.target.kind === 'project' ? 'project' : 'video', posterKey: null, durationSeconds: 0, missing: true, isDraft: false };
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
        this.#step(it, by);
      },
    });
    const { item } = row;
    return [
      ...(item
        ? [{ icon: 'play', label: 'common.open', keys: 'Enter', run: () => { this.#openItem(item, row.chapter); } } as const]
        : [{ icon: 'add', label: 'courses.addMedia', run: () => { void this.#addMedia(row.chapter); } } as const]),
      { icon: 'edit', label: 'common.rename', keys: 'F2', run: (it) => { this.#edit.begin(it.id); } },
      null,
      step('up', -1),
      step('down', 1),
      ...(item ? this.#chapterLines(outline, row) : []),
      null,
      { icon: 'delete', label: item ? 'common.remove' : 'common.delete', keys: 'Del', tone: 'danger', run: (it) => { this.#remove(it); } },
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
          this.#move(it, { chapterId: chapter.id, afterId: chapter.items.at(-1)?.id ?? null });
        },
      }));
  }

  /** Makes a change, tells of it, and offers to take it back where that is asked for. */
  async #change(change: CourseChange, undoable?: MessageRef): Promise<boolean> {
    const { session } = this;
    const outline = this.#shown;
    const courseId = this.#courseId;
    if (!session || courseId === null) return false;
    const inverse = outline && undoable ? inverseOf(outline, change) : [];
    const done = await attempt(session, session.actions.courseChange(change).then(() => true));
    if (!done) return false;
    this.#tell(courseId, change.type, change.id);
    if (undoable) {
      const undo = async (): Promise<void> => {
        for (const step of inverse) await session.actions.courseChange(step);
        this.course = courseId;
        this.#tell(courseId, change.type, change.id);
      };
      session.actions.notify({ message: undoable, undo });
    }
    return true;
  }

  #tell(courseId: string, type: CourseChange['type'], id: string | null): void {
    this.emit<CourseChangeDetail>('lectern-course-change', { courseId, type, id });
  }

  #newCourse(): void {
    const { session } = this;
    if (!session) return;
    void attempt(session, session.actions.createCourse(this.t('courses.newCourseTitle'))).then((course) => {
      if (!course) return;
      this.course = course.id;
      this.#tell(course.id, 'course.create', course.id);
      this.#edit.begin(course.id);
    });
  }

  #newChapter(outline: CourseOutline): void {
    const { session } = this;
    if (!session) return;
    void attempt(session, session.actions.createChapter(outline.course.id, this.t('courses.newChapterTitle'))).then((chapter) => {
      if (!chapter) return;
      this.#tell(outline.course.id, 'chapter.create', chapter.id);
      this.activeId = chapter.id;
      this.#edit.begin(chapter.id);
    });
  }

  #rename(id: string, title: string): void {
    const row = this.#rows.find((candidate) => candidate.id === id);
    const type = !row ? 'course.rename' : row.item ? 'item.rename' : 'chapter.rename';
    void this.#change({ type, id, title });
  }

  #step(row: OutlineRow, by: 1 | -1): void {
    const outline = this.#shown;
    const change = outline && stepChange(outline, row, by);
    if (change) void this.#apply(row, change);
    else this.#announcer.say(this.t(by < 0 ? 'courses.alreadyFirst' : 'courses.alreadyLast'));
  }

  #move(row: OutlineRow, place: OutlinePlace): void {
    const outline = this.#shown;
    const change = outline && placeChange(outline, row, place);
    if (change) void this.#apply(row, change);
  }

  async #apply(row: OutlineRow, change: CourseChange): Promise<void> {
    this.activeId = row.id;
    if (change.type === 'item.move') this.#unfold(change.chapterId);
    const moved = this.#change(change);
    // The list shows the guess at once; the focus goes along with it.
    this.#focusRow(row.id);
    if (!(await moved)) return;
    this.#focusRow(row.id);
    await this.updateComplete;
    const outline = this.#shown;
    const now = outline && outlineRows(outline, () => false).find((candidate) => candidate.id === row.id);
    if (!outline || !now) return;
    const siblings = now.item ? now.chapter.items : outline.chapters;
    const params = { name: titleOf(now), position: siblings.findIndex((sibling) => sibling.id === row.id) + 1, total: siblings.length };
    this.#announcer.say(now.item ? this.t('courses.movedItem', { ...params, chapter: now.chapter.title }) : this.t('courses.movedChapter', params));
  }

  #remove(row: OutlineRow): void {
    const rows = this.#rows;
    const index = rows.findIndex((candidate) => candidate.id === row.id);
    const next = rows.slice(index + 1).find((candidate) => candidate.item !== null || row.item === null) ?? rows[index - 1];
    this.activeId = (row.item ? next : rows.slice(index + 1).find((candidate) => candidate.item === null))?.id ?? rows[index - 1]?.id ?? null;
    this.#focusWanted = true;
    const name = titleOf(row);
    void (row.item
      ? this.#change({ type: 'item.remove', id: row.id }, { key: 'courses.itemRemoved', params: { name, chapter: row.chapter.title } })
      : this.#change({ type: 'chapter.remove', id: row.id }, { key: 'courses.chapterRemoved', params: { name } }));
  }

  #askToRemoveCourse(): void {
    this.asking = this.#shown;
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
    if (!asking) return;
    const { id, title } = asking.course;
    void this.#change({ type: 'course.remove', id }, { key: 'courses.courseRemoved', params: { name: title } });
  };

  async #addMedia(chapter: OutlineChapter): Promise<void> {
    const { session } = this;
    if (!session) return;
    const own = await attempt(session, session.actions.pickAssets({ multiple: true }));
    if (own === undefined) return;
    const assetIds = own ?? (await this.#pick(session));
    if (assetIds) await this.#attachAssets(chapter, assetIds);
  }

  /** Our own picker, made when it is first needed. By its class and not by a tag name: a page may define it under another. */
  async #pick(session: LecternSession): Promise<readonly string[] | null> {
    if (!this.#picker) {
      this.#picker = new AssetBrowserElement();
      this.#picker.mode = 'picker';
      this.#picker.lectern = session;
      this.requestUpdate();
      await this.updateComplete;
    }
    this.#picker.theme = this.theme;
    return this.#picker.open();
  }

  async #attachAssets(chapter: OutlineChapter, assetIds: readonly string[]): Promise<void> {
    const { session } = this;
    if (!session) return;
    this.#unfold(chapter.id);
    for (const assetId of assetIds) {
      const target = { kind: 'asset', assetId } as const;
      const title = await this.#titleOfTarget(target);
      if (!this.emit<AttachRequestDetail>('lectern-attach-request', { target, title, chapterId: chapter.id }, { cancelable: true })) continue;
      const done = await attempt(session, session.actions.addToChapter({ chapterId: chapter.id, target, title }).then(() => true));
      if (done) this.#tell(chapter.courseId, 'item.attach', null);
    }
  }

  async #titleOfTarget(target: ChapterItem['target']): Promise<string> {
    const { session } = this;
    if (!session) return '';
    try {
      if (target.kind === 'project') return (await session.queryClient.fetchQuery(session.queries.project(target.projectId) as never) as ProjectSummary).title;
      const asset = (await session.queryClient.fetchQuery(session.queries.asset(target.assetId) as never)) as Asset;
      return asset.name.replace(/\.[a-z0-9]{2,4}$/i, '');
    } catch {
      // The dialog asks for a title anyway; attaching tells what is wrong with the thing itself.
      return '';
    }
  }

  #openItem(item: ChapterItem, chapter: OutlineChapter): void {
    const { id: itemId, title, target } = item;
    this.emit<CourseItemDetail>('lectern-course-item-open', { itemId, chapterId: chapter.id, title, target });
  }

  #toggle(chapterId: string): void {
    const folded = new Set(this.folded);
    if (!folded.delete(chapterId)) folded.add(chapterId);
    this.folded = folded;
  }

  #unfold(chapterId: string): void {
    if (this.folded.has(chapterId)) this.#toggle(chapterId);
  }

  #focusRow(id: string): void {
    if (this.#rows.some((row) => row.id === id)) this.activeId = id;
    this.#focusWanted = true;
    this.requestUpdate();
  }

  #rowAt(event: Event): OutlineRow | null {
    const node = event.composedPath().find((candidate) => candidate instanceof HTMLElement && candidate.role === 'treeitem');
    const id = (node as HTMLElement | undefined)?.dataset['id'];
    return this.#rows.find((row) => row.id === id) ?? null;
  }

  readonly #onCourse = (event: Event): void => {
    this.course = (event.target as HTMLSelectElement).value;
  };

  readonly #onFocusIn = (event: FocusEvent): void => {
    const row = this.#rowAt(event);
    if (row) this.activeId = row.id;
  };

  readonly #onClick = (event: MouseEvent): void => {
    const row = this.#rowAt(event);
    if (row && !isControl(event)) this.#focusRow(row.id);
  };

  readonly #onDoubleClick = (event: MouseEvent): void => {
    const row = this.#rowAt(event);
    if (!row || isControl(event)) return;
    const onName = event.composedPath().some((node) => node instanceof HTMLElement && 'name' in node.dataset);
    if (onName && !this.readonly) this.#edit.begin(row.id);
    else if (row.item) this.#openItem(row.item, row.chapter);
  };

  readonly #onContextMenu = (event: MouseEvent): void => {
    const row = this.#rowAt(event);
    if (!row || this.readonly || event.composedPath()[0] instanceof HTMLInputElement) return;
    event.preventDefault();
    const node = this.renderRoot.querySelector<HTMLElement>(`[role="treeitem"][data-id="${CSS.escape(row.id)}"]`);
    if (!node) return;
    const byKey = event.clientX === 0 && event.clientY === 0;
    void this.#menu.open(row, byKey ? node : { x: event.clientX, y: event.clientY }, node);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const row = this.#rowAt(event);
    if (!row || isControl(event)) return;
    if (!this.#command(event, row) && !this.#walk(event, row)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  #command(event: KeyboardEvent, row: OutlineRow): boolean {
    if (event.ctrlKey || event.metaKey) return false;
    const { key } = event;
    if (key === 'Enter') {
      if (row.item) this.#openItem(row.item, row.chapter);
      else this.#toggle(row.id);
      return true;
    }
    if (this.readonly) return false;
    if (event.altKey && (key === 'ArrowUp' || key === 'ArrowDown')) this.#step(row, key === 'ArrowUp' ? -1 : 1);
    else if (event.altKey) return false;
    else if (key === 'F2') this.#edit.begin(row.id);
    else if (key === 'Delete' || key === 'Backspace') this.#remove(row);
    else if (key === 'ContextMenu' || (key === 'F10' && event.shiftKey)) {
      const node = event.composedPath().find((candidate) => candidate instanceof HTMLElement && candidate.role === 'treeitem') as HTMLElement;
      void this.#menu.open(row, node, node);
    } else return false;
    return true;
  }

  #walk(event: KeyboardEvent, row: OutlineRow): boolean {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const rows = this.#rows;
    const index = rows.findIndex((candidate) => candidate.id === row.id);
    const [inward, outward] = this.localize.direction === 'rtl' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
    let to = index;
    if (event.key === 'ArrowDown') to = Math.min(rows.length - 1, index + 1);
    else if (event.key === 'ArrowUp') to = Math.max(0, index - 1);
    else if (event.key === 'Home') to = 0;
    else if (event.key === 'End') to = rows.length - 1;
    else if (event.key === inward) {
      if (row.item) return true;
      if (this.folded.has(row.id)) this.#toggle(row.id);
      else if (row.chapter.items.length > 0) to = index + 1;
    } else if (event.key === outward) {
      if (row.item) to = rows.findIndex((candidate) => candidate.id === row.chapter.id);
      else if (!this.folded.has(row.id)) this.#toggle(row.id);
    } else {
      const found = this.#typeAhead.find(event, index, rows.length, (at) => (rows[at] ? titleOf(rows[at]) : null));
      if (found === null) return false;
      to = found;
    }
    const next = rows[to];
    if (next) this.#focusRow(next.id);
    return true;
  }

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
    if (chapter) void this.#attachAssets(chapter, event.detail.assetIds);
  };
}

function titleOf(row: OutlineRow): string {
  return (row.item ?? row.chapter).title;
}

function targetQuery(session: LecternSession, { target }: ChapterItem): { readonly queryKey: readonly unknown[] } {
  return target.kind === 'asset' ? session.queries.asset(target.assetId) : session.queries.project(target.projectId);
}

function isControl(event: Event): boolean {
  const first = event.composedPath()[0];
  return first instanceof Element && first.closest('button, input, select') !== null;
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
