import { Harness } from '../foundation/harness.js';
import type { UploadTrayElement } from './upload-tray.js';

/** Reads a tray of uploads and presses what it offers. */
export class UploadTrayHarness extends Harness<UploadTrayElement> {
  /** The line that sums up. */
  get summary(): string {
    return words(this.element.shadowRoot?.querySelector('.summary') ?? null);
  }

  /** Each upload that is shown, with what is said of it. */
  get rows(): { readonly name: string; readonly status: string; readonly state: string; readonly text: string }[] {
    return this.all('.upload').map((row) => ({
      name: words(row.querySelector('.upload-name')),
      status: row.dataset['status'] ?? '',
      state: words(row.querySelector('.upload-status')),
      text: words(row),
    }));
  }

  /** The row of a file. @throws when there is none */
  row(name: string): HTMLElement {
    const found = this.all('.upload').find((row) => words(row.querySelector('.upload-name')) === name);
    if (!found)
      throw new Error(`no upload is called ${name}; there are ${this.rows.map((row) => row.name).join(', ')}`);
    return found;
  }

  /** What is said of a file's state. */
  stateOf(name: string): string {
    return words(this.row(name).querySelector('.upload-status'));
  }

  /** The names of the buttons of a row, as they are read out. */
  buttonsOf(name: string): string[] {
    return [...this.row(name).querySelectorAll('button')].map(
      (button) => button.getAttribute('aria-label') ?? words(button),
    );
  }

  /** The name of the control that has the focus, or null. */
  get focused(): string | null {
    const active = this.element.shadowRoot?.activeElement ?? null;
    return active === null ? null : (active.getAttribute('aria-label') ?? words(active));
  }

  /** What was said last to who can't see it. */
  get announced(): string {
    return words(this.get('[aria-live]'));
  }

  /** Chooses a file in the system's dialog, which the tray has asked for. */
  async giveFile(file: File): Promise<void> {
    const input = this.get<HTMLInputElement>('input[type="file"]');
    const transfer = new DataTransfer();
    transfer.items.add(file);
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    await this.settled();
  }
}

function words(element: Element | null): string {
  return element?.textContent.replace(/\s+/g, ' ').trim() ?? '';
}
