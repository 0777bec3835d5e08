/** ffmpeg and ffprobe: what makes the sources, and what says what is in a file without the render package having a say. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { aptInstall, canAptInstall } from '../../scripts/find-chromium.mjs';

/** Whether ffmpeg is on this machine. */
export function hasFfmpeg(): boolean {
  return spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
}

/**
 * Sees to it that ffmpeg is on this machine.
 *
 * @throws Error that says how to install it
 */
export function requireFfmpeg(): void {
  if (hasFfmpeg() || (canAptInstall() && aptInstall(['ffmpeg']) && hasFfmpeg())) return;
  throw new Error(
    'The conformance suite makes its sources with ffmpeg and reads exports with it. ' +
      'Install it (Debian: apt-get install ffmpeg, macOS: brew install ffmpeg).',
  );
}

async function run(
  command: string,
  args: readonly string[],
  input?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Buffer> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  // One that has read enough closes the pipe; its exit code says whether that was right.
  child.stdin.on('error', () => undefined);
  const closed = once(child, 'close') as Promise<[number | null]>;
  if (input) {
    for await (const chunk of input) {
      if (child.stdin.destroyed) break;
      if (!child.stdin.write(chunk)) await Promise.race([once(child.stdin, 'drain'), closed]);
    }
  }
  child.stdin.end();
  const [code] = await closed;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}\n${Buffer.concat(errors).toString()}`);
  return Buffer.concat(out);
}

/** Runs ffmpeg, which reads `input` as its standard input, and gives what it writes to its standard output. */
export function ffmpeg(
  args: readonly string[],
  input?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Buffer> {
  return run('ffmpeg', ['-hide_banner', '-nostats', '-loglevel', 'error', '-y', ...args], input);
}

interface ProbedFrame {
  readonly best_effort_timestamp_time?: string;
  readonly pts_time?: string;
}

interface ProbedStream {
  readonly codec_type: string;
  readonly codec_name: string;
  readonly width?: number;
  readonly height?: number;
  readonly sample_aspect_ratio?: string;
  readonly sample_rate?: string;
  readonly channels?: number;
  readonly color_space?: string;
  readonly color_range?: string;
  readonly color_primaries?: string;
  readonly color_transfer?: string;
  readonly disposition?: { readonly attached_pic?: number };
  readonly side_data_list?: readonly { readonly rotation?: number }[];
}

async function probeJson<T>(file: string, args: readonly string[]): Promise<T> {
  return JSON.parse((await run('ffprobe', ['-v', 'error', '-of', 'json', ...args, file])).toString()) as T;
}

/** The streams of a file, pictures of a cover left out. */
export async function probeStreams(file: string): Promise<readonly ProbedStream[]> {
  const { streams } = await probeJson<{ streams: readonly ProbedStream[] }>(file, ['-show_streams']);
  return streams.filter(({ disposition }) => disposition?.attached_pic !== 1);
}

/** When each picture that is presented begins, in seconds of the file, in order. */
export async function pictureTimes(file: string): Promise<readonly number[]> {
  const { frames } = await probeJson<{ frames: readonly ProbedFrame[] }>(file, [
    ...['-select_streams', 'v:0', '-show_frames', '-show_entries', 'frame=best_effort_timestamp_time,pts_time'],
  ]);
  return frames.map(({ best_effort_timestamp_time: time, pts_time: other }) => Number(time ?? other));
}

/** Pixels of decoded pictures, upright, in 24-bit RGB. */
export interface DecodedPictures {
  readonly width: number;
  readonly height: number;
  readonly pictures: readonly Buffer[];
}

/** Every picture that is presented (or every `step`th), in order, scaled to a size. */
export async function decodePictures(file: string, width: number, height: number, step = 1): Promise<DecodedPictures> {
  const raw = await ffmpeg([
    ...['-i', file, '-map', '0:v:0', '-fps_mode', 'passthrough'],
    ...[
      '-vf',
      `${step > 1 ? `select=not(mod(n\\,${String(step)})),` : ''}scale=${String(width)}:${String(height)}:flags=accurate_rnd+full_chroma_int+bicubic`,
    ],
    ...['-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
  ]);
  const size = width * height * 3;
  const pictures = Array.from({ length: Math.floor(raw.length / size) }, (_, index) =>
    raw.subarray(index * size, (index + 1) * size),
  );
  return { width, height, pictures };
}

/** A file's sound as one channel; `start` is the time of its first sample in seconds of the file. */
export interface DecodedSound {
  readonly samples: Float32Array;
  readonly sampleRate: number;
  readonly start: number;
}

/**
 * Null when there is none. Priming that the file declares isn't in it.
 *
 * @param rate samples per second; the file's own when left out
 */
export async function decodeSound(file: string, rate?: number): Promise<DecodedSound | null> {
  const stream = (await probeStreams(file)).find(({ codec_type: type }) => type === 'audio');
  if (!stream) return null;
  const sampleRate = rate ?? Number(stream.sample_rate);
  const { frames } = await probeJson<{ frames: readonly ProbedFrame[] }>(file, [
    ...['-select_streams', 'a:0', '-show_frames', '-show_entries', 'frame=best_effort_timestamp_time,pts_time'],
    ...['-read_intervals', '%+#8'],
  ]);
  const start = Number(frames[0]?.best_effort_timestamp_time ?? frames[0]?.pts_time ?? 0);
  const raw = await ffmpeg([
    ...['-i', file, '-map', '0:a:0', '-ac', '1', '-ar', String(sampleRate), '-f', 'f32le', 'pipe:1'],
  ]);
  const samples = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + (raw.length & ~3)));
  return { samples, sampleRate, start: Number.isFinite(start) ? start : 0 };
}
