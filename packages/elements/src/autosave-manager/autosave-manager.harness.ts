import { Harness } from '../foundation/harness.js';
import type { AutosaveManagerElement } from './autosave-manager.js';

/** Drives the saving as a person would. */
export class AutosaveManagerHarness extends Harness<AutosaveManagerElement> {
  /** What is said about where the work is. */
  get sentence(): string {
    return this.all('.sentence')[0]?.textContent.trim() ?? '';
  }

  /** The name of the sentence's button, with what waits behind it. */
  get label(): string {
    return this.get('.state-button').getAttribute('aria-label') ?? '';
  }

  get details(): HTMLElement {
    return this.get('.popover');
  }

  get isOpen(): boolean {
    return this.details.matches(':popover-open');
  }

  /** What a screen reader was told last. */
  get announced(): string {
    return this.get('[role="status"]').textContent.trim();
  }

  /** The dialog that is open, or null. */
  get dialog(): HTMLDialogElement | null {
    return this.all<HTMLDialogElement>('dialog').find((dialog) => dialog.open) ?? null;
  }

  /** What is in the dialog, as words. */
  get dialogText(): string {
    return this.dialog?.textContent.replace(/\s+/g, ' ').trim() ?? '';
  }

  /** What has the focus inside the element. */
  get focused(): Element | null {
    return this.element.shadowRoot?.activeElement ?? null;
  }

  async toggle(): Promise<void> {
    await this.click(this.get('.state-button'));
  }

  /** Opens the details and presses what is called so there. */
  async choose(name: string): Promise<void> {
    if (!this.isOpen) await this.toggle();
    await this.click(this.inside(this.details, name));
  }

  /** Presses what is called so in the dialog that is open. @throws when there is none */
  async answer(name: string): Promise<void> {
    const { dialog } = this;
    if (!dialog) throw new Error('no dialog is open');
    await this.click(this.inside(dialog, name));
  }

  /** The value of a fact in the details. */
  fact(name: string): string {
    const term = this.all('dt').find((candidate) => candidate.textContent.trim() === name);
    return term?.nextElementSibling?.textContent.trim() ?? '';
  }

  /** The lines of a summary of differences. */
  lines(within: string): string[] {
    return this.all(`${within} .differences li`).map((line) => line.textContent.trim());
  }

  /** The rows of the version history, as words, under the names of their days. */
  get versions(): Record<string, string[]> {
    const days: Record<string, string[]> = {};
    for (const heading of this.all('.versions h3'))
      days[heading.textContent.trim()] = [...(heading.nextElementSibling?.querySelectorAll('.version') ?? [])].map(
        (row) => row.textContent.replace(/\s+/g, ' ').trim(),
      );
    return days;
  }

  version(rev: number): HTMLElement {
    return this.get(`.version[data-rev="${String(rev)}"]`);
  }

  /** A button by its name. @throws when there is none, or it can’t be pressed */
  inside(root: HTMLElement, name: string): HTMLElement {
    const found = [...root.querySelectorAll<HTMLButtonElement>('button')].find((button) =>
      (button.getAttribute('aria-label') ?? button.textContent.trim()).includes(name),
    );
    if (!found) throw new Error(`no button is called ${name}`);
    if (found.disabled) throw new Error(`${name} can’t be pressed now`);
    return found;
  }
}
