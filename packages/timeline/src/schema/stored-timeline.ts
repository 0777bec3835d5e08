import type { TimelineDocument } from '../document.js';
import type {
  AssetRecord,
  CaptionTrackRecord,
  ClipRecord,
  MarkerRecord,
  SettingsRecord,
  TimelineRecord,
  TrackRecord,
  TransitionRecord,
} from '../records.js';
import { schemaVersion } from './migrations.js';

/** The stored form (`timeline_state`): plain JSON, in a fixed order, so that one document is always the same bytes. */
export interface StoredTimeline {
  readonly schemaVersion: number;
  readonly settings: Omit<SettingsRecord, 'type' | 'id' | 'unknownFields'>;
  /** Bottom to top. */
  readonly tracks: readonly Omit<TrackRecord, 'type'>[];
  /** By track, then by start. */
  readonly clips: readonly Omit<ClipRecord, 'type'>[];
  readonly transitions: readonly Omit<TransitionRecord, 'type'>[];
  readonly markers: readonly Omit<MarkerRecord, 'type'>[];
  readonly captions: readonly Omit<CaptionTrackRecord, 'type'>[];
  readonly assets: readonly Omit<AssetRecord, 'type'>[];
  /** Derived; for those who read the column without this package. */
  readonly totalFrames: number;
}

/** What comes first in each record, in this order; any other field after it, by name. */
const fieldOrder: Readonly<Record<TimelineRecord['type'], readonly string[]>> = {
  settings: ['frameRate', 'width', 'height', 'sampleRate', 'background', 'inFrame', 'outFrame'],
  track: ['id', 'kind', 'name', 'order', 'main', 'locked', 'muted', 'solo', 'hidden', 'height'],
  clip: [
    'id',
    'trackId',
    'name',
    'startFrame',
    'durationFrames',
    'source',
    'linkId',
    'splitFrom',
    'props',
    'keyframes',
  ],
  transition: ['id', 'fromClipId', 'toClipId', 'kind', 'durationFrames'],
  marker: ['id', 'frame', 'name', 'colour', 'clipId'],
  'caption-track': ['id', 'assetId', 'language', 'label', 'status', 'cues'],
  asset: [
    'id',
    'kind',
    'name',
    'durationSeconds',
    'width',
    'height',
    'rotation',
    'videoCodec',
    'audioCodec',
    'sampleRate',
    'channels',
    'averageFrameRate',
    'variableFrameRate',
  ],
};

/**
 * The stored form of a document. Keys are in a fixed order and lists in the document's own, so `JSON.stringify` of it is
 * the same bytes for the same document, however that came about. Records are printed once and shared by all documents
 * that they are in, as the records themselves are: not to be changed.
 */
export function printTimeline(document: TimelineDocument): StoredTimeline {
  return listed(document, (record) => printed(record).stored) as unknown as StoredTimeline;
}

/** `JSON.stringify(printTimeline(document))`, at the price of what isn't printed yet. */
export function stringifyTimeline(document: TimelineDocument): string {
  // Where their names would come among the others is a matter for `JSON.stringify`.
  if (document.settings.unknownFields !== undefined) return JSON.stringify(printTimeline(document));
  const parts = Object.entries(listed(document, textOf)).map(([name, value]) => {
    if (Array.isArray(value)) return `"${name}":[${value.join(',')}]`;
    return `"${name}":${name === 'settings' ? JSON.stringify(value) : String(value)}`;
  });
  return `{${parts.join(',')}}`;
}

/** The parts of the stored form in their order, with each record but the settings as `print` has it. */
function listed<T>(document: TimelineDocument, print: (record: TimelineRecord) => T): Record<string, unknown> {
  const lists: Record<Exclude<TimelineRecord['type'], 'settings'>, T[]> = {
    track: [],
    clip: [],
    transition: [],
    marker: [],
    'caption-track': [],
    asset: [],
  };
  for (const record of document.records()) if (record.type !== 'settings') lists[record.type].push(print(record));
  const { unknownFields, ...settings } = document.settings;
  return {
    schemaVersion,
    settings: printRecord(settings),
    tracks: lists.track,
    clips: lists.clip,
    transitions: lists.transition,
    markers: lists.marker,
    captions: lists['caption-track'],
    assets: lists.asset,
    totalFrames: document.totalFrames,
    ...(sorted(unknownFields ?? {}) as object),
  };
}

interface PrintedRecord {
  readonly stored: object;
  text: string | null;
}

/** Records never change, so each is printed once. */
const prints = new WeakMap<TimelineRecord, PrintedRecord>();

function printed(record: TimelineRecord): PrintedRecord {
  let print = prints.get(record);
  if (!print) {
    print = { stored: printRecord(record), text: null };
    prints.set(record, print);
  }
  return print;
}

function textOf(record: TimelineRecord): string {
  const print = printed(record);
  print.text ??= JSON.stringify(print.stored);
  return print.text;
}

function printRecord(record: TimelineRecord): Record<string, unknown> {
  const fields = record as unknown as Readonly<Record<string, unknown>>;
  const print: Record<string, unknown> = {};
  const order = fieldOrder[record.type];
  for (const key of order) print[key] = sorted(fields[key]);
  const isSettings = record.type === 'settings';
  const others = Object.keys(fields).filter(
    (key) => key !== 'type' && !order.includes(key) && !(isSettings && key === 'id'),
  );
  for (const key of others.sort()) if (key !== '__proto__') print[key] = sorted(fields[key]);
  return print;
}

/** JSON with the keys of every object in order. A list or an object that is in order already is passed on as it is. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const object = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(object);
  // Each value is put in order once, whether that is then needed or not: twice at each level would double with the depth.
  const values = keys.map((key) => sorted(object[key]));
  const same = keys.every((key, index) => {
    const item = values[index];
    const follows = index === 0 || (keys[index - 1] as string) < key;
    return follows && key !== '__proto__' && item !== undefined && item === object[key];
  });
  if (same) return value;
  const inOrder = keys.map((key, index) => [key, values[index]] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  const result: Record<string, unknown> = {};
  for (const [key, item] of inOrder) if (key !== '__proto__' && item !== undefined) result[key] = item;
  return result;
}
