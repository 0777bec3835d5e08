import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Asset, DuplicateDecision, UploadDuplicate, UploadItem } from '@lectern/ports';
import {
  isUploadOver,
  sortUploads,
  summariseUploads,
  uploadsSentence,
  type LecternSession,
  type MessageKey,
  type SessionState,
  type UploadsSummary,
  type UploadStep,
} from '@lectern/core';
import { attempt } from '../collection/attempt.js';
import { ManyQueriesController } from '../collection/many-queries-controller.js';
import { ConversionDialogController } from '../conversion-dialog/conversion-dialog.js';
import { conversionDialogStyles } from '../conversion-dialog/conversion-dialog.styles.js';
import { Announcer } from '../foundation/announcer.js';
import { icon, type IconName } from '../foundation/icon.js';
import { LecternElement } from '../foundation/lectern-element.js';
import { requestSignIn, type SignInRequestDetail } from '../foundation/sign-in-request.js';
import { StoreController } from '../foundation/store-controller.js';
import { styleMap } from '../foundation/style-map.js';
import { RowFocusController } from './row-focus-controller.js';
import type {
  UploadCancelDetail,
  UploadCompleteDetail,
  UploadDuplicateDetail,
  UploadErrorDetail,
  UploadFileRequestDetail,
} from './upload-events.js';
import { UploadNews } from './upload-news.js';
import { pictureOf, uploadRow, type UploadRowContext } from './upload-row.js';
import { uploadTrayStyles } from './upload-tray.styles.js';

/** Rows shown at once; a batch of thousands doesn't become thousands of rows. */
const mostRows = 60;
/** Notices of what stands in the list, which needn't be told a second time. */
const toldHere: ReadonlySet<MessageKey> = new Set<MessageKey>([
  'notice.importFailed',
  'notice.importUndecodable',
  'notice.uploadPaused',
  'notice.uploadNeedsFile',
  'notice.uploadDuplicate',
]);

/**
 * Files on their way into the library: how far each is, how fast and how long still, what is wrong with it and what can
 * be done about it. Without any it shows nothing. The library and the studio's media panel have one inside.
 *
 * @tagname upload-tray
 * @summary Transfers in progress: pause, go on, try again, cancel, choose a file again, and what to do with duplicates.
 *
 * @event {CustomEvent<UploadCompleteDetail>} lectern-upload-complete - A file is in the library.
 * @event {CustomEvent<UploadErrorDetail>} lectern-upload-error - A file couldn't be added; the others go on.
 * @event {CustomEvent<UploadCancelDetail>} lectern-upload-cancel-request - Uploads are about to be cancelled. Cancelable.
 * @event {CustomEvent<UploadDuplicateDetail>} lectern-upload-duplicate-request - It was said what to do with a file that is there already; prevented, the host decides (`actions.decideDuplicate`). Cancelable.
 * @event {CustomEvent<UploadFileRequestDetail>} lectern-upload-file-request - A file is to be chosen again; prevented, the host provides it (`actions.provideUploadFile`). Cancelable.
 * @event {CustomEvent<SignInRequestDetail>} lectern-sign-in-request - Somebody wants to sign in to go on; a host that sees to it prevents the default. Cancelable.
 *
 * @slot empty - What is shown while nothing is on its way; nothing when left out.
 *
 * @csspart tray - All of it.
 * @csspart header - The line with the summary and the buttons for all.
 * @csspart summary - "3 files · 41% · 2 min left".
 * @csspart list - What scrolls.
 * @csspart row - One upload.
 * @csspart picture - Its picture, or the icon of its kind.
 * @csspart progress - Its bar.
 * @csspart conversion-dialog - The dialog that asks whether a file is to be converted.
 * @cssproperty --lectern-upload-tray-radius - Corners of the frame; 12px.
 * @cssproperty [--lectern-upload-tray-max-height=320px] - The height from which on the list scrolls.
 *
 * | key | does |
 * | --- | --- |
 * | up, down | go from upload to upload |
 * | left, right, Home, End | go along the buttons of an upload |
 * | Ctrl+Home, Ctrl+End | go to the first and last upload |
 * | Delete | cancels an upload, or takes it off the list when it is over |
 */
export class UploadTrayElement extends LecternElement {
  static override styles: CSSResultGroup = [LecternElement.styles, uploadTrayStyles, conversionDialogStyles];

  /** Only the line with the summary is shown. */
  @property({ type: Boolean, reflect: true }) folded = false;

  @state() private showsDone = false;

  @query('.upload-list') private readonly list!: HTMLElement | null;
  @query('.fold') private readonly foldButton!: HTMLElement | null;
  @query('input[type="file"]') private readonly input!: HTMLInputElement | null;

  readonly #announcer: Announcer = new Announcer(this);
  readonly #items: StoreController<SessionState, readonly UploadItem[]> = new StoreController<
    SessionState,
    readonly UploadItem[]
  >(this, null, (slices) => slices.uploads.items);
  readonly #focus: RowFocusController = new RowFocusController(this, {
    container: () => this.list,
    fallback: () => this.foldButton,
    rtl: () => this.localize.direction === 'rtl',
  });
  readonly #assets: ManyQueriesController<Asset> = new ManyQueriesController<Asset>(this, () => {
    const { session } = this;
    if (!session) return null;
    return { client: session.queryClient, queries: this.#pictured().map((id) => session.queries.asset(id)) };
  });
  readonly #news: UploadNews = new UploadNews({
    messages: () => this.localize.messages,
    now: () => this.#now(),
    say: (text) => {
      this.#announcer.say(text);
    },
    completed: ({ id: uploadId, assetId, fileName }) => {
      this.emit<UploadCompleteDetail>('lectern-upload-complete', { uploadId, assetId, fileName });
    },
    failed: ({ id: uploadId, fileName, error }) => {
      this.emit<UploadErrorDetail>('lectern-upload-error', { uploadId, fileName, code: error?.code ?? 'unknown' });
    },
  });
  readonly #conversion: ConversionDialogController = new ConversionDialogController(this, {
    session: () => this.session,
    say: (text) => {
      this.#announcer.say(text);
    },
  });
  /** Which of several assets a file may be was chosen, by upload. */
  readonly #meant: Map<string, number> = new Map();
  #choosingFor: string | null = null;
  #stops: readonly (() => void)[] = [];
  #clock: ReturnType<typeof setInterval> | null = null;

  /** The uploads that are shown. */
  get items(): readonly UploadItem[] {
    return this.#items.value ?? [];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#setClock(false);
  }

  protected override sessionChanged(session: LecternSession | null): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#items.setStore(session?.store ?? null);
    this.#news.reset();
    if (!session) return;
    this.#news.take(session.store.getState().uploads.items);
    this.#stops = [
      session.store.subscribe(({ uploads }, before) => {
        if (uploads !== before.uploads) this.#news.take(uploads.items);
      }),
      session.store.subscribe(({ notices }, before) => {
        if (notices !== before.notices) this.#dropNotices();
      }),
    ];
  }

  protected override updated(): void {
    this.#dropNotices();
    this.#setClock(this.isConnected && this.items.some((item) => item.retryAt !== null && !isUploadOver(item)));
  }

  protected override render(): TemplateResult {
    const { items } = this;
    const { messages } = this.localize;
    if (items.length === 0)
      return html`<slot name="empty"></slot>${this.#conversion.render(messages)} ${this.#announcer.render()}`;
    const summary = summariseUploads(items);
    return html`<section class="tray" part="tray" aria-label=${messages.t('uploads.title')}>
        ${this.#renderHeader(summary)}
        ${
          summary.busy > 0
            ? html`<div class="progress overall" aria-hidden="true">
                <span style=${styleMap({ '--value': String(summary.fraction) })}></span>
              </div>`
            : nothing
        }
        ${this.folded ? nothing : this.#renderList(summary)}
        <input type="file" class="visually-hidden" tabindex="-1" aria-hidden="true" @change=${this.#onFile} />
      </section>
      ${this.#conversion.render(messages)} ${this.#announcer.render()}`;
  }

  #renderHeader(summary: UploadsSummary): TemplateResult {
    const { messages } = this.localize;
    const { attention, busy, failed } = summary;
    const tone = failed > 0 ? 'danger' : attention > 0 ? 'warning' : busy > 0 ? nothing : 'success';
    const symbol: IconName = failed > 0 ? 'error' : attention > 0 ? 'warning' : summary.paused > 0 ? 'pause' : 'done';
    return html`<header part="header">
      ${busy > 0 ? html`<span class="spinner"></span>` : html`<span class="tone" data-tone=${tone}>${icon(symbol)}</span>`}
      <p class="summary" part="summary">${uploadsSentence(summary, messages)}</p>
      <div class="all" role="group" aria-label=${messages.t('uploads.title')}>${this.#renderForAll(summary)}</div>
      <button
        class="icon-button fold"
        aria-expanded=${String(!this.folded)}
        aria-label=${messages.t(this.folded ? 'uploads.unfold' : 'uploads.fold')}
        title=${messages.t(this.folded ? 'uploads.unfold' : 'uploads.fold')}
        @click=${this.#onFold}
      >
        ${icon(this.folded ? 'chevron-up' : 'chevron-down')}
      </button>
    </header>`;
  }

  #renderForAll({ busy, cancelled, done, failed, paused, attention }: UploadsSummary): unknown {
    const { session } = this;
    const all = [
      busy > 1 ? this.#forAll('pause', 'uploads.pauseAll', 'pause', () => session?.actions.pauseAllUploads()) : null,
      paused > 1 || (paused > 0 && busy === 0)
        ? this.#forAll('resume', 'uploads.resumeAll', 'play', () => session?.actions.resumeAllUploads())
        : null,
      failed > 1
        ? this.#forAll('retry', 'uploads.retryAll', 'refresh', () => session?.actions.retryAllUploads())
        : null,
      busy + paused + attention > 1
        ? this.#forAll('cancel', 'uploads.cancelAll', 'close', () => this.#cancelAll())
        : null,
      done + failed + cancelled > 0
        ? this.#forAll('clear', 'uploads.clearAll', 'check', () => session?.actions.clearUploads())
        : null,
    ];
    return repeat(
      all.filter((one) => one !== null),
      ({ id }) => id,
      ({ view }) => view,
    );
  }

  #forAll(
    id: string,
    key: 'uploads.pauseAll' | 'uploads.resumeAll' | 'uploads.retryAll' | 'uploads.cancelAll' | 'uploads.clearAll',
    symbol: IconName,
    run: () => unknown,
  ): { readonly id: string; readonly view: TemplateResult } {
    const text = this.localize.messages.t(key);
    return {
      id,
      view: html`<button
        class="button"
        data-size="small"
        data-variant="plain"
        data-all=${id}
        title=${text}
        @click=${() => {
          run();
          // It may be gone with what it did.
          void this.updateComplete.then(() => {
            if ((this.renderRoot as ShadowRoot).activeElement === null) this.foldButton?.focus();
          });
        }}
      >
        ${icon(symbol)}<span>${text}</span>
      </button>`,
    };
  }

  #renderList(summary: UploadsSummary): TemplateResult {
    const { messages } = this.localize;
    const context = this.#rowContext();
    const { open, over } = this.#sorted();
    const shown = open.slice(0, mostRows);
    return html`${summary.duplicates > 1 ? this.#renderDuplicates(summary.duplicates) : nothing}
      <div
        class="upload-list"
        part="list"
        role="grid"
        aria-label=${messages.t('uploads.title')}
        @keydown=${this.#onKey}
        @focusin=${(event: FocusEvent) => {
          this.#focus.noteFocus(event);
        }}
      >
        ${repeat(
          shown,
          (item) => item.id,
          (item) => uploadRow(item, context),
        )}
        ${open.length > shown.length ? html`<p role="row" class="rest hint"><span role="gridcell">${messages.t('uploads.others', { count: open.length - shown.length })}</span></p>` : nothing}
        ${
          over.length === 0
            ? nothing
            : html`<div role="row" class="over" data-id="over">
                <span role="gridcell">
                  <button
                    class="button"
                    data-size="small"
                    data-variant="plain"
                    aria-expanded=${String(this.showsDone)}
                    @click=${() => {
                      this.showsDone = !this.showsDone;
                    }}
                  >
                    ${icon(this.showsDone ? 'chevron-down' : 'chevron-right')}<span
                      >${this.#overText(summariseUploads(over))}</span
                    >
                  </button>
                </span>
              </div>`
        }
        ${
          this.showsDone
            ? repeat(
                over.slice(0, mostRows),
                (item) => item.id,
                (item) => uploadRow(item, context),
              )
            : nothing
        }
      </div>`;
  }

  #overText({ done, cancelled }: UploadsSummary): string {
    return [
      done > 0 ? this.t('uploads.finished', { count: done }) : '',
      cancelled > 0 ? this.t('uploads.cancelledCount', { count: cancelled }) : '',
    ]
      .filter((text) => text !== '')
      .join(' · ');
  }

  /** Ten answers to one question are nobody's wish. */
  #renderDuplicates(count: number): TemplateResult {
    const { messages } = this.localize;
    return html`<div class="duplicates">
      <p>${messages.t('uploads.duplicates', { count })}</p>
      <button
        class="button"
        data-size="small"
        @click=${() => {
          this.#decideAll('existing');
        }}
      >
        ${messages.t('uploads.useAllExisting')}
      </button>
      <button
        class="button"
        data-size="small"
        @click=${() => {
          this.#decideAll('upload-anyway');
        }}
      >
        ${messages.t('uploads.uploadAllAnyway')}
      </button>
    </div>`;
  }

  /** What is over and needs no look folds away; what failed or can't be played stays until somebody has seen it. */
  #sorted(): { readonly open: readonly UploadItem[]; readonly over: readonly UploadItem[] } {
    const folds = (item: UploadItem): boolean =>
      item.status === 'cancelled' || (item.status === 'done' && !item.storedUndecodable);
    const sorted = sortUploads(this.items);
    return { open: sorted.filter((item) => !folds(item)), over: sorted.filter(folds) };
  }

  /** Assets whose pictures are shown. */
  #pictured(): readonly string[] {
    if (this.folded || this.items.length === 0) return [];
    const { open, over } = this.#sorted();
    return [...open, ...(this.showsDone ? over : [])]
      .slice(0, mostRows)
      .map((item) => pictureOf(item, this.#meantBy(item)))
      .filter((id) => id !== null);
  }

  #rowContext(): UploadRowContext {
    const { session } = this;
    return {
      session,
      messages: this.localize.messages,
      now: this.#now(),
      asset: (assetId) =>
        session ? (this.#assets.resultOf(session.queries.asset(assetId).queryKey)?.data ?? null) : null,
      meant: (item) => this.#meantBy(item),
      choose: (item, index) => {
        this.#meant.set(item.id, index);
        this.requestUpdate();
      },
      step: (item, step) => {
        this.#step(item, step);
      },
      decide: (item, decision) => {
        this.#decide(item, decision);
      },
      signIn: () => {
        requestSignIn((type, detail) => this.emit<SignInRequestDetail>(type, detail, { cancelable: true }), session);
      },
      convert: session?.render.converter
        ? ({ assetId }) => {
            this.#conversion.open(assetId);
          }
        : null,
      conversion: this.#conversion.job,
    };
  }

  #meantBy(item: UploadItem): UploadDuplicate | null {
    const { duplicates } = item;
    return (
      duplicates[this.#meant.get(item.id) ?? -1] ?? duplicates.find(({ certain }) => certain) ?? duplicates[0] ?? null
    );
  }

  #step(item: UploadItem, step: Exclude<UploadStep, 'decide'>): void {
    const actions = this.session?.actions;
    switch (step) {
      case 'pause':
        void actions?.pauseUpload(item.id);
        return;
      case 'resume':
        void actions?.resumeUpload(item.id);
        return;
      case 'retry':
        void actions?.retryUpload(item.id);
        return;
      case 'clear':
        void actions?.clearUploads(item.id);
        return;
      case 'cancel':
        if (this.#mayCancel([item.id])) void actions?.cancelUpload(item.id);
        return;
      case 'choose-file':
        this.#chooseFile(item);
    }
  }

  #cancelAll(): void {
    const uploadIds = this.items.filter((item) => !isUploadOver(item)).map(({ id }) => id);
    if (this.#mayCancel(uploadIds)) void this.session?.actions.cancelAllUploads();
  }

  #mayCancel(uploadIds: readonly string[]): boolean {
    return this.emit<UploadCancelDetail>('lectern-upload-cancel-request', { uploadIds }, { cancelable: true });
  }

  #decide(item: UploadItem, decision: DuplicateDecision): void {
    const detail: UploadDuplicateDetail = {
      uploadId: item.id,
      fileName: item.fileName,
      use: decision.use,
      assetId: decision.use === 'upload-anyway' ? null : decision.assetId,
    };
    if (!this.emit<UploadDuplicateDetail>('lectern-upload-duplicate-request', detail, { cancelable: true })) return;
    this.#meant.delete(item.id);
    void this.session?.actions.decideDuplicate(item.id, decision);
  }

  #decideAll(use: 'existing' | 'upload-anyway'): void {
    for (const item of this.items) {
      const meant = this.#meantBy(item);
      if (item.status !== 'duplicate') continue;
      this.#decide(item, use === 'existing' && meant ? { use, assetId: meant.assetId } : { use: 'upload-anyway' });
    }
    void this.updateComplete.then(() => this.foldButton?.focus());
  }

  #chooseFile({ id: uploadId, fileName, sizeBytes }: UploadItem): void {
    const detail: UploadFileRequestDetail = { uploadId, fileName, sizeBytes };
    if (!this.emit<UploadFileRequestDetail>('lectern-upload-file-request', detail, { cancelable: true })) return;
    this.#choosingFor = uploadId;
    this.input?.click();
  }

  /** Where this list is hidden, in a tab that isn't in front, the notice is all that there is. */
  #dropNotices(): void {
    const { session } = this;
    if (!session || !this.isConnected) return;
    const doubled = session.store.getState().notices.items.filter(({ message }) => toldHere.has(message.key));
    if (doubled.length === 0 || !this.checkVisibility()) return;
    for (const { id } of doubled) session.actions.dismissNotice(id);
  }

  #now(): Date {
    return this.session?.now() ?? new Date();
  }

  /** Seconds that are counted down are counted only while there are any. */
  #setClock(runs: boolean): void {
    if (runs === (this.#clock !== null)) return;
    if (this.#clock !== null) clearInterval(this.#clock);
    this.#clock = runs
      ? setInterval(() => {
          this.requestUpdate();
        }, 1000)
      : null;
  }

  readonly #onFold = (): void => {
    this.folded = !this.folded;
  };

  readonly #onFile = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    const [file] = field.files ?? [];
    const uploadId = this.#choosingFor;
    // The same file can be chosen again.
    field.value = '';
    this.#choosingFor = null;
    const { session } = this;
    if (session && file && uploadId !== null) void attempt(session, session.actions.provideUploadFile(uploadId, file));
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (this.#focus.handleKey(event)) return;
    if (event.key !== 'Delete') return;
    const row = (event.target as HTMLElement).closest<HTMLElement>('.upload');
    const item = this.items.find(({ id }) => id === row?.dataset['id']);
    if (!item) return;
    event.preventDefault();
    event.stopPropagation();
    this.#step(item, isUploadOver(item) ? 'clear' : 'cancel');
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'upload-tray': UploadTrayElement;
  }
}
