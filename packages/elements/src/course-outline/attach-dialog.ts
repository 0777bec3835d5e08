import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref, type Ref } from 'lit/directives/ref.js';
import { toLecternError, type ChapterItem, type Course, type CourseOutline, type LecternError } from '@lectern/ports';
import type { LecternSession, Messages } from '@lectern/core';
import { icon } from '../foundation/icon.js';
import { QueryController } from '../foundation/query-controller.js';

export interface AttachDialogOptions {
  readonly session: () => LecternSession | null;
  /** Called when it is in the chapter. */
  readonly attached?: (place: { readonly chapterId: string; readonly courseId: string }) => void;
}

const fresh = '';
/** Where things were added last, so that the next one starts there. */
const lastPlaces: WeakMap<LecternSession, { readonly courseId: string; readonly chapterId: string }> = new WeakMap();

/**
 * *Add to course*: choose a course and a chapter, or make new ones, and what it is called there. Nothing gets into a
 * course without it.
 */
export class AttachDialogController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: AttachDialogOptions;
  readonly #dialog: Ref<HTMLDialogElement> = createRef();
  readonly #courses: QueryController<readonly Course[]>;
  readonly #outline: QueryController<CourseOutline>;
  #asked: { readonly target: ChapterItem['target']; readonly title: string } | null = null;
  #resolve: ((chapterId: string | null) => void) | null = null;
  /** Null: not chosen by hand yet. Empty: a new one. */
  #courseId: string | null = null;
  #chapterId: string | null = null;
  #busy = false;
  #error: LecternError | null = null;

  constructor(host: ReactiveControllerHost, options: AttachDialogOptions) {
    this.#host = host;
    this.#options = options;
    this.#courses = new QueryController<readonly Course[]>(host, () => {
      const session = options.session();
      return session && this.#asked
        ? { client: session.queryClient, options: session.queries.courses() as never }
        : null;
    });
    this.#outline = new QueryController<CourseOutline>(host, () => {
      const session = options.session();
      const courseId = this.#chosenCourse();
      return session && this.#asked && courseId !== fresh
        ? { client: session.queryClient, options: session.queries.outline(courseId) as never }
        : null;
    });
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#asked !== null;
  }

  /** Resolves with the chapter that it is in now, or null when nothing was added. */
  open(
    asked: { readonly target: ChapterItem['target']; readonly title: string },
    courseId?: string | null,
  ): Promise<string | null> {
    this.#finish(null);
    const session = this.#options.session();
    const last = session ? lastPlaces.get(session) : undefined;
    this.#asked = asked;
    this.#courseId = courseId ?? last?.courseId ?? null;
    this.#chapterId = this.#courseId === last?.courseId ? last.chapterId : null;
    this.#error = null;
    this.#host.requestUpdate();
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  hostDisconnected(): void {
    this.#finish(null);
  }

  hostUpdated(): void {
    const dialog = this.#dialog.value;
    if (this.#asked && dialog?.open === false) dialog.showModal();
  }

  render(messages: Messages): TemplateResult | typeof nothing {
    const asked = this.#asked;
    if (!asked) return nothing;
    const courses = this.#courses.result?.data ?? [];
    const courseId = this.#chosenCourse();
    const loading = this.#courses.result?.isLoading ?? false;
    const failure = this.#error ?? (this.#courses.result?.error ? toLecternError(this.#courses.result.error) : null);
    return html`<dialog
      class="attach"
      part="attach-dialog"
      aria-labelledby="attach-title"
      ${ref(this.#dialog)}
      @cancel=${this.#onCancel}
      @click=${this.#onBackdrop}
    >
      <header>
        <h2 id="attach-title">${messages.t('courses.attachTitle')}</h2>
        <button class="icon-button" type="button" aria-label=${messages.t('common.close')} @click=${this.#onCancel}>
          ${icon('close')}
        </button>
      </header>
      <form class="body" id="attach-form" @submit=${this.#onSubmit}>
        <label class="field">
          <span class="label">${messages.t('courses.course')}</span>
          <select
            class="select"
            name="course"
            autofocus
            ?disabled=${loading}
            .value=${courseId}
            @change=${this.#onCourse}
          >
            ${courses.map((course) => html`<option value=${course.id} ?selected=${course.id === courseId}>${course.title}</option>`)}
            <option value=${fresh} ?selected=${courseId === fresh}>${messages.t('courses.newCourseOption')}</option>
          </select>
        </label>
        ${
          courseId === fresh && !loading
            ? html`<label class="field">
                <span class="label">${messages.t('courses.courseTitle')}</span>
                <input
                  class="input"
                  name="course-title"
                  required
                  maxlength="200"
                  placeholder=${messages.t('courses.newCourseTitle')}
                />
              </label>`
            : nothing
        }
        ${this.#renderChapters(courseId, messages)}
        <label class="field">
          <span class="label">${messages.t('courses.itemTitle')}</span>
          <input class="input" name="item-title" required maxlength="200" .defaultValue=${asked.title} />
        </label>
        ${
          failure
            ? html`<p class="banner" data-tone="danger" role="alert">
                ${icon('error')}<span
                  ><strong>${messages.error(failure).title}</strong> ${messages.error(failure).advice}</span
                >
              </p>`
            : nothing
        }
      </form>
      <footer>
        <button class="button" type="button" @click=${this.#onCancel}>${messages.t('common.cancel')}</button>
        <button
          class="button"
          data-variant="primary"
          type="submit"
          form="attach-form"
          ?disabled=${this.#busy || loading}
        >
          ${this.#busy ? html`<span class="spinner"></span>` : icon('add')}${messages.t('courses.addTo')}
        </button>
      </footer>
    </dialog>`;
  }

  #renderChapters(courseId: string, messages: Messages): TemplateResult {
    const chapters = courseId === fresh ? [] : (this.#outline.result?.data?.chapters ?? []);
    const loading = courseId !== fresh && (this.#outline.result?.isLoading ?? false);
    const chapterId = this.#chosenChapter();
    return html`${
      chapters.length > 0 || loading
        ? html`<label class="field">
            <span class="label">${messages.t('courses.chapter')}</span>
            <select class="select" name="chapter" ?disabled=${loading} @change=${this.#onChapter}>
              ${chapters.map((chapter) => html`<option value=${chapter.id} ?selected=${chapter.id === chapterId}>${chapter.title}</option>`)}
              <option value=${fresh} ?selected=${chapterId === fresh}>${messages.t('courses.newChapterOption')}</option>
            </select>
          </label>`
        : nothing
    }
    ${
      chapterId === fresh && !loading
        ? html`<label class="field">
            <span class="label">${messages.t('courses.chapterTitle')}</span>
            <input
              class="input"
              name="chapter-title"
              required
              maxlength="200"
              placeholder=${messages.t('courses.newChapterTitle')}
            />
          </label>`
        : nothing
    }`;
  }

  /** Empty for a new one. */
  #chosenCourse(): string {
    const courses = this.#courses.result?.data ?? [];
    if (this.#courseId === fresh) return fresh;
    if (this.#courseId !== null && courses.some((course) => course.id === this.#courseId)) return this.#courseId;
    return courses[0]?.id ?? fresh;
  }

  #chosenChapter(): string {
    const courseId = this.#chosenCourse();
    const outline = this.#outline.result?.data;
    const chapters = courseId !== fresh && outline?.course.id === courseId ? outline.chapters : [];
    if (this.#chapterId === fresh) return fresh;
    if (this.#chapterId !== null && chapters.some((chapter) => chapter.id === this.#chapterId)) return this.#chapterId;
    // What is added last belongs at the end, usually.
    return chapters.at(-1)?.id ?? fresh;
  }

  readonly #onCourse = (event: Event): void => {
    this.#courseId = (event.target as HTMLSelectElement).value;
    this.#chapterId = null;
    this.#host.requestUpdate();
  };

  readonly #onChapter = (event: Event): void => {
    this.#chapterId = (event.target as HTMLSelectElement).value;
    this.#host.requestUpdate();
  };

  readonly #onCancel = (event: Event): void => {
    event.preventDefault();
    if (!this.#busy) this.#finish(null);
  };

  readonly #onBackdrop = (event: MouseEvent): void => {
    if (event.target === this.#dialog.value && !this.#busy) this.#finish(null);
  };

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => {
      const value = data.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    void this.#attach(text('course-title'), text('chapter-title'), text('item-title'));
  };

  async #attach(courseTitle: string, chapterTitle: string, title: string): Promise<void> {
    const session = this.#options.session();
    const asked = this.#asked;
    if (!session || !asked || this.#busy || title === '') return;
    this.#busy = true;
    this.#error = null;
    this.#host.requestUpdate();
    try {
      let courseId = this.#chosenCourse();
      let chapterId = this.#chosenChapter();
      if (courseId === fresh) {
        courseId = (await session.actions.createCourse(courseTitle)).id;
        // Kept, so that a second try after a failure doesn't make it twice.
        this.#courseId = courseId;
      }
      if (chapterId === fresh) {
        chapterId = (await session.actions.createChapter(courseId, chapterTitle)).id;
        this.#chapterId = chapterId;
      }
      lastPlaces.set(session, { courseId, chapterId });
      await session.actions.addToChapter({ chapterId, target: asked.target, title });
      this.#options.attached?.({ chapterId, courseId });
      this.#finish(chapterId);
    } catch (error) {
      this.#error = toLecternError(error);
    } finally {
      this.#busy = false;
      this.#host.requestUpdate();
    }
  }

  #finish(chapterId: string | null): void {
    if (!this.#asked) return;
    this.#asked = null;
    this.#dialog.value?.close();
    this.#resolve?.(chapterId);
    this.#resolve = null;
    this.#host.requestUpdate();
  }
}
