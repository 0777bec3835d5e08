import { CollectionHarness } from '../collection/collection-harness.js';
import type { ProjectLibraryElement } from './project-library.js';

/** Drives a project library as a person would. */
export class ProjectLibraryHarness extends CollectionHarness<ProjectLibraryElement> {
  /** What stands on a project's badge. */
  async badge(name: string): Promise<string> {
    return (await this.item(name)).querySelector('.badge')?.textContent.trim() ?? '';
  }

  /** The line under a project's title. */
  async description(name: string): Promise<string> {
    return (await this.item(name)).querySelector('.about')?.textContent.trim() ?? '';
  }

  /** What was last said to those who listen. */
  get live(): string {
    return this.all('.visually-hidden[role="status"]')
      .map((region) => region.textContent.trim())
      .join(' ');
  }

  /** What goes on with project files, in words. */
  get jobs(): string[] {
    return this.all('.job .truncate').map((words) => words.textContent.trim());
  }

  /** Chooses files in the system's dialog. */
  async chooseFiles(...files: readonly File[]): Promise<void> {
    const input = this.get<HTMLInputElement>('input[type="file"]');
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    await this.settled();
  }

  /** What is offered because only this browser has it. */
  get unsaved(): string[] {
    return this.all('.unsaved li span').map((line) => line.textContent.trim());
  }
}
