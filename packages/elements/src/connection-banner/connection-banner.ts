import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { ConnectionState, WorkToMove } from '@lectern/ports';
import type { ConnectionSlice, LecternSession, Messages, SessionState } from '@lectern/core';
import { icon } from '../foundation/icon.js';
import { QueryController } from '../foundation/query-controller.js';
import { requestSignIn, type SignInRequestDetail } from '../foundation/sign-in-request.js';
import { StoreController } from '../foundation/store-controller.js';
import { MoveDialog } from './move-dialog.js';

export interface ConnectionBannerOptions {
  readonly session: () => LecternSession | null;
  readonly messages: () => Messages;
  readonly say: (text: string) => void;
  /** Says to the page that somebody wants to sign in; false when it sees to that. */
  readonly emit: (type: 'lectern-sign-in-request', detail: SignInRequestDetail) => boolean;
}

type Instead = Extract<ConnectionState, { status: 'instead' }>;

/** Elements that tell of the connection: one inside another leaves it to the outer one. */
const hosts: WeakSet<Node> = new WeakSet();

const sentences = {
  'not-configured': 'connection.notConfigured',
  unreachable: 'connection.unreachable',
  'signed-out': 'connection.signedOut',
} as const;

/** What people call the back end that isn't there. */
export function connectionName(state: ConnectionState, messages: Messages): string {
  const name = state.status === 'connecting' ? null : state.name;
  return name ?? messages.t('connection.theServer');
}

/** Sessions whose user wants to hear no more of work that was left in this browser. */
const putOff: WeakSet<LecternSession> = new WeakSet();

/**
 * Says that this browser stands in for the back end that the page asked for, why, and what can be done about it: try
 * again, sign in, move the work up. Once connected, it says that work of such a time is still here. Says nothing where
 * nothing was asked for but this browser.
 */
export class ConnectionBanner implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: ConnectionBannerOptions;
  readonly #slice: StoreController<SessionState, ConnectionSlice>;
  readonly #pending: QueryController<WorkToMove>;
  readonly #dialog: MoveDialog;
  #nested = false;
  #trying = false;
  #wasInstead = false;
  #hadFocus = false;

  constructor(host: ReactiveControllerHost & HTMLElement, options: ConnectionBannerOptions) {
    this.#host = host;
    this.#options = options;
    hosts.add(host);
    this.#slice = new StoreController<SessionState, ConnectionSlice>(host, null, ({ connection }) => connection);
    this.#pending = new QueryController<WorkToMove>(host, () => {
      const session = options.session();
      const asks = this.#instead?.reachable === true || this.#dialog.isOpen || this.#mayHaveLeft(session);
      return session && asks && !this.#nested
        ? { client: session.queryClient, options: session.queries.workToMove() as never }
        : null;
    });
    this.#dialog = new MoveDialog(host, {
      session: options.session,
      messages: options.messages,
      slice: () => this.#slice.value ?? null,
      pending: () => this.#pending.result,
      returnTo: () => this.#element()?.querySelector<HTMLElement>('button') ?? host,
    });
    host.addController(this);
  }

  hostConnected(): void {
    this.#nested = isNested(this.#host);
  }

  hostDisconnected(): void {
    this.#trying = false;
    this.#wasInstead = false;
  }

  hostUpdate(): void {
    this.#slice.setStore(this.#options.session()?.store ?? null);
    const active = this.#host.shadowRoot?.activeElement ?? null;
    this.#hadFocus = active !== null && this.#element()?.contains(active) === true;
    const state = this.#slice.value?.state;
    if (state?.status === 'connected' && this.#wasInstead && !this.#nested) {
      const messages = this.#options.messages();
      this.#options.say(messages.t('connection.connected', { name: connectionName(state, messages) }));
    }
    if (state !== undefined && state.status !== 'connecting') this.#wasInstead = state.status === 'instead';
  }

  hostUpdated(): void {
    // The button that was pressed is gone with what it was for.
    if (this.#hadFocus && this.#host.shadowRoot?.activeElement === null && !this.#dialog.isOpen)
      (this.#element()?.querySelector<HTMLElement>('button') ?? this.#host).focus();
  }

  /** Put it where the host's content begins. */
  render(): TemplateResult | typeof nothing {
    if (this.#nested) return nothing;
    const messages = this.#options.messages();
    const state = this.#instead;
    if (state)
      return this.#renderLine(state.reachable, this.#sentence(state, messages), this.#renderActions(state, messages));
    if (!this.#mayHaveLeft(this.#options.session()) || !this.#hasWork) return nothing;
    return this.#renderLine(true, this.#leftSentence(messages), this.#renderLeftActions(messages));
  }

  #renderLine(isReachable: boolean, sentence: string, actions: unknown): TemplateResult {
    return html`<section
      class="connection"
      part="connection"
      aria-label=${this.#options.messages().t('connection.title')}
      data-reachable=${isReachable ? '' : nothing}
    >
      ${icon(isReachable ? 'cloud' : 'cloud-off')}
      <p role="status">${sentence}</p>
      <div class="connection-actions">${actions}</div>
    </section>`;
  }

  /** Put it once into the host's template, outside what scrolls. */
  renderDialog(): TemplateResult | typeof nothing {
    return this.#nested ? nothing : this.#dialog.render();
  }

  get #instead(): Instead | null {
    const state = this.#slice.value?.state;
    return state?.status === 'instead' ? state : null;
  }

  /** Connected to a back end that this browser may have stood in for. */
  #mayHaveLeft(session: LecternSession | null): boolean {
    const isConnected = this.#slice.value?.state.status === 'connected';
    return isConnected && session?.backend.connection !== undefined && !putOff.has(session);
  }

  #element(): HTMLElement | null {
    return this.#host.shadowRoot?.querySelector<HTMLElement>('.connection') ?? null;
  }

  /** Whether there is something to move; not yet known is no. */
  get #hasWork(): boolean {
    const work = this.#pending.result?.data;
    return work !== undefined && work.assets + work.projects + work.courses > 0;
  }

  #sentence(state: Instead, messages: Messages): string {
    const name = connectionName(state, messages);
    const moving = this.#movingSentence(name, messages);
    if (moving !== null) return moving;
    if (state.reachable) {
      const known = this.#pending.result?.data !== undefined;
      return messages.t(known && !this.#hasWork ? 'connection.reachableSoon' : 'connection.reachable', { name });
    }
    return messages.text({ key: sentences[state.reason], params: { name } });
  }

  #leftSentence(messages: Messages): string {
    const name = this.#nameNow(messages);
    return this.#movingSentence(name, messages) ?? messages.t('connection.leftHere', { name });
  }

  /** How far a move is, while there is one. */
  #movingSentence(name: string, messages: Messages): string | null {
    const move = this.#slice.value?.move;
    if (move?.status !== 'running') return null;
    const { movedBytes = 0, totalBytes = 0 } = move.progress ?? {};
    const percent = messages.format.percent(totalBytes > 0 ? movedBytes / totalBytes : 0);
    return messages.t('connection.moving', { name, percent });
  }

  #nameNow(messages: Messages): string {
    return connectionName(this.#slice.value?.state ?? { status: 'connecting' }, messages);
  }

  #renderLeftActions(messages: Messages): unknown {
    if (this.#isMoving) return this.#button(messages.t('connection.showMove'), this.#onMove);
    const name = this.#nameNow(messages);
    return [
      this.#button(messages.t('connection.move', { name }), this.#onMove, true),
      this.#button(messages.t('connection.notNow'), this.#onNotNow),
    ];
  }

  get #isMoving(): boolean {
    return this.#slice.value?.move?.status === 'running';
  }

  #button(text: string, run: () => void, primary = false): TemplateResult {
    return html`<button
      class="button"
      data-size="small"
      data-variant=${primary ? 'primary' : nothing}
      aria-disabled=${this.#trying ? 'true' : nothing}
      @click=${run}
    >
      ${text}
    </button>`;
  }

  #renderActions(state: Instead, messages: Messages): unknown {
    const name = connectionName(state, messages);
    const button = this.#button.bind(this);
    if (this.#isMoving) return button(messages.t('connection.showMove'), this.#onMove);
    return [
      state.reachable && this.#hasWork ? button(messages.t('connection.move', { name }), this.#onMove, true) : nothing,
      !state.reachable && state.reason === 'signed-out'
        ? button(messages.t('connection.signIn', { name }), this.#onSignIn, true)
        : nothing,
      state.reason === 'not-configured' || (state.reachable && this.#hasWork)
        ? nothing
        : button(messages.t(this.#trying ? 'connection.trying' : 'connection.tryAgain'), () => void this.#onTryAgain()),
    ];
  }

  readonly #onMove = (): void => {
    this.#dialog.show();
  };

  readonly #onNotNow = (): void => {
    const session = this.#options.session();
    if (session) putOff.add(session);
    this.#host.requestUpdate();
  };

  readonly #onSignIn = (): void => {
    requestSignIn(this.#options.emit, this.#options.session());
  };

  async #onTryAgain(): Promise<void> {
    const session = this.#options.session();
    if (!session || this.#trying) return;
    this.#trying = true;
    this.#host.requestUpdate();
    const state = await session.actions.retryConnection().catch(() => null);
    this.#trying = false;
    this.#host.requestUpdate();
    const messages = this.#options.messages();
    if (state?.status === 'instead' && !state.reachable)
      this.#options.say(messages.t('connection.stillNot', { name: connectionName(state, messages) }));
  }
}

/** Whether an element around this one, through shadow roots, tells of the connection already. */
function isNested(host: HTMLElement): boolean {
  let node: Node | null = host;
  for (;;) {
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
    if (node === null) return false;
    if (hosts.has(node)) return true;
  }
}
