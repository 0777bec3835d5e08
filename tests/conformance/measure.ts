/** Measures one source in one project: each frame in preview and export, each sweep of the sound, and the pictures' likeness. */
import path from 'node:path';
import type { ExportPreset, ProbeFacts } from '../../packages/ports/src/index.js';
import { readFrameCode } from '../../packages/testing/src/frame-code.js';
import type { PictureRegion } from '../../packages/testing/src/frame-code.js';
import { type FrameRate, type TimelineDocument, frameToSeconds } from '../../packages/timeline/src/index.js';
import { findChirp } from './chirps.js';
import type { ColourField } from './counting-picture.js';
import type { EnginePage } from './engine-page.js';
import { decodePictures, decodeSound, pictureTimes, probeStreams } from './ffmpeg.js';
import { sourceSize } from './make-source.js';
import {
  type MeantChirp,
  type MeantFrame,
  type SourceTruth,
  background,
  meantChirps,
  meantFrames,
  projectOf,
  readTruth,
  soundRateFor,
} from './oracle.js';
import type { Source } from './sources.js';

/** How much of it. */
export interface Thoroughness {
  /** Every frame is captured; otherwise those around each cut and every seventh. */
  readonly everyFrame: boolean;
  /** The preview plays. */
  readonly plays: boolean;
}

/** A line of the table. */
export interface Row {
  readonly source: string;
  readonly about: string;
  /** `30 in 25`, or a reason why there is nothing to measure. */
  readonly project: string;
  readonly skipped: string | null;
  readonly preview: Count;
  readonly exported: Count;
  /** Frames of the export that were passed on and not encoded. */
  readonly copied: number;
  /** Milliseconds, null without sound: the first sweep, the one that is furthest off, and how much they spread. */
  readonly startOffset: number | null;
  readonly worstOffset: number | null;
  readonly drift: number | null;
  /** Of preview and export, in dB; the lowest of the frames compared. Null without pictures. */
  readonly likeness: number | null;
  /** The furthest that a field's colour is off, in preview and export, of 255. Null where none is known. */
  readonly colour: readonly [number, number] | null;
  /** What is wrong, in words; empty when all is right. */
  readonly complaints: readonly string[];
}

interface Count {
  readonly wrong: number;
  readonly of: number;
}

/**
 * Below this preview and export are not the same picture, in dB. Both draw the same graph; what lies between is one
 * lossy encoding at a bit rate where it costs little, and two ways to scale and to turn YUV into RGB, which are apart by
 * a level or two. A wrong matrix or range costs ten more.
 */
export const leastLikeness = 32;
/**
 * Levels of 255 that a flat field may be off. Two lossy encodings take one or two; where there is no graphics processor,
 * browsers turn BT.709 into RGB with coefficients of seven bits, which makes blue 8 too dark. A wrong matrix or range is
 * off by 20 and more.
 */
export const mostColour = 11;
/**
 * Seconds that a sweep may be off: containers count in whole milliseconds, in source and export. A frame would be 33 ms.
 */
export const mostOffset = 0.003;

/** Enough bits that what is compared is the engine, not the codec. */
export const preset: ExportPreset = { id: 'smallest', height: 0, videoBitrate: 3_000_000, audioBitrate: 128_000 };

/** Rate in a few characters: `30`, `29.97`. */
export function rateName({ num, den }: FrameRate): string {
  return String(Math.round((num / den) * 100) / 100);
}

/** What every row of a source needs to know of it. */
export interface OpenSource {
  readonly source: Source;
  readonly file: string;
  readonly facts: ProbeFacts;
  readonly truth: SourceTruth;
}

const nothing = { wrong: 0, of: 0 };

/** A row without figures. */
export function skippedRow(
  source: Pick<Source, 'name' | 'about'>,
  skipped: string,
  complaints: readonly string[] = [],
): Row {
  return {
    source: source.name,
    about: source.about,
    project: '',
    skipped,
    preview: nothing,
    exported: nothing,
    copied: 0,
    startOffset: null,
    worstOffset: null,
    drift: null,
    likeness: null,
    colour: null,
    complaints,
  };
}

/** Opens a source, or says why there is nothing to measure. */
export async function openSource(page: EnginePage, source: Source, file: string): Promise<OpenSource | Row> {
  const facts = await page.call('probe', source.name);
  if (!facts.decodable) {
    const codecs = [facts.videoCodec, facts.audioCodec].filter((codec) => codec !== null).join(' or ');
    const missing = source.mayBeMissing ?? codecs;
    // Only what is known to be missing in some browsers may be: everything else is a finding.
    const complaints = source.mayBeMissing === undefined ? [`${codecs} should be decodable in every browser`] : [];
    return skippedRow(source, `this browser doesn’t decode ${missing}`, complaints);
  }
  const truth = await readTruth(file, source, facts);
  return { source, file, facts, truth };
}

/** Measures a source in a project of a rate. */
export async function measure(
  page: EnginePage,
  { source, facts, truth }: OpenSource,
  rate: FrameRate,
  how: Thoroughness,
  folder: string,
): Promise<Row> {
  const size = source.project ?? sourceSize;
  const document = projectOf(source.name, facts, rate, size);
  const records = [...document.records()];
  const meant = meantFrames(document, truth);
  const complaints = [...truth.complaints];
  const hasPictures = truth.pictures.length > 0;
  const preview = { wrong: 0, of: 0 };
  const exported = { wrong: 0, of: 0 };
  const compared: { frame: number; rgb: Uint8Array }[] = [];

  if (hasPictures) {
    await page.call('openPreview', records);
    const wanted = how.everyFrame && source.sparse === undefined ? meant : someFrames(document, meant, source.sparse);
    judge(wanted, await page.call('capture', wanted), preview, complaints, 'captured');
    const places = seekPlaces(document, meant);
    const expected = places.map(({ code }) => code);
    judge(places, await page.call('seek', places, expected), preview, complaints, 'after a seek');
    if (how.plays && source.sparse === undefined) await judgePlaying(page, document, meant, preview, complaints);
    for (const { frame } of comparedFrames(meant)) {
      compared.push({ frame, rgb: Buffer.from(await page.call('capturePixels', frame), 'base64') });
    }
    await page.call('openPreview', records);
  }

  const height = hasPictures ? Math.min(size.width, size.height) : 0;
  const order = { records, preset: { ...preset, height }, container: 'mp4' as const };
  const whole = await page.export({ ...order, range: null }, path.join(folder, 'whole'));
  const start = Math.round(document.totalFrames * 0.17) | 1;
  const range = { startFrame: start, endFrame: Math.round(document.totalFrames * 0.83) };
  const part = source.sparse === undefined ? await page.export({ ...order, range }, path.join(folder, 'part')) : null;

  let likeness: number | null = null;
  let colour: readonly [number, number] | null = null;
  if (hasPictures) {
    const step = source.sparse ?? 1;
    const pictures = await judgePictures(whole.file, document, meant, exported, complaints, 'in the export', step);
    const frames = meant.slice(range.startFrame, range.endFrame);
    if (part) await judgePictures(part.file, document, frames, exported, complaints, 'in the range');
    await judgeTags(whole.file, complaints);
    likeness = Infinity;
    for (const { frame, rgb } of compared) {
      const other = pictures.get(frame);
      if (!other) continue;
      likeness = Math.min(likeness, psnr(rgb, other));
      const region = meant[frame]?.region;
      if (!source.fields || !region) continue;
      const [ours, theirs]: readonly [number, number] = colour ?? [0, 0];
      colour = [
        Math.max(ours, furthest(source.fields, region, rgb, 4, size)),
        Math.max(theirs, furthest(source.fields, region, other, 3, size)),
      ];
    }
    if (likeness < leastLikeness) complaints.push(`preview and export are ${likeness.toFixed(1)} dB alike`);
    if (colour && Math.max(...colour) > mostColour) {
      complaints.push(
        `colours are off by ${colour.map((value) => value.toFixed(0)).join(' in preview and ')} in export`,
      );
    }
  }

  const chirps = meantChirps(document, truth);
  const soundRate = soundRateFor(source);
  const sound = chirps.length === 0 ? [] : await offsets(whole.file, chirps, 0, complaints, 'in the export', soundRate);
  if (chirps.length > 0 && part) {
    const from = frameToSeconds(range.startFrame, rate);
    const to = frameToSeconds(range.endFrame, rate);
    const inside = chirps.filter(({ time }) => time >= from && time + 0.06 <= to);
    await offsets(part.file, inside, from, complaints, 'in the range');
  } else if (facts.audioCodec !== null && chirps.length === 0) complaints.push('no sweep is heard whole');
  const worst = sound.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);
  return {
    source: source.name,
    about: source.about,
    project: `${facts.kind === 'video' ? rateName(rateOf(truth)) : (facts.audioCodec ?? '')} in ${rateName(rate)}`,
    skipped: null,
    preview,
    exported,
    copied: whole.frames.copied,
    startOffset: sound[0] ?? null,
    worstOffset: sound.length > 0 ? worst : null,
    drift: sound.length > 0 ? Math.max(...sound) - Math.min(...sound) : null,
    likeness: hasPictures ? likeness : null,
    colour,
    complaints,
  };
}

function rateOf({ pictures }: SourceTruth): FrameRate {
  const length = pictures.at(-1)?.time ?? 0;
  return { num: Math.max(1, pictures.length - 1), den: length > 0 ? length : 1 };
}

/** The frames around every cut and every seventh, or so many-th. */
export function someFrames(document: TimelineDocument, meant: readonly MeantFrame[], step = 7): readonly MeantFrame[] {
  const near = new Set<number>();
  for (const { startFrame, durationFrames } of document.clips.values()) {
    for (const edge of [startFrame, startFrame + durationFrames]) {
      for (let frame = edge - 2; frame <= edge + 1; frame += 1) near.add(frame);
    }
  }
  return meant.filter(({ frame }) => near.has(frame) || frame % (step * 7) === 0 || (step === 7 && frame % 7 === 0));
}

function seekPlaces(document: TimelineDocument, meant: readonly MeantFrame[]): readonly MeantFrame[] {
  const total = document.totalFrames;
  const edges = [...document.clips.values()].map(({ startFrame }) => startFrame);
  const frames = [total - 1, ...edges, Math.round(total * 0.4), Math.round(total * 0.4) - 1, 0];
  return frames.map((frame) => meant[frame]).filter((each) => each !== undefined);
}

function comparedFrames(meant: readonly MeantFrame[]): readonly MeantFrame[] {
  const shown = meant.filter(({ code }) => code >= 0);
  return [0.1, 0.35, 0.6, 0.95]
    .map((part) => shown[Math.floor(shown.length * part)])
    .filter((each) => each !== undefined);
}

/** Counts the frames that aren't what is meant. */
export function judge(
  meant: readonly MeantFrame[],
  codes: readonly number[],
  count: { wrong: number; of: number },
  complaints: string[],
  where: string,
): void {
  const wrong: string[] = [];
  meant.forEach(({ frame, code }, index) => {
    count.of += 1;
    const seen = codes[index];
    if (seen === code) return;
    count.wrong += 1;
    wrong.push(`${String(frame)} shows ${String(seen)}, not ${String(code)}`);
  });
  if (wrong.length > 0) {
    complaints.push(
      `${where}: ${wrong.slice(0, 4).join('; ')}${wrong.length > 4 ? `; ${String(wrong.length)} in all` : ''}`,
    );
  }
}

/** While it plays, what is seen may be late, but it must be a picture of a frame about there. */
async function judgePlaying(
  page: EnginePage,
  document: TimelineDocument,
  meant: readonly MeantFrame[],
  count: { wrong: number; of: number },
  complaints: string[],
): Promise<void> {
  const region = meant.find((each) => each.region)?.region;
  if (!region) return;
  const { num, den } = document.settings.frameRate;
  // What a worker has drawn reaches the page later than its word of it, by some when the machine is busy.
  const late = Math.round((num / den) * 0.5);
  const played = await page.call('play', 0, document.totalFrames - 2, region);
  let wrong = 0;
  let example = '';
  for (const { shownFrames, code } of played) {
    const near = meant.slice(Math.max(0, Math.min(...shownFrames) - late), Math.max(...shownFrames) + 3);
    count.of += 1;
    if (near.some((each) => each.code === (code ?? -1))) continue;
    wrong += 1;
    example = `${String(code)} at ${shownFrames.join('…')}`;
  }
  count.wrong += wrong;
  if (played.length < 10) complaints.push(`it showed ${String(played.length)} pictures while it played`);
  if (wrong > 0) complaints.push(`while it played: ${String(wrong)} wrong, such as ${example}`);
}

async function judgePictures(
  file: string,
  document: TimelineDocument,
  meant: readonly MeantFrame[],
  count: { wrong: number; of: number },
  complaints: string[],
  where: string,
  step = 1,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const { width, height, frameRate } = document.settings;
  const times = await pictureTimes(file);
  if (times.length !== meant.length) {
    complaints.push(`${where}: ${String(times.length)} pictures for ${String(meant.length)} frames`);
  }
  const { pictures } = await decodePictures(file, width, height, step);
  const judged = meant.filter((_, index) => index % step === 0);
  const seen = new Map<number, Uint8Array>();
  const codes = judged.map(({ frame, region }, index) => {
    const rgb = pictures[index];
    if (!rgb) return -2;
    seen.set(frame, rgb);
    const time = times[index * step] ?? NaN;
    // A picture at another time is another frame.
    if (!(Math.abs(time - frameToSeconds(index * step, frameRate)) < 0.001)) return -3;
    return (region && readFrameCode(rgba(rgb, width, height), region)?.frame) ?? -1;
  });
  judge(judged, codes, count, complaints, where);
  return seen;
}

async function judgeTags(file: string, complaints: string[]): Promise<void> {
  const video = (await probeStreams(file)).find(({ codec_type: type }) => type === 'video');
  const tags = [video?.color_space, video?.color_primaries, video?.color_transfer, video?.color_range];
  if (tags.join() !== 'bt709,bt709,bt709,tv') complaints.push(`the export is tagged ${tags.join(', ')}`);
}

/** Offsets of sweeps in milliseconds, in order; what isn't heard is complained of. */
async function offsets(
  file: string,
  meant: readonly MeantChirp[],
  from: number,
  complaints: string[],
  where: string,
  rate?: number,
): Promise<readonly number[]> {
  const sound = await decodeSound(file, rate);
  if (!sound) {
    complaints.push(`${where}: there is no sound`);
    return [];
  }
  const found: number[] = [];
  let missing = 0;
  for (const { index, time } of meant) {
    const at = time - from - sound.start;
    const heard = findChirp(sound.samples, sound.sampleRate, index, at);
    if (heard === null) missing += 1;
    else found.push((heard - at) * 1000);
  }
  if (missing > 0) complaints.push(`${where}: ${String(missing)} of ${String(meant.length)} sweeps aren’t heard`);
  const off = found.filter((each) => Math.abs(each) > mostOffset * 1000);
  if (off.length > 0) {
    const worst = off.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);
    complaints.push(
      `${where}: ${String(off.length)} of ${String(meant.length)} sweeps are off, by ${worst.toFixed(1)} ms`,
    );
  }
  return found;
}

function rgba(rgb: Uint8Array, width: number, height: number): { data: Uint8Array; width: number; height: number } {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0, from = 0, to = 0; pixel < width * height; pixel += 1, from += 3, to += 4) {
    data[to] = rgb[from] as number;
    data[to + 1] = rgb[from + 1] as number;
    data[to + 2] = rgb[from + 2] as number;
  }
  return { data, width, height };
}

/** Peak signal to noise ratio of RGBA and RGB in dB. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  const pixels = b.length / 3;
  let sum = 0;
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      sum += ((a[pixel * 4 + channel] as number) - (b[pixel * 3 + channel] as number)) ** 2;
    }
  }
  return 10 * Math.log10(255 ** 2 / (sum / b.length));
}

/** Red, green or blue of what lies behind. */
export function backgroundLevel(channel: number): number {
  return Number.parseInt(background.slice(1 + channel * 2, 3 + channel * 2), 16);
}

/** How far the mean colour of the fields is from what they are, at most: the inner half of each, over the background. */
function furthest(
  fields: readonly ColourField[],
  place: PictureRegion,
  pixels: Uint8Array,
  bytes: number,
  { width, height }: { width: number; height: number },
): number {
  let most = 0;
  for (const { region, colour, alpha } of fields) {
    const x = (part: number): number =>
      Math.round((place.left + (region.left + region.width * part) * place.width) * width);
    const y = (part: number): number =>
      Math.round((place.top + (region.top + region.height * part) * place.height) * height);
    for (let channel = 0; channel < 3; channel += 1) {
      let sum = 0;
      let count = 0;
      for (let row = y(0.25); row < y(0.75); row += 1) {
        for (let column = x(0.25); column < x(0.75); column += 1) {
          sum += pixels[(row * width + column) * bytes + channel] ?? 0;
          count += 1;
        }
      }
      const meant = (colour[channel] ?? 0) * alpha + backgroundLevel(channel) * (1 - alpha);
      most = Math.max(most, Math.abs(sum / count - meant));
    }
  }
  return most;
}
