import { Harness } from '../foundation/harness.js';
import type { LecternProviderElement } from './lectern-provider.js';

/** Reads what a provider tells, and presses what it offers. */
export class LecternProviderHarness extends Harness<LecternProviderElement> {
  /** The texts of the notices, oldest first. */
  get notices(): string[] {
    return this.all('.toast .words').map((words) => words.textContent.replace(/\s+/g, ' ').trim());
  }

  async undo(): Promise<void> {
    await this.click(await this.until(() => this.all('.toast .undo').at(-1), 'a notice with Undo'));
  }

  async dismiss(): Promise<void> {
    await this.click(await this.until(() => this.all('.toast .icon-button').at(-1), 'a notice'));
  }
}
