/**
 * Exchange with OpenTimelineIO (JSON): a project can leave for a desktop editor and come back. What OTIO has a word for is
 * said in its words; the rest travels as metadata under `lectern`, so that what nobody touched comes back as it was.
 *
 * @see https://opentimelineio.readthedocs.io/en/latest/tutorials/otio-file-format-specification.html
 */
import { generateNKeysBetween } from 'fractional-indexing';
import type { TimelineDocument } from '../document.js';
import type { NewId } from '../ids.js';
import { endFrame } from '../lane.js';
import { markerFrames } from '../markers.js';
import type { AssetRecord, ClipRecord, TrackRecord } from '../records.js';
import { repairDocument } from '../repair.js';
import { createState } from '../state.js';
import { type FrameRate, type Rational, reduceRational, secondsToFrame } from '../time.js';
import { parseTimeline } from './parse-timeline.js';
import { readJson } from './limits.js';
import { schemaVersion } from './migrations.js';
import { TimelineParseError } from './parse-error.js';
import { printTimeline } from './stored-timeline.js';

/** An object of an OTIO file, such as `Timeline.1`. */
export interface OtioObject {
  readonly OTIO_SCHEMA: string;
  readonly [field: string]: unknown;
}

export interface ToOtioOptions {
  readonly name?: string;
  /** Where the file of an asset is, for the other editor; its name when left out. */
  readonly urlOf?: (asset: AssetRecord) => string;
}

/** The document as an OTIO `Timeline.1`, ready for `JSON.stringify`. */
export function toOtio(document: TimelineDocument, options: ToOtioOptions = {}): OtioObject {
  const stored = printTimeline(document);
  const writer = new OtioWriter(document, options.urlOf ?? ((asset) => asset.name));
  return {
    OTIO_SCHEMA: 'Timeline.1',
    metadata: {
      lectern: {
        schemaVersion,
        settings: stored.settings,
        assets: stored.assets,
        captions: stored.captions,
        // Those that belong to a clip's source; the others are the stack's.
        markers: stored.markers.filter((marker) => marker.clipId !== null),
      },
    },
    name: options.name ?? '',
    global_start_time: null,
    tracks: {
      OTIO_SCHEMA: 'Stack.1',
      metadata: {},
      name: 'tracks',
      source_range: null,
      effects: [],
      markers: writer.markers(),
      enabled: true,
      children: document.tracks.map((track) => writer.track(track)),
    },
  };
}

class OtioWriter {
  readonly #document: TimelineDocument;
  readonly #urlOf: (asset: AssetRecord) => string;
  readonly #rate: number;

  constructor(document: TimelineDocument, urlOf: (asset: AssetRecord) => string) {
    this.#document = document;
    this.#urlOf = urlOf;
    this.#rate = document.settings.frameRate.num / document.settings.frameRate.den;
  }

  markers(): readonly OtioObject[] {
    return markerFrames(this.#document)
      .filter(({ marker }) => marker.clipId === null)
      .map(({ marker, frame }) => ({
        OTIO_SCHEMA: 'Marker.2',
        metadata: { lectern: { id: marker.id, colour: marker.colour } },
        name: marker.name,
        color: 'ORANGE',
        marked_range: this.#range(frame, 0),
      }));
  }

  track(track: TrackRecord): OtioObject {
    const { type: _, name, ...fields } = track;
    return {
      OTIO_SCHEMA: 'Track.1',
      metadata: { lectern: fields },
      name,
      source_range: null,
      effects: [],
      markers: [],
      enabled: !(track.kind === 'audio' ? track.muted : track.hidden),
      children: this.#children(track),
      kind: track.kind === 'audio' ? 'Audio' : 'Video',
    };
  }

  #children(track: TrackRecord): readonly OtioObject[] {
    const clips = this.#document.clipsOf(track.id);
    const children: OtioObject[] = [];
    let end = 0;
    clips.forEach((clip, index) => {
      const before = clips[index - 1];
      const after = clips[index + 1];
      const transition = this.#document.transitionsOf(clip.id).find((each) => each.toClipId === clip.id);
      const start = transition && before ? cutBetween(before, clip) : clip.startFrame;
      if (start > end) children.push(this.#gap(start - end));
      if (transition && before) {
        children.push({
          OTIO_SCHEMA: 'Transition.1',
          metadata: { lectern: { id: transition.id, kind: transition.kind } },
          name: '',
          transition_type: 'SMPTE_Dissolve',
          in_offset: this.#time(start - clip.startFrame),
          out_offset: this.#time(endFrame(before) - start),
        });
      }
      const leads =
        after !== undefined && this.#document.transitionsOf(clip.id).some((each) => each.fromClipId === clip.id);
      end = leads ? cutBetween(clip, after) : endFrame(clip);
      children.push(this.#clip(clip, start, end));
    });
    return children;
  }

  #gap(frames: number): OtioObject {
    return {
      OTIO_SCHEMA: 'Gap.1',
      metadata: {},
      name: '',
      source_range: this.#range(0, frames),
      effects: [],
      markers: [],
      enabled: true,
    };
  }

  #clip(clip: ClipRecord, start: number, end: number): OtioObject {
    const { type: _, trackId: __, startFrame: ___, durationFrames: ____, name, source, ...fields } = clip;
    const speed = source.kind === 'asset' ? source.speed : { num: 1, den: 1 };
    // OTIO counts what is inside a transition apart from the clip; in the source, at the clip's own speed.
    const trimmed = ((start - clip.startFrame) * speed.num) / speed.den;
    const first = source.kind === 'asset' ? source.trimStartFrame + trimmed : 0;
    return {
      OTIO_SCHEMA: 'Clip.2',
      metadata: { lectern: { ...fields, source } },
      name,
      source_range: this.#range(first, end - start),
      effects:
        speed.num === speed.den
          ? []
          : [
              {
                OTIO_SCHEMA: 'LinearTimeWarp.1',
                metadata: {},
                name: '',
                effect_name: 'LinearTimeWarp',
                time_scalar: speed.num / speed.den,
              },
            ],
      markers: [],
      enabled: true,
      media_references: { DEFAULT_MEDIA: this.#reference(clip) },
      active_media_reference_key: 'DEFAULT_MEDIA',
    };
  }

  #reference({ source }: ClipRecord): OtioObject {
    if (source.kind === 'text' || source.kind === 'colour') {
      return {
        OTIO_SCHEMA: 'GeneratorReference.1',
        metadata: {},
        name: '',
        available_range: null,
        generator_kind: source.kind === 'text' ? 'Text' : 'SolidColor',
        parameters: source.kind === 'text' ? { text: source.text } : { color: source.colour },
      };
    }
    const asset = this.#document.assets.get(source.assetId);
    if (!asset) return { OTIO_SCHEMA: 'MissingReference.1', metadata: {}, name: source.assetId, available_range: null };
    const frames =
      asset.kind === 'image' ? 1 : secondsToFrame(asset.durationSeconds, this.#document.settings.frameRate);
    return {
      OTIO_SCHEMA: 'ExternalReference.1',
      metadata: { lectern: { assetId: asset.id } },
      name: asset.name,
      available_range: this.#range(0, frames),
      target_url: this.#urlOf(asset),
    };
  }

  #range(start: number, frames: number): OtioObject {
    return { OTIO_SCHEMA: 'TimeRange.1', start_time: this.#time(start), duration: this.#time(frames) };
  }

  #time(value: number): OtioObject {
    return { OTIO_SCHEMA: 'RationalTime.1', rate: this.#rate, value };
  }
}

/** OTIO has the two clips of a transition meet in the middle of it. */
function cutBetween(from: ClipRecord, to: ClipRecord): number {
  return to.startFrame + Math.floor((endFrame(from) - to.startFrame) / 2);
}

export interface FromOtioResult {
  readonly document: TimelineDocument;
  readonly name: string;
  /** What couldn't be taken over, for a person to read; empty as a rule. */
  readonly warnings: readonly string[];
}

/**
 * A document of an OTIO file, ours or another editor's. Where our metadata is, ids, properties and links come back; times
 * are taken from OTIO's own fields, as those are what the other editor has changed. Files that we don't know become
 * assets without facts, to be probed.
 *
 * @throws TimelineParseError when it isn't an OTIO timeline, or its metadata isn't what the schema says
 */
export function fromOtio(input: unknown, newId: NewId): FromOtioResult {
  const json = readJson(input);
  if (!isOtio(json) || !json.OTIO_SCHEMA.startsWith('Timeline.')) {
    throw new TimelineParseError('invalid', [{ path: 'OTIO_SCHEMA', expected: 'Timeline.1' }]);
  }
  const reader = new OtioReader(json, newId);
  const parsed = parseTimeline(reader.read());
  const repair = repairDocument(parsed.document);
  if (!repair) return { document: parsed.document, name: textOf(json['name']), warnings: reader.warnings };
  const state = createState({ document: parsed.document }).update(repair).state;
  const problems = parsed.violations.map((violation) => violation.message);
  return { document: state.document, name: textOf(json['name']), warnings: [...reader.warnings, ...problems] };
}

type Json = Readonly<Record<string, unknown>>;

class OtioReader {
  readonly warnings: string[] = [];
  readonly #timeline: OtioObject;
  readonly #newId: NewId;
  readonly #ours: Json;
  readonly #rate: FrameRate;
  readonly #clips: Json[] = [];
  readonly #transitions: Json[] = [];
  readonly #assets = new Map<string, Json>();
  readonly #usedIds = new Set<string>();
  /** Where each clip starts in its source, in frames that needn't be whole. */
  readonly #inPoints = new Map<Json, number>();

  constructor(timeline: OtioObject, newId: NewId) {
    this.#timeline = timeline;
    this.#newId = newId;
    this.#ours = oursOf(timeline);
    const settings = objectOf(this.#ours['settings']);
    const rate = objectOf(settings['frameRate']);
    this.#rate =
      isTerm(rate['num']) && isTerm(rate['den']) ? { num: rate['num'], den: rate['den'] } : this.#firstRate();
    for (const asset of listOf(this.#ours['assets']).map(objectOf)) this.#assets.set(textOf(asset['id']), asset);
  }

  read(): Json {
    const stack = objectOf(this.#timeline['tracks']);
    const children = listOf(stack['children']).filter((child) => {
      const isTrack = isOtio(child) && child.OTIO_SCHEMA.startsWith('Track.');
      if (!isTrack)
        this.warnings.push(`${isOtio(child) ? child.OTIO_SCHEMA : 'something'} beside the tracks was left out`);
      return isTrack;
    });
    const orders = generateNKeysBetween(null, null, children.length);
    const known = children.map((child) => oursOf(objectOf(child)));
    const kept = known.every(
      (fields, index) => index === 0 || textOf(known[index - 1]?.['order']) < textOf(fields['order']),
    );
    const firstVideo = children.findIndex((child) => objectOf(child)['kind'] !== 'Audio');
    const hasMain = known.some((fields) => fields['main'] === true);
    const tracks = children.map((child, index) => {
      const track = objectOf(child);
      const fields = known[index] ?? {};
      const id = this.#idFor(fields['id']);
      this.#readTrack(track, id);
      const kind = track['kind'] === 'Audio' ? 'audio' : 'video';
      return {
        kind,
        main: !hasMain && index === firstVideo,
        height: kind === 'audio' ? 56 : 72,
        ...fields,
        id,
        name: textOf(track['name']) || `${kind === 'audio' ? 'Audio' : 'Video'} ${index + 1}`,
        order: kept && fields['order'] !== undefined ? fields['order'] : orders[index],
      };
    });
    return {
      schemaVersion: this.#ours['schemaVersion'] ?? schemaVersion,
      settings: { width: 1920, height: 1080, ...objectOf(this.#ours['settings']), frameRate: this.#rate },
      tracks,
      clips: this.#clips,
      transitions: this.#transitions,
      markers: [...this.#readMarkers(listOf(stack['markers'])), ...listOf(this.#ours['markers'])],
      captions: listOf(this.#ours['captions']),
      assets: [...this.#assets.values()],
    };
  }

  #readTrack(track: Json, trackId: string): void {
    let at = 0;
    let pending: { readonly fields: Json; readonly before: number; readonly after: number } | null = null;
    let last: { clip: Record<string, unknown> } | null = null;
    for (const child of listOf(track['children'])) {
      if (!isOtio(child)) continue;
      if (child.OTIO_SCHEMA.startsWith('Transition.')) {
        pending = {
          fields: oursOf(child),
          before: this.#frames(child['in_offset']),
          after: this.#frames(child['out_offset']),
        };
        continue;
      }
      const range = objectOf(child['source_range']);
      const duration = this.#frames(range['duration'] ?? this.#available(child)['duration']);
      if (child.OTIO_SCHEMA.startsWith('Gap.') || duration <= 0) {
        at += Math.max(0, duration);
        continue;
      }
      if (!child.OTIO_SCHEMA.startsWith('Clip.')) {
        this.warnings.push(
          `${child.OTIO_SCHEMA} ${JSON.stringify(child['name'])} was left out: only clips can be taken over`,
        );
        at += duration;
        last = null;
        continue;
      }
      const clip = this.#readClip(child, trackId, at, duration);
      if (pending && last) this.#join(last.clip, clip, pending);
      pending = null;
      this.#clips.push(clip);
      last = { clip };
      at += duration;
    }
  }

  /** Lets two clips that meet at a cut overlap around it, as our transitions do. */
  #join(
    from: Record<string, unknown>,
    to: Record<string, unknown>,
    { fields, before, after }: { readonly fields: Json; readonly before: number; readonly after: number },
  ): void {
    from['durationFrames'] = Number(from['durationFrames']) + after;
    to['startFrame'] = Number(to['startFrame']) - before;
    to['durationFrames'] = Number(to['durationFrames']) + before;
    const source = objectOf(to['source']);
    if (source['kind'] === 'asset') {
      const { num, den } = source['speed'] as Rational;
      // From the in-point before it was rounded: at odd speeds it needn't be whole.
      const trim = (this.#inPoints.get(to) ?? 0) - (before * num) / den;
      to['source'] = { ...source, trimStartFrame: Math.max(0, Math.round(trim)) };
    }
    this.#transitions.push({
      kind: 'crossfade',
      ...fields,
      id: this.#idFor(fields['id']),
      fromClipId: from['id'],
      toClipId: to['id'],
      durationFrames: before + after,
    });
  }

  #readClip(clip: OtioObject, trackId: string, startFrame: number, durationFrames: number): Record<string, unknown> {
    const { source: known, ...fields } = oursOf(clip);
    const id = this.#idFor(fields['id']);
    const isPiece = fields['id'] !== undefined && fields['id'] !== id;
    const result: Record<string, unknown> = {
      ...fields,
      id,
      trackId,
      name: textOf(clip['name']),
      startFrame,
      durationFrames,
      source: this.#source(clip, objectOf(known)),
      // Another editor that cuts a clip in two copies its metadata.
      ...(isPiece && { splitFrom: fields['splitFrom'] ?? fields['id'] }),
    };
    this.#inPoints.set(result, this.#inPoint(clip, known));
    return result;
  }

  #inPoint(clip: OtioObject, known: unknown): number {
    const range = objectOf(clip['source_range']);
    const start = range['start_time'] ?? this.#available(clip)['start_time'];
    // Other editors count from the timecode that the file starts at.
    const first = objectOf(known)['assetId'] === undefined ? this.#exactFrames(this.#available(clip)['start_time']) : 0;
    return Math.max(0, this.#exactFrames(start) - first);
  }

  #source(clip: OtioObject, known: Json): Json {
    if (known['kind'] === 'text' || known['kind'] === 'colour') return known;
    const reference = referenceOf(clip);
    const parameters = objectOf(reference['parameters']);
    if (textOf(reference['OTIO_SCHEMA']).startsWith('GeneratorReference.')) {
      const { color, text } = parameters;
      if (typeof text === 'string') return { kind: 'text', text };
      return { kind: 'colour', colour: typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color) ? color : '#000000' };
    }
    const assetId = this.#assetFor(clip, reference, known);
    if (this.#assets.get(assetId)?.['kind'] === 'image') return { ...known, kind: 'image', assetId };
    const warp = listOf(clip['effects'])
      .map(objectOf)
      .find((effect) => textOf(effect['OTIO_SCHEMA']).startsWith('LinearTimeWarp.'));
    return {
      ...known,
      kind: 'asset',
      assetId,
      trimStartFrame: Math.round(this.#inPoint(clip, known)),
      speed: speedOf(warp?.['time_scalar'], known['speed']),
    };
  }

  /** The asset of a clip's media; a file that isn't known becomes one. */
  #assetFor(clip: OtioObject, reference: Json, known: Json): string {
    const ours = objectOf(objectOf(reference['metadata'])['lectern'])['assetId'] ?? known['assetId'];
    if (typeof ours === 'string' && this.#assets.has(ours)) return ours;
    const url = textOf(reference['target_url']) || textOf(reference['name']) || textOf(clip['name']);
    const existing = [...this.#assets.values()].find((asset) => asset['otioUrl'] === url);
    if (existing) return textOf(existing['id']);
    const available = objectOf(reference['available_range']);
    const frames = this.#frames(available['duration'] ?? objectOf(clip['source_range'])['duration']);
    const kind = kindOfFile(url);
    const id = this.#newId();
    this.#assets.set(id, {
      id,
      kind,
      name: textOf(reference['name']) || (url.split(/[\\/]/).at(-1) ?? 'media'),
      durationSeconds: kind === 'image' ? 0 : (Math.max(1, frames) * this.#rate.den) / this.#rate.num,
      width: 0,
      height: 0,
      videoCodec: kind === 'audio' ? null : 'unknown',
      audioCodec: kind === 'image' ? null : 'unknown',
      // How another clip of the same file finds it.
      otioUrl: url,
    });
    this.warnings.push(`${url} isn't in the library yet`);
    return id;
  }

  #readMarkers(markers: readonly unknown[]): readonly Json[] {
    return markers.map(objectOf).map((marker) => {
      const fields = oursOf(marker);
      return {
        colour: '#f5a524',
        ...fields,
        id: this.#idFor(fields['id']),
        name: textOf(marker['name']),
        frame: Math.max(0, this.#frames(objectOf(marker['marked_range'])['start_time'])),
      };
    });
  }

  #available(clip: OtioObject): Json {
    return objectOf(referenceOf(clip)['available_range']);
  }

  /** A `RationalTime` to the nearest frame of the project. */
  #frames(time: unknown): number {
    return Math.round(this.#exactFrames(time));
  }

  #exactFrames(time: unknown): number {
    const { value, rate } = objectOf(time);
    if (typeof value !== 'number' || typeof rate !== 'number' || !(rate > 0)) return 0;
    const project = this.#rate.num / this.#rate.den;
    return Math.abs(rate - project) < 1e-6 ? value : (value / rate) * project;
  }

  /** The id that a thing had, unless it is taken: copies get new ones. */
  #idFor(known: unknown): string {
    const id = typeof known === 'string' && known !== '' && !this.#usedIds.has(known) ? known : this.#newId();
    this.#usedIds.add(id);
    return id;
  }

  /** The rate of the first time in the file that has one. */
  #firstRate(): FrameRate {
    const pending: unknown[] = [this.#timeline['tracks']];
    // Grows as it is walked: level by level, without recursion.
    for (const next of pending) {
      const { rate } = objectOf(next);
      if (typeof rate === 'number' && rate > 1 && Number.isFinite(rate)) return rateOf(rate);
      const children = typeof next === 'object' && next !== null ? Object.values(next as Json) : [];
      for (const child of children) pending.push(child);
    }
    return { num: 30, den: 1 };
  }
}

function rateOf(rate: number): FrameRate {
  const nominal = Math.round(rate);
  if (Math.abs(rate - nominal) < 1e-3) return { num: nominal, den: 1 };
  if (Math.abs(rate * 1.001 - nominal) < 0.01) return { num: nominal * 1000, den: 1001 };
  return reduceRational({ num: Math.max(1, Math.round(rate * 1000)), den: 1000 });
}

/** The exact fraction that we wrote, where the other editor left the speed alone. */
function speedOf(scalar: unknown, known: unknown): Rational {
  const { num, den } = objectOf(known);
  const before = isTerm(num) && isTerm(den) ? { num, den } : { num: 1, den: 1 };
  const speed = typeof scalar === 'number' && scalar > 0 ? scalar : 1;
  if (Math.abs(before.num / before.den - speed) < 1e-9) return before;
  return reduceRational({ num: Math.max(1, Math.round(speed * 1000)), den: 1000 });
}

function referenceOf(clip: OtioObject): Json {
  const key = textOf(clip['active_media_reference_key']) || 'DEFAULT_MEDIA';
  const references = objectOf(clip['media_references']);
  return objectOf(Object.hasOwn(references, key) ? references[key] : clip['media_reference']);
}

function kindOfFile(url: string): AssetRecord['kind'] {
  const extension = (/\.([a-z0-9]+)$/i.exec(url)?.[1] ?? '').toLowerCase();
  if (['png', 'jpg', 'jpeg', 'webp', 'gif', 'avif', 'svg', 'tif', 'tiff'].includes(extension)) return 'image';
  return ['mp3', 'wav', 'aac', 'm4a', 'ogg', 'opus', 'flac', 'aif', 'aiff'].includes(extension) ? 'audio' : 'video';
}

function isOtio(value: unknown): value is OtioObject {
  return typeof value === 'object' && value !== null && typeof (value as Json)['OTIO_SCHEMA'] === 'string';
}

function oursOf(object: Json): Json {
  return objectOf(objectOf(object['metadata'])['lectern']);
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isTerm(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
