import type { LitElement } from 'lit';
import { Harness } from '../foundation/harness.js';

/** Drives an element with a long list in it: by the names of its items, by pointer and by key. */
export class CollectionHarness<E extends LitElement> extends Harness<E> {
  /** Items in the document now, in order; far fewer than there are in all. */
  get cells(): HTMLElement[] {
    return this.all('.rows .cell');
  }

  /** Their names, as they are shown. */
  get names(): string[] {
    return this.all('.rows .cell .name').map((name) => name.textContent.trim());
  }

  /** Names of what is selected and in sight. */
  get selectedNames(): string[] {
    return this.all('.rows .cell[data-selected] .name').map((name) => name.textContent.trim());
  }

  /** Name of the item that has the focus, or null. */
  get focusedName(): string | null {
    const focused = this.element.shadowRoot?.activeElement;
    return focused?.classList.contains('cell') ? (focused.querySelector('.name')?.textContent.trim() ?? null) : null;
  }

  /** The texts of the notices that the element shows itself. */
  get notices(): string[] {
    return this.all('.toast .words').map((words) => words.textContent.replace(/\s+/g, ' ').trim());
  }

  /** Waits until an item of that name is shown. */
  async item(name: string): Promise<HTMLElement> {
    return this.until(
      () => this.cells.find((cell) => cell.querySelector('.name')?.textContent.trim() === name),
      `an item called ${name}; there are ${this.names.join(', ')}`,
    );
  }

  /** Waits until exactly these are shown, in that order. */
  async shows(...names: readonly string[]): Promise<void> {
    await this.until(
      () => this.names.join('|') === names.join('|'),
      `${names.join(', ')}; there are ${this.names.join(', ')}`,
    );
  }

  override async press(key: string, init: KeyboardEventInit = {}): Promise<void> {
    await super.press(key, init);
    await this.settled();
  }

  /** A press of the pointer on an item, with modifier keys. */
  async choose(name: string, init: MouseEventInit = {}): Promise<void> {
    const cell = await this.item(name);
    cell.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true, ...init }));
    await this.settled();
  }

  async doubleClick(name: string, selector = '.thumb'): Promise<void> {
    const cell = await this.item(name);
    const target = cell.querySelector(selector) ?? cell;
    for (const type of ['click', 'click', 'dblclick'])
      target.dispatchEvent(new MouseEvent(type, { bubbles: true, composed: true, cancelable: true }));
    await this.settled();
  }

  /** Moves the focus to an item by pointer, without anything else. */
  async focusItem(name: string): Promise<void> {
    (await this.item(name)).focus();
    await this.settled();
  }

  /** Opens an item's menu and picks a line of it. */
  async pickFromMenu(name: string, line: string): Promise<void> {
    const cell = await this.item(name);
    const box = cell.getBoundingClientRect();
    cell.dispatchEvent(
      new MouseEvent('contextmenu', {
        bubbles: true,
        composed: true,
        cancelable: true,
        button: 2,
        clientX: box.x + 20,
        clientY: box.y + 20,
      }),
    );
    const entry = await this.until(
      () =>
        this.all('[role="menu"]:popover-open [role="menuitem"]').find((candidate) =>
          candidate.textContent.includes(line),
        ),
      `a menu with ${line}`,
    );
    await this.click(entry);
  }

  /** Types into the field of a name that is being edited. */
  async rename(value: string, key: 'Enter' | 'Escape' = 'Enter'): Promise<void> {
    const field = await this.until(
      () => this.element.shadowRoot?.querySelector<HTMLInputElement>('input.rename'),
      'a field for the name',
    );
    await this.until(() => this.element.shadowRoot?.activeElement === field, 'the field to have the focus');
    field.value = value;
    await this.press(key);
  }

  async search(text: string): Promise<void> {
    const field = this.get<HTMLInputElement>('.search input');
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
    await this.settled();
  }

  /** Picks an option of a filter by its words. */
  async filter(name: string, option: string): Promise<void> {
    const select = this.get<HTMLSelectElement>(`select[data-filter="${name}"]`);
    select.selectedIndex = [...select.options].findIndex((candidate) => candidate.text.trim() === option);
    if (select.selectedIndex < 0) throw new Error(`no option is called ${option}`);
    select.dispatchEvent(new Event('change', { bubbles: true }));
    await this.settled();
  }

  /** Lets files go over the element, as a person does with the system's own window. */
  async drop(...files: readonly File[]): Promise<void> {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    const target = this.get('.frame');
    for (const type of ['dragenter', 'dragover', 'drop'])
      target.dispatchEvent(
        new DragEvent(type, { dataTransfer: transfer, bubbles: true, composed: true, cancelable: true }),
      );
    await this.settled();
  }

  /** Presses *Undo* in the newest notice. */
  async undo(): Promise<void> {
    const buttons = await this.until(() => {
      const found = this.all('.toast .undo');
      return found.length > 0 && found;
    }, 'a notice with Undo');
    await this.click(buttons.at(-1) ?? 'Undo');
  }
}
