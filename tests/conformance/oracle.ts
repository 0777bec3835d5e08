/**
 * What a document means: which picture of its source each frame shows and where each sweep is heard. Computed from
 * `evaluate` and from what ffmpeg finds in the source; the render package has no say in it.
 */
import {
  type AssetId,
  type ClipId,
  type ClipRecord,
  type FrameRate,
  type TimelineDocument,
  type TimelineRecord,
  type TrackId,
  createDocument,
  evaluate,
  frameToSeconds,
  one,
  secondsToFrame,
} from '../../packages/timeline/src/index.js';
import type { ProbeFacts } from '../../packages/ports/src/index.js';
import { type PictureRegion, readFrameCode } from '../../packages/testing/src/frame-code.js';
import { chirpCount, chirpLength, chirpTime, findChirp } from './chirps.js';
import { decodePictures, decodeSound, pictureTimes } from './ffmpeg.js';
import { sourceSize } from './make-source.js';
import type { Source } from './sources.js';

/** A picture of a source. */
export interface TruePicture {
  /** Seconds from the first picture. */
  readonly time: number;
  /** The number in it. */
  readonly code: number;
}

/** What ffmpeg finds in a source. */
export interface SourceTruth {
  /** In the order of presentation; empty for sound alone. */
  readonly pictures: readonly TruePicture[];
  /** Each sweep of the sound, in seconds from the source's start: the first picture, or the first sample. */
  readonly chirps: readonly { readonly index: number; readonly time: number }[];
  /** What is not as the recipe means it. */
  readonly complaints: readonly string[];
}

/** Reads a source with ffmpeg. */
export async function readTruth(file: string, source: Source, facts: ProbeFacts): Promise<SourceTruth> {
  const complaints: string[] = [];
  const times = facts.kind === 'video' ? await pictureTimes(file) : [];
  const start = times[0] ?? null;
  const { width, height } = upright(source, facts);
  const decoded = start === null ? { pictures: [] } : await decodePictures(file, width, height);
  if (decoded.pictures.length !== times.length) {
    complaints.push(`${String(times.length)} times for ${String(decoded.pictures.length)} pictures`);
  }
  const pictures = decoded.pictures.map((rgb, index) => ({
    time: (times[index] ?? NaN) - (start ?? 0),
    code: readFrameCode(withAlpha(rgb, width, height))?.frame ?? -1,
  }));
  if (source.shows.pictures) {
    const [first, last] = source.shows.pictures;
    const wanted = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const found = pictures.map(({ code }) => code);
    if (wanted.join() !== found.join()) {
      complaints.push(`ffmpeg finds pictures ${String(found[0])}…${String(found.at(-1))} (${String(found.length)})`);
    }
  }
  return { pictures, chirps: await chirpsOf(file, source, start, complaints), complaints };
}

function upright(source: Source, { width, height }: ProbeFacts): { width: number; height: number } {
  // The size doesn't matter for reading the numbers, as long as the picture isn't on its side.
  const { width: across, height: down } = source.project ?? sourceSize;
  return width >= height
    ? { width: Math.max(across, down), height: Math.min(across, down) }
    : { width: 216, height: 384 };
}

/** An hour of sound is held at a rate that is enough for the sweeps; otherwise the file's own. */
export function soundRateFor({ sparse }: Source): number | undefined {
  return sparse === undefined ? undefined : 12_000;
}

async function chirpsOf(
  file: string,
  source: Source,
  pictureStart: number | null,
  complaints: string[],
): Promise<SourceTruth['chirps']> {
  const sound = await decodeSound(file, soundRateFor(source));
  if (!sound) return [];
  const { samples, sampleRate } = sound;
  const length = samples.length / sampleRate;
  // In a file without pictures, what is heard first is its start.
  const start = pictureStart === null ? 0 : sound.start - pictureStart;
  const lead = source.shows.soundAt ?? 0;
  const chirps: { index: number; time: number }[] = [];
  const count = chirpCount(length + Math.max(0, -lead) + 1, source.interval);
  let worst = 0;
  for (let index = 0; index < count; index += 1) {
    const meant = chirpTime(index, source.interval) + lead;
    const at = meant - start;
    if (at < 0 || at + chirpLength > length) continue;
    const found = source.shows.heard === 'by-recipe' ? at : findChirp(samples, sampleRate, index, at);
    if (found === null) continue;
    chirps.push({ index, time: found + start });
    worst = Math.max(worst, Math.abs(found + start - meant));
  }
  if (chirps.length === 0) complaints.push('ffmpeg hears no sweep');
  if (worst > 0.003) complaints.push(`ffmpeg hears sweeps up to ${(worst * 1000).toFixed(1)} ms off`);
  return chirps;
}

function withAlpha(
  rgb: Uint8Array,
  width: number,
  height: number,
): { data: Uint8Array; width: number; height: number } {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1) data[pixel * 4 + channel] = rgb[pixel * 3 + channel] ?? 0;
  }
  return { data, width, height };
}

/** What lies behind the clips: a colour that no field has. */
export const background = '#1e4666';

/** A project out of one source: trimmed in odd places, cut in the middle, from its first frame and up to its last. */
export function projectOf(name: string, facts: ProbeFacts, rate: FrameRate, size: { width: number; height: number }) {
  const total = Math.max(1, secondsToFrame(facts.durationSeconds, rate));
  const part = (fraction: number): number => Math.max(1, Math.round(total * fraction));
  const trackId = 'track' as TrackId;
  const sound = facts.kind === 'audio';
  const clips: ClipRecord[] = [];
  let at = 0;
  const add = (trimStartFrame: number, durationFrames: number, more: Partial<ClipRecord> = {}, speed = one): void => {
    clips.push({
      type: 'clip',
      id: `clip-${String(clips.length)}` as ClipId,
      trackId,
      name: `Clip ${String(clips.length + 1)}`,
      startFrame: at,
      durationFrames,
      source: { kind: 'asset', assetId: name as AssetId, trimStartFrame, speed },
      linkId: null,
      splitFrom: null,
      props: {},
      keyframes: {},
      ...more,
    });
    at += durationFrames;
  };
  add(part(0.13), part(0.25));
  // A cut to another place of the same source.
  add(part(0.55), part(0.22));
  add(0, part(0.2));
  at += 4;
  add(total - part(0.24), part(0.24));
  if (!sound) add(part(0.3), part(0.1), { props: { audioEnabled: false } }, { num: 3, den: 2 });
  const records: TimelineRecord[] = [
    {
      type: 'asset',
      id: name as AssetId,
      name,
      kind: facts.kind,
      durationSeconds: facts.durationSeconds,
      width: facts.width,
      height: facts.height,
      rotation: facts.rotation,
      videoCodec: facts.videoCodec,
      audioCodec: facts.audioCodec,
      sampleRate: facts.sampleRate,
      channels: facts.channels,
      averageFrameRate: facts.averageFrameRate,
      variableFrameRate: facts.variableFrameRate,
    },
    {
      type: 'track',
      id: trackId,
      kind: sound ? 'audio' : 'video',
      name: 'Track',
      order: 'a0',
      main: !sound,
      locked: false,
      muted: false,
      solo: false,
      hidden: false,
      height: 60,
    },
    ...clips,
  ];
  return createDocument({ settings: { ...size, frameRate: rate, background }, records });
}

/** What a frame should show. */
export interface MeantFrame {
  readonly frame: number;
  /** −1 where there is nothing but background. */
  readonly code: number;
  /** Where its picture lies, in fractions of the frame. */
  readonly region: PictureRegion | null;
}

/**
 * A picture that begins this close to the middle of a frame is the next frame's: where containers count in whole
 * milliseconds, a source of twice the project's rate has a picture there that is neither before nor after. In seconds.
 */
const undecided = 0.002;

/** The rule: a frame shows the picture that its source shows in the middle of it; the last picture stays. */
export function meantFrames(document: TimelineDocument, truth: SourceTruth): readonly MeantFrame[] {
  const { frameRate } = document.settings;
  const duration = frameToSeconds(1, frameRate);
  return Array.from({ length: document.totalFrames }, (_, frame) => {
    const { layers, width, height } = evaluate(document, frame);
    const layer = layers.find(({ kind }) => kind === 'video');
    if (layer?.kind !== 'video') return { frame, code: -1, region: null };
    const time = layer.sourceSeconds + duration / 2 - Math.min(undecided, duration / 8);
    let shown = truth.pictures[0];
    for (const picture of truth.pictures) if (picture.time <= time) shown = picture;
    const { geometry } = layer;
    const region = {
      left: (geometry.centreX - geometry.width / 2) / width,
      top: (geometry.centreY - geometry.height / 2) / height,
      width: geometry.width / width,
      height: geometry.height / height,
    };
    return { frame, code: shown?.code ?? -1, region };
  });
}

/** A sweep that should be heard, in seconds of the timeline. */
export interface MeantChirp {
  readonly index: number;
  readonly time: number;
}

/** Sweeps that are heard whole, in order. Those at the edge of a clip are cut and no measure. */
export function meantChirps(document: TimelineDocument, truth: SourceTruth): readonly MeantChirp[] {
  const { frameRate } = document.settings;
  const heard: MeantChirp[] = [];
  for (const clip of document.clips.values()) {
    if (clip.source.kind !== 'asset' || clip.props.audioEnabled === false) continue;
    const start = frameToSeconds(clip.startFrame, frameRate);
    const end = frameToSeconds(clip.startFrame + clip.durationFrames, frameRate);
    const trim = frameToSeconds(clip.source.trimStartFrame, frameRate);
    for (const { index, time } of truth.chirps) {
      const at = start + time - trim;
      if (at >= start && at + chirpLength <= end) heard.push({ index, time: at });
    }
  }
  return heard.sort((a, b) => a.time - b.time);
}
