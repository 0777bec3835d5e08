import { sendKeys, sendMouse } from '@web/test-runner-commands';
import { Harness } from '../foundation/harness.js';
import type { StudioTimelineElement } from './studio-timeline.js';

export interface DragOptions {
  /** Keys that are held down. */
  readonly holding?: readonly string[];
  /** Presses Escape before the button is let go. */
  readonly escape?: boolean;
  /** Where on the element the drag begins, in CSS pixels from its top left; the middle when left out. */
  readonly at?: { readonly x: number; readonly y: number };
}

/** Drives the timeline as a person would: real mouse, real keys, labels. */
export class StudioTimelineHarness extends Harness<StudioTimelineElement> {
  /** Labels of the clips that are in the document, in order of tracks and time. */
  get labels(): string[] {
    return this.all('.clip').map((clip) => clip.getAttribute('aria-label') ?? '');
  }

  get trackNames(): string[] {
    return this.all('.track-name').map((name) => name.textContent.trim());
  }

  /** What was said last. */
  get said(): string {
    return this.get('[role="status"][aria-live]').textContent.replace('\u00a0', '').trim();
  }

  get playhead(): HTMLElement {
    return this.get('.playhead');
  }

  /** What has the focus, by its label. */
  get focused(): string {
    return this.element.shadowRoot?.activeElement?.getAttribute('aria-label') ?? '';
  }

  clip(id: string): HTMLElement {
    return this.get(`.clip[data-clip="${id}"]`);
  }

  row(name: string): HTMLElement {
    const found = this.all('.row').find((row) => row.querySelector('.track-name')?.textContent.trim() === name);
    if (!found) throw new Error(`no track is called ${name}`);
    return found;
  }

  handle(id: string, edge: 'start' | 'end'): HTMLElement {
    return this.get(`.clip[data-clip="${id}"] .trim[data-edge="${edge}"]`);
  }

  fade(id: string, side: 'in' | 'out'): HTMLElement {
    return this.get(`.clip[data-clip="${id}"] .fade-handle[data-side="${side}"]`);
  }

  /** Waits until clips have their place. */
  async ready(): Promise<void> {
    await this.until(() => this.all('.clip').length > 0, 'clips');
    await this.until(() => this.element.activeProject?.editor.store.getState().viewWidth, 'a measured view');
    await this.settled();
  }

  /** Clicks with the real mouse. */
  async mouseClick(target: HTMLElement, options: DragOptions = {}): Promise<void> {
    await this.drag(target, 0, 0, options);
  }

  /** Drags with the real mouse by a distance. */
  async drag(target: HTMLElement, x: number, y: number, options: DragOptions = {}): Promise<void> {
    const box = target.getBoundingClientRect();
    const from = options.at ?? { x: box.width / 2, y: box.height / 2 };
    const start: [number, number] = [Math.round(box.left + from.x), Math.round(box.top + from.y)];
    for (const key of options.holding ?? []) await sendKeys({ down: key });
    await sendMouse({ type: 'move', position: start });
    await sendMouse({ type: 'down' });
    if (x !== 0 || y !== 0) {
      for (const part of [0.3, 0.7, 1])
        await sendMouse({ type: 'move', position: [Math.round(start[0] + x * part), Math.round(start[1] + y * part)] });
      await this.frames();
    }
    if (options.escape) await sendKeys({ press: 'Escape' });
    await sendMouse({ type: 'up' });
    for (const key of options.holding ?? []) await sendKeys({ up: key });
    await this.settled();
  }

  /** Lets the browser draw: drags move once per frame. */
  async frames(count = 2): Promise<void> {
    for (let frame = 0; frame < count; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    await this.settled();
  }

  async contextMenu(target: HTMLElement): Promise<void> {
    const box = target.getBoundingClientRect();
    await sendMouse({
      type: 'click',
      button: 'right',
      position: [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)],
    });
    await this.until(() => this.element.shadowRoot?.querySelector('.timeline-menu:popover-open'), 'the menu');
  }

  /** Chooses a line of the open menu. */
  async choose(label: string): Promise<void> {
    const line = this.all('.timeline-menu [role^="menuitem"]').find((item) =>
      item.textContent.trim().startsWith(label),
    );
    if (!line) throw new Error(`the menu has no line ${label}`);
    await this.click(line);
  }

  /** A field of the table, by clip and column. */
  cell(id: string, column: 'name' | 'track' | 'start' | 'end' | 'duration'): HTMLInputElement {
    return this.get<HTMLInputElement>(`tr[data-clip="${id}"] [data-column="${column}"] :is(input, select)`);
  }
}
