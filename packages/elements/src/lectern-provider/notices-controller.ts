import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { deserialiseError } from '@lectern/ports';
import type { LecternSession, Messages, Notice, SessionState } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';
import { StoreController } from '../foundation/store-controller.js';

/** How close a place is to being the right one for a session's notices; a provider before an element of its own. */
export type NoticePlace = 'provider' | 'element';

interface Claim {
  readonly place: NoticePlace;
  readonly update: () => void;
}

/** Who would show the notices of a session. Only the first of the best ones does, so each notice is said once. */
const claims: WeakMap<LecternSession, Claim[]> = new WeakMap();

const icons: Readonly<Record<Notice['tone'], IconName>> = {
  info: 'info',
  success: 'done',
  warning: 'warning',
  error: 'error',
};

/**
 * Shows what a session has to tell: one line, its advice, and *Undo* where it can be taken back. A notice goes by
 * itself after its time, which stands still while a person points at it or is in it.
 */
export class NoticesController implements ReactiveController {
  readonly #claim: Claim;
  readonly #notices: StoreController<SessionState, readonly Notice[]>;
  readonly #timers: Map<string, { timer: ReturnType<typeof setTimeout> | null; leftMs: number; since: number }> =
    new Map();
  #session: LecternSession | null = null;
  #held = false;

  constructor(host: ReactiveControllerHost, place: NoticePlace) {
    this.#claim = { place, update: () => host.requestUpdate() };
    this.#notices = new StoreController<SessionState, readonly Notice[]>(host, null, (state) => state.notices.items);
    host.addController(this);
  }

  setSession(session: LecternSession | null): void {
    if (session === this.#session) return;
    this.#leave();
    this.#session = session;
    this.#notices.setStore(session?.store ?? null);
    if (!session) return;
    const list = claims.get(session) ?? [];
    list.push(this.#claim);
    claims.set(session, list);
    for (const claim of list) claim.update();
  }

  hostDisconnected(): void {
    this.setSession(null);
  }

  hostUpdated(): void {
    const shown = this.#shown();
    for (const [id, entry] of this.#timers) {
      if (shown.some((notice) => notice.id === id)) continue;
      if (entry.timer !== null) clearTimeout(entry.timer);
      this.#timers.delete(id);
    }
    for (const notice of shown) {
      if (notice.durationMs === null || this.#timers.has(notice.id)) continue;
      this.#timers.set(notice.id, { timer: null, leftMs: notice.durationMs, since: 0 });
      if (!this.#held) this.#start(notice.id);
    }
  }

  /** Put it once into the host's template, last. */
  render(messages: Messages): TemplateResult {
    return html`<div
      class="toasts"
      part="toasts"
      role="status"
      aria-live="polite"
      aria-relevant="additions"
      @pointerenter=${this.#hold}
      @pointerleave=${this.#release}
      @focusin=${this.#hold}
      @focusout=${this.#release}
      @keydown=${this.#onKey}
    >
      ${repeat(
        this.#shown(),
        (notice) => notice.id,
        (notice) => this.#renderNotice(notice, messages),
      )}
    </div>`;
  }

  #renderNotice(notice: Notice, messages: Messages): TemplateResult {
    const text = messages.text(notice.message);
    const error = notice.error ? messages.error(deserialiseError(notice.error)) : null;
    return html`<div class="toast" part="toast" data-tone=${notice.tone} data-id=${notice.id}>
      ${icon(icons[notice.tone])}
      <div class="words">
        <p>${text}</p>
        ${error ? html`<p class="advice">${error.title === text ? error.advice : `${error.title}. ${error.advice}`}</p>` : nothing}
      </div>
      ${
        notice.undo
          ? html`<button
              class="undo"
              @click=${() => {
                this.#undo(notice);
              }}
            >
              ${messages.t('common.undo')}
            </button>`
          : nothing
      }
      <button
        class="icon-button"
        data-size="small"
        aria-label=${messages.t('common.dismiss')}
        @click=${() => {
          this.#dismiss(notice.id);
        }}
      >
        ${icon('close')}
      </button>
    </div>`;
  }

  #shown(): readonly Notice[] {
    const session = this.#session;
    if (!session) return [];
    const list = claims.get(session) ?? [];
    const best = list.find((claim) => claim.place === 'provider') ?? list[0];
    return best === this.#claim ? (this.#notices.value ?? []) : [];
  }

  #leave(): void {
    for (const entry of this.#timers.values()) if (entry.timer !== null) clearTimeout(entry.timer);
    this.#timers.clear();
    this.#held = false;
    const list = this.#session ? claims.get(this.#session) : undefined;
    if (!list) return;
    const index = list.indexOf(this.#claim);
    if (index >= 0) list.splice(index, 1);
    for (const claim of list) claim.update();
  }

  #start(id: string): void {
    const entry = this.#timers.get(id);
    if (entry?.timer !== null) return;
    entry.since = performance.now();
    entry.timer = setTimeout(() => {
      this.#timers.delete(id);
      this.#session?.actions.dismissNotice(id);
    }, entry.leftMs);
  }

  readonly #hold = (): void => {
    this.#held = true;
    for (const entry of this.#timers.values()) {
      if (entry.timer === null) continue;
      clearTimeout(entry.timer);
      entry.timer = null;
      entry.leftMs = Math.max(1500, entry.leftMs - (performance.now() - entry.since));
    }
  };

  readonly #release = (): void => {
    this.#held = false;
    for (const id of this.#timers.keys()) this.#start(id);
  };

  #undo(notice: Notice): void {
    this.#release();
    this.#dismiss(notice.id);
    notice.undo?.().catch(() => {
      /* the action that undoes tells of its own failure */
    });
  }

  #dismiss(id: string): void {
    this.#release();
    this.#session?.actions.dismissNotice(id);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    const toast = event.composedPath().find((node) => node instanceof HTMLElement && node.classList.contains('toast'));
    const id = (toast as HTMLElement | undefined)?.dataset['id'];
    if (id === undefined) return;
    event.stopPropagation();
    this.#dismiss(id);
  };
}
