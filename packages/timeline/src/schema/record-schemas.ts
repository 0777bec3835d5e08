// The `mini` build: it tree-shakes, and never tries `new Function`, which a strict Content Security Policy reports.
import * as z from 'zod/mini';
import type { Change } from '../change.js';
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
import { limits } from './limits.js';

const id = z.string().check(z.minLength(1), z.maxLength(limits.id));
const name = z.string().check(z.maxLength(limits.name));
const frame = z.int().check(z.gte(0));
const length = z.int().check(z.gte(1));
const finite = z.number();
const positive = z.int().check(z.gte(1));
const rational = z.looseObject({ num: positive, den: positive });
const colour = z.string().check(z.regex(/^#[0-9a-fA-F]{6}$/));
const flag = z._default(z.boolean(), false);
const propertyValue = z.union([z.number(), z.string().check(z.maxLength(limits.text)), z.boolean(), z.null()]);

const settings = z.looseObject({
  frameRate: rational,
  width: positive,
  height: positive,
  sampleRate: z._default(positive, 48_000),
  background: z._default(colour, '#000000'),
  inFrame: z._default(z.nullable(frame), null),
  outFrame: z._default(z.nullable(frame), null),
});

const track = z.looseObject({
  id,
  kind: z.enum(['video', 'audio', 'text', 'caption']),
  name,
  order: z.string().check(z.minLength(1), z.maxLength(limits.name)),
  main: flag,
  locked: flag,
  muted: flag,
  solo: flag,
  hidden: flag,
  height: z.number().check(z.gt(0), z.lte(10_000)),
});

const source = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('asset'),
    assetId: id,
    trimStartFrame: frame,
    speed: z._default(rational, { num: 1, den: 1 }),
  }),
  z.looseObject({ kind: z.literal('image'), assetId: id }),
  z.looseObject({ kind: z.literal('text'), text: z.string().check(z.maxLength(limits.text)) }),
  z.looseObject({ kind: z.literal('colour'), colour }),
]);

const keyframe = z.looseObject({
  frame: z.int(),
  value: propertyValue,
  easing: z.enum(['linear', 'hold', 'ease-in', 'ease-out', 'ease-in-out']),
});

const clip = z.looseObject({
  id,
  trackId: id,
  name: z._default(name, ''),
  startFrame: frame,
  durationFrames: length,
  source,
  linkId: z._default(z.nullable(id), null),
  splitFrom: z._default(z.nullable(id), null),
  // Properties of a later version stay as they are, as long as they are plain values.
  props: z._default(z.record(z.string().check(z.maxLength(limits.id)), propertyValue), {}),
  keyframes: z._default(
    z.record(z.string().check(z.maxLength(limits.id)), z.array(keyframe).check(z.maxLength(limits.keyframes))),
    {},
  ),
});

const transition = z.looseObject({
  id,
  fromClipId: id,
  toClipId: id,
  kind: z.literal('crossfade'),
  durationFrames: length,
});

const marker = z.looseObject({
  id,
  frame,
  name: z._default(name, ''),
  colour,
  clipId: z._default(z.nullable(id), null),
});

const captionTrack = z.looseObject({
  id,
  assetId: z.nullable(id),
  language: name,
  label: name,
  status: z.enum(['none', 'auto', 'reviewed']),
  cues: z
    .array(
      z.looseObject({ startSeconds: finite, endSeconds: finite, text: z.string().check(z.maxLength(limits.text)) }),
    )
    .check(z.maxLength(limits.cues)),
});

const asset = z.looseObject({
  id,
  kind: z.enum(['video', 'audio', 'image']),
  name,
  durationSeconds: finite.check(z.gte(0)),
  width: finite.check(z.gte(0)),
  height: finite.check(z.gte(0)),
  rotation: z._default(z.literal([0, 90, 180, 270]), 0),
  videoCodec: z._default(z.nullable(name), null),
  audioCodec: z._default(z.nullable(name), null),
  sampleRate: z._default(finite.check(z.gte(0)), 0),
  channels: z._default(finite.check(z.gte(0)), 0),
  averageFrameRate: z._default(finite.check(z.gte(0)), 0),
  variableFrameRate: flag,
});

/** The stored form of the current version, with records that have no `type`: the list that they are in tells it. */
export interface ParsedLists {
  readonly settings: Omit<SettingsRecord, 'type' | 'id'>;
  readonly tracks: readonly Omit<TrackRecord, 'type'>[];
  readonly clips: readonly Omit<ClipRecord, 'type'>[];
  readonly transitions: readonly Omit<TransitionRecord, 'type'>[];
  readonly markers: readonly Omit<MarkerRecord, 'type'>[];
  readonly captions: readonly Omit<CaptionTrackRecord, 'type'>[];
  readonly assets: readonly Omit<AssetRecord, 'type'>[];
  readonly [field: string]: unknown;
}

/** Checks the stored form and fills in defaults; keeps the fields that it doesn't know. */
export const storedSchema: z.ZodMiniType<ParsedLists> = z.looseObject({
  schemaVersion: positive,
  settings,
  tracks: z.array(track).check(z.maxLength(limits.tracks)),
  clips: z.array(clip).check(z.maxLength(limits.clips)),
  transitions: z._default(z.array(transition).check(z.maxLength(limits.transitions)), []),
  markers: z._default(z.array(marker).check(z.maxLength(limits.markers)), []),
  captions: z._default(z.array(captionTrack).check(z.maxLength(limits.captionTracks)), []),
  assets: z.array(asset).check(z.maxLength(limits.assets)),
  totalFrames: z.optional(frame),
}) as unknown as z.ZodMiniType<ParsedLists>;

const record = z.discriminatedUnion('type', [
  z.extend(settings, { type: z.literal('settings'), id: z.literal('settings') }),
  z.extend(track, { type: z.literal('track') }),
  z.extend(clip, { type: z.literal('clip') }),
  z.extend(transition, { type: z.literal('transition') }),
  z.extend(marker, { type: z.literal('marker') }),
  z.extend(captionTrack, { type: z.literal('caption-track') }),
  z.extend(asset, { type: z.literal('asset') }),
]);

/** What checks each known field of a record, by type. */
export const fieldSchemas: Readonly<Record<TimelineRecord['type'], Readonly<Record<string, z.ZodMiniType>>>> = {
  settings: settings.shape,
  track: track.shape,
  clip: clip.shape,
  transition: transition.shape,
  marker: marker.shape,
  'caption-track': captionTrack.shape,
  asset: asset.shape,
};

/** Checks one record; as `storedSchema`, it fills in defaults and keeps the fields that it doesn't know. */
export const recordSchema: z.ZodMiniType<TimelineRecord> = record as unknown as z.ZodMiniType<TimelineRecord>;

/** Checks a change that comes from a journal or another tab. */
export const changeSchema: z.ZodMiniType<Change> = z.object({
  added: z.record(id, record),
  updated: z.record(id, z.tuple([record, record])),
  removed: z.record(id, record),
}) as unknown as z.ZodMiniType<Change>;
