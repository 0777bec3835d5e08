import { studioCommand } from '@lectern/core';
import type { ClipRecord, TrackId } from '@lectern/timeline';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { icon, type IconName } from '../foundation/icon.js';
import { goalTracks, moveToNeighbour, neighbourDelta } from './timeline-menus.js';
import { TimeFields } from './time-fields.js';
import type { Row } from './timeline-geometry.js';
import { clipName, type TimelineView } from './timeline-view.js';

/** How many clips a page has: all fields of all clips of a long project would be too much for any page. */
const pageSize = 50;

interface Entry {
  readonly row: Row;
  readonly clip: ClipRecord;
  /** Place on its track, from 1. */
  readonly position: number;
}

export interface ClipsTableOptions {
  readonly say: (text: string) => void;
  readonly openMenu: (row: Row, clip: ClipRecord, button: HTMLElement) => void;
}

/** The clips as a table: every time is a field, and everything that the graphics do by dragging is a button. */
export class ClipsTable implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: ClipsTableOptions;
  #page = 0;
  #trackId: TrackId | '' = '';
  #sorted: {
    readonly rows: readonly Row[];
    readonly trackId: TrackId | '';
    readonly entries: readonly Entry[];
  } | null = null;
  readonly #times: TimeFields;

  constructor(host: ReactiveControllerHost, options: ClipsTableOptions) {
    this.#host = host;
    this.#options = options;
    this.#times = new TimeFields(host, options.say);
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#times.clear();
  }

  render(view: TimelineView): TemplateResult {
    const { messages } = view;
    const entries = this.#entries(view);
    const pages = Math.max(1, Math.ceil(entries.length / pageSize));
    this.#page = Math.min(this.#page, pages - 1);
    const from = this.#page * pageSize;
    const shown = entries.slice(from, from + pageSize);
    const all = shown.length > 0 && shown.every(({ clip }) => view.selected.has(clip.id));
    return html`<div class="table-frame" part="table">
      <div class="table-bar">
        <label class="filter">
          <span class="label">${messages.t('timeline.tableShowTrack')}</span>
          <select
            class="select"
            data-size="small"
            .value=${this.#trackId}
            @change=${(event: Event) => {
              this.#trackId = (event.currentTarget as HTMLSelectElement).value as TrackId | '';
              this.#page = 0;
              this.#host.requestUpdate();
            }}
          >
            <option value="">${messages.t('timeline.tableAllTracks')}</option>
            ${view.rows.map(({ track }) => html`<option value=${track.id} ?selected=${track.id === this.#trackId}>${track.name}</option>`)}
          </select>
        </label>
        <div class="spring"></div>
        ${pages > 1 ? this.#pager(view, from, entries.length, pages) : nothing}
      </div>
      ${
        shown.length === 0
          ? html`<p class="table-empty">${messages.t('timeline.tableEmpty')}</p>`
          : html`<div class="table-scroll" tabindex="0" role="region" aria-label=${messages.t('timeline.showTable')}>
              <table role="table" aria-rowcount=${entries.length + 1}>
                <caption class="visually-hidden">
                  ${messages.t('timeline.tableCaption')}
                </caption>
                <thead>
                  <tr role="row" aria-rowindex="1">
                    <th role="columnheader" scope="col">
                      <input
                        type="checkbox"
                        aria-label=${messages.t('timeline.tableSelectAll')}
                        .checked=${all}
                        @change=${() => {
                          view.editor.select(all ? [] : shown.map(({ clip }) => clip.id));
                        }}
                      />
                    </th>
                    ${(
                      [
                        'common.name',
                        'timeline.tableTrack',
                        'timeline.tableStart',
                        'timeline.tableEnd',
                        'timeline.tableDuration',
                        'timeline.tableActions',
                      ] as const
                    ).map((key) => html`<th role="columnheader" scope="col">${messages.t(key)}</th>`)}
                  </tr>
                </thead>
                <tbody>
                  ${repeat(
                    shown,
                    ({ clip }) => clip.id,
                    (entry, index) => this.#line(view, entry, from + index),
                  )}
                </tbody>
              </table>
            </div>`
      }
    </div>`;
  }

  #entries(view: TimelineView): readonly Entry[] {
    const known = this.#sorted;
    if (known?.rows === view.rows && known.trackId === this.#trackId) return known.entries;
    if (!view.rows.some(({ track }) => track.id === this.#trackId)) this.#trackId = '';
    const entries = view.rows
      .filter(({ track }) => this.#trackId === '' || track.id === this.#trackId)
      .flatMap((row) => row.clips.map((clip, index): Entry => ({ row, clip, position: index + 1 })))
      .sort((a, b) => a.clip.startFrame - b.clip.startFrame || a.row.index - b.row.index);
    this.#sorted = { rows: view.rows, trackId: this.#trackId, entries };
    return entries;
  }

  #pager(view: TimelineView, from: number, total: number, pages: number): TemplateResult {
    const { messages } = view;
    const go = (page: number): void => {
      this.#page = page;
      this.#host.requestUpdate();
    };
    const arrow = (
      label: 'timeline.tablePrevious' | 'timeline.tableNext',
      page: number,
      picture: IconName,
    ): TemplateResult =>
      html`<button
        class="icon-button"
        type="button"
        aria-label=${messages.t(label)}
        title=${messages.t(label)}
        ?disabled=${page < 0 || page >= pages}
        @click=${() => {
          go(page);
        }}
      >
        ${icon(picture)}
      </button>`;
    const [back, on]: readonly [IconName, IconName] =
      view.direction === 'rtl' ? ['chevron-right', 'chevron-left'] : ['chevron-left', 'chevron-right'];
    return html`<span class="hint"
        >${messages.t('timeline.tablePage', { from: from + 1, to: Math.min(total, from + pageSize), total })}</span
      >
      ${arrow('timeline.tablePrevious', this.#page - 1, back)}${arrow('timeline.tableNext', this.#page + 1, on)}`;
  }

  #line(view: TimelineView, entry: Entry, index: number): TemplateResult {
    const { messages } = view;
    const { clip, row, position } = entry;
    const name = clipName(clip, messages);
    const locked = row.track.locked || view.state.readOnly;
    const selected = view.selected.has(clip.id);
    return html`<tr
      role="row"
      aria-rowindex=${index + 2}
      aria-selected=${selected ? 'true' : 'false'}
      data-clip=${clip.id}
    >
      <td role="cell">
        <input
          type="checkbox"
          aria-label=${messages.t('timeline.tableSelect', { position, name })}
          .checked=${selected}
          @change=${() => {
            const { clipIds } = view.state.state.selection;
            view.editor.select(selected ? clipIds.filter((id) => id !== clip.id) : [...clipIds, clip.id]);
          }}
        />
      </td>
      <td role="cell" data-column="name">
        <input
          class="input"
          data-size="small"
          dir="auto"
          .value=${name}
          maxlength="200"
          ?readonly=${locked || clip.source.kind === 'text'}
          aria-label=${messages.t('timeline.tableField', { field: messages.t('common.name'), position, name })}
          @change=${(event: Event) => {
            view.editor.run('clip.rename', {
              clipId: clip.id,
              name: (event.currentTarget as HTMLInputElement).value.trim(),
            });
          }}
        />
      </td>
      <td role="cell" data-column="track">${this.#trackChoice(view, entry, locked)}</td>
      ${(['start', 'end', 'duration'] as const).map((field) => html`<td role="cell" data-column=${field}>${this.#times.render(view, entry, field, locked)}</td>`)}
      <td role="cell" data-column="actions">${this.#actions(view, entry, locked)}</td>
    </tr>`;
  }

  #trackChoice(view: TimelineView, { row, clip, position }: Entry, locked: boolean): TemplateResult {
    const { messages } = view;
    return html`<select
      class="select"
      data-size="small"
      ?disabled=${locked}
      aria-label=${messages.t('timeline.tableField', { field: messages.t('timeline.tableTrack'), position, name: clipName(clip, messages) })}
      @pointerdown=${this.#fillTracks(view, clip)}
      @focus=${this.#fillTracks(view, clip)}
      @change=${(event: Event) => {
        const select = event.currentTarget as HTMLSelectElement;
        const trackId = select.value as TrackId;
        if (!view.editor.run('clip.move', { clipIds: [clip.id], deltaFrames: 0, trackId, mode: 'insert' })) {
          select.value = row.track.id;
          this.#options.say(messages.t('timeline.doesNotFit'));
        }
      }}
    >
      <option value=${row.track.id} selected>${row.track.name}</option>
    </select>`;
  }

  /** The other tracks come in when the list is about to open: asking for all of every row would cost too much. */
  #fillTracks(view: TimelineView, clip: ClipRecord): (event: Event) => void {
    return (event) => {
      const select = event.currentTarget as HTMLSelectElement;
      const goals = goalTracks(view, clip);
      for (const option of [...select.options].slice(1)) option.remove();
      for (const track of goals) select.add(new Option(track.name, track.id));
    };
  }

  #actions(view: TimelineView, { row, clip }: Entry, locked: boolean): TemplateResult {
    const { messages, editor } = view;
    const name = clipName(clip, messages);
    const button = (label: string, picture: IconName, disabled: boolean, run: (event: Event) => void): TemplateResult =>
      html`<button
        class="icon-button"
        data-size="small"
        type="button"
        aria-label=${`${label}: ${name}`}
        title=${label}
        ?disabled=${disabled}
        @click=${run}
      >
        ${icon(picture)}
      </button>`;
    return html`<div class="row-actions">
      ${button(messages.t('timeline.moveEarlier'), 'up', locked || neighbourDelta(row, clip, -1) === 0, () => {
        moveToNeighbour(view, row, clip, -1);
      })}
      ${button(messages.t('timeline.moveLater'), 'down', locked || neighbourDelta(row, clip, 1) === 0, () => {
        moveToNeighbour(view, row, clip, 1);
      })}
      ${button(messages.t(studioCommand('split').label), 'split', locked, () => {
        // Where the playhead is now: it moves without the table being drawn again.
        if (!editor.run('clip.split', { clipIds: [clip.id], frame: editor.store.getState().playheadFrame }))
          this.#options.say(messages.t('timeline.splitNeedsPlayhead'));
      })}
      ${button(messages.t('common.delete'), 'delete', locked, () => {
        editor.run('clip.delete', { clipIds: [clip.id] });
      })}
      ${button(messages.t('common.moreActions'), 'more', false, (event) => {
        this.#options.openMenu(row, clip, event.currentTarget as HTMLElement);
      })}
    </div>`;
  }
}
