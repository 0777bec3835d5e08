import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Asset, Operation, OperationWork } from '@lectern/ports';
import type { LecternSession, Messages, SessionState } from '@lectern/core';
import { attempt } from '../collection/attempt.js';
import { ManyQueriesController } from '../collection/many-queries-controller.js';
import { icon, type IconName } from '../foundation/icon.js';
import { QueryController } from '../foundation/query-controller.js';
import { StoreController } from '../foundation/store-controller.js';
import { styleMap } from '../foundation/style-map.js';

export interface OperationListOptions {
  readonly session: () => LecternSession | null;
  readonly say: (text: string) => void;
  readonly messages: () => Messages;
  /** Takes the focus of a button that goes away. */
  readonly takeFocus: () => void;
}

/** Failures that are named; of thousands, the first ones say enough. */
const mostFailures = 50;

const doing = {
  delete: 'operations.delete',
  restore: 'operations.restore',
  tag: 'operations.tag',
  untag: 'operations.untag',
  rename: 'operations.rename',
} as const;
const done = {
  delete: 'operations.doneDelete',
  restore: 'operations.doneRestore',
  tag: 'operations.doneTag',
  untag: 'operations.doneUntag',
  rename: 'operations.doneRename',
} as const;
const icons: Readonly<Record<OperationWork['kind'], IconName>> = {
  delete: 'delete',
  restore: 'restore',
  tag: 'tag',
  untag: 'tag',
  rename: 'edit',
};

/** Bulk work: how far it is, with a way to stop it; and when it has ended, the files that it failed for and why. */
export class OperationList implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: OperationListOptions;
  readonly #shownIds: StoreController<SessionState, readonly string[]>;
  readonly #operations: QueryController<readonly Operation[]>;
  readonly #assets: ManyQueriesController<Asset>;
  #expandedId: string | null = null;
  #running: ReadonlySet<string> = new Set();
  #hadFocus = false;

  constructor(host: ReactiveControllerHost & HTMLElement, options: OperationListOptions) {
    this.#host = host;
    this.#options = options;
    this.#shownIds = new StoreController<SessionState, readonly string[]>(host, null, (all) => all.operations.shownIds);
    this.#operations = new QueryController<readonly Operation[]>(host, () => {
      const session = options.session();
      return session ? { client: session.queryClient, options: session.queries.operations() as never } : null;
    });
    this.#assets = new ManyQueriesController<Asset>(host, () => {
      const session = options.session();
      const operation = this.#shown().find(({ id }) => id === this.#expandedId);
      if (!session || !operation) return null;
      const failed = operation.errors.slice(0, mostFailures);
      return { client: session.queryClient, queries: failed.map(({ assetId }) => session.queries.asset(assetId)) };
    });
    host.addController(this);
  }

  hostUpdate(): void {
    this.#shownIds.setStore(this.#options.session()?.store ?? null);
    this.#tellEnds();
    const active = this.#host.shadowRoot?.activeElement ?? null;
    this.#hadFocus = active?.closest('.operations') != null;
  }

  hostUpdated(): void {
    if (!this.#hadFocus || this.#host.shadowRoot?.activeElement !== null) return;
    const next = this.#host.shadowRoot.querySelector<HTMLElement>('.operations button');
    if (next) next.focus();
    else this.#options.takeFocus();
  }

  render(messages: Messages): TemplateResult | typeof nothing {
    const shown = this.#shown();
    if (shown.length === 0) return nothing;
    return html`<section class="operations" part="operations" aria-label=${messages.t('operations.title')}>
      <ul>
        ${repeat(
          shown,
          ({ id }) => id,
          (operation) => this.#renderOperation(operation, messages),
        )}
      </ul>
    </section>`;
  }

  /** What runs, here or elsewhere, and what ended with failures that nobody has put away. */
  #shown(): readonly Operation[] {
    const ids = new Set(this.#shownIds.value ?? []);
    return (this.#operations.result?.data ?? []).filter(
      ({ id, status, failed }) => status === 'running' || (ids.has(id) && failed > 0),
    );
  }

  #renderOperation(operation: Operation, messages: Messages): TemplateResult {
    const { id, work, status, total, failed } = operation;
    const running = status === 'running';
    const over = operation.done + failed;
    const title = messages.t(running ? doing[work.kind] : done[work.kind], { count: running ? total : operation.done });
    const state = running
      ? messages.t('operations.doneOf', { done: over, total })
      : status === 'cancelled'
        ? messages.t('operations.cancelled', { done: over, total })
        : '';
    const expanded = this.#expandedId === id;
    return html`<li class="operation" data-status=${status} data-id=${id}>
      <div class="operation-line">
        ${running ? html`<span class="spinner"></span>` : icon(failed > 0 ? 'error' : icons[work.kind])}
        <p class="operation-text">
          <strong>${title}</strong>
          <span class="hint figures">
            ${[state, failed > 0 ? messages.t('operations.failed', { count: failed }) : ''].filter((part) => part !== '').join(' · ')}
          </span>
        </p>
        ${
          failed > 0
            ? html`<button
                class="button"
                data-size="small"
                data-variant="plain"
                aria-expanded=${String(expanded)}
                @click=${() => {
                  this.#expandedId = expanded ? null : id;
                  this.#host.requestUpdate();
                }}
              >
                ${messages.t(expanded ? 'operations.hideFailed' : 'operations.showFailed')}
              </button>`
            : nothing
        }
        ${this.#renderEnd(operation, messages)}
      </div>
      ${
        running
          ? html`<div
              class="progress"
              role="progressbar"
              aria-label=${title}
              aria-valuemin="0"
              aria-valuemax=${String(total)}
              aria-valuenow=${String(over)}
              aria-valuetext=${state}
            >
              <span style=${styleMap({ '--value': String(total > 0 ? over / total : 0) })}></span>
            </div>`
          : nothing
      }
      ${expanded && failed > 0 ? this.#renderFailures(operation, messages) : nothing}
    </li>`;
  }

  #renderEnd({ id, work, status, total }: Operation, messages: Messages): TemplateResult {
    const running = status === 'running';
    const what = messages.t(doing[work.kind], { count: total });
    const label = messages.t(running ? 'operations.cancel' : 'operations.dismiss', { work: what });
    return html`<button
      class="icon-button"
      data-size="small"
      aria-label=${label}
      title=${label}
      @click=${() => {
        const session = this.#options.session();
        if (!session) return;
        void attempt(session, running ? session.actions.cancelOperation(id) : session.actions.dismissOperation(id));
      }}
    >
      ${icon('close')}
    </button>`;
  }

  #renderFailures({ errors }: Operation, messages: Messages): TemplateResult {
    const session = this.#options.session();
    const rest = errors.length - mostFailures;
    return html`<ul class="failures" tabindex="0" aria-label=${messages.t('operations.failedList')}>
      ${errors.slice(0, mostFailures).map(({ assetId, code, details }) => {
        const asset = session ? this.#assets.resultOf(session.queries.asset(assetId).queryKey)?.data : undefined;
        const { title, advice } = messages.error({ code, message: '', details }, asset?.name);
        return html`<li><strong>${title}.</strong> <span class="hint">${advice}</span></li>`;
      })}
      ${rest > 0 ? html`<li class="hint">${messages.t('uploads.others', { count: rest })}</li>` : nothing}
    </ul>`;
  }

  /** What went well is told by the action that began it; here it is said that something didn't. */
  #tellEnds(): void {
    const all = this.#operations.result?.data ?? [];
    const messages = this.#options.messages();
    for (const { id, status, work, done: count, failed } of all) {
      if (status === 'running' || failed === 0 || !this.#running.has(id)) continue;
      const parts = [messages.t(done[work.kind], { count }), messages.t('operations.failed', { count: failed })];
      this.#options.say(parts.join('. '));
    }
    this.#running = new Set(all.filter(({ status }) => status === 'running').map(({ id }) => id));
  }
}
