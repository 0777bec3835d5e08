import { Harness } from '../foundation/harness.js';
import type { CourseOutlineElement } from './course-outline.js';

/** Drives a course outline as a person would: by the titles of chapters and items. */
export class CourseOutlineHarness extends Harness<CourseOutlineElement> {
  /** `Chapter: item, item`, chapter by chapter. */
  get outline(): string[] {
    return this.all('.chapter').map((chapter) => {
      const title = chapter.querySelector('.chapter-title')?.textContent.trim() ?? '';
      const items = [...chapter.querySelectorAll('.item .name')].map((name) => name.textContent.trim());
      return items.length === 0 ? title : `${title}: ${items.join(', ')}`;
    });
  }

  get courseTitle(): string {
    return this.get<HTMLSelectElement>('.top select').selectedOptions[0]?.text.trim() ?? '';
  }

  get notices(): string[] {
    return this.all('.toast .words').map((words) => words.textContent.replace(/\s+/g, ' ').trim());
  }

  get attachDialog(): HTMLDialogElement | null {
    return this.element.shadowRoot?.querySelector<HTMLDialogElement>('dialog.attach') ?? null;
  }

  /** Title of the row that has the focus. */
  get focusedTitle(): string | null {
    const row = this.element.shadowRoot?.activeElement;
    return row?.querySelector(':scope > .chapter-title, :scope > .text .name')?.textContent.trim() ?? null;
  }

  /** Waits until the outline reads like this. */
  async reads(...lines: readonly string[]): Promise<void> {
    await this.until(
      () => this.outline.join('|') === lines.join('|'),
      `${lines.join(' | ')}; it is ${this.outline.join(' | ')}`,
    );
  }

  async row(title: string): Promise<HTMLElement> {
    return this.until(
      () =>
        this.all('[role="treeitem"]').find(
          (row) => row.querySelector(':scope > .chapter-title, :scope > .text .name')?.textContent.trim() === title,
        ),
      `a row called ${title}`,
    );
  }

  async focusRow(title: string): Promise<void> {
    (await this.row(title)).focus();
    await this.settled();
  }

  async pickFromMenu(title: string, line: string): Promise<void> {
    await this.focusRow(title);
    await this.press('F10', { shiftKey: true });
    const entry = await this.until(
      () =>
        this.all('[role="menu"]:popover-open [role="menuitem"]').find((candidate) =>
          candidate.textContent.includes(line),
        ),
      `a menu with ${line}`,
    );
    await this.click(entry);
  }

  async rename(value: string): Promise<void> {
    const field = await this.until(
      () => this.element.shadowRoot?.querySelector<HTMLInputElement>('input.rename'),
      'a field for the title',
    );
    await this.until(() => this.element.shadowRoot?.activeElement === field, 'the field to have the focus');
    field.value = value;
    await this.press('Enter');
  }

  /** Fills in *Add to course* and confirms it; what isn't named stays as it is offered. */
  async confirmAttach(
    values: { readonly course?: string; readonly chapter?: string; readonly title?: string } = {},
  ): Promise<void> {
    const dialog = await this.until(() => this.attachDialog?.open && this.attachDialog, 'the dialog');
    const form = await this.until(() => dialog.querySelector<HTMLFormElement>('form'), 'its form');
    await this.until(() => !dialog.querySelector('select:disabled'), 'the courses');
    const fill = (name: string, value: string | undefined): void => {
      const field = form.elements.namedItem(name) as HTMLInputElement | null;
      if (field && value !== undefined) field.value = value;
    };
    fill('course-title', values.course);
    fill('chapter-title', values.chapter);
    fill('item-title', values.title);
    form.requestSubmit();
    await this.settled();
  }

  async undo(): Promise<void> {
    const button = await this.until(() => this.all('.toast .undo').at(-1), 'a notice with Undo');
    await this.click(button);
  }
}
