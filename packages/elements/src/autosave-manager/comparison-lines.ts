import { html, type TemplateResult } from 'lit';
import {
  isEmptyComparison,
  type ComparedCaptions,
  type ComparedClip,
  type ComparedTrack,
  type DocumentComparison,
} from '@lectern/timeline';
import type { MessageKey, Messages } from '@lectern/core';
import { icon, type IconName } from '../foundation/icon.js';

/** One line of a summary. */
export interface ComparisonLine {
  readonly sign: 'added' | 'removed' | 'changed';
  readonly text: string;
}

/** So many names fit into a line. */
const maxNames = 3;

type Named = { readonly name: string } | ComparedClip | ComparedTrack | ComparedCaptions;

/** A summary in words, a line for each kind of thing that happened. */
export function comparisonLines(comparison: DocumentComparison, m: Messages): readonly ComparisonLine[] {
  const { clips, tracks, markers, captions, transitions, settings } = comparison;
  const lines: ComparisonLine[] = [];
  const list = (sign: ComparisonLine['sign'], key: MessageKey, things: readonly Named[]): void => {
    if (things.length === 0) return;
    const names = namesOf(
      things.map((thing) => nameOf(thing, m)),
      m,
    );
    lines.push({ sign, text: m.t(key, { count: things.length, names }) });
  };
  const count = (sign: ComparisonLine['sign'], key: MessageKey, amount: number): void => {
    if (amount > 0) lines.push({ sign, text: m.t(key, { count: amount }) });
  };
  list('added', 'comparison.clipsAdded', clips.added);
  list('removed', 'comparison.clipsRemoved', clips.removed);
  list('changed', 'comparison.clipsChanged', clips.changed);
  list('changed', 'comparison.clipsSplit', clips.split);
  list('changed', 'comparison.clipsTrimmed', clips.trimmed);
  list('changed', 'comparison.clipsMoved', clips.moved);
  count('changed', 'comparison.clipsShifted', clips.shifted.length);
  count('added', 'comparison.transitionsAdded', transitions.added);
  count('removed', 'comparison.transitionsRemoved', transitions.removed);
  count('changed', 'comparison.transitionsChanged', transitions.changed);
  list('added', 'comparison.tracksAdded', tracks.added);
  list('removed', 'comparison.tracksRemoved', tracks.removed);
  list('changed', 'comparison.tracksChanged', tracks.changed);
  list('added', 'comparison.markersAdded', markers.added);
  list('removed', 'comparison.markersRemoved', markers.removed);
  list('changed', 'comparison.markersChanged', markers.changed);
  list('added', 'comparison.captionsAdded', captions.added);
  list('removed', 'comparison.captionsRemoved', captions.removed);
  list('changed', 'comparison.captionsChanged', captions.changed);
  if (settings.length > 0) {
    const names = m.format.list(settings.map((setting) => m.t(`comparison.setting.${setting}`)));
    lines.push({ sign: 'changed', text: m.t('comparison.settings', { names }) });
  }
  return lines;
}

/** `“Intro”, “Outro”, “Title” and 4 more`; of two clips of one name, the name once. */
export function namesOf(names: readonly string[], m: Messages): string {
  const distinct = [...new Set(names)];
  const shown = distinct.slice(0, maxNames).map((name) => m.t('common.quoted', { name }));
  const rest = distinct.length - shown.length;
  return m.format.list(rest > 0 ? [...shown, m.t('comparison.more', { count: rest })] : shown);
}

/** The clips that both sides touched, by name. */
export function touchedByBoth(mine: DocumentComparison, theirs: DocumentComparison, m: Messages): readonly string[] {
  const touched = ({ clips }: DocumentComparison): readonly ComparedClip[] => [
    ...clips.removed,
    ...clips.changed,
    ...clips.split,
    ...clips.trimmed,
    ...clips.moved,
  ];
  const ids = new Set(touched(theirs).map(({ id }) => id));
  return [
    ...new Set(
      touched(mine)
        .filter(({ id }) => ids.has(id))
        .map((clip) => nameOf(clip, m)),
    ),
  ];
}

const signs: Readonly<Record<ComparisonLine['sign'], IconName>> = { added: 'add', removed: 'minus', changed: 'edit' };

/** The lines as a list, or that there is nothing to see. */
export function comparisonList(comparison: DocumentComparison, m: Messages, nothing?: string): TemplateResult {
  const lines = isEmptyComparison(comparison) ? [] : comparisonLines(comparison, m);
  if (lines.length === 0) return html`<p class="hint">${nothing ?? m.t('comparison.nothing')}</p>`;
  return html`<ul class="differences">
    ${lines.map(({ sign, text }) => html`<li data-sign=${sign}>${icon(signs[sign])}<span>${text}</span></li>`)}
  </ul>`;
}

function nameOf(thing: Named, m: Messages): string {
  if ('label' in thing) return thing.label || thing.language;
  if (thing.name !== '') return thing.name;
  const kind = 'kind' in thing ? thing.kind : null;
  if (kind === 'text') return m.t('timeline.textClip');
  return m.t(kind === 'colour' ? 'timeline.colourClip' : 'common.untitled');
}
