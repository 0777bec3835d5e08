import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from '../foundation/style-map.js';
import { deserialiseError, type UploadItem, type UploadStatus } from '@lectern/ports';
import type { LecternSession, MessageKey, Messages, PlainMessageKey, SessionState } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';
import { StoreController } from '../foundation/store-controller.js';

/** Rows shown at once; a batch of thousands doesn't become thousands of rows. */
const mostRows = 60;

const words: Readonly<Partial<Record<UploadStatus, PlainMessageKey>>> = {
  queued: 'uploads.queued',
  checking: 'uploads.checking',
  completing: 'uploads.completing',
  done: 'uploads.done',
  failed: 'uploads.failed',
  'needs-file': 'uploads.needsFile',
  cancelled: 'uploads.cancelled',
};
/** What needs somebody comes first, what is over last. */
const ranks: Readonly<Record<UploadStatus, number>> = {
  failed: 0,
  'needs-file': 0,
  duplicate: 0,
  sending: 1,
  completing: 1,
  verifying: 1,
  checking: 1,
  snapshotting: 1,
  reserving: 1,
  paused: 2,
  queued: 2,
  cancelled: 3,
  done: 4,
};

const toldHere: ReadonlySet<MessageKey> = new Set<MessageKey>(['notice.importFailed', 'notice.importUndecodable']);

function isOver(item: UploadItem): boolean {
  return item.status === 'done' || item.status === 'failed' || item.status === 'cancelled';
}

function fractionOf(item: UploadItem): number {
  if (item.status === 'done' || item.status === 'completing') return 1;
  return item.sizeBytes > 0 ? Math.min(1, item.sentBytes / item.sizeBytes) : 0;
}

/** Files on their way into the library: how far each is, what is wrong with it and what can be done about it. */
export class UploadListController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #items: StoreController<SessionState, readonly UploadItem[]>;
  #session: LecternSession | null = null;
  #stop: (() => void) | null = null;
  #folded = false;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    this.#items = new StoreController<SessionState, readonly UploadItem[]>(host, null, (state) => state.uploads.items);
    host.addController(this);
  }

  get items(): readonly UploadItem[] {
    return this.#items.value ?? [];
  }

  setSession(session: LecternSession | null): void {
    this.#stop?.();
    this.#stop = null;
    this.#session = session;
    this.#items.setStore(session?.store ?? null);
    if (!session) return;
    // What stands in the list needn't be told a second time.
    this.#stop = session.store.subscribe(({ notices }) => {
      for (const { id, message } of notices.items) if (toldHere.has(message.key)) session.actions.dismissNotice(id);
    });
  }

  hostDisconnected(): void {
    this.#stop?.();
    this.#stop = null;
  }

  hostUpdate(): void {
    // A new batch opens itself; what was folded away was the old one.
    if (this.items.length === 0) this.#folded = false;
  }

  render(messages: Messages): TemplateResult | typeof nothing {
    const { items } = this;
    if (items.length === 0) return nothing;
    const busy = items.filter((item) => !isOver(item) && item.status !== 'needs-file');
    const failed = items.filter((item) => item.status === 'failed' || item.status === 'needs-file');
    const bytes = items.reduce((sum, item) => sum + item.sizeBytes, 0);
    const sent = items.reduce((sum, item) => sum + item.sizeBytes * fractionOf(item), 0);
    const rows = [...items].sort((a, b) => ranks[a.status] - ranks[b.status]).slice(0, mostRows);
    return html`<section class="uploads" part="uploads" aria-label=${messages.t('uploads.title')}>
      <header>
        ${busy.length > 0 ? html`<span class="spinner"></span>` : icon(failed.length > 0 ? 'error' : 'done')}
        <p class="summary" role="status" data-tone=${busy.length === 0 && failed.length > 0 ? 'danger' : nothing}>
          ${summary(items, busy.length, failed.length, messages)}
        </p>
        ${
          busy.length > 0
            ? html`<span class="hint percent">${messages.format.percent(bytes > 0 ? sent / bytes : 0)}</span>`
            : nothing
        }
        ${
          items.some(isOver)
            ? html`<button
                class="button"
                data-size="small"
                data-variant="plain"
                @click=${() => this.#session?.actions.clearUploads()}
              >
                ${messages.t('uploads.clearAll')}
              </button>`
            : nothing
        }
        <button
          class="icon-button"
          data-size="small"
          aria-expanded=${String(!this.#folded)}
          aria-label=${messages.t(this.#folded ? 'common.more' : 'common.less')}
          @click=${this.#toggle}
        >
          ${icon(this.#folded ? 'chevron-up' : 'chevron-down')}
        </button>
      </header>
      ${busy.length > 0 ? html`<div class="progress overall"><span style=${styleMap({ '--value': String(bytes > 0 ? sent / bytes : 0) })}></span></div>` : nothing}
      ${
        this.#folded
          ? nothing
          : html`<ul tabindex="0" aria-label=${messages.t('uploads.title')}>
              ${repeat(
                rows,
                (item) => item.id,
                (item) => this.#renderItem(item, messages),
              )}
              ${
                items.length > rows.length
                  ? html`<li class="rest hint">
                      ${messages.t('uploads.others', { count: items.length - rows.length })}
                    </li>`
                  : nothing
              }
            </ul>`
      }
    </section>`;
  }

  #renderItem(item: UploadItem, messages: Messages): TemplateResult {
    const { format } = messages;
    const error = item.error ? messages.error(deserialiseError(item.error)) : null;
    const wrong = item.status === 'failed' || item.status === 'needs-file';
    const tone = wrong ? 'danger' : item.storedUndecodable ? 'warning' : item.status === 'done' ? 'success' : null;
    const fraction = fractionOf(item);
    return html`<li class="upload" data-status=${item.status} data-id=${item.id}>
      <span class="state-icon" data-tone=${tone ?? nothing}>${icon(iconOf(item))}</span>
      <div class="upload-text">
        <div class="upload-line">
          <span class="truncate upload-name" dir="auto" title=${item.fileName}>${item.fileName}</span>
          <span class="hint upload-status">${statusText(item, fraction, messages)}</span>
        </div>
        ${
          isOver(item) || wrong
            ? nothing
            : html`<div
                class="progress"
                role="progressbar"
                aria-label=${messages.t('uploads.progressOf', { name: item.fileName })}
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=${item.status === 'queued' || item.status === 'checking' ? nothing : String(Math.round(fraction * 100))}
                aria-valuetext=${statusText(item, fraction, messages)}
              >
                <span style=${styleMap({ '--value': String(fraction) })}></span>
              </div>`
        }
        ${error && wrong ? html`<p class="error-text"><strong>${error.title}.</strong> ${error.advice}</p>` : nothing}
        ${error && item.storedUndecodable ? html`<p class="hint">${error.advice}</p>` : nothing}
        ${item.status === 'done' ? html`<span class="visually-hidden">${format.bytes(item.sizeBytes)}</span>` : nothing}
      </div>
      ${this.#renderActions(item, messages)}
    </li>`;
  }

  #renderActions(item: UploadItem, messages: Messages): TemplateResult {
    const actions = this.#session?.actions;
    const name = item.fileName;
    const button = (label: string, name_: IconName, run: () => void): TemplateResult =>
      html`<button class="icon-button" data-size="small" aria-label=${label} title=${label} @click=${run}>
        ${icon(name_)}
      </button>`;
    const again = item.status === 'failed' || item.status === 'cancelled';
    return html`<span class="upload-actions">
      ${again ? button(messages.t('uploads.retry', { name }), 'refresh', () => void actions?.retryUpload(item.id)) : nothing}
      ${
        isOver(item)
          ? button(messages.t('uploads.clear', { name }), 'close', () => void actions?.clearUploads(item.id))
          : button(messages.t('uploads.cancel', { name }), 'close', () => void actions?.cancelUpload(item.id))
      }
    </span>`;
  }

  readonly #toggle = (): void => {
    this.#folded = !this.#folded;
    this.#host.requestUpdate();
  };
}

function iconOf(item: UploadItem): IconName {
  if (item.status === 'failed' || item.status === 'needs-file') return 'error';
  if (item.status === 'done') return item.storedUndecodable ? 'warning' : 'done';
  return item.status === 'cancelled' ? 'close' : 'file';
}

function statusText(item: UploadItem, fraction: number, messages: Messages): string {
  if (item.status === 'sending') {
    return messages.t('uploads.sentOf', {
      sent: messages.format.bytes(item.sizeBytes * fraction),
      total: messages.format.bytes(item.sizeBytes),
    });
  }
  if (item.storedUndecodable && item.status === 'done') return messages.t('uploads.storedUndecodable');
  const key = words[item.status];
  return key ? messages.t(key) : '';
}

function summary(items: readonly UploadItem[], busy: number, failed: number, messages: Messages): string {
  if (busy > 0) return messages.t('uploads.active', { count: busy });
  if (failed > 0) return messages.t('uploads.failedCount', { count: failed });
  const done = items.filter((item) => item.status === 'done').length;
  return done > 0 ? messages.t('uploads.finished', { count: done }) : messages.t('uploads.cancelled');
}
