import { Harness } from '../foundation/harness.js';
import type { VideoStudioElement } from './video-studio.js';

/** Drives the whole studio as a person would. */
export class VideoStudioHarness extends Harness<VideoStudioElement> {
  /** Waits until a project is open. */
  async opened(): Promise<NonNullable<VideoStudioElement['activeProject']>> {
    return this.until(() => this.element.activeProject, 'an open project');
  }

  get title(): HTMLInputElement {
    return this.get<HTMLInputElement>('.title');
  }

  get layout(): string {
    return this.get('.body').dataset['layout'] ?? '';
  }

  /** The names of the panels that are in sight. */
  get panels(): string[] {
    return this.all('.panel')
      .filter((panel) => !panel.hidden && panel.getBoundingClientRect().width > 0)
      .map((panel) => panel.getAttribute('aria-label') ?? '');
  }

  separator(panel: 'media' | 'inspector' | 'timeline'): HTMLElement {
    return this.get(`.separator[data-panel="${panel}"]`);
  }

  panel(id: 'media' | 'preview' | 'inspector' | 'timeline'): HTMLElement {
    return this.get(`#${id}`);
  }

  /** A key that reaches the studio itself. */
  async key(key: string, init: KeyboardEventInit = {}): Promise<void> {
    this.element.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...init }),
    );
    await this.settled();
  }
}
