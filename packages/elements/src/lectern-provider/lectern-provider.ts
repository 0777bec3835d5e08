import { ContextProvider } from '@lit/context';
import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import {
  registeredBackends,
  sessionFor,
  subscribeDefaultSession,
  type LecternSession,
  type Unsubscribe,
} from '@lectern/core';
import { backendSettings } from '../foundation/backend-settings.js';
import { sessionContext } from '../foundation/contexts.js';
import { LecternElement } from '../foundation/lectern-element.js';
import { providerStyles } from './lectern-provider.styles.js';
import { NoticesController } from './notices-controller.js';

/**
 * The session for all elements inside it, and the place where they tell what happened.
 *
 * @tagname lectern-provider
 * @summary Gives the elements inside it one session and shows their notices, with *Undo* where there is something to undo.
 *
 * @slot - The page's elements, at any depth; and a `<script type="application/json">` with the settings of `backend`,
 * where a page can't run code.
 * @csspart toasts - The stack of notices.
 * @csspart toast - One notice.
 * @cssproperty --lectern-toast-inset - Distance of the notices from the window's edge; 16px.
 *
 * | key | does |
 * | --- | --- |
 * | Escape in a notice | dismisses it |
 */
export class LecternProviderElement extends LecternElement {
  static override styles: CSSResultGroup = [LecternElement.styles, providerStyles];
  protected static override readonly takesFocus: boolean = false;

  /** Name of a back end that was registered with `registerBackend`. The `lectern` property comes before it. */
  @property() backend: string | null = null;

  readonly #provider: ContextProvider<typeof sessionContext, this> = new ContextProvider(this, {
    context: sessionContext,
    initialValue: null,
  });
  readonly #notices: NoticesController = new NoticesController(this, 'provider');
  #named: LecternSession | null = null;
  #stopWaiting: Unsubscribe | null = null;

  override get session(): LecternSession | null {
    return this.lectern ?? this.#named ?? super.session;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWaiting = subscribeDefaultSession(() => {
      if (!this.#named) this.#findNamed();
    });
    this.#findNamed();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopWaiting?.();
    this.#stopWaiting = null;
    this.#notices.setSession(null);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    if (changed.has('backend')) this.#findNamed();
    else this.#provide();
  }

  protected override sessionChanged(): void {
    this.#provide();
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>${this.#notices.render(this.localize.messages)}`;
  }

  /** A back end may be registered later than the page names it. */
  #findNamed(): void {
    const { backend } = this;
    this.#named =
      backend !== null && registeredBackends().includes(backend) ? sessionFor(backend, backendSettings(this)) : null;
    this.#provide();
  }

  #provide(): void {
    if (!this.isConnected) return;
    this.#provider.setValue(this.session);
    this.#notices.setSession(this.session);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'lectern-provider': LecternProviderElement;
  }
}
