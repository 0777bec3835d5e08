import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { MessageKey, Messages } from '@lectern/core';
import type { PropertyDefinition, PropertyValue } from '@lectern/timeline';
import { icon } from '../foundation/icon.js';
import type { NumberDisplay } from './property-display.js';

/** A property of the chosen clips: one value, or several different ones. */
export interface PropertyView {
  readonly definition: PropertyDefinition;
  /** Of the first clip. */
  readonly value: PropertyValue;
  readonly mixed: boolean;
  readonly display: NumberDisplay | null;
  readonly disabled: boolean;
  readonly m: Messages;
  readonly press: () => void;
  readonly input: (value: PropertyValue) => void;
  readonly release: () => void;
  readonly set: (value: PropertyValue) => void;
}

/** The field of a property, by its type. */
export function propertyField(view: PropertyView): TemplateResult {
  const { definition, m } = view;
  const label = m.t(`property.${definition.id}`);
  const id = `property-${definition.id}`;
  return html`<div class="row" data-type=${definition.type} data-property=${definition.id}>
    <span class="name-cell">
      <label class="label" for=${id} id=${`${id}-label`}>${label}</label>
      ${
        view.disabled || (!view.mixed && view.value === definition.default)
          ? nothing
          : html`<button
              class="icon-button reset"
              data-size="small"
              type="button"
              aria-label=${m.t('inspector.reset', { property: label })}
              title=${m.t('inspector.reset', { property: label })}
              @click=${() => {
                view.set(definition.default);
              }}
            >
              ${icon('restore')}
            </button>`
      }
    </span>
    ${control(view, id, label)}
  </div>`;
}

function control(view: PropertyView, id: string, label: string): TemplateResult {
  switch (view.definition.type) {
    case 'number':
    case 'integer':
      return view.definition.id === 'fontWeight' ? weightControl(view, id) : numberControl(view, id, label);
    case 'boolean':
      return html`<input
        id=${id}
        type="checkbox"
        .checked=${live(view.value === true)}
        .indeterminate=${view.mixed}
        ?disabled=${view.disabled}
        @change=${(event: Event) => {
          view.set((event.target as HTMLInputElement).checked);
        }}
      />`;
    case 'colour':
      return colourControl(view, id);
    case 'choice':
      return choiceControl(view, id, view.definition.choices ?? []);
    case 'string':
      return fontControl(view, id);
  }
}

function numberControl(view: PropertyView, id: string, label: string): TemplateResult {
  const { display, m, mixed } = view;
  if (!display) return html``;
  const shown = display.toShown(Number(view.value));
  const text = display.suffix ? `${m.format.number(shown)} ${display.suffix}` : m.format.number(shown);
  return html`${
      display.slider
        ? html`<input
            class="slider"
            type="range"
            aria-label=${label}
            aria-valuetext=${mixed ? m.t('inspector.mixed') : text}
            min=${display.slider.min}
            max=${display.slider.max}
            step=${display.slider.step}
            .value=${live(String(shown))}
            ?disabled=${view.disabled}
            @pointerdown=${view.press}
            @pointercancel=${view.release}
            @input=${(event: Event) => {
              view.input(display.toValue(Number((event.target as HTMLInputElement).value)));
            }}
            @change=${view.release}
          />`
        : nothing
    }
    <span class="number">
      <input
        class="input"
        data-size="small"
        id=${id}
        type="number"
        inputmode="decimal"
        min=${display.min}
        max=${display.max}
        step="any"
        placeholder=${mixed ? m.t('inspector.mixed') : nothing}
        .value=${live(mixed ? '' : String(shown))}
        ?disabled=${view.disabled}
        @change=${(event: Event) => {
          const field = event.target as HTMLInputElement;
          if (field.value === '' || !Number.isFinite(field.valueAsNumber)) field.value = mixed ? '' : String(shown);
          else view.set(display.toValue(Math.min(display.max, Math.max(display.min, field.valueAsNumber))));
        }}
        @keydown=${(event: KeyboardEvent) => {
          onNumberKey(event, display, shown, view);
        }}
      />
      <span class="suffix" aria-hidden="true">${display.suffix}</span>
    </span>`;
}

/** Arrows step as a browser would, but through the registry's own step; with Shift ten at once. */
function onNumberKey(event: KeyboardEvent, display: NumberDisplay, shown: number, view: PropertyView): void {
  const way = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
  if (way === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const field = event.target as HTMLInputElement;
  const from = Number.isFinite(field.valueAsNumber) ? field.valueAsNumber : shown;
  const next = from + way * display.step * (event.shiftKey ? 10 : 1);
  view.set(display.toValue(Math.min(display.max, Math.max(display.min, Math.round(next * 1000) / 1000))));
}

function colourControl(view: PropertyView, id: string): TemplateResult {
  const { definition, m, mixed, value } = view;
  const colour = typeof value === 'string' ? value : null;
  return html`<span class="colour">
    <input
      id=${id}
      type="color"
      .value=${live(colour ?? '#000000')}
      ?disabled=${view.disabled}
      @input=${(event: Event) => {
        view.set((event.target as HTMLInputElement).value);
      }}
    />
    ${colour === null && !mixed ? nothing : html`<span class="timecode">${mixed ? m.t('inspector.mixed') : colour}</span>`}
    ${
      definition.nullable
        ? html`<label class="none">
            <input
              type="checkbox"
              .checked=${live(colour === null)}
              ?disabled=${view.disabled}
              @change=${(event: Event) => {
                view.set((event.target as HTMLInputElement).checked ? null : '#000000');
              }}
            />
            ${m.t('inspector.noColour')}
          </label>`
        : nothing
    }
  </span>`;
}

const aligned: ReadonlySet<string> = new Set(['textAlign']);

function choiceControl(view: PropertyView, id: string, choices: readonly string[]): TemplateResult {
  const { m, mixed, value, definition } = view;
  if (aligned.has(definition.id))
    return html`<span class="segmented" role="radiogroup" aria-labelledby=${`${id}-label`} id=${id}>
      ${choices.map(
        (choice) =>
          html`<button
            type="button"
            role="radio"
            aria-checked=${!mixed && choice === value ? 'true' : 'false'}
            ?disabled=${view.disabled}
            @click=${() => {
              view.set(choice);
            }}
          >
            ${m.t(`choice.${choice}` as MessageKey)}
          </button>`,
      )}
    </span>`;
  return html`<select
    class="select"
    data-size="small"
    id=${id}
    ?disabled=${view.disabled}
    @change=${(event: Event) => {
      view.set((event.target as HTMLSelectElement).value);
    }}
  >
    ${mixed ? html`<option value="" selected disabled>${m.t('inspector.mixed')}</option>` : nothing}
    ${choices.map(
      (choice) =>
        html`<option value=${choice} ?selected=${!mixed && choice === value}>
          ${m.t(`choice.${choice}` as MessageKey)}
        </option>`,
    )}
  </select>`;
}

const weights = [300, 400, 500, 600, 700, 800, 900] as const;

function weightControl(view: PropertyView, id: string): TemplateResult {
  return html`<select
    class="select"
    data-size="small"
    id=${id}
    ?disabled=${view.disabled}
    @change=${(event: Event) => {
      view.set(Number((event.target as HTMLSelectElement).value));
    }}
  >
    ${weights.map((weight) => html`<option value=${weight} ?selected=${!view.mixed && weight === view.value}>${weight}</option>`)}
  </select>`;
}

/** Families that every system has; a project may name others. */
const families = [
  'sans-serif',
  'serif',
  'monospace',
  'Arial',
  'Georgia',
  'Verdana',
  'Times New Roman',
  'Courier New',
] as const;

function fontControl(view: PropertyView, id: string): TemplateResult {
  const value = String(view.value ?? '');
  const known = (families as readonly string[]).includes(value);
  return html`<select
    class="select"
    data-size="small"
    id=${id}
    ?disabled=${view.disabled}
    @change=${(event: Event) => {
      view.set((event.target as HTMLSelectElement).value);
    }}
  >
    ${known || view.mixed ? nothing : html`<option selected>${value}</option>`}
    ${families.map((family) => html`<option ?selected=${!view.mixed && family === value}>${family}</option>`)}
  </select>`;
}
