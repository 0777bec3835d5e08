import { Harness } from '../foundation/harness.js';
import type { AutosaveManagerElement } from './autosave-manager.js';

/** Drives the saving as a person would. */
export class AutosaveManagerHarness extends Harness<AutosaveManagerElement> {
  /** What is said about where the work is. */
  get sentence(): string {
    return this.all('.sentence')[0]?.textContent.trim() ?? '';
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

  async toggle(): Promise<void> {
    await this.click(this.get('.state-button'));
  }

  /** The value of a fact in the details. */
  fact(name: string): string {
    const term = this.all('dt').find((candidate) => candidate.textContent.trim() === name);
    return term?.nextElementSibling?.textContent.trim() ?? '';
  }
}
