import { html, nothing, type TemplateResult } from 'lit';
import type { MessageKey } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';

export interface TransportView {
  readonly t: (key: MessageKey) => string;
  readonly playing: boolean;
  readonly disabled: boolean;
  readonly volume: number;
  readonly volumeText: string;
  readonly muted: boolean;
  readonly loop: boolean;
  readonly guides: boolean;
  readonly fullScreen: 'no' | 'yes' | 'impossible';
  readonly act: (action: TransportAction) => void;
  readonly setVolume: (volume: number) => void;
}

export type TransportAction =
  'go-start' | 'step-back' | 'toggle' | 'step-forward' | 'go-end' | 'mute' | 'loop' | 'guides' | 'full-screen';

/** The buttons under the picture. They sit in the host's shadow root, so that labels and styles reach them. */
export function transportButtons(view: TransportView): TemplateResult {
  const button = (action: TransportAction, name: IconName, label: MessageKey): TemplateResult =>
    html`<button
      class="icon-button"
      type="button"
      aria-label=${view.t(label)}
      title=${view.t(label)}
      ?disabled=${view.disabled}
      @click=${() => {
        view.act(action);
      }}
    >
      ${icon(name)}
    </button>`;
  const play = view.t(view.playing ? 'preview.pause' : 'preview.play');
  return html`<div class="buttons">
    ${button('go-start', 'go-start', 'command.goToStart')} ${button('step-back', 'step-back', 'command.previousFrame')}
    <button
      class="icon-button play"
      part="play"
      type="button"
      aria-label=${play}
      title=${play}
      ?disabled=${view.disabled}
      @click=${() => {
        view.act('toggle');
      }}
    >
      ${icon(view.playing ? 'pause' : 'play')}
    </button>
    ${button('step-forward', 'step-forward', 'command.nextFrame')} ${button('go-end', 'go-end', 'command.goToEnd')}
  </div>`;
}

/** Volume, loop, guides, full screen. */
export function transportExtras(view: TransportView): TemplateResult {
  const toggle = (action: TransportAction, name: IconName, label: MessageKey, pressed: boolean): TemplateResult =>
    html`<button
      class="icon-button"
      type="button"
      aria-label=${view.t(label)}
      title=${view.t(label)}
      aria-pressed=${pressed ? 'true' : 'false'}
      @click=${() => {
        view.act(action);
      }}
    >
      ${icon(name)}
    </button>`;
  const muteLabel = view.t(view.muted ? 'preview.unmute' : 'preview.mute');
  const screenLabel = view.t(view.fullScreen === 'yes' ? 'preview.leaveFullScreen' : 'preview.fullScreen');
  return html`<div class="extras">
    <div class="volume">
      <button
        class="icon-button"
        type="button"
        aria-label=${muteLabel}
        title=${muteLabel}
        @click=${() => {
          view.act('mute');
        }}
      >
        ${icon(view.muted ? 'muted' : 'volume')}
      </button>
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        aria-label=${view.t('preview.volume')}
        aria-valuetext=${view.volumeText}
        .value=${String(view.muted ? 0 : view.volume)}
        @input=${(event: Event) => {
          view.setVolume(Number((event.target as HTMLInputElement).value));
        }}
      />
    </div>
    ${toggle('loop', 'loop', 'preview.loop', view.loop)} ${toggle('guides', 'guides', 'preview.safeAreas', view.guides)}
    ${
      view.fullScreen === 'impossible'
        ? nothing
        : html`<button
            class="icon-button"
            type="button"
            aria-label=${screenLabel}
            title=${screenLabel}
            @click=${() => {
              view.act('full-screen');
            }}
          >
            ${icon(view.fullScreen === 'yes' ? 'shrink' : 'fullscreen')}
          </button>`
    }
  </div>`;
}
