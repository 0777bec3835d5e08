import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Editor, Messages } from '@lectern/core';
import { formatTimecode, parseTimecode, type ClipRecord, type FrameRate, type Rational } from '@lectern/timeline';

export interface ClipFieldsView {
  readonly clip: ClipRecord;
  readonly rate: FrameRate;
  readonly editor: Editor;
  readonly m: Messages;
  readonly disabled: boolean;
  /** What is wrong with a field, by its name. */
  readonly problem: { readonly field: string; readonly text: string } | null;
  readonly report: (problem: ClipFieldsView['problem']) => void;
}

/** Start, duration and speed of one clip, in numbers: what dragging on the timeline does, without dragging. */
export function timingFields(view: ClipFieldsView): TemplateResult {
  const { clip, rate, editor, m } = view;
  const fields = html`${timeField(view, 'start', m.t('inspector.start'), clip.startFrame, (frame) =>
    editor.run('clip.move', { clipIds: [clip.id], deltaFrames: frame - clip.startFrame }),
  )}
  ${timeField(view, 'duration', m.t('inspector.duration'), clip.durationFrames, (frames) =>
    editor.run('clip.trim', { clipId: clip.id, edge: 'end', frame: clip.startFrame + frames }),
  )}`;
  return html`${fields} ${clip.source.kind === 'asset' ? speedField(view, clip.source.speed) : nothing}
    <output class="visually-hidden">${formatTimecode(clip.startFrame + clip.durationFrames, rate)}</output>`;
}

function timeField(
  view: ClipFieldsView,
  field: string,
  label: string,
  frame: number,
  change: (frame: number) => boolean,
): TemplateResult {
  const { rate, m, problem, report } = view;
  const wrong = problem?.field === field;
  const shown = formatTimecode(frame, rate);
  return html`<div class="row" data-type="time">
    <label class="label" for=${`field-${field}`}>${label}</label>
    <input
      class="input timecode"
      data-size="small"
      id=${`field-${field}`}
      type="text"
      autocomplete="off"
      spellcheck="false"
      aria-invalid=${wrong ? 'true' : 'false'}
      aria-describedby=${wrong ? `problem-${field}` : nothing}
      ?disabled=${view.disabled}
      .value=${live(wrong ? undefined : shown)}
      @focus=${(event: FocusEvent) => {
        (event.target as HTMLInputElement).select();
      }}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const wanted = parseTimecode(input.value, rate);
        if (wanted === null || wanted < 0) report({ field, text: m.t('inspector.badTime') });
        else if (wanted !== frame && !change(wanted)) report({ field, text: m.t('inspector.noRoom') });
        else {
          report(null);
          input.value = formatTimecode(wanted, rate);
        }
      }}
      @keydown=${(event: KeyboardEvent) => {
        const way = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
        if (event.key === 'Escape') {
          (event.target as HTMLInputElement).value = shown;
          report(null);
        } else if (way !== 0) {
          event.preventDefault();
          change(frame + way * (event.shiftKey ? 10 : 1));
        }
      }}
    />
    ${wrong ? html`<span class="error-text" id=${`problem-${field}`} role="alert">${problem.text}</span>` : nothing}
  </div>`;
}

const speeds: readonly Rational[] = [
  { num: 1, den: 4 },
  { num: 1, den: 2 },
  { num: 3, den: 4 },
  { num: 1, den: 1 },
  { num: 5, den: 4 },
  { num: 3, den: 2 },
  { num: 2, den: 1 },
  { num: 4, den: 1 },
];

function speedField({ clip, editor, m, disabled }: ClipFieldsView, speed: Rational): TemplateResult {
  const current = speed.num / speed.den;
  const known = speeds.some(({ num, den }) => num / den === current);
  const options = known ? speeds : [...speeds, speed].sort((a, b) => a.num / a.den - b.num / b.den);
  return html`<div class="row" data-type="choice">
    <label class="label" for="field-speed">${m.t('inspector.speed')}</label>
    <select
      class="select"
      data-size="small"
      id="field-speed"
      ?disabled=${disabled}
      @change=${(event: Event) => {
        const [num = 1, den = 1] = (event.target as HTMLSelectElement).value.split('/').map(Number);
        if (!editor.run('clip.setSpeed', { clipId: clip.id, speed: { num, den } }))
          (event.target as HTMLSelectElement).value = `${String(speed.num)}/${String(speed.den)}`;
      }}
    >
      ${options.map(
        ({ num, den }) =>
          html`<option value=${`${String(num)}/${String(den)}`} ?selected=${num / den === current}>
            ${m.t('inspector.times', { value: num / den })}
          </option>`,
      )}
    </select>
  </div>`;
}

/** The words of a title. Typing that goes on is one step of the history. */
export function textField({ clip, editor, m, disabled }: ClipFieldsView): TemplateResult | typeof nothing {
  if (clip.source.kind !== 'text') return nothing;
  return html`<label class="field words">
    <span class="label">${m.t('inspector.text')}</span>
    <textarea
      class="textarea"
      rows="3"
      maxlength="5000"
      dir="auto"
      ?disabled=${disabled}
      .value=${live(clip.source.text)}
      @input=${(event: Event) => {
        editor.runMerged(`text:${clip.id}`, 'clip.setText', {
          clipId: clip.id,
          text: (event.target as HTMLTextAreaElement).value,
        });
      }}
    ></textarea>
  </label>`;
}
