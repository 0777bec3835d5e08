/** A project out of the fixtures, and readers for what comes out of it. For browser tests. */
import type { ExportFormat, ExportPreset, ProbeFacts, RenderEngine } from '@lectern/ports';
import { LecternError } from '@lectern/ports';
import {
  type AssetId,
  type AssetRecord,
  type ClipId,
  type ClipRecord,
  type ClipSource,
  type SettingsRecord,
  type TimelineDocument,
  type TrackId,
  type TrackKind,
  type TrackRecord,
  createDocument,
} from '@lectern/timeline';
import { ALL_FORMATS, AudioSampleSink, BlobSource, Input, VideoSampleSink } from 'mediabunny';
import { type FrameCode, readFrameCode } from '../../../testing/src/frame-code.js';
import { createRenderEngine } from '../render-engine.js';

/** The worker as it is shipped: `node packages/render/build-worker.mjs` makes it from the compiled modules. */
export const workerUrl: URL = new URL('../../dist/render.worker.js', import.meta.url);

/** What a project is put together from. */
export class SampleProject {
  readonly engine: RenderEngine;
  readonly #files = new Map<string, Blob>();
  readonly #facts = new Map<string, ProbeFacts>();
  readonly #records: (TrackRecord | ClipRecord)[] = [];

  /** @param worker another script for the engine's workers: one that prepares their world before it imports `workerUrl` */
  constructor(worker: URL | string = workerUrl) {
    this.engine = createRenderEngine({
      workerUrl: worker,
      resolveSource: (id) => {
        const file = this.#files.get(id);
        return file
          ? Promise.resolve(file)
          : Promise.reject(new LecternError('source-missing', { details: { asset: id } }));
      },
    });
  }

  /** Fetches a fixture and probes it. */
  async open(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.add(name, await fixture(name));
  }

  async add(name: string, file: Blob): Promise<ProbeFacts> {
    this.#files.set(name, file);
    const { facts } = await this.engine.probe(file);
    this.#facts.set(name, facts);
    return facts;
  }

  /** The bytes of an asset are gone. */
  lose(name: string): void {
    this.#files.delete(name);
  }

  replace(name: string, file: Blob): void {
    this.#files.set(name, file);
  }

  file(name: string): Blob {
    const file = this.#files.get(name);
    if (!file) throw new RangeError(`${name} isn't open`);
    return file;
  }

  track(id: string, kind: TrackKind): void {
    this.#records.push({
      type: 'track',
      id: id as TrackId,
      kind,
      name: id,
      order: `a${String(this.#records.length)}`,
      main: kind === 'video' && this.#records.every((record) => record.type !== 'track'),
      locked: false,
      muted: false,
      solo: false,
      hidden: false,
      height: 60,
    });
  }

  /** Puts a clip on a track. Its name is its source's. */
  clip(
    trackId: string,
    startFrame: number,
    durationFrames: number,
    source: ClipSource,
    props: ClipRecord['props'] = {},
    keyframes: ClipRecord['keyframes'] = {},
  ): void {
    const name = 'assetId' in source ? source.assetId : source.kind;
    this.#records.push({
      type: 'clip',
      id: `clip-${String(this.#records.length)}` as ClipId,
      trackId: trackId as TrackId,
      name: `Clip of ${name}`,
      startFrame,
      durationFrames,
      source,
      linkId: null,
      splitFrom: null,
      props,
      keyframes,
    });
  }

  document(settings: Partial<Omit<SettingsRecord, 'type' | 'id'>> = {}): TimelineDocument {
    const assets = [...this.#facts].map(([name, facts]) => assetRecord(name, facts));
    return createDocument({
      settings: { width: 640, height: 360, ...settings },
      records: [...assets, ...this.#records],
    });
  }

  dispose(): void {
    this.engine.dispose();
  }
}

function assetRecord(name: string, facts: ProbeFacts): AssetRecord {
  return {
    type: 'asset',
    id: name as AssetId,
    name,
    kind: facts.kind,
    durationSeconds: facts.durationSeconds,
    width: facts.width,
    height: facts.height,
    rotation: facts.rotation,
    videoCodec: facts.videoCodec,
    audioCodec: facts.audioCodec,
    sampleRate: facts.sampleRate,
    channels: facts.channels,
    averageFrameRate: facts.averageFrameRate,
    variableFrameRate: facts.variableFrameRate,
  };
}

export async function fixture(name: string): Promise<Blob> {
  const answer = await fetch(`/fixtures/${name}`);
  if (!answer.ok) throw new RangeError(`there is no fixture ${name}`);
  return answer.blob();
}

/** A stretch of a file from a frame of the project on. */
export function from(name: string, trimStartFrame = 0, speed = { num: 1, den: 1 }): ClipSource {
  return { kind: 'asset', assetId: name as AssetId, trimStartFrame, speed };
}

export function still(name: string): ClipSource {
  return { kind: 'image', assetId: name as AssetId };
}

/** Enough bits that the numbers in the pictures survive, at the size of the fixtures. */
export const testPreset: ExportPreset = { id: 'smallest', height: 360, videoBitrate: 2_000_000, audioBitrate: 128_000 };

export async function formatOf(
  engine: RenderEngine,
  container: 'mp4' | 'webm',
  width = 640,
  height = 360,
): Promise<ExportFormat> {
  const { formats } = await engine.capabilities(width, height);
  const found = formats.find((format) => format.container === container);
  if (!found) throw new RangeError(`this browser makes no ${container}`);
  return found;
}

export interface SeenFrame {
  readonly timestamp: number;
  readonly code: FrameCode | null;
}

function openInput(file: Blob): Input {
  return new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
}

/** Every picture of a file with the number in it. */
export async function readFrames(file: Blob): Promise<SeenFrame[]> {
  const seen: SeenFrame[] = [];
  for await (const { timestamp, pixels } of readPictures(file)) seen.push({ timestamp, code: readFrameCode(pixels) });
  return seen;
}

export async function* readPictures(file: Blob): AsyncGenerator<{ timestamp: number; pixels: ImageData }> {
  const input = openInput(file);
  const track = await input.getPrimaryVideoTrack();
  if (!track) return;
  const canvas = new OffscreenCanvas(await track.getDisplayWidth(), await track.getDisplayHeight());
  const context = contextOf(canvas);
  for await (const sample of new VideoSampleSink(track).samples()) {
    sample.draw(context, 0, 0);
    yield { timestamp: sample.timestamp, pixels: context.getImageData(0, 0, canvas.width, canvas.height) };
    sample.close();
  }
  input.dispose();
}

export function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new TypeError('no canvas');
  return context;
}

/** The pixels of a bitmap, which is closed. */
export function pixelsOf(bitmap: ImageBitmap): ImageData {
  const context = contextOf(new OffscreenCanvas(bitmap.width, bitmap.height));
  context.drawImage(bitmap, 0, 0);
  const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height);
  bitmap.close();
  return pixels;
}

export interface HeardSound {
  readonly sampleRate: number;
  /** The left channel, sample 0 at the file's 0. */
  readonly left: Float32Array;
  readonly right: Float32Array;
  readonly codec: string | null;
}

/** A file's sound; null when it has none. */
export async function readSound(file: Blob): Promise<HeardSound | null> {
  const input = openInput(file);
  const track = await input.getPrimaryAudioTrack();
  if (!track) return null;
  const parts: { at: number; left: Float32Array; right: Float32Array }[] = [];
  let sampleRate = 0;
  let end = 0;
  for await (const sample of new AudioSampleSink(track).samples()) {
    sampleRate = sample.sampleRate;
    const at = Math.round(sample.timestamp * sampleRate);
    const [left, right] = [new Float32Array(sample.numberOfFrames), new Float32Array(sample.numberOfFrames)];
    sample.copyTo(left, { planeIndex: 0, format: 'f32-planar' });
    sample.copyTo(right, { planeIndex: Math.min(1, sample.numberOfChannels - 1), format: 'f32-planar' });
    parts.push({ at, left, right });
    end = Math.max(end, at + left.length);
    sample.close();
  }
  const sound = { left: new Float32Array(end), right: new Float32Array(end) };
  for (const { at, left, right } of parts) {
    const skip = Math.max(0, -at);
    sound.left.set(left.subarray(skip), at + skip);
    sound.right.set(right.subarray(skip), at + skip);
  }
  const codec = await track.getCodec();
  input.dispose();
  return { sampleRate, ...sound, codec };
}

/** Peak signal to noise ratio of two pictures in dB: over 40 nobody sees a difference. */
export function likeness(a: ImageData, b: ImageData): number {
  let sum = 0;
  for (let n = 0; n < a.data.length; n += 1) {
    if (n % 4 !== 3) sum += ((a.data[n] ?? 0) - (b.data[n] ?? 0)) ** 2;
  }
  return 10 * Math.log10(255 ** 2 / (sum / (a.data.length * 0.75)));
}
