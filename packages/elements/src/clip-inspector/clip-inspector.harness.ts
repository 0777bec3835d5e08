import { Harness } from '../foundation/harness.js';
import type { ClipInspectorElement } from './clip-inspector.js';

/** Drives the inspector as a person would: by the labels of its fields. */
export class ClipInspectorHarness extends Harness<ClipInspectorElement> {
  /** The labels of all fields, in order. */
  get labels(): string[] {
    return this.all('.row .label').map((label) => label.textContent.trim());
  }

  get groups(): string[] {
    return this.all('summary').map((summary) => summary.textContent.trim());
  }

  /** The field with a label. @throws when there is none */
  field(label: string): HTMLInputElement {
    const found = this.all<HTMLLabelElement>('label').find((candidate) =>
      candidate.textContent.trim().startsWith(label),
    );
    const field =
      found && (found.htmlFor ? this.all(`#${found.htmlFor}`)[0] : found.querySelector('input, textarea, select'));
    if (!field) throw new Error(`no field is called ${label}`);
    // Selects and text areas have the same value, placeholder and disabled.
    return field as HTMLInputElement;
  }

  slider(label: string): HTMLInputElement {
    const found = this.all<HTMLInputElement>('input[type="range"]').find(
      (range) => range.getAttribute('aria-label') === label,
    );
    if (!found) throw new Error(`no slider is called ${label}`);
    return found;
  }

  /** Types into a field and leaves it. */
  async enter(label: string, value: string): Promise<void> {
    await this.type(this.field(label), value);
  }

  async choose(label: string, value: string): Promise<void> {
    const field = this.field(label);
    field.value = value;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await this.settled();
  }

  /** Drags a slider over several values and lets go. */
  async drag(label: string, values: readonly number[]): Promise<void> {
    const field = this.slider(label);
    field.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, isPrimary: true }));
    for (const value of values) {
      field.value = String(value);
      field.dispatchEvent(new Event('input', { bubbles: true }));
      await this.settled();
    }
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await this.settled();
  }
}
