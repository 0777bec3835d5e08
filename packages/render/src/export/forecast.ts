import type { ExportForecast } from '@lectern/ports';
import { frameToSeconds } from '@lectern/timeline';
import { throwIfAborted } from '../cancelling.js';
import type { MediaLibrary } from '../media/media-library.js';
import { exportColourSpace } from '../picture/plane-compositor.js';
import type { ForecastTask } from '../worker/protocol.js';
import { EarlierExport } from './earlier-export.js';
import { type ExportPlan, planExport } from './export-plan.js';
import { soundEncoderOf } from './export-sound.js';
import { PictureEncoder } from './picture-encoder.js';
import { framesPerSecond } from './section-plan.js';

/** Decoding, composing and sound take their share of what encoding alone would do. */
const shareOfEncoding = 0.7;
/** How fast sound alone is mixed and encoded, in seconds of it per second. */
const soundSpeed = 40;
/** Bytes per second that packets are passed on with. */
const copySpeed = 100_000_000;
const measuredFrames = 16;
/** What the container adds, and room for its index. */
const overhead = 1.02;
const smallestFile = 4096;

/** What an export will take, from the sources themselves. @throws LecternError as `planExport` does */
export async function forecastExport(
  task: ForecastTask,
  library: MediaLibrary,
  signal: AbortSignal,
): Promise<Omit<ExportForecast, 'freeBytes'>> {
  const { audioCodec } = task.format;
  const sampleRate = task.records.find((record) => record.type === 'settings')?.sampleRate ?? 48_000;
  const encoder = audioCodec && (await soundEncoderOf(audioCodec, sampleRate).catch(() => null));
  // With a loudness to reach, the gain is only known after listening to all of it: then all of it counts as new.
  const setting = encoder && { encoder, gain: task.loudness === null ? 1 : Number.NaN };
  const plan = await planExport(task, library, setting, signal);
  const earlier = task.reuseAssetId === null ? null : await EarlierExport.open(task.reuseAssetId, library);
  const sums = addUp(task, plan, earlier);
  throwIfAborted(signal);
  const sizeBytes = Math.ceil((sums.encodedBytes + sums.copiedBytes) * overhead) + smallestFile;
  return {
    sizeBytes,
    // What is encoded is kept until the file is whole; what is copied is still where it was.
    spaceBytes: sizeBytes + Math.ceil(sums.encodedBytes),
    renderSeconds: await renderSeconds(task, plan, sums, signal),
    copiedFrames: sums.copiedFrames,
  };
}

interface Sums {
  readonly encodedFrames: number;
  readonly encodedSoundSeconds: number;
  readonly encodedBytes: number;
  readonly copiedFrames: number;
  readonly copiedBytes: number;
}

function addUp(
  { preset }: ForecastTask,
  { document, pictures, sound }: ExportPlan,
  earlier: EarlierExport | null,
): Sums {
  let encodedFrames = 0;
  let copiedFrames = 0;
  let copiedBytes = 0;
  for (const { section, fingerprint } of pictures?.sections ?? []) {
    const frames = section.endFrame - section.startFrame;
    if (section.kind === 'copy') copiedBytes += section.stretch.sizeBytes;
    else if (fingerprint !== null && earlier?.hasPictures(fingerprint)) copiedBytes += frames * earlier.bytesPerFrame;
    else {
      encodedFrames += frames;
      continue;
    }
    copiedFrames += frames;
  }
  let encodedSoundSeconds = 0;
  for (const { section, fingerprint } of sound?.sections ?? []) {
    const seconds = (section.endSample - section.startSample) / (sound?.grid.sampleRate ?? 1);
    if (earlier?.hasSound(fingerprint)) copiedBytes += (seconds * preset.audioBitrate) / 8;
    else encodedSoundSeconds += seconds;
  }
  const pictureSeconds = frameToSeconds(encodedFrames, document.settings.frameRate);
  const bits = pictureSeconds * preset.videoBitrate + encodedSoundSeconds * preset.audioBitrate;
  return { encodedFrames, encodedSoundSeconds, encodedBytes: bits / 8, copiedFrames, copiedBytes };
}

async function renderSeconds(
  { knownSpeed, preset }: ForecastTask,
  { document, pictures }: ExportPlan,
  { encodedFrames, encodedSoundSeconds, copiedBytes }: Sums,
  signal: AbortSignal,
): Promise<number | null> {
  const sound = encodedSoundSeconds / soundSpeed;
  const copying = copiedBytes / copySpeed;
  if (!pictures || encodedFrames === 0) return sound + copying;
  const frameRate = framesPerSecond(document.settings.frameRate);
  const speed = knownSpeed ?? (await measure(pictures, preset.videoBitrate, frameRate, signal).catch(() => null));
  return speed === null ? null : Math.max(encodedFrames / speed, sound) + copying;
}

/** Frames per second that are likely, from encoding some pictures that move. */
async function measure(
  { codec, width, height }: NonNullable<ExportPlan['pictures']>,
  bitrate: number,
  frameRate: number,
  signal: AbortSignal,
): Promise<number> {
  const encoder = new PictureEncoder({
    codec,
    width,
    height,
    bitrate,
    frameRate,
    acceleration: 'no-preference',
    secondsAt: (index) => index / frameRate,
    onPicture: () => undefined,
  });
  try {
    const planes = new Uint8Array((width * height * 3) / 2);
    const encode = async (index: number): Promise<void> => {
      throwIfAborted(signal);
      // A gradient that wanders, with some grain in it.
      for (let at = 0; at < planes.length; at += 1) planes[at] = (at * 7 + index * 3 + ((at * 31) >>> 5)) & 127;
      const frame = new VideoFrame(planes, {
        format: 'I420',
        codedWidth: width,
        codedHeight: height,
        colorSpace: exportColourSpace,
        timestamp: encoder.timestampAt(index),
      });
      await encoder.encode(frame, index === 0);
    };
    await encode(0);
    await encoder.flush();
    const started = performance.now();
    for (let index = 1; index <= measuredFrames; index += 1) await encode(index);
    await encoder.flush();
    return (shareOfEncoding * measuredFrames * 1000) / (performance.now() - started);
  } finally {
    encoder.close();
  }
}
