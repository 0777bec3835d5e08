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
 * the same bytes for the same document, however that came about.
 */
export function printTimeline(document: TimelineDocument): StoredTimeline {
  const lists: Record<Exclude<TimelineRecord['type'], 'settings'>, unknown[]> = {
    track: [],
    clip: [],
    transition: [],
    marker: [],
    'caption-track': [],
    asset: [],
  };
  for (const record of document.records()) if (record.type !== 'settings') lists[record.type].push(printRecord(record));
  const { unknownFields, ...settings } = document.settings;
  const stored = {
    schemaVersion,
    settings: printRecord(settings),
    tracks: lists.track,
    clips: lists.clip,
    transitions: lists.transition,
    markers: lists.marker,
    captions: lists['caption-track'],
    assets: lists.asset,
    totalFrames: document.totalFrames,
  };
  return { ...stored, ...(sorted(unknownFields ?? {}) as object) } as unknown as StoredTimeline;
}

/** `JSON.stringify(printTimeline(document))`. */
export function stringifyTimeline(document: TimelineDocument): string {
  return JSON.stringify(printTimeline(document));
}

function printRecord(record: TimelineRecord): Record<string, unknown> {
  const fields = record as unknown as Readonly<Record<string, unknown>>;
  const printed: Record<string, unknown> = {};
  const order = fieldOrder[record.type];
  for (const key of order) printed[key] = sorted(fields[key]);
  const isSettings = record.type === 'settings';
  const others = Object.keys(fields).filter(
    (key) => key !== 'type' && !order.includes(key) && !(isSettings && key === 'id'),
  );
  for (const key of others.sort()) if (key !== '__proto__') printed[key] = sorted(fields[key]);
  return printed;
}

/** JSON with the keys of every object in order. A list or an object that is in order already is passed on as it is. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const result: Record<string, unknown> = {};
  const object = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(object).sort()) {
    if (key !== '__proto__' && object[key] !== undefined) result[key] = sorted(object[key]);
  }
  return result;
}
