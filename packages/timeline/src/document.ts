import { generateNKeysBetween } from 'fractional-indexing';
import { type Change, updatesOf } from './change-shape.js';
import type { AnyId, AssetId, ClipId, LinkId, NewId, TrackId } from './ids.js';
import { jsonEquals } from './json-equals.js';
import { type Lane, editLane, emptyLane, laneOf, rebuildLane } from './lane.js';
import { PersistentMap } from './persistent-map.js';
import type {
  AssetRecord,
  CaptionTrackRecord,
  ClipRecord,
  MarkerRecord,
  SettingsRecord,
  TimelineRecord,
  TrackKind,
  TrackRecord,
  TransitionRecord,
} from './records.js';

/** The edit document: an immutable set of records with the indices that reading it needs. */
export interface TimelineDocument {
  readonly settings: SettingsRecord;
  /** Bottom to top. */
  readonly tracks: readonly TrackRecord[];
  /** In no particular order; `clipsOf` has them in order. */
  readonly clips: ReadonlyMap<ClipId, ClipRecord>;
  /** In no particular order. */
  readonly assets: ReadonlyMap<AssetId, AssetRecord>;
  /** By frame. The frame of a marker with a `clipId` counts in that clip's source; see `markerFrames`. */
  readonly markers: readonly MarkerRecord[];
  readonly transitions: readonly TransitionRecord[];
  readonly captionTracks: readonly CaptionTrackRecord[];
  /** The frame where the last clip ends. */
  readonly totalFrames: number;
  /** The main track: the lowest that is marked so. */
  readonly mainTrack: TrackRecord | null;
  track(id: TrackId): TrackRecord | undefined;
  /** The clips of a track by start; an empty list for a track that isn't there. */
  clipsOf(trackId: TrackId): readonly ClipRecord[];
  /** The clips that a link ties together, in no particular order. */
  linkedClips(linkId: LinkId): readonly ClipId[];
  /** The transitions that name a clip: into it, out of it. */
  transitionsOf(clipId: ClipId): readonly TransitionRecord[];
  /** Any record. */
  get(id: AnyId): TimelineRecord | undefined;
  /** Every record once: settings, tracks from the bottom, clips by track and start, then the rest. */
  records(): Iterable<TimelineRecord>;
}

/** 1920 × 1080 at 30 frames per second, 48 kHz, black. */
export const defaultSettings: SettingsRecord = {
  type: 'settings',
  id: 'settings',
  frameRate: { num: 30, den: 1 },
  width: 1920,
  height: 1080,
  sampleRate: 48_000,
  background: '#000000',
  inFrame: null,
  outFrame: null,
};

/** Display height of a new track, in CSS pixels. */
export const defaultTrackHeights: Readonly<Record<TrackKind, number>> = { video: 72, audio: 56, text: 40, caption: 32 };

export interface CreateDocumentOptions {
  /** What differs from `defaultSettings`. */
  readonly settings?: Partial<Omit<SettingsRecord, 'type' | 'id'>>;
  readonly records?: Iterable<TimelineRecord>;
}

/** A document of the records given, with settings of their own or the defaults. */
export function createDocument(options: CreateDocumentOptions = {}): TimelineDocument {
  const document = documentFromRecords(options.records ?? []);
  if (!options.settings) return document;
  const settings: SettingsRecord = { ...document.settings, ...options.settings };
  return (
    tryChange(document, { added: {}, updated: { settings: [document.settings, settings] }, removed: {} }) ?? document
  );
}

/**
 * A document of its records, in any order; of two with one id the later counts. For a worker: post
 * `[...document.records()]` and make the document there.
 */
export function documentFromRecords(records: Iterable<TimelineRecord>): TimelineDocument {
  return indexRecords(records);
}

function indexRecords(records: Iterable<TimelineRecord>): IndexedDocument {
  const byId = new Map<AnyId, TimelineRecord>();
  for (const record of records) byId.set(record.id, record);
  const lists: Lists = { track: [], transition: [], marker: [], 'caption-track': [] };
  const clips = new Map<TrackId, ClipRecord[]>();
  const clipEntries: [ClipId, ClipRecord][] = [];
  const assets: [AssetId, AssetRecord][] = [];
  const links = new Map<LinkId, ClipId[]>();
  let settings = defaultSettings;
  for (const record of byId.values()) {
    switch (record.type) {
      case 'settings':
        settings = record;
        break;
      case 'asset':
        assets.push([record.id, record]);
        break;
      case 'clip':
        clipEntries.push([record.id, record]);
        pushTo(clips, record.trackId, record);
        if (record.linkId !== null) pushTo(links, record.linkId, record.id);
        break;
      case 'track':
        lists.track.push(record);
        break;
      case 'transition':
        lists.transition.push(record);
        break;
      case 'marker':
        lists.marker.push(record);
        break;
      case 'caption-track':
        lists['caption-track'].push(record);
        break;
    }
  }
  return new IndexedDocument({
    settings,
    tracks: lists.track.sort(compareTracks),
    clips: PersistentMap.from(clipEntries),
    lanes: new Map([...clips].map(([trackId, list]) => [trackId, laneOf(list)])),
    links: PersistentMap.from(links),
    assets: PersistentMap.from(assets),
    markers: lists.marker.sort(compareMarkers),
    transitions: lists.transition.sort(compareIds),
    captionTracks: lists['caption-track'].sort(compareIds),
  });
}

/** What a new project starts with: a sound track, the main video track over it, and a track for titles on top. */
export function createEmptyProject(newId: NewId, settings?: CreateDocumentOptions['settings']): TimelineDocument {
  const [audio, video, titles] = generateNKeysBetween(null, null, 3) as [string, string, string];
  const records = [
    newTrack({ id: newId() as TrackId, kind: 'audio', name: 'Audio 1', order: audio }),
    newTrack({ id: newId() as TrackId, kind: 'video', name: 'Video 1', order: video, main: true }),
    newTrack({ id: newId() as TrackId, kind: 'text', name: 'Titles', order: titles }),
  ];
  return createDocument({ records, ...(settings && { settings }) });
}

/** A track with everything that isn't given at its default. */
export function newTrack(
  track: Pick<TrackRecord, 'id' | 'kind' | 'name' | 'order'> & Partial<TrackRecord>,
): TrackRecord {
  return {
    type: 'track',
    main: false,
    locked: false,
    muted: false,
    solo: false,
    hidden: false,
    height: defaultTrackHeights[track.kind],
    ...track,
  };
}

/**
 * The document with a change made to it; null when the change doesn't fit exactly: when what it updates or removes isn't
 * there as it says, or what it adds is. `applyChange` is the door for any change.
 * @internal
 */
export function tryChange(document: TimelineDocument, change: Change): TimelineDocument | null {
  // Another copy of this package on the page may have made it.
  const indexed = document instanceof IndexedDocument ? document : indexRecords(document.records());
  return indexed.tryChange(change);
}

/** From the bottom up; of two tracks with one order (made in two tabs at once) the ids decide. */
function compareTracks(a: TrackRecord, b: TrackRecord): number {
  return a.order < b.order ? -1 : a.order > b.order ? 1 : compareIds(a, b);
}

function compareMarkers(a: MarkerRecord, b: MarkerRecord): number {
  return a.frame - b.frame || compareIds(a, b);
}

function compareIds(a: TimelineRecord, b: TimelineRecord): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

interface Lists {
  readonly track: TrackRecord[];
  readonly transition: TransitionRecord[];
  readonly marker: MarkerRecord[];
  readonly 'caption-track': CaptionTrackRecord[];
}

interface Parts {
  readonly settings: SettingsRecord;
  readonly tracks: readonly TrackRecord[];
  readonly clips: PersistentMap<ClipId, ClipRecord>;
  readonly lanes: ReadonlyMap<TrackId, Lane>;
  readonly links: PersistentMap<LinkId, readonly ClipId[]>;
  readonly assets: PersistentMap<AssetId, AssetRecord>;
  readonly markers: readonly MarkerRecord[];
  readonly transitions: readonly TransitionRecord[];
  readonly captionTracks: readonly CaptionTrackRecord[];
}

/** Above this many edited clips a lane is rebuilt in one walk; below it, a search and a splice for each is faster. */
const fewEdits = 48;

/** Copy on write throughout: an edit of one clip copies one lane's list of references and one small map. */
class IndexedDocument implements TimelineDocument {
  readonly #parts: Parts;
  readonly totalFrames: number;
  readonly mainTrack: TrackRecord | null;

  constructor(parts: Parts) {
    this.#parts = parts;
    let total = 0;
    for (const lane of parts.lanes.values()) total = Math.max(total, lane.endFrame);
    this.totalFrames = total;
    this.mainTrack = parts.tracks.find((track) => track.main) ?? null;
  }

  get settings(): SettingsRecord {
    return this.#parts.settings;
  }
  get tracks(): readonly TrackRecord[] {
    return this.#parts.tracks;
  }
  get clips(): ReadonlyMap<ClipId, ClipRecord> {
    return this.#parts.clips;
  }
  get assets(): ReadonlyMap<AssetId, AssetRecord> {
    return this.#parts.assets;
  }
  get markers(): readonly MarkerRecord[] {
    return this.#parts.markers;
  }
  get transitions(): readonly TransitionRecord[] {
    return this.#parts.transitions;
  }
  get captionTracks(): readonly CaptionTrackRecord[] {
    return this.#parts.captionTracks;
  }

  track(id: TrackId): TrackRecord | undefined {
    return this.tracks.find((track) => track.id === id);
  }

  clipsOf(trackId: TrackId): readonly ClipRecord[] {
    return this.#parts.lanes.get(trackId)?.clips ?? emptyLane.clips;
  }

  linkedClips(linkId: LinkId): readonly ClipId[] {
    return this.#parts.links.get(linkId) ?? [];
  }

  transitionsOf(clipId: ClipId): readonly TransitionRecord[] {
    const { transitions } = this.#parts;
    if (transitions.length === 0) return [];
    let index = transitionIndices.get(transitions);
    if (!index) {
      index = new Map<ClipId, TransitionRecord[]>();
      for (const transition of transitions) {
        pushTo(index, transition.toClipId, transition);
        pushTo(index, transition.fromClipId, transition);
      }
      transitionIndices.set(transitions, index);
    }
    return index.get(clipId) ?? [];
  }

  get(id: AnyId): TimelineRecord | undefined {
    const { settings, clips, assets, tracks, transitions, markers, captionTracks } = this.#parts;
    if (id === 'settings') return settings;
    return (
      clips.get(id as ClipId) ??
      assets.get(id as AssetId) ??
      findRecord(tracks, id) ??
      findRecord(transitions, id) ??
      findRecord(markers, id) ??
      findRecord(captionTracks, id)
    );
  }

  *records(): Generator<TimelineRecord, undefined, unknown> {
    const { settings, tracks, lanes, transitions, markers, captionTracks, assets } = this.#parts;
    yield settings;
    yield* tracks;
    for (const track of tracks) yield* this.clipsOf(track.id);
    // A merge can leave clips whose track is gone; they're still part of what is stored.
    const known = new Set(tracks.map((track) => track.id));
    for (const [trackId, lane] of lanes) if (!known.has(trackId)) yield* lane.clips;
    yield* transitions;
    yield* markers;
    yield* captionTracks;
    yield* [...assets.values()].sort(compareIds);
  }

  tryChange(change: Change): IndexedDocument | null {
    const parts = this.#parts;
    const clips = parts.clips.edit();
    const lanes = new LaneEdits();
    const edits = new Edits();
    for (const record of Object.values(change.removed)) {
      if (record.type === 'clip') {
        const there = clips.delete(record.id);
        if (!isSame(there, record)) return null;
        lanes.take(there);
      } else if (record.type === 'settings' || !isSame(this.get(record.id), record)) {
        return null;
      } else {
        edits.remove(record);
      }
    }
    for (const pair of updatesOf(change)) {
      const [from, to] = pair;
      if (from.type === 'clip' && to.type === 'clip') {
        const there = clips.set(to.id, to);
        if (!isSame(there, from)) return null;
        lanes.replace(there === from ? (pair as ClipPair) : [there, to]);
      } else if (to.type === 'clip' || from.type !== to.type || !isSame(this.get(from.id), from)) {
        return null;
      } else {
        edits.put(to);
      }
    }
    for (const record of Object.values(change.added)) {
      if (this.get(record.id)) return null;
      if (record.type === 'clip') {
        clips.set(record.id, record);
        lanes.give(record);
      } else {
        edits.put(record);
      }
    }
    return new IndexedDocument({
      settings: edits.settings ?? parts.settings,
      tracks: editList(parts.tracks, edits.track, compareTracks),
      clips: lanes.isEmpty ? parts.clips : clips.finish(),
      lanes: lanes.apply(parts.lanes),
      links: lanes.applyToLinks(parts.links),
      assets: editMap(parts.assets, edits.asset),
      markers: editList(parts.markers, edits.marker, compareMarkers),
      transitions: editList(parts.transitions, edits.transition, compareIds),
      captionTracks: editList(parts.captionTracks, edits['caption-track'], compareIds),
    });
  }
}

function isSame<R extends TimelineRecord>(there: TimelineRecord | undefined, expected: R): there is R {
  return there !== undefined && (there === expected || jsonEquals(there, expected));
}

/** Indices of lists, kept with the list because most edits leave it alone. */
const listIndices = new WeakMap<readonly TimelineRecord[], Map<string, TimelineRecord>>();
const transitionIndices = new WeakMap<readonly TransitionRecord[], Map<ClipId, TransitionRecord[]>>();

interface ListEdits<R> {
  readonly removed: R[];
  /** What is added, or replaces what has its id. */
  readonly put: R[];
}

function noEdits<R>(): ListEdits<R> {
  return { removed: [], put: [] };
}

type ListedRecord = Exclude<TimelineRecord, ClipRecord | SettingsRecord>;

/** What a change does to records other than clips, by type. */
class Edits {
  settings: SettingsRecord | undefined;
  readonly track: ListEdits<TrackRecord> = noEdits();
  readonly transition: ListEdits<TransitionRecord> = noEdits();
  readonly marker: ListEdits<MarkerRecord> = noEdits();
  readonly 'caption-track': ListEdits<CaptionTrackRecord> = noEdits();
  readonly asset: ListEdits<AssetRecord> = noEdits();

  remove(record: ListedRecord): void {
    (this[record.type].removed as TimelineRecord[]).push(record);
  }

  put(record: Exclude<TimelineRecord, ClipRecord>): void {
    if (record.type === 'settings') this.settings = record;
    else (this[record.type].put as TimelineRecord[]).push(record);
  }
}

function editMap<K extends AnyId, R extends TimelineRecord>(
  map: PersistentMap<K, R>,
  edits: ListEdits<R>,
): PersistentMap<K, R> {
  if (edits.removed.length === 0 && edits.put.length === 0) return map;
  const editor = map.edit();
  for (const record of edits.removed) editor.delete(record.id as K);
  for (const record of edits.put) editor.set(record.id as K, record);
  return editor.finish();
}

function editList<R extends TimelineRecord>(
  list: readonly R[],
  edits: ListEdits<R>,
  compare: (a: R, b: R) => number,
): readonly R[] {
  if (edits.removed.length === 0 && edits.put.length === 0) return list;
  const gone = new Set<string>();
  for (const record of edits.removed) gone.add(record.id);
  for (const record of edits.put) gone.add(record.id);
  return [...list.filter((record) => !gone.has(record.id)), ...edits.put].sort(compare);
}

type ClipPair = readonly [from: ClipRecord, to: ClipRecord];

/** What happens on one track. */
interface LaneEdit {
  readonly stays: ClipPair[];
  readonly gone: ClipRecord[];
  readonly arrived: ClipRecord[];
}

/** What a change does to clips, by track; and to links. */
class LaneEdits {
  readonly #byTrack = new Map<TrackId, LaneEdit>();
  #last: { readonly trackId: TrackId; readonly edit: LaneEdit } | null = null;
  readonly #left: ClipRecord[] = [];
  readonly #joined: ClipRecord[] = [];

  get isEmpty(): boolean {
    return this.#byTrack.size === 0;
  }

  take(clip: ClipRecord): void {
    this.#of(clip.trackId).gone.push(clip);
    if (clip.linkId !== null) this.#left.push(clip);
  }

  give(clip: ClipRecord): void {
    this.#of(clip.trackId).arrived.push(clip);
    if (clip.linkId !== null) this.#joined.push(clip);
  }

  replace(pair: ClipPair): void {
    const [from, to] = pair;
    if (from.trackId !== to.trackId || from.linkId !== to.linkId) {
      this.take(from);
      this.give(to);
    } else {
      this.#of(from.trackId).stays.push(pair);
    }
  }

  apply(lanes: ReadonlyMap<TrackId, Lane>): ReadonlyMap<TrackId, Lane> {
    if (this.isEmpty) return lanes;
    const next = new Map(lanes);
    for (const [trackId, { stays, gone, arrived }] of this.#byTrack) {
      const lane = lanes.get(trackId) ?? emptyLane;
      const few = 2 * stays.length + gone.length + arrived.length <= fewEdits;
      const edited = few ? editLane(lane, stays, gone, arrived) : rebuildLane(lane, stays, gone, arrived);
      if (edited.clips.length > 0) next.set(trackId, edited);
      else next.delete(trackId);
    }
    return next;
  }

  applyToLinks(links: PersistentMap<LinkId, readonly ClipId[]>): PersistentMap<LinkId, readonly ClipId[]> {
    if (this.#left.length === 0 && this.#joined.length === 0) return links;
    const editor = links.edit();
    for (const { id, linkId } of this.#left) {
      const rest = (editor.get(linkId as LinkId) ?? []).filter((member) => member !== id);
      if (rest.length > 0) editor.set(linkId as LinkId, rest);
      else editor.delete(linkId as LinkId);
    }
    for (const { id, linkId } of this.#joined) {
      editor.set(linkId as LinkId, [...(editor.get(linkId as LinkId) ?? []), id]);
    }
    return editor.finish();
  }

  #of(trackId: TrackId): LaneEdit {
    // Changes come track by track as a rule.
    if (this.#last?.trackId === trackId) return this.#last.edit;
    let edit = this.#byTrack.get(trackId);
    if (!edit) {
      edit = { stays: [], gone: [], arrived: [] };
      this.#byTrack.set(trackId, edit);
    }
    this.#last = { trackId, edit };
    return edit;
  }
}

function findRecord<R extends TimelineRecord>(list: readonly R[], id: string): R | undefined {
  if (list.length < 16) return list.find((record) => record.id === id);
  let index = listIndices.get(list);
  if (!index) {
    index = new Map(list.map((record) => [record.id, record]));
    listIndices.set(list, index);
  }
  return index.get(id) as R | undefined;
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
