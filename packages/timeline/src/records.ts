import type { AssetId, CaptionTrackId, ClipId, LinkId, MarkerId, SettingsId, TrackId, TransitionId } from './ids.js';
import type { FrameRate, Rational } from './time.js';
import type { PropertyKey, PropertyValue } from './properties.js';

/** What the whole document shares. `inFrame` (inclusive) and `outFrame` (exclusive) mark a range, in frames. */
export interface SettingsRecord {
  readonly type: 'settings';
  readonly id: SettingsId;
  readonly frameRate: FrameRate;
  /** Picture size in pixels, even numbers. */
  readonly width: number;
  readonly height: number;
  /** Mixing rate in Hz. */
  readonly sampleRate: number;
  /** What lies behind every clip, `#rrggbb`. */
  readonly background: string;
  readonly inFrame: number | null;
  readonly outFrame: number | null;
  /** Top-level fields of the stored form that this version doesn't know: kept, and written back where they were. */
  readonly unknownFields?: Readonly<Record<string, unknown>>;
}

export type TrackKind = 'video' | 'audio' | 'text' | 'caption';

export interface TrackRecord {
  readonly type: 'track';
  readonly id: TrackId;
  readonly kind: TrackKind;
  readonly name: string;
  /** Fractional index. Ascending order is bottom to top: a later picture lies over an earlier one. */
  readonly order: string;
  /** The main track ripples by default; there is at most one, of kind `video`. */
  readonly main: boolean;
  readonly locked: boolean;
  readonly muted: boolean;
  readonly solo: boolean;
  readonly hidden: boolean;
  /** Display height in CSS pixels. */
  readonly height: number;
}

/** A stretch of a video or sound file. The out-point is derived: it is never stored. */
export interface AssetSource {
  readonly kind: 'asset';
  readonly assetId: AssetId;
  /** In-point: project frames from the start of the source. */
  readonly trimStartFrame: number;
  /** Playback speed: `{num: 2, den: 1}` is twice as fast. */
  readonly speed: Rational;
}

/** A still picture; it has no length of its own. */
export interface ImageSource {
  readonly kind: 'image';
  readonly assetId: AssetId;
}

/** Title text. Its style lives in the clip's properties. */
export interface TextSource {
  readonly kind: 'text';
  readonly text: string;
}

/** A field of one colour, `#rrggbb`. */
export interface ColourSource {
  readonly kind: 'colour';
  readonly colour: string;
}

export type ClipSource = AssetSource | ImageSource | TextSource | ColourSource;

/**
 * One keyframe of an animatable property. `frame` counts from the start of the clip; after a trim it may lie outside.
 * `easing` is how the value goes on to the next one.
 */
export interface Keyframe {
  readonly frame: number;
  readonly value: PropertyValue;
  readonly easing: 'linear' | 'hold' | 'ease-in' | 'ease-out' | 'ease-in-out';
}

export interface ClipRecord {
  readonly type: 'clip';
  readonly id: ClipId;
  readonly trackId: TrackId;
  readonly name: string;
  /** Frames from the start of the timeline. */
  readonly startFrame: number;
  /** At least 1. */
  readonly durationFrames: number;
  readonly source: ClipSource;
  readonly linkId: LinkId | null;
  /**
   * The clip that this one was first cut from, so that captions and markers stay attached: the origin of all pieces, so
   * that deleting a piece between loses nothing.
   */
  readonly splitFrom: ClipId | null;
  /** Only what differs from the registry's defaults (see `properties.ts`). */
  readonly props: Readonly<Partial<Record<PropertyKey, PropertyValue>>>;
  readonly keyframes: Readonly<Partial<Record<PropertyKey, readonly Keyframe[]>>>;
}

/** Lets two clips of one track overlap; both are named. */
export interface TransitionRecord {
  readonly type: 'transition';
  readonly id: TransitionId;
  readonly fromClipId: ClipId;
  readonly toClipId: ClipId;
  readonly kind: 'crossfade';
  readonly durationFrames: number;
}

/**
 * A named place. With `clipId`, `frame` counts from the start of that clip's *source*, so cuts carry it along; the id is
 * that of the clip that all pieces were first cut from.
 */
export interface MarkerRecord {
  readonly type: 'marker';
  readonly id: MarkerId;
  readonly frame: number;
  readonly name: string;
  readonly colour: string;
  readonly clipId: ClipId | null;
}

/** A set of cues anchored to a source (`assetId`), in source seconds, or to the timeline (`null`), in seconds. */
export interface CaptionTrackRecord {
  readonly type: 'caption-track';
  readonly id: CaptionTrackId;
  readonly assetId: AssetId | null;
  readonly language: string;
  readonly label: string;
  readonly status: 'none' | 'auto' | 'reviewed';
  readonly cues: readonly { readonly startSeconds: number; readonly endSeconds: number; readonly text: string }[];
}

/** The probe facts of an asset that the document uses. Seconds and pixels; sizes after rotation and pixel aspect. */
export interface AssetRecord {
  readonly type: 'asset';
  readonly id: AssetId;
  readonly kind: 'video' | 'audio' | 'image';
  readonly name: string;
  /** 0 for pictures. */
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly rotation: 0 | 90 | 180 | 270;
  readonly videoCodec: string | null;
  readonly audioCodec: string | null;
  readonly sampleRate: number;
  readonly channels: number;
  /** Average pictures per second; 0 where there is no picture. */
  readonly averageFrameRate: number;
  readonly variableFrameRate: boolean;
}

export type TimelineRecord =
  SettingsRecord | TrackRecord | ClipRecord | TransitionRecord | MarkerRecord | CaptionTrackRecord | AssetRecord;

export type RecordType = TimelineRecord['type'];
/** The record of type `T`. */
export type RecordOf<T extends RecordType> = Extract<TimelineRecord, { readonly type: T }>;
