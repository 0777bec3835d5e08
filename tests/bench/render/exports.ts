/** Exports of timeline A and its variants, and the same pictures with nothing between decoder and encoder. */
import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input } from 'mediabunny';
import { type Variant, encodingEngine, engine, preset, timelineA } from './projects.js';
import { keep, load, seconds } from './sources.js';
import { clipSeconds, cuts, frameRate, height, titlePicture, width } from './timeline-a.mjs';

export interface Exported {
  readonly seconds: number;
  readonly bytes: number;
  readonly copied: number;
  readonly encoded: number;
}

/**
 * Exports a variant of timeline A.
 *
 * @param options.encodeAll passes no packet on
 * @param options.keepIt keeps the bytes for `download`
 */
export async function exportA(
  options: { variant?: Partial<Variant>; encodeAll?: boolean; keepIt?: boolean } = {},
): Promise<Exported> {
  const document = await timelineA(options.variant);
  const { formats } = await engine.capabilities(width, height);
  const format = formats.find(({ container, audioCodec }) => container === 'mp4' && audioCodec === 'aac');
  if (!format) throw new Error('this browser makes no MP4 with H.264 and AAC');
  const start = performance.now();
  const result = await (options.encodeAll ? encodingEngine : engine).export({ document, preset, format });
  const took = seconds(start);
  if (options.keepIt) keep(new Blob([await result.file.arrayBuffer()]));
  const { copied, encoded } = result.frames;
  const bytes = result.file.size;
  await result.release();
  return { seconds: took, bytes, copied, encoded };
}

/** The same pictures decoded and encoded, and nothing else: no sound, no file, no title. */
export async function ceiling(options: { keepIt?: boolean } = {}): Promise<{ seconds: number; frames: number }> {
  for (const [name] of cuts) await load(name);
  const start = performance.now();
  let frames = 0;
  const made: Uint8Array<ArrayBuffer>[] = [];
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      made.push(data);
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({
    codec: 'avc1.64001f',
    width,
    height,
    bitrate: preset.videoBitrate,
    framerate: frameRate,
    bitrateMode: 'variable',
    latencyMode: 'quality',
    avc: { format: 'annexb' },
  });
  for (const [name, trim] of cuts) {
    const input = new Input({ source: new BlobSource(await load(name)), formats: ALL_FORMATS });
    const video = await input.getPrimaryVideoTrack();
    const config = await video?.getDecoderConfig();
    if (!video || !config) throw new Error(`${name} has no pictures`);
    const from = trim / frameRate - 0.001;
    const to = from + clipSeconds;
    const decoder = new VideoDecoder({
      output: (frame) => {
        const time = frame.timestamp / 1e6;
        if (time >= from && time < to) {
          const retimed = new VideoFrame(frame, { timestamp: Math.round((frames * 1e6) / frameRate) });
          encoder.encode(retimed, { keyFrame: frames % 60 === 0 });
          retimed.close();
          frames += 1;
        }
        frame.close();
      },
      error: (error) => {
        throw error;
      },
    });
    decoder.configure(config);
    const sink = new EncodedPacketSink(video);
    const first = await sink.getKeyPacket(from);
    for await (const packet of sink.packets(first ?? undefined)) {
      if (packet.timestamp > to + 0.2) break;
      while (encoder.encodeQueueSize > 8 || decoder.decodeQueueSize > 8) {
        await new Promise<void>((resolve) => {
          const target = encoder.encodeQueueSize > 8 ? encoder : decoder;
          target.addEventListener(
            'dequeue',
            () => {
              resolve();
            },
            { once: true },
          );
        });
      }
      decoder.decode(packet.toEncodedVideoChunk());
    }
    await decoder.flush();
    decoder.close();
    input.dispose();
  }
  await encoder.flush();
  encoder.close();
  if (made.length === 0) throw new Error('nothing was encoded');
  const took = seconds(start);
  if (options.keepIt) keep(new Blob(made));
  return { seconds: took, frames };
}

/** Keeps the title's picture for `download`: ffmpeg is given it. */
export async function keepTitle(): Promise<void> {
  keep(await titlePicture());
}
