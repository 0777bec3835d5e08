import { generateNKeysBetween } from 'fractional-indexing';

/** A JSON object of an old version, not checked yet. */
export type StoredJson = Readonly<Record<string, unknown>>;

/** One step from a version of the stored form to the next. Pure, total, and never changed once it is out. */
export interface Migration {
  /** The version that it reads; it writes the next. */
  readonly from: number;
  readonly name: string;
  readonly up: (stored: StoredJson) => StoredJson;
}

/**
 * Every migration, in order. To add one: append it, raise the version that follows from it, and freeze a fixture of the
 * version before (`fixtures/`). A migration sees JSON that nothing has checked: what it doesn't recognise it passes on as
 * it is, for the schema to complain about.
 */
export const migrations: readonly Migration[] = [
  {
    from: 1,
    name: 'clips-beside-tracks',
    // Version 1 had each track's clips inside the track, the source's fields in the clip, and the rate as a number.
    up: (stored) => {
      const clips: unknown[] = [];
      const orders = generateNKeysBetween(null, null, list(stored['tracks']).length);
      const tracks = list(stored['tracks']).map((track, index) => {
        if (!isObject(track)) return track;
        const { clips: own, ...rest } = track;
        for (const clip of list(own)) clips.push(isObject(clip) ? withSource(clip, rest['id']) : clip);
        return {
          order: orders[index],
          main: isMain(stored, index),
          ...trackDefaults,
          ...rest,
        };
      });
      const { fps, ...settings } = isObject(stored['settings']) ? stored['settings'] : {};
      return {
        ...stored,
        settings: { ...settings, frameRate: rateOf(fps) },
        tracks,
        clips,
        transitions: [],
        markers: list(stored['markers']).map((marker) =>
          isObject(marker) ? { colour: '#f5a524', ...marker } : marker,
        ),
        captions: [],
      };
    },
  },
  {
    from: 2,
    name: 'volume-in-decibels',
    // Version 2 had `volume` as a factor: 1 unchanged, 0 silent.
    up: (stored) => ({
      ...stored,
      clips: list(stored['clips']).map((clip) => {
        if (!isObject(clip) || !isObject(clip['props'])) return clip;
        const { volume, ...props } = clip['props'];
        if (typeof volume !== 'number' || volume === 1) return { ...clip, props };
        return { ...clip, props: { ...props, volume: decibels(volume) } };
      }),
    }),
  },
];

/** The version that is written. */
export const schemaVersion: number = (migrations.at(-1)?.from ?? 0) + 1;

/** The stored form brought up from a version to the current one. */
export function migrate(stored: StoredJson, version: number): StoredJson {
  return migrations
    .filter((migration) => migration.from >= version)
    .reduce((older, migration) => ({ ...migration.up(older), schemaVersion: migration.from + 1 }), stored);
}

const trackDefaults = { locked: false, muted: false, solo: false, hidden: false, height: 72 };

function isMain(stored: StoredJson, index: number): boolean {
  const isVideo = (track: unknown): boolean => isObject(track) && track['kind'] === 'video';
  return list(stored['tracks']).findIndex(isVideo) === index;
}

function withSource(clip: StoredJson, trackId: unknown): StoredJson {
  const { assetId, trimStartFrame, speed, text, colour, image, volume, ...rest } = clip;
  let source: StoredJson = { kind: 'asset', assetId, trimStartFrame: trimStartFrame ?? 0, speed: speedOf(speed) };
  if (text !== undefined) source = { kind: 'text', text };
  else if (colour !== undefined) source = { kind: 'colour', colour };
  else if (image === true) source = { kind: 'image', assetId };
  return { ...rest, trackId, source, props: volume === undefined ? {} : { volume } };
}

/** NTSC rates were written as 23.976, 29.97 and 59.94. */
function rateOf(fps: unknown): unknown {
  if (typeof fps !== 'number') return fps;
  const nominal = Math.round(fps);
  return Math.abs(fps - nominal) < 0.001 ? { num: nominal, den: 1 } : { num: nominal * 1000, den: 1001 };
}

function speedOf(speed: unknown): unknown {
  if (speed === undefined) return { num: 1, den: 1 };
  if (typeof speed !== 'number') return speed;
  const num = Math.max(1, Math.round(speed * 100));
  const common = greatestDivisor(num, 100);
  return { num: num / common, den: 100 / common };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** To a hundredth of a decibel, in the range of the property. */
function decibels(factor: number): number {
  if (!(factor > 0.001)) return -60;
  return Math.min(12, Math.max(-60, Math.round(2000 * Math.log10(factor)) / 100));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is StoredJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
