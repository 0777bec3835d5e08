import { html, nothing, type TemplateResult } from 'lit';
import type { ExportFormat } from '@lectern/ports';
import type { Messages } from '@lectern/core';
import { icon } from '../foundation/icon.js';
import type { Destination, ExportChoices } from './export-choices.js';
import { codecLine, fits, type ExportOption, type FrameRange } from './export-plan.js';

export interface ExportFormView {
  readonly messages: Messages;
  readonly choices: ExportChoices;
  readonly marked: FrameRange | null;
  readonly rangeText: string;
  readonly maxBytes: number | null;
}

/** Where it goes, quality, format, part, sound and name, and what stands in its way. */
export function exportForm(view: ExportFormView): TemplateResult {
  const { choices, messages: m } = view;
  return html`${destinationChoice(view)}
    <fieldset>
      <legend class="label">${m.t('export.preset')}</legend>
      <div class="cards presets">${choices.options.map((option) => presetCard(view, option))}</div>
    </fieldset>
    <div class="row">
      <fieldset>
        <legend class="label">${m.t('export.format')}</legend>
        ${formatChoice(view)}
      </fieldset>
      <fieldset>
        <legend class="label">${m.t('export.range')}</legend>
        <div class="segmented" role="radiogroup" aria-label=${m.t('export.range')}>
          ${rangeButton(view, false, m.t('export.range.whole'))} ${rangeButton(view, true, m.t('export.range.marked'))}
        </div>
        <span class="hint">${view.marked ? view.rangeText : m.t('export.range.none')}</span>
      </fieldset>
    </div>
    <label class="check">
      <input
        type="checkbox"
        .checked=${choices.loudness}
        aria-describedby="loudness-hint"
        @change=${(event: Event) => {
          choices.setLoudness((event.target as HTMLInputElement).checked);
        }}
      />
      <span class="what">
        <span>${m.t('export.loudness')}</span>
        <span class="hint" id="loudness-hint">${m.t('export.loudnessText')}</span>
      </span>
    </label>
    ${choices.destination === 'update' ? nothing : nameField(view)} ${obstacles(view)}`;
}

function destinationChoice({ choices, messages: m }: ExportFormView): TemplateResult | typeof nothing {
  const { canUpdate, earlier } = choices;
  if (earlier === 'asking') return html`<span class="probing"><span class="spinner"></span></span>`;
  if (earlier === null) return nothing;
  const card = (destination: Destination, label: string, hint: string, disabled = false): TemplateResult =>
    html`<label class="card" ?data-disabled=${disabled}>
      <input
        class="visually-hidden"
        type="radio"
        name="destination"
        .value=${destination}
        .checked=${destination === choices.destination}
        ?disabled=${disabled}
        @change=${() => {
          choices.setDestination(destination);
        }}
      />
      <span class="mark" aria-hidden="true"></span>
      <span class="what">
        <span class="card-name">${label}</span>
        <span class="hint">${hint}</span>
      </span>
    </label>`;
  return html`<fieldset>
    <legend class="label">${m.t('export.destination')}</legend>
    <div class="cards destinations">
      ${card(
        'update',
        m.t('export.destination.update', { name: earlier.name }),
        m.t(canUpdate ? 'export.destination.updateText' : 'export.destination.otherKind'),
        !canUpdate,
      )}
      ${card('new', m.t('export.destination.new'), m.t('export.destination.newText'))}
    </div>
  </fieldset>`;
}

function nameField({ choices, messages: m }: ExportFormView): TemplateResult {
  const { format, name, nameMissing } = choices;
  return html`<label class="field">
    <span class="label">${m.t('export.name')}</span>
    <span class="name">
      <input
        class="input"
        type="text"
        maxlength="200"
        autocomplete="off"
        .value=${name}
        aria-invalid=${nameMissing ? 'true' : 'false'}
        aria-describedby="name-error"
        @input=${(event: Event) => {
          choices.setName((event.target as HTMLInputElement).value);
        }}
      />
      <span class="extension" aria-hidden="true">${format ? `.${format.extension}` : ''}</span>
    </span>
    <span class="error-text" id="name-error">${nameMissing ? m.t('export.nameMissing') : nothing}</span>
  </label>`;
}

function presetCard({ choices, maxBytes, messages: m }: ExportFormView, option: ExportOption): TemplateResult {
  const { estimate, preset, sizeBytes, tooLarge } = option;
  const isChosen = preset.id === choices.presetId;
  return html`<label class="card preset">
    <input
      class="visually-hidden"
      type="radio"
      name="preset"
      ?autofocus=${isChosen}
      .value=${preset.id}
      .checked=${isChosen}
      @change=${() => {
        choices.choosePreset(preset.id);
      }}
    />
    <span class="mark" aria-hidden="true"></span>
    <span class="what">
      <span class="card-name preset-name">${m.t(`export.preset.${preset.id}`)}</span>
      <span class="hint">${m.t(`export.preset.${preset.id}.text`)}</span>
    </span>
    <span class="hint dimensions" dir="ltr">
      ${preset.height > 0 ? m.format.dimensions(estimate.width, estimate.height) : nothing}
    </span>
    <span class="size">${m.t('export.estimate', { size: m.format.bytes(sizeBytes) })}</span>
    ${
      tooLarge && maxBytes !== null
        ? html`<span class="badge" data-tone="warning"
            >${m.t('export.tooLarge', { limit: m.format.bytes(maxBytes) })}</span
          >`
        : nothing
    }
  </label>`;
}

function formatChoice({ choices, messages: m }: ExportFormView): TemplateResult {
  const { format, formats } = choices;
  if (formats.status === 'probing')
    return html`<span class="probing" role="status"><span class="spinner"></span>${m.t('export.probing')}</span>`;
  if (formats.status === 'failed' || formats.formats.length === 0) {
    const text =
      formats.status === 'failed'
        ? m.error(formats.error)
        : { title: m.t('export.noFormat'), advice: m.t('export.noFormatText') };
    return html`<span class="error-text" role="alert">${text.title}</span><span class="hint">${text.advice}</span>`;
  }
  return html`<div class="segmented" role="radiogroup" aria-label=${m.t('export.format')}>
      ${formats.formats.map(
        (candidate) =>
          html`<button
            type="button"
            role="radio"
            aria-checked=${candidate === format ? 'true' : 'false'}
            @click=${() => {
              choices.chooseFormat(candidate);
            }}
          >
            ${formatName(candidate, formats.formats, m)}
          </button>`,
      )}
    </div>
    <span class="hint"
      >${format ? `${m.t(format.encoder === 'ffmpeg' ? 'export.format.slow' : `export.format.${format.container}.text`)} · ${codecLine(format)}` : nothing}</span
    >`;
}

/** Two formats may share a container (H.264 with AAC or with Opus): then the codecs tell them apart. */
function formatName(format: ExportFormat, all: readonly ExportFormat[], m: Messages): string {
  const name = format.videoCodec === null ? format.extension.toUpperCase() : m.t(`export.format.${format.container}`);
  return all.filter(({ extension }) => extension === format.extension).length > 1
    ? `${name} (${codecLine(format)})`
    : name;
}

function rangeButton({ choices, marked }: ExportFormView, useMarked: boolean, label: string): TemplateResult {
  return html`<button
    type="button"
    role="radio"
    aria-checked=${(choices.useMarked && marked !== null) === useMarked ? 'true' : 'false'}
    ?disabled=${useMarked && !marked}
    @click=${() => {
      choices.setUseMarked(useMarked);
    }}
  >
    ${label}
  </button>`;
}

/** Larger than the host takes, or than there is room for: the latter keeps it from beginning. */
function obstacles({ choices, maxBytes, messages: m }: ExportFormView): TemplateResult {
  const { chosen, forecast } = choices;
  const { freeBytes, spaceBytes } =
    forecast?.status === 'known' ? forecast.forecast : { freeBytes: null, spaceBytes: 0 };
  return html`${
    chosen?.tooLarge && maxBytes !== null
      ? html`<div class="banner" data-tone="warning" role="status">
          ${icon('warning')}
          <p>${m.t('export.tooLargeText', { limit: m.format.bytes(maxBytes) })}</p>
        </div>`
      : nothing
  }${
    forecast?.status === 'known' && freeBytes !== null && !fits(forecast.forecast)
      ? html`<div class="banner no-space" data-tone="danger" role="alert">
          ${icon('error')}
          <p>
            <strong>${m.t('export.noSpace')}.</strong>
            ${m.t('export.noSpaceText', { needed: m.format.bytes(spaceBytes), free: m.format.bytes(freeBytes) })}
          </p>
        </div>`
      : nothing
  }`;
}

/** Length and size, and under them time and space as the sources make them likely. */
export function exportSummary({
  choices,
  messages: m,
  frameRate,
}: {
  readonly choices: ExportChoices;
  readonly messages: Messages;
  readonly frameRate: { readonly num: number; readonly den: number };
}): TemplateResult {
  const { chosen, forecast } = choices;
  if (!chosen) return html`<span class="summary"></span>`;
  const { durationSeconds } = chosen.estimate;
  const length = m.format.duration(durationSeconds);
  const line = m.t('export.summary', {
    duration: length,
    size: m.t('export.estimate', { size: m.format.bytes(chosen.sizeBytes) }),
  });
  return html`<span class="summary">${line} ${forecastLine()}</span>`;

  function forecastLine(): TemplateResult | typeof nothing {
    if (forecast?.status === 'asking')
      return html`<span class="forecast"><span class="spinner"></span>${m.t('export.forecasting')}</span>`;
    if (forecast?.status !== 'known') return nothing;
    const { copiedFrames, renderSeconds, spaceBytes } = forecast.forecast;
    const copied = (copiedFrames * frameRate.den) / frameRate.num;
    const parts = [
      renderSeconds === null
        ? null
        : m.t('export.forecastTime', { time: m.format.approximateDuration(Math.max(1, renderSeconds)) }),
      m.t('export.forecastSpace', { space: m.format.bytes(spaceBytes) }),
      copied < 1 ? null : m.t('export.forecastCopied', { time: m.format.duration(copied), total: length }),
    ].filter((part) => part !== null);
    return html`<span class="forecast">${parts.join(' · ')}</span>`;
  }
}
