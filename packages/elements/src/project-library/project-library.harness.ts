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

  /** What is offered because only this browser has it. */
  get unsaved(): string[] {
    return this.all('.unsaved li span').map((line) => line.textContent.trim());
  }
}
