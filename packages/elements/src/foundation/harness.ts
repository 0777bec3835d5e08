import type { LitElement } from 'lit';

/**
 * Drives an element as a person would: by role and name, by pointer and by key. Each element's own harness extends it,
 * so tests speak of what people do and survive changes of the inside.
 */
export class Harness<E extends LitElement> {
  readonly element: E;

  constructor(element: E) {
    this.element = element;
  }

  /** Resolves when the element has rendered all that it knows. */
  async settled(): Promise<void> {
    do {
      await this.element.updateComplete;
      await new Promise((resolve) => setTimeout(resolve, 0));
    } while (this.element.isUpdatePending);
  }

  /** Waits until `probe` returns something; polls, because data arrives when it arrives. */
  async until<T>(probe: () => T | null | undefined | false, what = 'the expected state', timeoutMs = 8000): Promise<T> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      await this.settled();
      const found = probe();
      if (found !== null && found !== undefined && found !== false) return found;
      if (Date.now() > end) throw new Error(`waited ${String(timeoutMs)} ms for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  /** The shadow root's elements that match a selector. */
  all<T extends Element = HTMLElement>(selector: string): T[] {
    return [...(this.element.shadowRoot?.querySelectorAll<T>(selector) ?? [])];
  }

  /** The first of them. @throws when there is none */
  get<T extends Element = HTMLElement>(selector: string): T {
    const found = this.element.shadowRoot?.querySelector<T>(selector);
    if (!found) throw new Error(`nothing matches ${selector}`);
    return found;
  }

  /** A control by its accessible name (its label, or its text). @throws when there is none */
  button(name: string | RegExp): HTMLElement {
    const matches = (text: string): boolean => (typeof name === 'string' ? text.includes(name) : name.test(text));
    const found = this.all('button, [role="menuitem"], [role="tab"]').find((candidate) =>
      matches(candidate.getAttribute('aria-label') ?? candidate.textContent.trim()),
    );
    if (!found) throw new Error(`no button is called ${String(name)}`);
    return found;
  }

  async click(target: HTMLElement | string | RegExp): Promise<void> {
    (target instanceof HTMLElement ? target : this.button(target)).click();
    await this.settled();
  }

  /** Types into a field and lets it know. */
  async type(field: HTMLInputElement | HTMLTextAreaElement, value: string): Promise<void> {
    field.focus();
    field.value = value;
    field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await this.settled();
  }

  /** Presses a key on what has the focus inside the element, or on the element. */
  async press(key: string, init: KeyboardEventInit = {}): Promise<void> {
    let target: Element = this.element;
    for (
      let inner = this.element.shadowRoot?.activeElement ?? null;
      inner;
      inner = inner.shadowRoot?.activeElement ?? null
    )
      target = inner;
    target.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...init }),
    );
    target.dispatchEvent(new KeyboardEvent('keyup', { key, bubbles: true, composed: true, cancelable: true, ...init }));
    await this.settled();
  }
}

/** Puts an element on the test page inside a box of a given width and takes it away after the test. */
export async function mount<E extends LitElement>(element: E, width = 900, height = 600): Promise<E> {
  const box = document.createElement('main');
  box.style.inlineSize = `${String(width)}px`;
  box.style.blockSize = `${String(height)}px`;
  box.append(element);
  document.body.append(box);
  await element.updateComplete;
  return element;
}

/** Removes what `mount` put there. */
export function unmountAll(): void {
  for (const box of [...document.body.children]) if (box.localName === 'main') box.remove();
}
