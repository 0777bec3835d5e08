import { Harness } from '../foundation/harness.js';
import type { StudioPreviewElement } from './studio-preview.js';

/** Drives the player as a person would. */
export class StudioPreviewHarness extends Harness<StudioPreviewElement> {
  get canvas(): HTMLCanvasElement {
    return this.get<HTMLCanvasElement>('canvas');
  }

  /** The current time, as it is written. */
  get time(): string {
    return this.get<HTMLInputElement>('.times input').value;
  }

  get frame(): number {
    return this.element.activeProject?.editor.store.getState().playheadFrame ?? -1;
  }

  get isPlaying(): boolean {
    return this.all('button').some((button) => button.getAttribute('aria-label') === 'Pause');
  }

  /** Types a time and presses Enter. */
  async goTo(time: string): Promise<void> {
    const field = this.get<HTMLInputElement>('.times input');
    field.focus();
    field.value = time;
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true }));
    await this.settled();
  }

  /** Moves the scrub bar to a frame, and lets go of it. */
  async scrub(frame: number): Promise<void> {
    const field = this.get<HTMLInputElement>('.scrub input');
    field.value = String(frame);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await this.settled();
  }

  /** Presses on the picture at a place in fractions of it, and lets go at another. */
  async dragOnPicture(
    from: readonly [number, number],
    to: readonly [number, number],
    selector = '.stage',
  ): Promise<void> {
    const box = this.get('.picture').getBoundingClientRect();
    const at = ([x, y]: readonly [number, number]): PointerEventInit => ({
      clientX: box.left + x * box.width,
      clientY: box.top + y * box.height,
      bubbles: true,
      composed: true,
      isPrimary: true,
      pointerId: 1,
    });
    this.get(selector).dispatchEvent(new PointerEvent('pointerdown', at(from)));
    for (const step of [0.25, 0.5, 0.75, 1]) {
      const place: readonly [number, number] = [from[0] + (to[0] - from[0]) * step, from[1] + (to[1] - from[1]) * step];
      window.dispatchEvent(new PointerEvent('pointermove', at(place)));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    window.dispatchEvent(new PointerEvent('pointerup', at(to)));
    await this.settled();
  }
}
