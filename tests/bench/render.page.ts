/** The page of the render suite: each function measures one thing and says how long it took. */
import { FFmpeg } from '@ffmpeg/ffmpeg';
import type { ExportPreset, ProbeFacts } from '@lectern/ports';
import { createRenderEngine } from '@lectern/render';
import {
  type AssetId,
  type AssetRecord,
  type ClipId,
  type ClipRecord,
  type ClipSource,
  type TimelineDocument,
  type TimelineRecord,
  type TrackId,
  type TrackKind,
  type TrackRecord,
  createDocument,
} from '@lectern/timeline';
import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input } from 'mediabunny';

const files = new Map<string, Blob>();
const facts = new Map<string, ProbeFacts>();
const engine = createRenderEngine({
  resolveSource: async (id) => load(id),
  workerUrl: '/render/render.worker.js',
});
const width = 1280;
const height = 720;
const clipSeconds = 20;
/** The clips of timeline A and the frame each is trimmed to: not one of the key frames. */
const cuts = [
  ['a.mp4', 45],
  ['b.mp4', 77],
  ['c.mp4', 20],
] as const;
const preset: ExportPreset = { id: 'lms-720p', height, videoBitrate: 4_000_000, audioBitrate: 128_000 };
const title = 'What is a limit?';

async function load(name: string): Promise<Blob> {
  let blob = files.get(name);
  if (!blob) {
    blob = await (await fetch(`/media/${name}`)).blob();
    files.set(name, blob);
  }
  return blob;
}

async function assetRecord(name: string): Promise<AssetRecord> {
  const known = facts.get(name) ?? (await engine.probe(await load(name))).facts;
  facts.set(name, known);
  const { kind, durationSeconds, rotation, videoCodec, audioCodec, sampleRate, channels } = known;
  return {
    type: 'asset',
    id: name as AssetId,
    name,
    kind,
    durationSeconds,
    width: known.width,
    height: known.height,
    rotation,
    videoCodec,
    audioCodec,
    sampleRate,
    channels,
    averageFrameRate: known.averageFrameRate,
    variableFrameRate: known.variableFrameRate,
  };
}

function track(id: string, kind: TrackKind, order: string): TrackRecord {
  const flags = { locked: false, muted: false, solo: false, hidden: false };
  return { type: 'track', id: id as TrackId, kind, name: id, order, main: kind === 'video', ...flags, height: 60 };
}

let clips = 0;
function clip(
  trackId: string,
  startFrame: number,
  durationFrames: number,
  source: ClipSource,
  props: ClipRecord['props'] = {},
): ClipRecord {
  clips += 1;
  return {
    type: 'clip',
    id: `clip-${String(clips)}` as ClipId,
    trackId: trackId as TrackId,
    name: `Clip ${String(clips)}`,
    startFrame,
    durationFrames,
    source,
    linkId: null,
    splitFrom: null,
    props,
    keyframes: {},
  };
}

const fromAsset = (name: string, trimStartFrame = 0): ClipSource => ({
  kind: 'asset',
  assetId: name as AssetId,
  trimStartFrame,
  speed: { num: 1, den: 1 },
});

/** Timeline A: three trimmed clips, a title over one, a second sound track. */
async function timelineA(): Promise<TimelineDocument> {
  const records: TimelineRecord[] = [track('v', 'video', 'a0'), track('t', 'text', 'a1'), track('s', 'audio', 'a2')];
  for (const name of ['a.mp4', 'b.mp4', 'c.mp4', 'music.m4a']) records.push(await assetRecord(name));
  cuts.forEach(([name, trim], index) => {
    records.push(clip('v', index * clipSeconds * 30, clipSeconds * 30, fromAsset(name, trim)));
  });
  records.push(
    clip(
      't',
      clipSeconds * 30,
      clipSeconds * 30,
      { kind: 'text', text: title },
      { backgroundColour: '#000000', backgroundOpacity: 0.5 },
    ),
  );
  records.push(
    clip('s', 0, 3 * clipSeconds * 30, fromAsset('music.m4a'), { volume: -9, fadeInFrames: 30, fadeOutFrames: 30 }),
  );
  return createDocument({ settings: { width, height }, records });
}

const seconds = (since: number): number => (performance.now() - since) / 1000;

async function full(): Promise<{ seconds: number; bytes: number }> {
  const document = await timelineA();
  const { formats } = await engine.capabilities(width, height);
  const format = formats.find(({ container, audioCodec }) => container === 'mp4' && audioCodec === 'aac');
  if (!format) throw new Error('this browser makes no MP4 with H.264 and AAC');
  const start = performance.now();
  const result = await engine.export({ document, preset, format });
  const took = seconds(start);
  const bytes = result.file.size;
  await result.release();
  return { seconds: took, bytes };
}

/** The same pictures decoded and encoded, and nothing else: no sound, no file, no title. */
async function ceiling(): Promise<{ seconds: number; frames: number }> {
  for (const [name] of cuts) await load(name);
  const start = performance.now();
  let frames = 0;
  let bytes = 0;
  const encoder = new VideoEncoder({
    output: (chunk) => {
      bytes += chunk.byteLength;
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
    framerate: 30,
    bitrateMode: 'variable',
    latencyMode: 'quality',
    avc: { format: 'avc' },
  });
  for (const [name, trim] of cuts) {
    const input = new Input({ source: new BlobSource(await load(name)), formats: ALL_FORMATS });
    const video = await input.getPrimaryVideoTrack();
    const config = await video?.getDecoderConfig();
    if (!video || !config) throw new Error(`${name} has no pictures`);
    const from = trim / 30 - 0.001;
    const to = from + clipSeconds;
    const decoder = new VideoDecoder({
      output: (frame) => {
        const time = frame.timestamp / 1e6;
        if (time >= from && time < to) {
          const retimed = new VideoFrame(frame, { timestamp: Math.round((frames * 1e6) / 30) });
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
  if (bytes === 0) throw new Error('nothing was encoded');
  return { seconds: seconds(start), frames };
}

/**
 * ffmpeg.wasm, single thread, x264 veryfast and its AAC encoder: the same timeline with `part` seconds of each clip.
 * Loading it isn't measured.
 */
async function ffmpegWasm(part: number): Promise<{ seconds: number; of: number; bytes: number }> {
  const ffmpeg = new FFmpeg();
  const log: string[] = [];
  ffmpeg.on('log', ({ message }) => log.push(message));
  await ffmpeg.load({
    coreURL: '/ffmpeg-core/ffmpeg-core.js',
    wasmURL: '/ffmpeg-core/ffmpeg-core.wasm',
    classWorkerURL: '/ffmpeg/worker.js',
  });
  for (const name of ['a.mp4', 'b.mp4', 'c.mp4', 'music.m4a']) {
    await ffmpeg.writeFile(name, new Uint8Array(await (await load(name)).arrayBuffer()));
  }
  await ffmpeg.writeFile('title.png', await titlePicture());
  const inputs = cuts.flatMap(([name, trim]) => ['-ss', String(trim / 30), '-t', String(part), '-i', name]);
  const graph = [
    '[1:v][4:v]overlay=0:0[titled]',
    '[0:v][0:a][titled][1:a][2:v][2:a]concat=n=3:v=1:a=1[v][speech]',
    `[3:a]atrim=0:${String(3 * part)},volume=-9dB,afade=t=in:d=1,afade=t=out:st=${String(3 * part - 1)}:d=1[music]`,
    '[speech][music]amix=inputs=2:normalize=0[s]',
  ].join(';');
  const start = performance.now();
  const code = await ffmpeg.exec([
    ...inputs,
    ...['-i', 'music.m4a', '-i', 'title.png', '-filter_complex', graph, '-map', '[v]', '-map', '[s]'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '4M', '-g', '60', '-pix_fmt', 'yuv420p'],
    ...['-c:a', 'aac', '-b:a', '128k', '-threads', '1', 'out.mp4'],
  ]);
  const took = seconds(start);
  if (code !== 0) throw new Error(`ffmpeg.wasm: ${log.slice(-8).join('\n')}`);
  const out = (await ffmpeg.readFile('out.mp4')) as Uint8Array;
  ffmpeg.terminate();
  return { seconds: took, of: 3 * part, bytes: out.byteLength };
}

async function titlePicture(): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = 'rgb(0 0 0 / 50%)';
  context.fillRect(width / 2 - 300, height / 2 - 50, 600, 100);
  context.fillStyle = '#fff';
  context.font = '600 64px sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(title, width / 2, height / 2);
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Seeks to places all over half a minute of 1080p, and how long until that very picture shows: here, and in a `<video>`. */
async function seeks(count: number): Promise<{ exactMs: number; roughMs: number; videoMs: number }> {
  const frames = Array.from({ length: count }, (_, index) => (index * 397 + 53) % 890);
  const asset = await assetRecord('hd.mp4');
  const document = createDocument({
    settings: { width: 1920, height: 1080 },
    records: [asset, track('v', 'video', 'a0'), clip('v', 0, 899, fromAsset('hd.mp4'))],
  });
  const canvas = globalThis.document.createElement('canvas');
  globalThis.document.body.append(canvas);
  const preview = engine.createPreview();
  preview.attach(canvas.transferControlToOffscreen());
  preview.resize(960, 540);
  preview.setDocument(document);
  const shows = (frame: number): Promise<void> =>
    new Promise((resolve) => {
      if (preview.state().shownFrame === frame && preview.state().status === 'paused') resolve();
      const stop = preview.subscribe((state) => {
        if (state.shownFrame !== frame) return;
        stop();
        resolve();
      });
    });
  await shows(0);
  const exact: number[] = [];
  for (const frame of frames) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const start = performance.now();
    const shown = shows(frame);
    preview.seek(frame);
    await shown;
    exact.push(performance.now() - start);
  }
  // While it is dragged, any picture counts: the key frame before.
  const rough: number[] = [];
  preview.seek(0);
  for (const frame of frames) {
    const start = performance.now();
    const changed = new Promise<void>((resolve) => {
      const before = preview.state().shownFrame;
      const stop = preview.subscribe((state) => {
        if (state.shownFrame === before) return;
        stop();
        resolve();
      });
    });
    // Two seeks at once are what dragging is.
    preview.seek((frame + 301) % 890);
    preview.seek((frame + 300) % 890);
    await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 1000))]);
    rough.push(performance.now() - start);
  }
  preview.dispose();
  canvas.remove();

  const video = globalThis.document.createElement('video');
  video.muted = true;
  video.width = 960;
  video.src = URL.createObjectURL(await load('hd.mp4'));
  globalThis.document.body.append(video);
  await new Promise((resolve) => {
    video.addEventListener('canplaythrough', resolve, { once: true });
  });
  const inVideo: number[] = [];
  for (const frame of frames) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const start = performance.now();
    const done = new Promise((resolve) => {
      video.addEventListener('seeked', resolve, { once: true });
    });
    video.currentTime = (frame + 0.5) / 30;
    await done;
    inVideo.push(performance.now() - start);
  }
  video.remove();
  return { exactMs: median(exact), roughMs: median(rough), videoMs: median(inVideo) };
}

/** Sixty pictures from ten minutes: here, and by ffmpeg.wasm from key frames only. */
async function filmstrip(): Promise<{ seconds: number; pictures: number }> {
  await load('long.mp4');
  const start = performance.now();
  let pictures = 0;
  const timesSeconds = Array.from({ length: 60 }, (_, index) => index * 10 + 5);
  for await (const { bitmap } of engine.filmstrip({ assetId: 'long.mp4', timesSeconds, height: 90 })) {
    pictures += 1;
    bitmap.close();
  }
  return { seconds: seconds(start), pictures };
}

async function filmstripByFfmpeg(): Promise<{ seconds: number }> {
  const ffmpeg = new FFmpeg();
  await ffmpeg.load({
    coreURL: '/ffmpeg-core/ffmpeg-core.js',
    wasmURL: '/ffmpeg-core/ffmpeg-core.wasm',
    classWorkerURL: '/ffmpeg/worker.js',
  });
  await ffmpeg.writeFile('long.mp4', new Uint8Array(await (await load('long.mp4')).arrayBuffer()));
  const start = performance.now();
  const code = await ffmpeg.exec([
    '-skip_frame',
    'nokey',
    '-i',
    'long.mp4',
    '-vf',
    'fps=0.1,scale=-2:90',
    '-q:v',
    '5',
    'p%03d.jpg',
  ]);
  const took = seconds(start);
  ffmpeg.terminate();
  if (code !== 0) throw new Error('ffmpeg.wasm made no filmstrip');
  return { seconds: took };
}

/** Peaks of ten minutes: streamed, and through `decodeAudioData` of the whole file. */
async function peaks(): Promise<{ seconds: number; bins: number; decodeAudioDataSeconds: number }> {
  const blob = await load('long.mp4');
  let start = performance.now();
  let bins = 0;
  for await (const run of engine.peaks({ assetId: 'long.mp4', peaksPerSecond: 50 })) bins += run.max.length;
  const took = seconds(start);
  start = performance.now();
  const context = new OfflineAudioContext(2, 48_000, 48_000);
  const buffer = await context.decodeAudioData(await blob.arrayBuffer());
  let most = 0;
  for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
    for (const value of buffer.getChannelData(channel)) if (value > most) most = value;
  }
  return { seconds: took, bins, decodeAudioDataSeconds: seconds(start) };
}

const bench = { full, ceiling, ffmpegWasm, seeks, filmstrip, filmstripByFfmpeg, peaks };
export type RenderBench = typeof bench;
(globalThis as { bench?: RenderBench }).bench = bench;
