/**
 * Sources whose packets can be passed on, and some whose can't: every picture has its number in it. Made with ffmpeg
 * (libx264) into a folder that is kept; what ffmpeg doesn't write is put together from its packets.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  ALL_FORMATS,
  BufferSource,
  BufferTarget,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';
import { countingPictures } from '../conformance/counting-picture.js';
import { ffmpeg } from '../conformance/ffmpeg.js';
import {
  payloadOf,
  readAvcConfiguration,
  readSequenceParameters,
  unitOf,
  writeAvcConfiguration,
} from '../../packages/render/src/media/h264-bitstream.js';
import { BitWriter } from '../../packages/render/src/media/bit-cursor.js';

export const width = 640;
export const height = 360;
export const frameRate = 30;

interface Recipe {
  /** 1…15: told by every picture. */
  readonly source: number;
  readonly frames: number;
  /** The number of the first picture that is shown. */
  readonly first: number;
  readonly codec: 'avc' | 'vp9';
  readonly file: string;
  make(file: string, folder: string): Promise<void>;
}

const tags = ['-pix_fmt', 'yuv420p', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'];

async function encode(file: string, source: number, frames: number, options: readonly string[]): Promise<void> {
  await ffmpeg(
    [
      ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${String(width)}x${String(height)}`, '-r', String(frameRate)],
      ...['-i', 'pipe:0', '-c:v', 'libx264', '-preset', 'fast', '-crf', '23', ...tags],
      ...['-vf', 'scale=out_color_matrix=bt709:out_range=tv', ...options, file],
    ],
    countingPictures({ width, height, count: frames, source }),
  );
}

function x264(source: number, frames: number, file: string, parameters: string, more: readonly string[] = []): Recipe {
  return {
    source,
    frames,
    first: 0,
    codec: 'avc',
    file,
    make: (whole) => encode(whole, source, frames, ['-x264-params', parameters, ...more]),
  };
}

/** Packets of a file in a new one, changed on the way. */
async function remake(
  from: string,
  to: string,
  change: {
    readonly config?: (config: VideoDecoderConfig) => VideoDecoderConfig;
    readonly packet?: (packet: EncodedPacket, index: number) => EncodedPacket;
  },
): Promise<void> {
  const input = new Input({ source: new BufferSource(readFileSync(from)), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error(`${from} has no pictures`);
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const out = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(out, { frameRate });
  await output.start();
  let index = 0;
  for await (const packet of new EncodedPacketSink(track).packets()) {
    const decoderConfig = change.config?.(config) ?? config;
    await out.add(change.packet?.(packet, index) ?? packet, { decoderConfig });
    index += 1;
  }
  await output.finalize();
  writeFileSync(to, Buffer.from(target.buffer as ArrayBuffer));
}

/** The configuration with parameter sets that say nothing of the order, as some encoders write them. */
function untold(config: VideoDecoderConfig): VideoDecoderConfig {
  const record = readAvcConfiguration(Buffer.from(config.description as ArrayBuffer));
  const [sps] = record?.sps ?? [];
  const parameters = sps && readSequenceParameters(sps);
  if (!record || !sps || parameters?.tail.kind !== 'restricted') throw new Error('these sets tell nothing already');
  const writer = new BitWriter();
  writer.copy(payloadOf(sps), parameters.tail.position);
  writer.bit(0);
  return { ...config, description: writeAvcConfiguration({ ...record, sps: [unitOf(writer.finish())] }) };
}

const closed = 'keyint=30:min-keyint=30:scenecut=0';

export const recipes = {
  /** Main profile, pyramids of B-frames. */
  main: x264(1, 240, 'main.mp4', `${closed}:bframes=3:b-pyramid=normal`, [
    '-profile:v',
    'main',
    '-movflags',
    '+faststart',
  ]),
  /** High profile, five reference frames, four slices, delimiters, weighted prediction, a key frame every 1.5 s. */
  high: x264(2, 240, 'high.mov', 'keyint=45:min-keyint=45:scenecut=0:bframes=5:b-adapt=0:ref=5:slices=4:aud=1', [
    ...['-profile:v', 'high', '-level', '4.0'],
  ]),
  /** Baseline: no B-frames, no arithmetic coding. */
  baseline: x264(3, 240, 'baseline.mkv', closed, ['-profile:v', 'baseline']),
  /** Key frames whose B-frames need the group before; a closed one every third second only. */
  open: x264(4, 240, 'open.mp4', 'open-gop=1:keyint=30:min-keyint=30:scenecut=0:bframes=3', [
    ...['-forced-idr', '1', '-force_key_frames', '0,3,6'],
  ]),
  /** Start codes, and parameter sets before each key frame. */
  stream: x264(5, 240, 'stream.mpegts', `${closed}:bframes=2:aud=1`, [
    '-f',
    'mpegts',
    '-muxdelay',
    '0',
    '-muxpreload',
    '0',
  ]),
  /** B-frames that the parameter sets don't tell of. */
  untold: {
    source: 6,
    frames: 240,
    first: 0,
    codec: 'avc',
    file: 'untold.mp4',
    make: async (file, folder) => {
      const told = path.join(folder, 'told.mp4');
      await encode(told, 6, 240, ['-x264-params', `${closed}:bframes=3:b-pyramid=normal`]);
      await remake(told, file, { config: untold });
    },
  },
  /** The index is whole, the last third of the pictures is missing. */
  truncated: {
    source: 7,
    frames: 240,
    first: 0,
    codec: 'avc',
    file: 'truncated.mp4',
    make: async (file, folder) => {
      const whole = path.join(folder, 'whole.mp4');
      await encode(whole, 7, 240, ['-x264-params', `${closed}:bframes=3`, '-movflags', '+faststart']);
      const bytes = readFileSync(whole);
      writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * 0.66)));
    },
  },
  /** Every fifteenth picture is said to be a key frame; every second of them is none. */
  keyless: {
    source: 8,
    frames: 240,
    first: 0,
    codec: 'avc',
    file: 'keyless.mp4',
    make: async (file, folder) => {
      const plain = path.join(folder, 'plain.mp4');
      await encode(plain, 8, 240, ['-x264-params', `${closed}:bframes=0`]);
      await remake(plain, file, {
        packet: (packet, index) => (index % 30 === 15 ? packet.clone({ type: 'key' }) : packet),
      });
    },
  },
  /** An edit list begins in the middle of a group: its first pictures are there and hidden. */
  hidden: {
    source: 9,
    frames: 225,
    first: 15,
    codec: 'avc',
    file: 'hidden.mp4',
    make: async (file, folder) => {
      const plain = path.join(folder, 'before-edit.mp4');
      await encode(plain, 9, 240, ['-x264-params', `${closed}:bframes=3`]);
      await ffmpeg(['-ss', '0.5', '-i', plain, '-c', 'copy', file]);
    },
  },
  /** No colours are told, and at this height that means BT.601. */
  untagged: {
    source: 10,
    frames: 120,
    first: 0,
    codec: 'avc',
    file: 'untagged.mp4',
    make: async (file, folder) => {
      const tagged = path.join(folder, 'tagged.mp4');
      const between = path.join(folder, 'between.mp4');
      await encode(tagged, 10, 120, ['-x264-params', closed]);
      const filter = 'h264_metadata=colour_primaries=2:transfer_characteristics=2:matrix_coefficients=2';
      await ffmpeg(['-i', tagged, '-c', 'copy', '-bsf:v', filter, between]);
      await remake(between, file, {
        config: ({ codec, codedWidth, codedHeight, description }) =>
          ({ codec, codedWidth, codedHeight, description }) as VideoDecoderConfig,
      });
    },
  },
  /** A group in the middle is noise; the index knows nothing of it. */
  damaged: {
    source: 11,
    frames: 240,
    first: 0,
    codec: 'avc',
    file: 'damaged.mp4',
    make: async (file, folder) => {
      const plain = path.join(folder, 'undamaged.mp4');
      await encode(plain, 11, 240, ['-x264-params', `${closed}:bframes=3`, '-movflags', '+faststart']);
      const bytes = readFileSync(plain);
      const [from, to] = [Math.floor(bytes.length * 0.55), Math.floor(bytes.length * 0.57)];
      for (let at = from; at < to; at += 1) bytes[at] = (at * 7919) & 255;
      writeFileSync(file, bytes);
    },
  },
  vp9: {
    source: 12,
    frames: 150,
    first: 0,
    codec: 'vp9',
    file: 'vp9.webm',
    make: (file) =>
      encode(file, 12, 150, ['-c:v', 'libvpx-vp9', '-g', '30', '-cpu-used', '5', '-row-mt', '1', '-b:v', '0']),
  },
} as const satisfies Record<string, Recipe>;

export type SourceName = keyof typeof recipes;

/** Makes what isn't there yet; gives the file's name in the folder. */
export async function makeSource(folder: string, name: SourceName): Promise<string> {
  const recipe: Recipe = recipes[name];
  const file = path.join(folder, recipe.file);
  if (!existsSync(file)) {
    const half = path.join(folder, `half.${recipe.file}`);
    await recipe.make(half, folder);
    renameSync(half, file);
  }
  return recipe.file;
}
