import { endFrame, formatTimecode, parseTimecode, type ClipRecord, type TimelineDocument } from '@lectern/timeline';
import type { ReactiveControllerHost } from 'lit';
import { html, nothing, type TemplateResult } from 'lit';
import { clipsBetween } from './timeline-geometry.js';
import { clipName, type TimelineView } from './timeline-view.js';

export type TimeField = 'start' | 'end' | 'duration';

interface Placed {
  readonly clip: ClipRecord;
  /** Place on its track, from 1. */
  readonly position: number;
}

/** The times of clips as fields: what is typed is done at once, what can't be done is said at the field. */
export class TimeFields {
  readonly #host: ReactiveControllerHost;
  readonly #say: (text: string) => void;
  /** What is wrong with a field, by field and clip. */
  readonly #errors = new Map<string, string>();

  constructor(host: ReactiveControllerHost, say: (text: string) => void) {
    this.#host = host;
    this.#say = say;
  }

  clear(): void {
    this.#errors.clear();
  }

  render(view: TimelineView, { clip, position }: Placed, field: TimeField, locked: boolean): TemplateResult {
    const { messages, document } = view;
    const rate = document.settings.frameRate;
    const frames = { start: clip.startFrame, end: endFrame(clip), duration: clip.durationFrames }[field];
    const words = {
      start: 'timeline.tableStart',
      end: 'timeline.tableEnd',
      duration: 'timeline.tableDuration',
    } as const;
    const key = `${field}-${clip.id}`;
    const error = this.#errors.get(key);
    return html`<input
        class="input timecode"
        data-size="small"
        dir="ltr"
        inputmode="numeric"
        autocomplete="off"
        spellcheck="false"
        .value=${formatTimecode(frames, rate)}
        ?readonly=${locked}
        aria-label=${messages.t('timeline.tableField', { field: messages.t(words[field]), position, name: clipName(clip, messages) })}
        aria-invalid=${error === undefined ? nothing : 'true'}
        aria-describedby=${error === undefined ? nothing : `error-${key}`}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== 'Escape') return;
          this.#errors.delete(key);
          (event.currentTarget as HTMLInputElement).value = formatTimecode(frames, rate);
          this.#host.requestUpdate();
        }}
        @change=${(event: Event) => {
          this.#change(view, clip, field, event.currentTarget as HTMLInputElement);
        }}
      />${error === undefined ? nothing : html`<span class="error-text" id=${`error-${key}`}>${error}</span>`}`;
  }

  #change(view: TimelineView, clip: ClipRecord, field: TimeField, input: HTMLInputElement): void {
    const { messages, editor, document } = view;
    const rate = document.settings.frameRate;
    const key = `${field}-${clip.id}`;
    const frames = parseTimecode(input.value.trim(), rate);
    this.#errors.delete(key);
    this.#host.requestUpdate();
    if (frames === null || frames < 0) {
      this.#fail(key, messages.t('timeline.badTime'));
      return;
    }
    const before = { start: clip.startFrame, end: endFrame(clip), duration: clip.durationFrames }[field];
    if (frames === before) {
      input.value = formatTimecode(before, rate);
      return;
    }
    const done =
      field === 'start'
        ? editor.run('clip.move', {
            clipIds: [clip.id],
            deltaFrames: frames - clip.startFrame,
            mode: modeAt(document, clip, frames),
          })
        : editor.run('clip.trim', {
            clipId: clip.id,
            edge: 'end',
            frame: field === 'end' ? frames : clip.startFrame + frames,
          });
    if (!done) this.#fail(key, messages.t('timeline.doesNotFit'));
    // What was done may be less than was asked: the field says what is.
    const now = editor.document.clips.get(clip.id);
    if (done && now)
      input.value = formatTimecode(
        { start: now.startFrame, end: endFrame(now), duration: now.durationFrames }[field],
        rate,
      );
  }

  #fail(key: string, text: string): void {
    this.#errors.set(key, text);
    this.#say(text);
  }
}

/** Where there is room a clip just goes; where there isn't, the others make way rather than being cut. */
function modeAt(document: TimelineDocument, clip: ClipRecord, startFrame: number): 'overwrite' | 'insert' {
  const there = clipsBetween(document.clipsOf(clip.trackId), startFrame, startFrame + clip.durationFrames);
  return there.every(({ id }) => id === clip.id) ? 'overwrite' : 'insert';
}
