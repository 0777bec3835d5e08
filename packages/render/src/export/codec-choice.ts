import type { ExportCapabilities, ExportFormat } from '@lectern/ports';
import { registerAacEncoder } from '@mediabunny/aac-encoder';
import {
  AudioSample,
  AudioSampleSource,
  Mp4OutputFormat,
  NullTarget,
  Output,
  Quality,
  canEncodeAudio,
} from 'mediabunny';
import { withDeadline } from '../cancelling.js';
import { exportColourSpace } from '../picture/plane-compositor.js';

const testMilliseconds = 8000;

/**
 * The level of H.264 that a picture size and rate need: the least whose limits on macroblocks per second and per frame
 * hold them. Rec. ITU-T H.264, table A-1.
 */
export function avcLevel(width: number, height: number, frameRate: number): number {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const limits = [
    [0x1e, 40_500, 1620],
    [0x1f, 108_000, 3600],
    [0x20, 216_000, 5120],
    [0x28, 245_760, 8192],
    [0x2a, 522_240, 8704],
    [0x32, 589_824, 22_080],
    [0x33, 983_040, 36_864],
    [0x34, 2_073_600, 36_864],
  ] as const;
  return limits.find(([, perSecond, perFrame]) => blocks <= perFrame && blocks * frameRate <= perSecond)?.[0] ?? 0x34;
}

/** The level of VP9 for a picture size and rate: https://www.webmproject.org/vp9/levels/ */
function vp9Level(width: number, height: number, frameRate: number): number {
  const size = width * height;
  const limits = [
    [21, 4_608_000, 122_880],
    [30, 9_216_000, 245_760],
    [31, 20_736_000, 552_960],
    [40, 36_864_000, 983_040],
    [41, 83_558_400, 2_228_224],
    [50, 160_432_128, 2_228_224],
    [51, 311_951_360, 8_912_896],
    [52, 588_251_136, 8_912_896],
  ] as const;
  return limits.find(([, perSecond, perFrame]) => size <= perFrame && size * frameRate <= perSecond)?.[0] ?? 52;
}

/** Codec strings to try, best first. */
export function videoCodecStrings(codec: 'avc' | 'vp9', width: number, height: number, frameRate: number): string[] {
  if (codec === 'vp9') return [`vp09.00.${String(vp9Level(width, height, frameRate))}.08`];
  const level = avcLevel(width, height, frameRate).toString(16).padStart(2, '0');
  // High, Main, then Baseline.
  return [`avc1.6400${level}`, `avc1.4d00${level}`, `avc1.4200${level}`];
}

const working = new Map<string, Promise<string | null>>();

/** The first codec string with which this browser really encodes a picture of that size. Null when there is none. */
export function workingVideoCodec(
  codec: 'avc' | 'vp9',
  width: number,
  height: number,
  frameRate = 30,
): Promise<string | null> {
  const key = [codec, width, height, Math.ceil(frameRate)].join();
  let known = working.get(key);
  if (!known) {
    known = tryVideoCodecs(videoCodecStrings(codec, width, height, frameRate), width, height, frameRate);
    working.set(key, known);
  }
  return known;
}

async function tryVideoCodecs(
  codecs: readonly string[],
  width: number,
  height: number,
  framerate: number,
): Promise<string | null> {
  for (const codec of codecs) {
    const config: VideoEncoderConfig = { codec, width, height, bitrate: 2_000_000, framerate };
    try {
      // It throws on some iOS and says yes too easily on Firefox, so a picture is encoded as well.
      if (!(await VideoEncoder.isConfigSupported(config)).supported) continue;
      if (await encodesPicture(config)) return codec;
    } catch {
      continue;
    }
  }
  return null;
}

async function encodesPicture(config: VideoEncoderConfig): Promise<boolean> {
  let bytes = 0;
  let failed = false;
  const encoder = new VideoEncoder({
    output: (chunk) => {
      bytes += chunk.byteLength;
    },
    error: () => {
      failed = true;
    },
  });
  try {
    encoder.configure(config);
    const data = new Uint8Array((config.width * config.height * 3) / 2).fill(96);
    const frame = new VideoFrame(data, {
      format: 'I420',
      codedWidth: config.width,
      codedHeight: config.height,
      timestamp: 0,
      colorSpace: exportColourSpace,
    });
    encoder.encode(frame, { keyFrame: true });
    frame.close();
    await withDeadline(encoder.flush(), testMilliseconds);
    return bytes > 0 && !failed;
  } finally {
    if (encoder.state !== 'closed') encoder.close();
  }
}

/** How sound is encoded here. */
export type SoundEncoding = 'native' | 'extension' | null;

const soundEncodings = new Map<string, Promise<SoundEncoding>>();

/** Whether a codec for sound works, and whether through the AAC extension. Encodes real sound to find out. */
export function workingSoundCodec(codec: 'aac' | 'opus'): Promise<SoundEncoding> {
  let known = soundEncodings.get(codec);
  if (!known) {
    known = trySoundCodec(codec);
    soundEncodings.set(codec, known);
  }
  return known;
}

async function trySoundCodec(codec: 'aac' | 'opus'): Promise<SoundEncoding> {
  const options = { numberOfChannels: 2, sampleRate: 48_000, quality: new Quality({ bitrate: 128_000 }) };
  const native = await canEncodeAudio(codec, options).catch(() => false);
  if (native && (await encodesSound(codec))) return 'native';
  if (codec !== 'aac' || native) return null;
  registerAacEncoder();
  return (await encodesSound(codec)) ? 'extension' : null;
}

async function encodesSound(codec: 'aac' | 'opus'): Promise<boolean> {
  let packets = 0;
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'fragmented' }), target: new NullTarget() });
  const source = new AudioSampleSource({
    codec,
    quality: new Quality({ bitrate: 128_000 }),
    onEncodedPacket: () => {
      packets += 1;
    },
  });
  output.addAudioTrack(source);
  const encode = async (): Promise<void> => {
    await output.start();
    const silence = new AudioSample({
      data: new Float32Array(9600),
      format: 'f32',
      numberOfChannels: 2,
      sampleRate: 48_000,
      timestamp: 0,
    });
    await source.add(silence);
    silence.close();
    await output.finalize();
  };
  try {
    await withDeadline(encode(), testMilliseconds);
    return packets > 0;
  } catch {
    await output.cancel().catch(() => undefined);
    return false;
  }
}

/**
 * Every format that works at a size, best first; sound alone for 0 × 0.
 *
 * @param withFfmpeg whether the host provides what encodes H.264 where this browser can't: that comes last
 */
export async function findFormats(width: number, height: number, withFfmpeg = false): Promise<ExportCapabilities> {
  const [aac, opus] = await Promise.all([workingSoundCodec('aac'), workingSoundCodec('opus')]);
  const formats: ExportFormat[] = [];
  if (width === 0 || height === 0) {
    if (aac) formats.push(soundFormat('mp4', 'aac'));
    if (opus) formats.push(soundFormat('webm', 'opus'));
    if (!aac && opus) formats.push(soundFormat('mp4', 'opus'));
    return { formats };
  }
  const [avc, vp9] = [await workingVideoCodec('avc', width, height), await workingVideoCodec('vp9', width, height)];
  if (avc) formats.push(pictureFormat('mp4', 'avc', aac ? 'aac' : opus ? 'opus' : null));
  if (vp9) formats.push(pictureFormat('webm', 'vp9', opus ? 'opus' : null));
  if (!avc && withFfmpeg) {
    formats.push({ ...pictureFormat('mp4', 'avc', aac ? 'aac' : opus ? 'opus' : null), encoder: 'ffmpeg' });
  }
  return { formats };
}

function pictureFormat(
  container: 'mp4' | 'webm',
  videoCodec: 'avc' | 'vp9',
  audioCodec: 'aac' | 'opus' | null,
): ExportFormat {
  return { container, videoCodec, audioCodec, mimeType: `video/${container}`, extension: container };
}

function soundFormat(container: 'mp4' | 'webm', audioCodec: 'aac' | 'opus'): ExportFormat {
  return {
    container,
    videoCodec: null,
    audioCodec,
    mimeType: `audio/${container}`,
    extension: container === 'mp4' ? 'm4a' : 'weba',
  };
}
