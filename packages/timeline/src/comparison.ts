import { diffDocuments, updatesOf } from './change.js';
import { compareClips, type ClipDifferences, type RecordSorter } from './clip-comparison.js';
import type { TimelineDocument } from './document.js';
import { FrameScale } from './frame-scale.js';
import type { AnyId, CaptionTrackId, MarkerId, TrackId } from './ids.js';
import { jsonEquals } from './json-equals.js';
import type {
  CaptionTrackRecord,
  MarkerRecord,
  SettingsRecord,
  TimelineRecord,
  TrackKind,
  TrackRecord,
} from './records.js';

export interface ComparedTrack {
  readonly id: TrackId;
  readonly kind: TrackKind;
  readonly name: string;
}

export interface ComparedMarker {
  readonly id: MarkerId;
  readonly name: string;
}

export interface ComparedCaptions {
  readonly id: CaptionTrackId;
  readonly label: string;
  /** BCP 47 */
  readonly language: string;
}

/** What was added, removed and changed of one kind of thing. */
export interface Differences<Thing> {
  readonly added: readonly Thing[];
  readonly removed: readonly Thing[];
  readonly changed: readonly Thing[];
}

/** A setting of the whole project; `range` is the in- and out-point. */
export type ComparedSetting = 'frameRate' | 'size' | 'sampleRate' | 'background' | 'range';

/** What differs between two documents, for people. By time and then from the top, the same each time. */
export interface DocumentComparison {
  readonly clips: ClipDifferences;
  readonly tracks: Differences<ComparedTrack>;
  readonly markers: Differences<ComparedMarker>;
  readonly captions: Differences<ComparedCaptions>;
  /** How many. */
  readonly transitions: { readonly added: number; readonly removed: number; readonly changed: number };
  readonly settings: readonly ComparedSetting[];
}

/**
 * Says what was done to `before` to get `after`, in the words of an editor. What nobody sees (the height of a track, the
 * facts of a file) isn't in it, so it can be empty where `diffDocuments` isn't. Places in projects of different frame
 * rates are compared by time, to the frame.
 */
export function compareDocuments(before: TimelineDocument, after: TimelineDocument): DocumentComparison {
  const frames = new FrameScale(before.settings, after.settings);
  const change = diffDocuments(before, after);
  const added = Object.values(change.added);
  const removed = Object.values(change.removed);
  const updated = updatesOf(change);
  const sort = sorterOf(before, after);
  const list = <Type extends TimelineRecord['type'], Thing>(
    type: Type,
    toThing: (record: Extract<TimelineRecord, { readonly type: Type }>) => Thing,
    differs: (from: TimelineRecord, to: TimelineRecord) => boolean = () => true,
  ): Differences<Thing> => {
    type Of = Extract<TimelineRecord, { readonly type: Type }>;
    const pick = (records: readonly TimelineRecord[]): readonly Thing[] =>
      sort(records.filter((record): record is Of => record.type === type)).map((record) => toThing(record));
    const changed = updated.filter(([from, to]) => to.type === type && differs(from, to)).map(([, to]) => to);
    return { added: pick(added), removed: pick(removed), changed: pick(changed) };
  };
  const count = (records: readonly TimelineRecord[]): number =>
    records.filter(({ type }) => type === 'transition').length;
  return {
    clips: compareClips(before, after, { added, removed, updated, sort, frames }),
    tracks: list('track', comparedTrack, (from, to) => !jsonEquals({ ...from, height: 0 }, { ...to, height: 0 })),
    markers: list('marker', comparedMarker, (from, to) => !sameMarker(from, to, frames)),
    captions: list('caption-track', comparedCaptions),
    transitions: {
      added: count(added),
      removed: count(removed),
      changed: count(updated.filter(([from, to]) => !sameTransition(from, to, frames)).map(([, to]) => to)),
    },
    settings: comparedSettings(before.settings, after.settings, frames),
  };
}

/** Whether there is nothing to tell. */
export function isEmptyComparison({
  clips,
  tracks,
  markers,
  captions,
  transitions,
  settings,
}: DocumentComparison): boolean {
  const things: readonly Differences<unknown>[] = [clips, tracks, markers, captions];
  const lists = things.flatMap((part) => Object.values(part) as readonly (readonly unknown[])[]);
  const cuts = transitions.added + transitions.removed + transitions.changed;
  return settings.length === 0 && cuts === 0 && lists.every((list) => list.length === 0);
}

/** By where a person finds it: time first, tracks from the top. */
function sorterOf(before: TimelineDocument, after: TimelineDocument): RecordSorter {
  const rank = new Map<AnyId, number>();
  for (const { tracks } of [before, after]) for (const [index, { id }] of tracks.entries()) rank.set(id, -index);
  const place = (record: TimelineRecord): readonly [number, number] => {
    if (record.type === 'clip') return [record.startFrame, rank.get(record.trackId) ?? 0];
    if (record.type === 'marker') return [record.frame, 0];
    return [0, rank.get(record.id) ?? 0];
  };
  return (records) =>
    [...records].sort((a, b) => {
      const [frameA, rankA] = place(a);
      const [frameB, rankB] = place(b);
      return frameA - frameB || rankA - rankB || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
    });
}

function comparedTrack({ id, kind, name }: TrackRecord): ComparedTrack {
  return { id, kind, name };
}

function comparedMarker({ id, name }: MarkerRecord): ComparedMarker {
  return { id, name };
}

function comparedCaptions({ id, label, language }: CaptionTrackRecord): ComparedCaptions {
  return { id, label, language };
}

function sameMarker(from: TimelineRecord, to: TimelineRecord, frames: FrameScale): boolean {
  if (from.type !== 'marker' || to.type !== 'marker') return false;
  return jsonEquals({ ...from, frame: 0 }, { ...to, frame: 0 }) && frames.same(from.frame, to.frame);
}

function sameTransition(from: TimelineRecord, to: TimelineRecord, frames: FrameScale): boolean {
  if (from.type !== 'transition' || to.type !== 'transition') return false;
  return (
    jsonEquals({ ...from, durationFrames: 0 }, { ...to, durationFrames: 0 }) &&
    frames.same(from.durationFrames, to.durationFrames)
  );
}

function comparedSettings(from: SettingsRecord, to: SettingsRecord, frames: FrameScale): readonly ComparedSetting[] {
  const settings: ComparedSetting[] = [];
  const same = (a: number | null, b: number | null): boolean =>
    a === null || b === null ? a === b : frames.same(a, b);
  if (frames.changes) settings.push('frameRate');
  if (from.width !== to.width || from.height !== to.height) settings.push('size');
  if (from.sampleRate !== to.sampleRate) settings.push('sampleRate');
  if (from.background !== to.background) settings.push('background');
  if (!same(from.inFrame, to.inFrame) || !same(from.outFrame, to.outFrame)) settings.push('range');
  return settings;
}
