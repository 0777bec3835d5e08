/** What ffmpeg is told to do with a source: pure, so that each case can be looked at without running it. */
import { LecternError } from '@lectern/ports';

/** One stream as `ffprobe -show_streams` describes it, as far as it is used. */
export interface ProbedStream {
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly profile?: string;
  readonly pix_fmt?: string;
  readonly width?: number;
  readonly height?: number;
  readonly channels?: number;
  readonly sample_rate?: string;
  readonly avg_frame_rate?: string;
  readonly r_frame_rate?: string;
  readonly field_order?: string;
  readonly color_space?: string;
  readonly duration?: string;
  readonly disposition?: { readonly attached_pic?: number };
}

export interface ProbedFile {
  readonly streams?: readonly ProbedStream[];
  readonly format?: { readonly format_name?: string; readonly duration?: string };
}

/** The project's own format: what this browser decodes of the two that ffmpeg makes. */
export type TargetFormat = 'mp4' | 'webm';

export interface ConversionPlan {
  readonly kind: 'video' | 'audio';
  readonly target: TargetFormat;
  readonly videoCodec: string | null;
  readonly audioCodec: string | null;
  /** 0 where nobody knows. */
  readonly durationSeconds: number;
  readonly keepsPictures: boolean;
  readonly mimeType: string;
  readonly extension: string;
  /** Between the input and the output. */
  readonly args: readonly string[];
  /** Bits per second that pictures and sound have at most. */
  readonly mostBitrate: number;
}

/** More pixels don't fit into the 2 GB of memory that WebAssembly gives ffmpeg, with all the pictures that it holds. */
export const maxConvertedPixels: number = 4096 * 2304;
/** Containers that say when each picture is shown; packets of others can't be passed on without guessing. */
const timedContainers = /\b(matroska|webm|mov|mp4|m4a|3gp|mpegts|flv)\b/;

/**
 * @param decodes whether this browser has a decoder for pictures of that codec, as ffmpeg calls it: then the packets are
 * passed on. False to encode in any case.
 * @throws LecternError `undecodable` when there is nothing in it, `image-too-large`
 */
export function planConversion(
  file: ProbedFile,
  target: TargetFormat,
  decodes: ((videoCodec: string) => boolean) | false,
): ConversionPlan {
  const streams = file.streams ?? [];
  // A cover isn't a film.
  const video = streams.find((stream) => stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1);
  const audio = streams.find((stream) => stream.codec_type === 'audio');
  if (!video && !audio) throw new LecternError('undecodable', { message: 'ffmpeg finds no track in it' });
  const { width = 0, height = 0 } = video ?? {};
  if (width * height > maxConvertedPixels) {
    throw new LecternError('image-too-large', { details: { width, height, limit: maxConvertedPixels } });
  }
  const keepsPictures =
    video !== undefined &&
    decodes !== false &&
    target === 'mp4' &&
    timedContainers.test(file.format?.format_name ?? '') &&
    video.codec_name === 'h264' &&
    (video.pix_fmt === 'yuv420p' || video.pix_fmt === 'yuvj420p') &&
    decodes(video.codec_name);
  const rate = video ? frameRateOf(video) : 0;
  const videoBitrate = video ? mostVideoBitrate(width, height, rate) : 0;
  const audioBitrate = audio ? 96_000 * Math.min(channelsOf(audio), 6) : 0;
  return {
    kind: video ? 'video' : 'audio',
    target,
    videoCodec: video?.codec_name ?? null,
    audioCodec: audio?.codec_name ?? null,
    durationSeconds: durationOf(file),
    keepsPictures,
    mimeType: `${video ? 'video' : 'audio'}/${target}`,
    extension: target === 'mp4' ? (video ? 'mp4' : 'm4a') : video ? 'webm' : 'weba',
    args: [
      ...['-map', '0:V:0?', '-map', '0:a:0?', '-sn', '-dn', '-map_metadata', '0', '-max_muxing_queue_size', '4096'],
      ...(video ? videoArgs(video, target, keepsPictures, rate, videoBitrate) : []),
      ...(audio ? audioArgs(audio, target, audioBitrate) : []),
      // The index is put in front once all is written, so that the file plays while it loads.
      ...(target === 'mp4' ? ['-f', 'mp4', '-movflags', '+faststart'] : ['-f', 'webm']),
    ],
    mostBitrate: videoBitrate + audioBitrate,
  };
}

function videoArgs(
  video: ProbedStream,
  target: TargetFormat,
  keepsPictures: boolean,
  rate: number,
  bitrate: number,
): readonly string[] {
  if (keepsPictures) return ['-c:v', 'copy'];
  const filters = [
    // Only pictures that are marked as interlaced; one for one, so that their times stay.
    ...(/^[tb][tb]$/.test(video.field_order ?? '') ? ['yadif=mode=send_frame:deint=interlaced'] : []),
    // 4:2:0 has no odd sizes.
    ...(((video.width ?? 0) | (video.height ?? 0)) & 1 ? ['crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0'] : []),
  ];
  const most = ['-maxrate', String(bitrate), '-bufsize', String(2 * bitrate)];
  // A key frame each second: what is cut is looked at in all places.
  const interval = ['-g', String(Math.max(1, Math.round(rate || 30)))];
  return [
    ...(filters.length > 0 ? ['-vf', filters.join(',')] : []),
    // Each picture keeps the time that the source gives it, in the source's own unit: nothing is doubled or rounded.
    ...['-fps_mode', 'vfr', '-enc_time_base:v', '-1', '-pix_fmt', 'yuv420p'],
    ...colourArgs(video),
    ...(target === 'mp4'
      ? ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '21', ...most, ...interval]
      : ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-crf', '30', '-b:v', String(bitrate)]),
    ...(target === 'mp4' ? [] : interval),
  ];
}

/** What says nothing of its colours is what its size was made in: SMPTE 170M up to 576 lines, BT.709 above. */
function colourArgs({ color_space: space, height = 0 }: ProbedStream): readonly string[] {
  if (space !== undefined && space !== 'unknown') return [];
  const colours = height <= 576 ? 'smpte170m' : 'bt709';
  return ['-colorspace', colours, '-color_primaries', colours, '-color_trc', colours];
}

function audioArgs(audio: ProbedStream, target: TargetFormat, bitrate: number): readonly string[] {
  return [
    // Gaps in the source become silence, and so does the time before its first sound: the rest stays where it was.
    ...['-af', 'aresample=async=1:first_pts=0', '-c:a', target === 'mp4' ? 'aac' : 'libopus', '-b:a', String(bitrate)],
    ...(channelsOf(audio) > 6 ? ['-ac', '2'] : []),
    ...(target === 'webm' ? ['-ar', '48000'] : []),
  ];
}

const channelsOf = ({ channels = 2 }: ProbedStream): number => Math.max(1, channels);

function frameRateOf({ avg_frame_rate: average, r_frame_rate: least }: ProbedStream): number {
  const [rate = 0] = [average, least].map(fraction).filter((value) => value > 0 && value <= 240);
  return rate;
}

function fraction(text = ''): number {
  const [numerator = 0, denominator = 1] = text.split('/').map(Number);
  return denominator > 0 && Number.isFinite(numerator / denominator) ? numerator / denominator : 0;
}

/** A fifth of a bit for each pixel: enough that nothing is seen of it in what the fastest way of encoding makes. */
function mostVideoBitrate(width: number, height: number, rate: number): number {
  return Math.round(Math.max(500_000, width * height * (rate || 30) * 0.2));
}

function durationOf({ format, streams = [] }: ProbedFile): number {
  const seconds = [format?.duration, ...streams.map(({ duration }) => duration)].map(Number);
  return Math.max(0, ...seconds.filter((value) => Number.isFinite(value)));
}
