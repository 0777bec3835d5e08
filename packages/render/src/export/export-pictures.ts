import { LecternError, deserialiseError, toLecternError } from '@lectern/ports';
import {
  type FrameGraph,
  type Layer,
  type TimelineDocument,
  documentFromRecords,
  evaluate,
  frameToSeconds,
} from '@lectern/timeline';
import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  WebMOutputFormat,
} from 'mediabunny';
import { throwIfAborted, untilAborted } from '../cancelling.js';
import type { MediaLibrary } from '../media/media-library.js';
import type { LayerPicture, LayerPictures } from '../picture/canvas-compositor.js';
import { PlaneCompositor, exportColourSpace, hasExportColours, isPlain } from '../picture/plane-compositor.js';
import { exportSize } from '../presets.js';
import type { ExportEvent, ExportOutcome, PictureExportTask, SoundDemand, SoundMessage } from '../worker/protocol.js';
import { ClipPictures } from './clip-pictures.js';
import { workingVideoCodec } from './codec-choice.js';
import { type OutputFile, openOutputFile } from './output-file.js';
import { PictureEncoder } from './picture-encoder.js';
import { type RenderSegment, planRender } from './render-plan.js';

const keyFrameSeconds = 2;
const tellMilliseconds = 200;
/** Told again when nothing moves: whoever watches learns which clip it is. */
const stillAliveMilliseconds = 2000;
/** The next clip is opened this long before its first frame, in frames. */
const warmFrames = 45;
const writeBytes = 1024 * 1024;

/** Makes the file of an export: pictures here, sound from the worker beside this one. */
export async function exportPictures(
  task: PictureExportTask,
  library: MediaLibrary,
  signal: AbortSignal,
  tell: (event: ExportEvent) => void,
): Promise<ExportOutcome> {
  const file = await openOutputFile(task.fileName, task.format.mimeType);
  const run = new ExportRun(task, library, file, signal, tell);
  try {
    return await run.run();
  } catch (error) {
    await file.discard();
    throw error;
  } finally {
    library.close();
  }
}

class ExportRun {
  readonly #task: PictureExportTask;
  readonly #library: MediaLibrary;
  readonly #file: OutputFile;
  readonly #signal: AbortSignal;
  readonly #tell: (event: ExportEvent) => void;
  readonly #document: TimelineDocument;
  readonly #progress: ProgressTeller;

  constructor(
    task: PictureExportTask,
    library: MediaLibrary,
    file: OutputFile,
    signal: AbortSignal,
    tell: (event: ExportEvent) => void,
  ) {
    this.#task = task;
    this.#library = library;
    this.#file = file;
    this.#signal = signal;
    this.#tell = tell;
    this.#document = documentFromRecords(task.records);
    this.#progress = new ProgressTeller(task.endFrame - task.startFrame, () => file.size, this.#tell);
  }

  async run(): Promise<ExportOutcome> {
    const { format, sound, preset } = this.#task;
    this.#progress.start();
    const writable = new WritableStream({
      write: (chunk: Parameters<OutputFile['write']>[0]) => {
        this.#file.write(chunk);
      },
    });
    const output = new Output({
      // Room for the index is kept at the front, so that the file plays while it still loads.
      format: format.container === 'mp4' ? new Mp4OutputFormat({ fastStart: 'reserve' }) : new WebMOutputFormat(),
      target: new StreamTarget(writable, { chunked: true, chunkSize: writeBytes }),
    });
    const frames = this.#task.endFrame - this.#task.startFrame;
    const rate = this.#document.settings.frameRate;
    const seconds = frameToSeconds(frames, rate);
    const pictureTrack =
      format.videoCodec && preset.height > 0 ? new EncodedVideoPacketSource(format.videoCodec) : null;
    const soundTrack = format.audioCodec && sound ? new EncodedAudioPacketSource(format.audioCodec) : null;
    if (pictureTrack) {
      output.addVideoTrack(pictureTrack, { frameRate: rate.num / rate.den, maximumPacketCount: frames });
    }
    if (soundTrack) output.addAudioTrack(soundTrack, { maximumPacketCount: Math.ceil(seconds * 100) + 64 });
    output.setMetadataTags({ comment: 'Made with Lectern' });
    try {
      await output.start();
      const sounding = soundTrack && sound ? new SoundReceiver(sound, soundTrack) : null;
      if (pictureTrack) await this.#makePictures(pictureTrack, sounding);
      else await this.#waitForSound(sounding, seconds);
      this.#progress.finishing();
      if (sounding) await untilAborted(sounding.finished, this.#signal);
      await output.finalize();
      return { blob: await this.#file.finish() };
    } catch (error) {
      await output.cancel().catch(() => undefined);
      throw toLecternError(error, 'render-failed');
    } finally {
      this.#progress.stop();
      sound?.close();
    }
  }

  async #makePictures(track: EncodedVideoPacketSource, sounding: SoundReceiver | null): Promise<void> {
    const { preset, format, startFrame, endFrame, acceleration } = this.#task;
    const { settings } = this.#document;
    const { width, height } = exportSize(settings, preset);
    const frameRate = settings.frameRate.num / settings.frameRate.den;
    const codec = format.videoCodec && (await workingVideoCodec(format.videoCodec, width, height, frameRate));
    if (!codec)
      throw new LecternError('encoder-unavailable', { details: { codec: format.videoCodec ?? '', width, height } });
    const encoder = new PictureEncoder({
      codec,
      width,
      height,
      bitrate: preset.videoBitrate,
      frameRate,
      keyFrameInterval: Math.max(1, Math.round(keyFrameSeconds * frameRate)),
      acceleration,
      track,
      secondsAt: (index) => frameToSeconds(index, settings.frameRate),
    });
    const maker = new FrameMaker(new PlaneCompositor({ width, height }, width / settings.width), width, height);
    const clips = new ClipPictures(this.#document, this.#library);
    const plan = planRender(this.#document, startFrame, endFrame);
    try {
      for (const [index, segment] of plan.entries()) {
        await clips.keepOnly(new Set(segment.media.map(({ clipId }) => clipId)));
        await this.#makeSegment(segment, plan[index + 1], clips, maker, encoder, sounding);
      }
      sounding?.demand(Infinity);
      await encoder.finish();
    } finally {
      encoder.close();
      await clips.close();
    }
  }

  async #makeSegment(
    segment: RenderSegment,
    next: RenderSegment | undefined,
    clips: ClipPictures,
    maker: FrameMaker,
    encoder: PictureEncoder,
    sounding: SoundReceiver | null,
  ): Promise<void> {
    const { frameRate } = this.#document.settings;
    const warmAt = Math.max(segment.startFrame, segment.endFrame - warmFrames);
    const duration = Math.round(frameToSeconds(1, frameRate) * 1e6);
    const still = segment.kind === 'still' ? evaluate(this.#document, segment.startFrame) : null;
    for (let frame = segment.startFrame; frame < segment.endFrame; frame += 1) {
      throwIfAborted(this.#signal);
      sounding?.check();
      const index = frame - this.#task.startFrame;
      if (frame === warmAt && next) clips.warm(next.media);
      const graph = still ?? evaluate(this.#document, frame);
      const pictures = await clips.of(graph, this.#progress.onClip);
      const made = await maker.make(graph, pictures, { timestamp: encoder.timestampAt(index), duration });
      await encoder.encode(made, index);
      sounding?.demand(frameToSeconds(index, frameRate));
      this.#progress.advance(index + 1);
    }
  }

  /** A file of sound alone: the packets themselves tell how far it is. */
  async #waitForSound(sounding: SoundReceiver | null, seconds: number): Promise<void> {
    if (!sounding) throw new LecternError('encoder-unavailable');
    const frames = this.#task.endFrame - this.#task.startFrame;
    sounding.onPacket = (end) => {
      this.#progress.advance(Math.min(frames, Math.floor((end / Math.max(seconds, 1e-6)) * frames)));
    };
    sounding.demand(Infinity);
    await untilAborted(sounding.finished, this.#signal);
  }
}

/** Turns a frame's graph into the picture for the encoder, in the cheapest way that is exact. */
class FrameMaker {
  readonly #compositor: PlaneCompositor;
  readonly #width: number;
  readonly #height: number;
  /** What the composed planes show, to compose nothing twice. */
  #composed: { readonly layers: readonly Layer[]; readonly samples: readonly unknown[] } | null = null;
  #planes: Uint8Array<ArrayBuffer> | null = null;

  constructor(compositor: PlaneCompositor, width: number, height: number) {
    this.#compositor = compositor;
    this.#width = width;
    this.#height = height;
  }

  async make(
    graph: FrameGraph,
    pictures: LayerPictures,
    timing: { readonly timestamp: number; readonly duration: number },
  ): Promise<VideoFrame> {
    const passed = this.#pass(graph, pictures, timing);
    if (passed) return passed;
    const samples = graph.layers.map((layer) => pictureIdentity(pictures.get(layer.clipId)));
    if (!this.#planes || !this.#composed || !isSame(this.#composed, graph.layers, samples)) {
      this.#planes = (await this.#compositor.compose(graph, pictures)).data;
      this.#composed = { layers: graph.layers, samples };
    }
    return new VideoFrame(this.#planes, {
      format: 'I420',
      codedWidth: this.#width,
      codedHeight: this.#height,
      colorSpace: exportColourSpace,
      ...timing,
    });
  }

  /** The decoded picture itself, when it is the frame. */
  #pass(
    graph: FrameGraph,
    pictures: LayerPictures,
    timing: { readonly timestamp: number; readonly duration: number },
  ): VideoFrame | null {
    const [only, ...others] = graph.layers;
    if (only?.kind !== 'video' || others.length > 0) return null;
    const picture = pictures.get(only.clipId);
    if (picture?.kind !== 'video' || !isPlain(picture.sample) || !hasExportColours(picture.sample)) return null;
    if (!this.#compositor.coversExactly(only, picture)) return null;
    const decoded = picture.sample.toVideoFrame();
    try {
      return new VideoFrame(decoded, timing);
    } finally {
      decoded.close();
    }
  }
}

function pictureIdentity(picture: LayerPicture | undefined): unknown {
  return picture?.kind === 'video' ? picture.sample : picture?.bitmap;
}

/** Whether two frames look the same: the same layers of the same pictures, whatever the time. */
function isSame(
  composed: { readonly layers: readonly Layer[]; readonly samples: readonly unknown[] },
  layers: readonly Layer[],
  samples: readonly unknown[],
): boolean {
  if (composed.layers.length !== layers.length) return false;
  if (composed.samples.some((sample, index) => sample !== samples[index])) return false;
  return JSON.stringify(composed.layers.map(withoutTime)) === JSON.stringify(layers.map(withoutTime));
}

function withoutTime(layer: Layer): Layer {
  return layer.kind === 'video' ? { ...layer, sourceSeconds: 0 } : layer;
}

/** Takes the encoded sound as it comes and writes it into the file. */
class SoundReceiver {
  readonly #port: MessagePort;
  readonly finished: Promise<void>;
  #failure: unknown = null;
  #demanded = 0;
  onPacket: ((endSeconds: number) => void) | null = null;

  constructor(port: MessagePort, track: EncodedAudioPacketSource) {
    this.#port = port;
    let written: Promise<void> = Promise.resolve();
    this.finished = new Promise<void>((resolve, reject) => {
      const fail = (error: unknown): void => {
        this.#failure ??= error;
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what was caught is passed on
        reject(error);
      };
      port.addEventListener('message', ({ data: message }: MessageEvent<SoundMessage>) => {
        switch (message.say) {
          case 'packet': {
            const { data, timestamp, duration, config } = message;
            const packet = new EncodedPacket(data, 'key', timestamp, duration);
            const metadata = config ? { decoderConfig: config } : undefined;
            written = written.then(() => track.add(packet, metadata));
            written.catch(fail);
            this.onPacket?.(timestamp + duration);
            break;
          }
          case 'end':
            written.then(resolve, fail);
            break;
          case 'failed':
            fail(deserialiseError(message.error));
            break;
        }
      });
    });
    // Whoever waits hears of it; until then it is no unhandled rejection.
    this.finished.catch(() => undefined);
    port.start();
  }

  /** Asks for the sound up to here, and what it may be ahead. */
  demand(seconds: number): void {
    if (seconds - this.#demanded < 0.5 && seconds !== 0) return;
    this.#demanded = seconds;
    this.#port.postMessage({ say: 'until', seconds } satisfies SoundDemand);
  }

  check(): void {
    if (this.#failure !== null) throw toLecternError(this.#failure, 'render-failed');
  }
}

/** Tells how an export goes: not for each frame, but also when nothing moves. */
class ProgressTeller {
  readonly #total: number;
  readonly #writtenBytes: () => number;
  readonly #tell: (event: ExportEvent) => void;
  #phase: ExportEvent['phase'] = 'preparing';
  #frame = 0;
  #clip: string | null = null;
  #started = 0;
  #told = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(total: number, writtenBytes: () => number, tell: (event: ExportEvent) => void) {
    this.#total = total;
    this.#writtenBytes = writtenBytes;
    this.#tell = tell;
  }

  start(): void {
    this.#started = performance.now();
    this.#say();
    this.#timer = setInterval(() => {
      this.#say();
    }, stillAliveMilliseconds);
  }

  readonly onClip = (clip: string): void => {
    this.#clip = clip;
  };

  advance(frame: number): void {
    this.#phase = 'rendering';
    this.#frame = frame;
    if (performance.now() - this.#told >= tellMilliseconds || frame === this.#total) this.#say();
  }

  finishing(): void {
    this.#phase = 'finishing';
    this.#say();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #say(): void {
    this.#told = performance.now();
    const elapsed = (this.#told - this.#started) / 1000;
    const known = this.#frame >= 15 && elapsed >= 0.8;
    this.#tell({
      phase: this.#phase,
      frame: this.#frame,
      totalFrames: this.#total,
      secondsLeft: known ? (elapsed / this.#frame) * (this.#total - this.#frame) : null,
      writtenBytes: this.#writtenBytes(),
      clip: this.#clip,
    });
  }
}
