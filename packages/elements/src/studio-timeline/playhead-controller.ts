import type { EditorState, Messages } from '@lectern/core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { html, type TemplateResult } from 'lit';
import { frameToX, layoutRows, shortTimecode } from './timeline-geometry.js';
import { clipsUnder } from './timeline-view.js';

/**
 * Moves the playhead. It moves with every frame of playback, so it doesn't go through rendering: handle and line are
 * placed directly, and what is said of it follows at once when it is moved and once a second while it
 * plays.
 */
export class PlayheadController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #read: () => { readonly state: EditorState; readonly messages: Messages } | null;
  #saidAt = -Infinity;

  constructor(
    host: ReactiveControllerHost & HTMLElement,
    read: () => { readonly state: EditorState; readonly messages: Messages } | null,
  ) {
    this.#host = host;
    this.#read = read;
    host.addController(this);
  }

  hostUpdated(): void {
    this.place(false);
  }

  /** Puts it where the editor has it. */
  place(playing: boolean): void {
    const current = this.#read();
    const root = this.#host.shadowRoot;
    if (!current || !root) return;
    const { state, messages } = current;
    const { document } = state.state;
    const rate = document.settings.frameRate;
    // Not a custom property on the content: that would be inherited, and each frame would restyle every clip.
    const transform = `translateX(${String(frameToX(state.playheadFrame, state.zoom))}px)`;
    for (const part of root.querySelectorAll<HTMLElement>('.playhead, .playhead-line'))
      part.style.transform = transform;
    const position = root.querySelector<HTMLElement>('.position');
    const time = messages.format.timecode(state.playheadFrame, rate);
    if (position && position.textContent !== time) position.textContent = time;
    const slider = root.querySelector<HTMLElement>('.playhead');
    const now = performance.now();
    if (!slider || (playing && now - this.#saidAt < 1000)) return;
    this.#saidAt = now;
    const clips = clipsUnder({ rows: layoutRows(document), messages }, state.playheadFrame);
    const spoken = shortTimecode(state.playheadFrame, rate);
    slider.ariaValueMax = String(Math.max(document.totalFrames, state.playheadFrame));
    slider.ariaValueNow = String(state.playheadFrame);
    slider.ariaValueText =
      clips.length > 0
        ? messages.t('timeline.playheadClip', { time: spoken, clips: messages.format.list(clips) })
        : messages.t('timeline.playheadEmpty', { time: spoken });
  }

  /** The slider in the ruler. */
  render(messages: Messages): TemplateResult {
    return html`<div
      class="playhead"
      part="playhead"
      role="slider"
      tabindex="0"
      data-part="playhead"
      aria-orientation="horizontal"
      aria-label=${messages.t('timeline.playhead')}
      aria-valuemin="0"
      aria-valuemax="0"
      aria-valuenow="0"
    ></div>`;
  }
}
