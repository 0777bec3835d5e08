import { Harness } from '../foundation/harness.js';
import type { ExportDialogElement } from './export-dialog.js';

/** Drives the export as a person would. */
export class ExportDialogHarness extends Harness<ExportDialogElement> {
  get dialog(): HTMLDialogElement {
    return this.get<HTMLDialogElement>('dialog');
  }

  /** The names of the qualities on offer. */
  get presets(): string[] {
    return this.all('.preset-name').map((name) => name.textContent.trim());
  }

  get chosenPreset(): string {
    return this.get('.preset:has(:checked) .preset-name').textContent.trim();
  }

  /** Where it goes, where there is a choice. */
  get destination(): string {
    return this.get('.destinations .card:has(:checked) .card-name').textContent.trim();
  }

  get canStart(): boolean {
    return !this.get<HTMLButtonElement>('footer .button[data-variant="primary"]').disabled;
  }

  /** Name and state of the exports beside the one that is shown large. */
  get others(): (readonly [string, string])[] {
    return this.all('.other .line').map((line) => {
      const [name, state] = [...line.children].map((part) => part.textContent.trim());
      return [name ?? '', state ?? ''];
    });
  }

  get formats(): string[] {
    return this.all('[role="radiogroup"]:first-of-type button')
      .map((button) => button.textContent.trim())
      .filter((name) => /MP4|WebM/.test(name));
  }

  get summary(): string {
    return this.get('.summary').textContent.replace(/\s+/g, ' ').trim();
  }

  get percent(): number {
    return Number(this.get('[role="progressbar"]').getAttribute('aria-valuenow'));
  }

  async open(): Promise<void> {
    await this.element.show();
    await this.until(() => this.all('.probing').length === 0, 'the formats');
  }

  async chooseDestination(name: string): Promise<void> {
    const card = this.all('.destinations .card').find((candidate) => candidate.textContent.includes(name));
    if (!card) throw new Error(`it can’t go to ${name}`);
    await this.click(card);
  }

  async choosePreset(name: string): Promise<void> {
    const card = this.all('.preset').find(
      (candidate) => candidate.querySelector('.preset-name')?.textContent.trim() === name,
    );
    if (!card) throw new Error(`no quality is called ${name}`);
    await this.click(card);
    await this.until(() => this.all('.probing').length === 0, 'the formats');
  }
}
