import type { ClipRecord, ClipSource, TrackKind } from './records.js';
import type { TimelineDocument } from './document.js';

/** One value of a clip's property. */
export type PropertyValue = number | string | boolean | null;
/** The registry's property ids. Positions and sizes are fractions of the project's picture, so they survive a resize. */
export type PropertyKey =
  | 'positionX'
  | 'positionY'
  | 'scale'
  | 'rotation'
  | 'cropLeft'
  | 'cropTop'
  | 'cropRight'
  | 'cropBottom'
  | 'opacity'
  | 'fit'
  | 'fadeInFrames'
  | 'fadeOutFrames'
  | 'volume'
  | 'pan'
  | 'audioEnabled'
  | 'keepPitch'
  | 'fontFamily'
  | 'fontSize'
  | 'fontWeight'
  | 'italic'
  | 'textColour'
  | 'textAlign'
  | 'lineHeight'
  | 'backgroundColour'
  | 'backgroundOpacity'
  | 'padding';

/** What a clip is made of, as far as properties go: a sound file and the sound of a video are both `audio`. */
export type PropertySubject = 'video' | 'audio' | 'image' | 'text' | 'colour';

/** What the inspector, keyframes, the stored form and accessibility labels know of a property. */
export interface PropertyDefinition {
  readonly id: PropertyKey;
  /** A `colour` is `#rrggbb`. */
  readonly type: 'number' | 'integer' | 'boolean' | 'colour' | 'choice' | 'string';
  readonly default: PropertyValue;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly choices?: readonly string[];
  /** Whether null is a value: "none". */
  readonly nullable?: boolean;
  /** Longest text of a `string`, in UTF-16 units. */
  readonly maxLength?: number;
  /**
   * `fraction` of the picture or of full, `decibel`, `degree`, `frame`, `pixel`, or none. A `pixel` is one of a picture
   * 1080 pixels high; `evaluate` scales it by `settings.height / 1080`, so a title keeps its size in any resolution.
   */
  readonly unit: 'fraction' | 'decibel' | 'degree' | 'frame' | 'pixel' | 'none';
  readonly animatable: boolean;
  /** For which sources the property means something. */
  readonly appliesTo: readonly PropertySubject[];
  readonly group: 'transform' | 'crop' | 'appearance' | 'sound' | 'text';
}

/** The lowest volume, in dB; it stands for silence. */
export const silenceDecibels = -60;

/** The picture height that `pixel` properties refer to. */
export const referenceHeight = 1080;

const picture: readonly PropertySubject[] = ['video', 'image', 'text', 'colour'];
const sized: readonly PropertySubject[] = ['video', 'image', 'colour'];
const filmed: readonly PropertySubject[] = ['video', 'image'];
const sound: readonly PropertySubject[] = ['audio'];
const text: readonly PropertySubject[] = ['text'];

const crop = {
  type: 'number',
  default: 0,
  min: 0,
  max: 1,
  step: 0.01,
  unit: 'fraction',
  animatable: true,
  appliesTo: filmed,
  group: 'crop',
} as const;
const fade = {
  type: 'integer',
  default: 0,
  min: 0,
  max: 1_000_000,
  step: 1,
  unit: 'frame',
  animatable: false,
  appliesTo: [...picture, 'audio'],
  group: 'appearance',
} as const;

/** Every property of a clip, in the order that an inspector shows them. The one place that knows ranges and defaults. */
export const propertyDefinitions: readonly PropertyDefinition[] = [
  {
    id: 'positionX',
    type: 'number',
    default: 0,
    min: -4,
    max: 4,
    step: 0.01,
    unit: 'fraction',
    animatable: true,
    appliesTo: picture,
    group: 'transform',
  },
  {
    id: 'positionY',
    type: 'number',
    default: 0,
    min: -4,
    max: 4,
    step: 0.01,
    unit: 'fraction',
    animatable: true,
    appliesTo: picture,
    group: 'transform',
  },
  {
    id: 'scale',
    type: 'number',
    default: 1,
    min: 0.01,
    max: 20,
    step: 0.01,
    unit: 'fraction',
    animatable: true,
    appliesTo: sized,
    group: 'transform',
  },
  {
    id: 'rotation',
    type: 'number',
    default: 0,
    min: -3600,
    max: 3600,
    step: 1,
    unit: 'degree',
    animatable: true,
    appliesTo: picture,
    group: 'transform',
  },
  { id: 'cropLeft', ...crop },
  { id: 'cropTop', ...crop },
  { id: 'cropRight', ...crop },
  { id: 'cropBottom', ...crop },
  {
    id: 'opacity',
    type: 'number',
    default: 1,
    min: 0,
    max: 1,
    step: 0.01,
    unit: 'fraction',
    animatable: true,
    appliesTo: picture,
    group: 'appearance',
  },
  {
    id: 'fit',
    type: 'choice',
    default: 'contain',
    choices: ['contain', 'cover', 'fill', 'none'],
    unit: 'none',
    animatable: false,
    appliesTo: filmed,
    group: 'appearance',
  },
  { id: 'fadeInFrames', ...fade },
  { id: 'fadeOutFrames', ...fade },
  {
    id: 'volume',
    type: 'number',
    default: 0,
    min: silenceDecibels,
    max: 12,
    step: 0.5,
    unit: 'decibel',
    animatable: true,
    appliesTo: sound,
    group: 'sound',
  },
  {
    id: 'pan',
    type: 'number',
    default: 0,
    min: -1,
    max: 1,
    step: 0.05,
    unit: 'fraction',
    animatable: false,
    appliesTo: sound,
    group: 'sound',
  },
  {
    id: 'audioEnabled',
    type: 'boolean',
    default: true,
    unit: 'none',
    animatable: false,
    appliesTo: sound,
    group: 'sound',
  },
  {
    // Says something at other speeds only: a voice stays a voice. Off, it is tape that runs faster or slower.
    id: 'keepPitch',
    type: 'boolean',
    default: true,
    unit: 'none',
    animatable: false,
    appliesTo: sound,
    group: 'sound',
  },
  {
    id: 'fontFamily',
    type: 'string',
    default: 'sans-serif',
    maxLength: 200,
    unit: 'none',
    animatable: false,
    appliesTo: text,
    group: 'text',
  },
  {
    id: 'fontSize',
    type: 'number',
    default: 72,
    min: 4,
    max: 1000,
    step: 1,
    unit: 'pixel',
    animatable: true,
    appliesTo: text,
    group: 'text',
  },
  {
    id: 'fontWeight',
    type: 'integer',
    default: 700,
    min: 100,
    max: 900,
    step: 100,
    unit: 'none',
    animatable: false,
    appliesTo: text,
    group: 'text',
  },
  { id: 'italic', type: 'boolean', default: false, unit: 'none', animatable: false, appliesTo: text, group: 'text' },
  {
    id: 'textColour',
    type: 'colour',
    default: '#ffffff',
    unit: 'none',
    animatable: false,
    appliesTo: text,
    group: 'text',
  },
  {
    id: 'textAlign',
    type: 'choice',
    default: 'centre',
    choices: ['left', 'centre', 'right'],
    unit: 'none',
    animatable: false,
    appliesTo: text,
    group: 'text',
  },
  {
    id: 'lineHeight',
    type: 'number',
    default: 1.2,
    min: 0.5,
    max: 4,
    step: 0.05,
    unit: 'none',
    animatable: false,
    appliesTo: text,
    group: 'text',
  },
  {
    id: 'backgroundColour',
    type: 'colour',
    default: null,
    nullable: true,
    unit: 'none',
    animatable: false,
    appliesTo: text,
    group: 'text',
  },
  {
    id: 'backgroundOpacity',
    type: 'number',
    default: 0.75,
    min: 0,
    max: 1,
    step: 0.01,
    unit: 'fraction',
    animatable: true,
    appliesTo: text,
    group: 'text',
  },
  {
    id: 'padding',
    type: 'number',
    default: 16,
    min: 0,
    max: 500,
    step: 1,
    unit: 'pixel',
    animatable: true,
    appliesTo: text,
    group: 'text',
  },
];

const definitionsById: ReadonlyMap<string, PropertyDefinition> = new Map(
  propertyDefinitions.map((definition) => [definition.id, definition]),
);

/** The definition of a property. @throws TypeError for a key that isn't in the registry */
export function propertyDefinition(key: PropertyKey): PropertyDefinition {
  const definition = definitionsById.get(key);
  if (!definition) throw new TypeError(`no property is called ${JSON.stringify(key)}`);
  return definition;
}

/** Whether a string names a property of the registry. */
export function isPropertyKey(key: string): key is PropertyKey {
  return definitionsById.has(key);
}

/** What TypeScript knows of a property's value. */
export type PropertyValueOf<K extends PropertyKey> = K extends 'fontFamily' | 'textColour'
  ? string
  : K extends 'fit'
    ? 'contain' | 'cover' | 'fill' | 'none'
    : K extends 'textAlign'
      ? 'left' | 'centre' | 'right'
      : K extends 'backgroundColour'
        ? string | null
        : K extends 'audioEnabled' | 'keepPitch' | 'italic'
          ? boolean
          : number;

/**
 * The value of a clip's property, or its default; keyframes aside. A stored value that the registry doesn't allow reads
 * as the nearest that it does, or as the default.
 */
export function getProperty<K extends PropertyKey>(clip: Pick<ClipRecord, 'props'>, key: K): PropertyValueOf<K> {
  const definition = propertyDefinition(key);
  // Most properties of most clips are at their defaults, and a preview asks for all of them in every frame.
  if (!Object.hasOwn(clip.props, key)) return definition.default as PropertyValueOf<K>;
  return (coerceProperty(definition, clip.props[key]) ?? definition.default) as PropertyValueOf<K>;
}

/** A value brought into a property's range: numbers are clamped, integers rounded. Undefined if it's of another type. */
export function coerceProperty(definition: PropertyDefinition, value: unknown): PropertyValue | undefined {
  if (value === null) return definition.nullable === true ? null : undefined;
  switch (definition.type) {
    case 'number':
    case 'integer': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
      const clamped = Math.min(Math.max(value, definition.min ?? -Infinity), definition.max ?? Infinity);
      const number = definition.type === 'integer' ? Math.round(clamped) : clamped;
      return number === 0 ? 0 : number;
    }
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'colour':
      return isColour(value) ? value.toLowerCase() : undefined;
    case 'choice':
      return typeof value === 'string' && definition.choices?.includes(value) === true ? value : undefined;
    case 'string':
      return typeof value === 'string' ? value.slice(0, definition.maxLength) : undefined;
  }
}

/** Whether a value is `#rrggbb`. */
export function isColour(value: unknown): value is string {
  return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value);
}

/** What a clip shows and sounds like, given the assets and its track. A video with sound is both `video` and `audio`. */
export function propertySubjects(
  clip: Pick<ClipRecord, 'source' | 'trackId'>,
  document: TimelineDocument,
): readonly PropertySubject[] {
  return subjectsOf(clip.source, document.track(clip.trackId)?.kind ?? 'video', document);
}

function subjectsOf(source: ClipSource, kind: TrackKind, document: TimelineDocument): readonly PropertySubject[] {
  if (source.kind !== 'asset') return [source.kind];
  const asset = document.assets.get(source.assetId);
  const subjects: PropertySubject[] = [];
  if (kind !== 'audio' && asset?.kind !== 'audio') subjects.push('video');
  if (asset === undefined || asset.kind === 'audio' || asset.audioCodec !== null) subjects.push('audio');
  return subjects;
}

/** The properties that mean something for a clip as it is, in the order of the registry. */
export function propertiesFor(clip: ClipRecord, document: TimelineDocument): readonly PropertyDefinition[] {
  const subjects = propertySubjects(clip, document);
  const { source } = clip;
  const atOtherSpeed = source.kind === 'asset' && source.speed.num !== source.speed.den;
  return propertyDefinitions.filter(
    ({ id, appliesTo }) =>
      appliesTo.some((subject) => subjects.includes(subject)) && (id !== 'keepPitch' || atOtherSpeed),
  );
}
