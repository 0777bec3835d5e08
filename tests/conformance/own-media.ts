/**
 * Files of one's own, whose pictures carry no numbers: a frame is right when its picture is more like the one that ffmpeg
 * shows there than like those before and after, and sound lies where it is most like what ffmpeg plays.
 */
import path from 'node:path';
import {
  type FrameRate,
  type TimelineDocument,
  frameRates,
  frameToSeconds,
} from '../../packages/timeline/src/index.js';
import type { EnginePage } from './engine-page.js';
import { type DecodedSound, decodeSound, ffmpeg, pictureTimes } from './ffmpeg.js';
import { sourceSize } from './make-source.js';
import { type Row, backgroundLevel, judge, preset, rateName, skippedRow, someFrames } from './measure.js';
import { type MeantFrame, meantFrames, projectOf } from './oracle.js';

/** Pictures are compared this much smaller: grain and codecs are no difference then. */
const small = { width: 96, height: 54 };
/** Pictures before and after that a frame's could be mistaken for. */
const neighbours = 3;
/** Samples per second that sound is compared at. */
const soundRate = 24_000;
const windowSeconds = 0.4;
const reachSeconds = 0.06;
/** Windows less alike than this are silence or something else that says nothing. */
const leastLikeness = 0.7;
/** Seconds; see `mostOffset` of the sources. */
const mostOffset = 0.004;

type Picture = Float32Array;

/** Measures a file in a project of a rate. */
export async function measureOwn(page: EnginePage, file: string, rate: FrameRate, folder: string): Promise<Row> {
  const base = path.basename(file);
  const name = `media/${base}`;
  const source = { name: base, about: 'your own' };
  const facts = await page.call('probe', name);
  if (!facts.decodable) {
    const codecs = [facts.videoCodec, facts.audioCodec].filter((codec) => codec !== null).join(' or ');
    return skippedRow(source, `this browser doesn’t decode ${codecs}`);
  }
  const document = projectOf(name, facts, rate, sourceSize);
  const records = [...document.records()];
  const complaints: string[] = [];
  const preview = { wrong: 0, of: 0 };
  const exported = { wrong: 0, of: 0 };
  const isVideo = facts.kind === 'video';
  const times = isVideo ? await pictureTimes(file) : [];
  const pictures = times.map((time, index) => ({ time: time - (times[0] ?? 0), code: index }));
  const meant = meantFrames(document, { pictures, chirps: [], complaints: [] });
  const region = meant.find((each) => each.region)?.region ?? null;
  const truth = isVideo ? await shrunk(file, facts.hasAlpha, null) : [];
  if (isVideo && region) {
    await page.call('openPreview', records);
    const judged = someFrames(document, meant).filter(({ code }) => code >= 0);
    const found: number[] = [];
    for (const { frame, code } of judged) {
      const rgba = Buffer.from(await page.call('capturePixels', frame), 'base64');
      found.push(nearest(shrink(rgba, sourceSize, region), truth, code));
    }
    judge(judged, found, preview, complaints, 'captured');
  }
  const height = isVideo ? sourceSize.height : 0;
  const whole = await page.export(
    { records, preset: { ...preset, height }, container: 'mp4', range: null },
    path.join(folder, 'own'),
  );
  if (isVideo && region) {
    const seen = await shrunk(whole.file, false, region);
    const judged = meant.filter(({ code }) => code >= 0);
    judge(
      judged,
      judged.map(({ frame, code }) => matchOf(seen[frame], truth, code)),
      exported,
      complaints,
      'in the export',
    );
    if (seen.length !== meant.length)
      complaints.push(`${String(seen.length)} pictures for ${String(meant.length)} frames`);
  }
  const sound = facts.audioCodec === null ? [] : await offsets(file, whole.file, document, times[0] ?? null);
  const worst = sound.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);
  if (Math.abs(worst) > mostOffset * 1000) complaints.push(`sound is up to ${worst.toFixed(1)} ms off`);
  const average = times.length > 1 ? (times.length - 1) / ((times.at(-1) ?? 0) - (times[0] ?? 0)) : 0;
  return {
    ...skippedRow(source, '', complaints),
    skipped: null,
    project: `${isVideo ? rateName({ num: average, den: 1 }) : (facts.audioCodec ?? '')} in ${rateName(rate)}`,
    preview,
    exported,
    copied: whole.frames.copied,
    startOffset: sound[0] ?? null,
    worstOffset: sound.length > 0 ? worst : null,
    drift: sound.length > 0 ? Math.max(...sound) - Math.min(...sound) : null,
  };
}

/** The rates that files of one's own are measured in. */
export const ownRates: readonly FrameRate[] = [frameRates.fps30, frameRates.fps25];

function matchOf(picture: Picture | undefined, truth: readonly Picture[], code: MeantFrame['code']): number {
  return picture ? nearest(picture, truth, code) : -2;
}

/** The number of the picture that is most alike; the one that is meant when it is as good as that. */
function nearest(picture: Picture, truth: readonly Picture[], meant: number): number {
  const distance = (index: number): number => {
    const other = truth[index];
    if (!other) return Infinity;
    let sum = 0;
    for (let n = 0; n < picture.length; n += 1) sum += ((picture[n] ?? 0) - (other[n] ?? 0)) ** 2;
    return sum / picture.length;
  };
  let best = meant;
  let least = distance(meant) * 0.9 - 0.25;
  for (let index = Math.max(0, meant - neighbours); index <= meant + neighbours; index += 1) {
    const here = distance(index);
    if (here < least) [best, least] = [index, here];
  }
  return best;
}

/** Every picture's brightness, small, over the background; of a part of it when a region is given. */
async function shrunk(file: string, alpha: boolean, region: MeantFrame['region']): Promise<readonly Picture[]> {
  const { width, height } = small;
  const part = (value: number): string => value.toFixed(6);
  const crop = region
    ? `crop=iw*${part(region.width)}:ih*${part(region.height)}:iw*${part(region.left)}:ih*${part(region.top)},`
    : '';
  const raw = await ffmpeg([
    // ffmpeg's own decoder leaves alpha out.
    ...(alpha ? ['-c:v', 'libvpx-vp9'] : []),
    ...['-i', file, '-map', '0:v:0', '-fps_mode', 'passthrough'],
    ...['-vf', `${crop}scale=${String(width)}:${String(height)}:flags=area`, '-pix_fmt', 'rgba'],
    ...['-f', 'rawvideo', 'pipe:1'],
  ]);
  const size = width * height * 4;
  return Array.from({ length: Math.floor(raw.length / size) }, (_, index) =>
    brightness(raw.subarray(index * size, (index + 1) * size)),
  );
}

function brightness(rgba: Uint8Array): Picture {
  const picture = new Float32Array(rgba.length / 4);
  const behind = luma(backgroundLevel(0), backgroundLevel(1), backgroundLevel(2));
  for (let pixel = 0; pixel < picture.length; pixel += 1) {
    const at = pixel * 4;
    const alpha = (rgba[at + 3] ?? 255) / 255;
    picture[pixel] = luma(rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0) * alpha + behind * (1 - alpha);
  }
  return picture;
}

function luma(red: number, green: number, blue: number): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** A part of a picture, as small as those of ffmpeg: the mean of what each pixel covers. */
function shrink(
  rgba: Uint8Array,
  { width, height }: { width: number; height: number },
  region: NonNullable<MeantFrame['region']>,
): Picture {
  const out = new Float32Array(small.width * small.height);
  for (let y = 0; y < small.height; y += 1) {
    for (let x = 0; x < small.width; x += 1) {
      const left = Math.round((region.left + (region.width * x) / small.width) * width);
      const right = Math.max(left + 1, Math.round((region.left + (region.width * (x + 1)) / small.width) * width));
      const top = Math.round((region.top + (region.height * y) / small.height) * height);
      const bottom = Math.max(top + 1, Math.round((region.top + (region.height * (y + 1)) / small.height) * height));
      let sum = 0;
      for (let row = top; row < bottom; row += 1) {
        for (let column = left; column < right; column += 1) {
          const at = (row * width + column) * 4;
          sum += luma(rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0);
        }
      }
      out[y * small.width + x] = sum / ((right - left) * (bottom - top));
    }
  }
  return out;
}

/** How far the sound of each clip is off in the export, in milliseconds, by pieces of it. */
async function offsets(
  file: string,
  exported: string,
  document: TimelineDocument,
  pictureStart: number | null,
): Promise<readonly number[]> {
  const source = await decodeSound(file, soundRate);
  const made = await decodeSound(exported, soundRate);
  if (!source || !made) return [];
  const start = pictureStart === null ? 0 : source.start - pictureStart;
  const { frameRate } = document.settings;
  const found: number[] = [];
  for (const { source: from, startFrame, durationFrames, props } of document.clips.values()) {
    if (from.kind !== 'asset' || props.audioEnabled === false) continue;
    const length = frameToSeconds(durationFrames, frameRate);
    for (let at = 0.1; at + windowSeconds + 0.1 < length; at += windowSeconds) {
      const inSource = frameToSeconds(from.trimStartFrame, frameRate) + at - start;
      const inExport = frameToSeconds(startFrame, frameRate) + at - made.start;
      const off = lag(source, inSource, made, inExport);
      if (off !== null) found.push(off * 1000);
    }
  }
  return found;
}

/** Seconds that a piece of `made` is later than the same of `source`; null where neither says anything. */
function lag(source: DecodedSound, at: number, made: DecodedSound, expected: number): number | null {
  const length = Math.round(windowSeconds * soundRate);
  const reach = Math.round(reachSeconds * soundRate);
  const from = Math.round(at * soundRate);
  const to = Math.round(expected * soundRate);
  let best = -Infinity;
  let where = 0;
  for (let shift = -reach; shift <= reach; shift += 1) {
    let product = 0;
    let ours = 0;
    let theirs = 0;
    for (let n = 0; n < length; n += 2) {
      const a = source.samples[from + n] ?? 0;
      const b = made.samples[to + shift + n] ?? 0;
      product += a * b;
      ours += a * a;
      theirs += b * b;
    }
    const value = ours < 1e-4 || theirs < 1e-4 ? 0 : product / Math.sqrt(ours * theirs);
    if (value > best) [best, where] = [value, shift];
  }
  return best < leastLikeness ? null : where / soundRate;
}
