import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Editor, Messages } from '@lectern/core';
import { formatTimecode, frameRates, rationalEquals, type FrameRate, type TimelineDocument } from '@lectern/timeline';

export interface ProjectFieldsView {
  readonly timeline: TimelineDocument;
  readonly editor: Editor;
  readonly m: Messages;
  readonly disabled: boolean;
  readonly customSize: boolean;
  readonly sizeProblem: boolean;
  readonly setCustomSize: (custom: boolean) => void;
  readonly setSizeProblem: (problem: boolean) => void;
}

const sizes: readonly (readonly [width: number, height: number])[] = [
  [1920, 1080],
  [1280, 720],
  [1080, 1920],
  [1080, 1080],
  [1440, 1080],
  [3840, 2160],
];

/** What all clips share: picture size, frame rate, background. Shown while no clip is chosen. */
export function projectFields(view: ProjectFieldsView): TemplateResult {
  const { timeline, editor, m, disabled } = view;
  const { settings } = timeline;
  return html`<section class="group">
      <h3>${m.t('inspector.project')}</h3>
      ${sizeField(view)} ${rateField(view)}
      <div class="row" data-type="colour">
        <label class="label" for="background">${m.t('inspector.background')}</label>
        <span class="colour">
          <input
            id="background"
            type="color"
            .value=${live(settings.background)}
            ?disabled=${disabled}
            @input=${(event: Event) => {
              editor.runMerged('background', 'settings.set', { background: (event.target as HTMLInputElement).value });
            }}
          />
          <span class="timecode">${settings.background}</span>
        </span>
      </div>
      <dl>
        <dt>${m.t('inspector.length')}</dt>
        <dd class="timecode">${formatTimecode(timeline.totalFrames, settings.frameRate)}</dd>
        <dt>${m.t('inspector.clips')}</dt>
        <dd>${m.format.number(timeline.clips.size)}</dd>
      </dl>
    </section>
    <p class="hint">${m.t('inspector.projectHint')}</p>`;
}

function sizeField(view: ProjectFieldsView): TemplateResult {
  const { timeline, editor, m, disabled } = view;
  const { width, height } = timeline.settings;
  const known = sizes.some(([w, h]) => w === width && h === height);
  const custom = view.customSize || !known;
  return html`<div class="row" data-type="choice">
      <label class="label" for="size">${m.t('inspector.frameSize')}</label>
      <select
        class="select"
        data-size="small"
        dir="ltr"
        id="size"
        ?disabled=${disabled}
        @change=${(event: Event) => {
          const { value } = event.target as HTMLSelectElement;
          view.setCustomSize(value === 'custom');
          if (value === 'custom') return;
          const [w = width, h = height] = value.split('x').map(Number);
          editor.run('settings.set', { width: w, height: h });
        }}
      >
        ${sizes.map(
          ([w, h]) =>
            html`<option value=${`${String(w)}x${String(h)}`} ?selected=${!custom && w === width && h === height}>
              ${m.format.dimensions(w, h)}
            </option>`,
        )}
        <option value="custom" ?selected=${custom}>${m.t('inspector.customSize')}</option>
      </select>
    </div>
    ${
      custom
        ? html`<div class="row" data-type="size">
            <span class="label"></span>
            <span class="size">
              ${dimension(view, 'width', width)} <span aria-hidden="true">×</span> ${dimension(view, 'height', height)}
            </span>
            ${view.sizeProblem ? html`<span class="error-text" id="size-problem" role="alert">${m.t('inspector.badSize')}</span>` : nothing}
          </div>`
        : nothing
    }`;
}

function dimension(view: ProjectFieldsView, name: 'width' | 'height', value: number): TemplateResult {
  const { editor, m, disabled } = view;
  return html`<input
    class="input"
    data-size="small"
    type="number"
    min="16"
    max="8192"
    step="2"
    aria-label=${m.t(name === 'width' ? 'inspector.width' : 'inspector.height')}
    aria-invalid=${view.sizeProblem ? 'true' : 'false'}
    ?disabled=${disabled}
    .value=${live(String(value))}
    @change=${(event: Event) => {
      const wanted = (event.target as HTMLInputElement).valueAsNumber;
      const fits = Number.isInteger(wanted) && wanted % 2 === 0 && wanted >= 16 && wanted <= 8192;
      view.setSizeProblem(!fits);
      if (fits) editor.run('settings.set', name === 'width' ? { width: wanted } : { height: wanted });
    }}
  />`;
}

function rateField({ timeline, editor, m, disabled }: ProjectFieldsView): TemplateResult {
  const { frameRate } = timeline.settings;
  const presets = Object.values(frameRates);
  const rates: readonly FrameRate[] = presets.some((rate) => rationalEquals(rate, frameRate))
    ? presets
    : [...presets, frameRate];
  return html`<div class="row" data-type="choice">
      <label class="label" for="rate">${m.t('inspector.frameRate')}</label>
      <select
        class="select"
        data-size="small"
        dir="ltr"
        id="rate"
        aria-describedby="rate-hint"
        ?disabled=${disabled}
        @change=${(event: Event) => {
          const rate = rates[Number((event.target as HTMLSelectElement).value)];
          if (rate) editor.run('settings.setFrameRate', { frameRate: rate });
        }}
      >
        ${rates.map(
          (rate, index) =>
            html`<option value=${index} ?selected=${rationalEquals(rate, frameRate)}>
              ${m.t('inspector.fps', { rate: Math.round((rate.num / rate.den) * 1000) / 1000 })}
            </option>`,
        )}
      </select>
    </div>
    ${timeline.clips.size > 0 ? html`<p class="hint" id="rate-hint">${m.t('inspector.frameRateHint')}</p>` : nothing}`;
}
