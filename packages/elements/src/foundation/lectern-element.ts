import { ContextConsumer } from '@lit/context';
import { LitElement, type CSSResultGroup } from 'lit';
import { property } from 'lit/decorators.js';
import {
  defaultSession,
  subscribeDefaultSession,
  type LecternSession,
  type MessageKey,
  type MessageParams,
  type Unsubscribe,
} from '@lectern/core';
import { rememberContextRequests } from './context-root.js';
import { sessionContext } from './contexts.js';
import { controls } from './controls.styles.js';
import { LocalizeController } from './localize-controller.js';
import { tokens } from './tokens.styles.js';

/**
 * What every element shares: the session, the language, the looks and typed events.
 *
 * The session is, in order of closeness, the `lectern` property, the nearest `<lectern-provider>`, the page's default
 * (`configureLectern()`). An element without one shows its empty frame and starts when a session appears.
 */
export abstract class LecternElement extends LitElement {
  static override styles: CSSResultGroup = [tokens, controls];
  /** Whether a click on bare ground focuses the element: its keys go on working then. */
  protected static readonly takesFocus: boolean = true;

  /** `light`, `dark`, `auto` (the desktop's), or nothing: the page's own `color-scheme`. */
  @property({ reflect: true }) theme: 'light' | 'dark' | 'auto' | null = null;

  /** The session to work in. */
  @property({ attribute: false }) lectern: LecternSession | null = null;

  protected readonly localize: LocalizeController = new LocalizeController(this);
  readonly #provided: ContextConsumer<typeof sessionContext, this> = new ContextConsumer(this, {
    context: sessionContext,
    subscribe: true,
    callback: () => {
      this.#resolveSession();
    },
  });
  #session: LecternSession | null = null;
  #stopDefault: Unsubscribe | null = null;

  /** The session in force, or null while there is none. */
  get session(): LecternSession | null {
    return this.#session;
  }

  override connectedCallback(): void {
    rememberContextRequests();
    super.connectedCallback();
    if ((this.constructor as typeof LecternElement).takesFocus && !this.hasAttribute('tabindex')) this.tabIndex = -1;
    this.#stopDefault = subscribeDefaultSession(() => {
      this.#resolveSession();
    });
    this.#resolveSession();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopDefault?.();
    this.#stopDefault = null;
    // What was provided there needn't be provided where the element is put next.
    this.#provided.value = null;
    this.#useSession(null);
  }

  /** Waits for the words of the page's language, so that nothing is first said in another one. */
  protected override scheduleUpdate(): Promise<unknown> | undefined {
    const update = (): Promise<unknown> | undefined => super.scheduleUpdate() as Promise<unknown> | undefined;
    return this.localize.loading()?.then(update) ?? update();
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('lectern')) this.#resolveSession();
  }

  /** Called with each new session, and with null when the element leaves the page. */
  protected sessionChanged(_session: LecternSession | null): void {
    /* for subclasses */
  }

  /** The text of a message in the element's language. */
  protected t(key: MessageKey, params?: MessageParams): string {
    return this.localize.term(key, params);
  }

  /**
   * Says something to the host page. `detail` is plain JSON.
   * @returns false when the host prevented the default of a cancelable request
   */
  protected emit<T>(type: `lectern-${string}`, detail: T, options: { readonly cancelable?: boolean } = {}): boolean {
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: options.cancelable ?? false }),
    );
  }

  #resolveSession(): void {
    if (!this.isConnected) return;
    this.#useSession(this.lectern ?? this.#provided.value ?? defaultSession());
  }

  #useSession(session: LecternSession | null): void {
    if (session === this.#session) return;
    this.#session = session;
    this.sessionChanged(session);
    this.requestUpdate();
  }
}
