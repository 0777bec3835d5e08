import { html, nothing, type TemplateResult } from 'lit';
import type { ExportFormat, ExportPreset, LecternError } from '@lectern/ports';
import type { Messages } from '@lectern/core';
import { icon } from '../foundation/icon.js';
import { codecLine, type ExportOption, type FrameRange } from './export-plan.js';

/** What the browser can encode at the chosen size. */
export type Formats =
  | { readonly status: 'probing' }
  | { readonly status: 'known'; readonly formats: readonly ExportFormat[] }
  | { readonly status: 'failed'; readonly error: LecternError };

export interface ExportFormView {
  readonly messages: Messages;
  readonly options: readonly ExportOption[];
  readonly presetId: ExportPreset['id'] | null;
  readonly formats: Formats;
  readonly format: ExportFormat | null;
  readonly name: string;
  readonly nameMissing: boolean;
  readonly marked: FrameRange | null;
  readonly useMarked: boolean;
  readonly rangeText: string;
  readonly maxBytes: number | null;
  readonly choosePreset: (id: ExportPreset['id']) => void;
  readonly chooseFormat: (format: ExportFormat) => void;
  readonly setName: (name: string) => void;
  readonly setUseMarked: (marked: boolean) => void;
}

/** Quality, format, part and name. */
export function exportForm(view: ExportFormView): TemplateResult {
  const { messages: m } = view;
  const chosen = view.options.find(({ preset }) => preset.id === view.presetId);
  return html`<fieldset>
      <legend class="label">${m.t('export.preset')}</legend>
      <div class="presets">${view.options.map((option) => presetCard(view, option))}</div>
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
    <label class="field">
      <span class="label">${m.t('export.name')}</span>
      <span class="name">
        <input
          class="input"
          type="text"
          maxlength="200"
          autocomplete="off"
          .value=${view.name}
          aria-invalid=${view.nameMissing ? 'true' : 'false'}
          aria-describedby="name-error"
          @input=${(event: Event) => {
            view.setName((event.target as HTMLInputElement).value);
          }}
        />
        <span class="extension" aria-hidden="true">${view.format ? `.${view.format.extension}` : ''}</span>
      </span>
      <span class="error-text" id="name-error">${view.nameMissing ? m.t('export.nameMissing') : nothing}</span>
    </label>
    ${
      chosen?.tooLarge && view.maxBytes !== null
        ? html`<div class="banner" data-tone="warning" role="status">
            ${icon('warning')}
            <p>${m.t('export.tooLargeText', { limit: m.format.bytes(view.maxBytes) })}</p>
          </div>`
        : nothing
    }`;
}

function presetCard(
  { messages: m, presetId, maxBytes, choosePreset }: ExportFormView,
  option: ExportOption,
): TemplateResult {
  const { preset, estimate, tooLarge } = option;
  return html`<label class="preset">
    <input
      class="visually-hidden"
      type="radio"
      name="preset"
      ?autofocus=${preset.id === presetId}
      .value=${preset.id}
      .checked=${preset.id === presetId}
      @change=${() => {
        choosePreset(preset.id);
      }}
    />
    <span class="mark" aria-hidden="true"></span>
    <span class="what">
      <span class="preset-name">${m.t(`export.preset.${preset.id}`)}</span>
      <span class="hint">${m.t(`export.preset.${preset.id}.text`)}</span>
    </span>
    <span class="hint dimensions" dir="ltr">
      ${preset.height > 0 ? m.format.dimensions(estimate.width, estimate.height) : nothing}
    </span>
    <span class="size">${m.t('export.estimate', { size: m.format.bytes(estimate.sizeBytes) })}</span>
    ${
      tooLarge && maxBytes !== null
        ? html`<span class="badge" data-tone="warning"
            >${m.t('export.tooLarge', { limit: m.format.bytes(maxBytes) })}</span
          >`
        : nothing
    }
  </label>`;
}

function formatChoice({ messages: m, formats, format, chooseFormat }: ExportFormView): TemplateResult {
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
              chooseFormat(candidate);
            }}
          >
            ${formatName(candidate, formats.formats, m)}
          </button>`,
      )}
    </div>
    <span class="hint"
      >${format ? `${m.t(`export.format.${format.container}.text`)} · ${codecLine(format)}` : nothing}</span
    >`;
}

/** Two formats may share a container (H.264 with AAC or with Opus): then the codecs tell them apart. */
function formatName(format: ExportFormat, all: readonly ExportFormat[], m: Messages): string {
  const name = format.videoCodec === null ? format.extension.toUpperCase() : m.t(`export.format.${format.container}`);
  return all.filter(({ extension }) => extension === format.extension).length > 1
    ? `${name} (${codecLine(format)})`
    : name;
}

function rangeButton(view: ExportFormView, marked: boolean, label: string): TemplateResult {
  return html`<button
    type="button"
    role="radio"
    aria-checked=${view.useMarked === marked ? 'true' : 'false'}
    ?disabled=${marked && !view.marked}
    @click=${() => {
      view.setUseMarked(marked);
    }}
  >
    ${label}
  </button>`;
}
