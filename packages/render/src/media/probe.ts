import { LecternError, type ProbeFacts, type ProbeResult } from '@lectern/ports';
import { AudioSampleSink, type InputAudioTrack, type InputVideoTrack, VideoSampleSink } from 'mediabunny';
import { throwIfAborted, withDeadline } from '../cancelling.js';
import { declaredLength } from './container-length.js';
import type { ImageFacts } from './image-header.js';
import { type TimedMedia, closeMedia, maxImagePixels, openMedia } from './media-file.js';

const posterWidth = 320;
/** A decoder that has given nothing after this long gives nothing at all. */
const decodeMilliseconds = 15_000;

/**
 * Reads a file's facts from the file itself and decodes its first picture and sound, so that "decodable" is known and
 * not hoped for.
 *
 * @throws LecternError `file-empty`, `file-type-unknown`, `file-truncated`, `image-too-large`, `aborted`
 */
export async function probeFile(file: Blob, signal: AbortSignal): Promise<ProbeResult> {
  throwIfAborted(signal);
  const declared = file.size > 0 ? await declaredLength(file) : null;
  const truncated = declared !== null && declared > file.size;
  const media = await openMedia(file).catch((error: unknown) => {
    throw truncated ? new LecternError('file-truncated', { cause: error }) : error;
  });
  try {
    throwIfAborted(signal);
    if (media.kind === 'image') return await probeImage(media.blob, media.facts);
    if (truncated) throw new LecternError('file-truncated', { message: `${String(declared)} bytes were announced` });
    return await probeTimed(media, signal);
  } finally {
    closeMedia(media);
  }
}

async function probeImage(blob: Blob, image: ImageFacts): Promise<ProbeResult> {
  if (image.width * image.height > maxImagePixels) {
    throw new LecternError('image-too-large', {
      details: { width: image.width, height: image.height, limit: maxImagePixels },
    });
  }
  const facts: ProbeFacts = {
    kind: 'image',
    container: image.format,
    mimeType: image.mimeType,
    durationSeconds: 0,
    width: image.width,
    height: image.height,
    rotation: 0,
    videoCodec: null,
    audioCodec: null,
    sampleRate: 0,
    channels: 0,
    averageFrameRate: 0,
    variableFrameRate: false,
    bitrate: 0,
    hasAlpha: image.hasAlpha,
    decodable: true,
  };
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob);
  } catch (error) {
    if (image.format === 'heic' || image.format === 'avif')
      return { facts: { ...facts, decodable: false }, poster: null };
    throw new LecternError('file-truncated', { cause: error });
  }
  try {
    const { width, height } = bitmap;
    const poster = await drawPoster(width, height, image.hasAlpha, (context, w, h) => {
      context.imageSmoothingQuality = 'high';
      context.drawImage(bitmap, 0, 0, w, h);
    });
    return { facts: { ...facts, width, height }, poster };
  } finally {
    bitmap.close();
  }
}

async function probeTimed(media: TimedMedia, signal: AbortSignal): Promise<ProbeResult> {
  const { input, video, audio, origin } = media;
  const tracks = [video, audio].filter((track) => track !== null);
  const format = await input.getFormat();
  const end = await input.computeDuration(tracks);
  throwIfAborted(signal);
  const durationSeconds = Math.max(0, end - origin - media.padding);
  const first = video ? await decodePicture(media, video, durationSeconds) : null;
  throwIfAborted(signal);
  const heard = audio ? await decodesSound(audio) : true;
  const rates = video ? await frameRates(video) : { averageFrameRate: 0, variableFrameRate: false };
  const facts: ProbeFacts = {
    kind: media.kind,
    container: containerName(format.name),
    mimeType: (await input.getMimeType()).split(';', 1)[0] ?? format.mimeType,
    durationSeconds,
    width: video ? await video.getDisplayWidth() : 0,
    height: video ? await video.getDisplayHeight() : 0,
    rotation: video ? await video.getRotation() : 0,
    videoCodec: video ? ((await video.getCodec()) ?? String(await video.getInternalCodecId())) : null,
    audioCodec: audio ? ((await audio.getCodec()) ?? String(await audio.getInternalCodecId())) : null,
    sampleRate: audio ? await audio.getSampleRate() : 0,
    channels: audio ? await audio.getNumberOfChannels() : 0,
    ...rates,
    bitrate: durationSeconds > 0 ? Math.round((media.blob.size * 8) / durationSeconds) : 0,
    hasAlpha: video ? await video.canBeTransparent() : false,
    decodable: (video === null || first !== null) && heard,
  };
  return { facts, poster: first };
}

/** `QuickTime File Format` and the like, in a word. */
function containerName(name: string): string {
  const known: readonly (readonly [RegExp, string])[] = [
    [/quicktime/i, 'mov'],
    [/mp4/i, 'mp4'],
    [/webm/i, 'webm'],
    [/matroska/i, 'mkv'],
    [/wave/i, 'wav'],
    [/mpeg-?ts|transport/i, 'ts'],
    [/mp3/i, 'mp3'],
    [/adts/i, 'aac'],
    [/flac/i, 'flac'],
    [/ogg/i, 'ogg'],
  ];
  return known.find(([pattern]) => pattern.test(name))?.[1] ?? name.toLowerCase();
}

/**
 * Decodes the first picture, which tells whether the rest can be, and another one for the poster: first pictures are
 * often black. Null when it can't be decoded.
 */
async function decodePicture(media: TimedMedia, video: InputVideoTrack, durationSeconds: number): Promise<Blob | null> {
  if (!(await video.canDecode().catch(() => false))) return null;
  const sink = new VideoSampleSink(video);
  const firstTimestamp = await video.getFirstTimestamp();
  try {
    const sample = await withDeadline(sink.getSample(Math.max(firstTimestamp, media.origin)), decodeMilliseconds);
    if (!sample) return null;
    const later = media.origin + Math.min(3, durationSeconds * 0.1);
    const nicer =
      later > media.origin ? await withDeadline(sink.getSample(later), decodeMilliseconds).catch(() => null) : null;
    const shown = nicer ?? sample;
    try {
      const alpha = await video.canBeTransparent();
      return await drawPoster(shown.displayWidth, shown.displayHeight, alpha, (context, width, height) => {
        context.imageSmoothingQuality = 'high';
        shown.draw(context, 0, 0, width, height);
      });
    } finally {
      sample.close();
      nicer?.close();
    }
  } catch {
    return null;
  }
}

async function decodesSound(audio: InputAudioTrack): Promise<boolean> {
  if (!(await audio.canDecode().catch(() => false))) return false;
  // Not the sample at the first time: in some codecs the first packet gives none.
  const samples = new AudioSampleSink(audio).samples();
  try {
    const { value } = await withDeadline(samples.next(), decodeMilliseconds);
    value?.close();
    return value !== undefined;
  } catch {
    return false;
  } finally {
    void samples.return();
  }
}

async function frameRates(video: InputVideoTrack): Promise<Pick<ProbeFacts, 'averageFrameRate' | 'variableFrameRate'>> {
  // Enough to see a rate that changes; all of an hour would have to be read from disk in some containers.
  const metrics = await video.computeFrameRateMetrics({ targetPacketCount: 512 });
  const constant = metrics.frameRateIsConstant;
  return {
    averageFrameRate: constant ? metrics.bestGuessFrameRate : metrics.averageFrameRate,
    variableFrameRate: !constant,
  };
}

async function drawPoster(
  width: number,
  height: number,
  alpha: boolean,
  draw: (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => void,
): Promise<Blob | null> {
  const scale = Math.min(1, posterWidth / width);
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const context = canvas.getContext('2d');
  if (!context) return null;
  draw(context, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: alpha ? 'image/webp' : 'image/jpeg', quality: 0.82 });
}
