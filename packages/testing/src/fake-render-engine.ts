import type {
  ExportFormat,
  FilmstripPicture,
  MediaConverter,
  PeaksChunk,
  Preview,
  PreviewState,
  ProbeResult,
  RenderEngine,
} from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import { createProbeFacts } from './builders.js';
import { createFakeExports, pause, type FakeExportOptions } from './fake-exports.js';

export interface FakeRenderOptions extends FakeExportOptions {
  /** What `probe` finds in a file; a 10 s video when left out. */
  readonly probe?: (file: Blob) => ProbeResult | Promise<ProbeResult>;
  /** What can be encoded; MP4 and WebM when left out. */
  readonly formats?: readonly ExportFormat[];
  /** What turns files into ones that can be read; none when left out. */
  readonly converter?: MediaConverter;
}

const mp4: ExportFormat = {
  container: 'mp4',
  videoCodec: 'avc',
  audioCodec: 'aac',
  mimeType: 'video/mp4',
  extension: 'mp4',
};
const webm: ExportFormat = {
  container: 'webm',
  videoCodec: 'vp9',
  audioCodec: 'opus',
  mimeType: 'video/webm',
  extension: 'webm',
};

/** A hue from an id, so that each asset keeps its colour. */
function hueOf(id: string): number {
  let hash = 7;
  for (const letter of id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return hash;
}

type Context = OffscreenCanvasRenderingContext2D;

function paint(context: Context, width: number, height: number, hue: number, text: string): void {
  const gradient = context.createLinearGradient(0, 0, width, height);
  gradient.addColorStop(0, `hsl(${String(hue)} 45% 42%)`);
  gradient.addColorStop(1, `hsl(${String((hue + 50) % 360)} 50% 24%)`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
  context.fillStyle = 'rgb(255 255 255 / 90%)';
  context.font = `600 ${String(Math.round(height / 5))}px sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, width / 2, height / 2);
}

function contextOf(canvas: OffscreenCanvas): Context {
  const context = canvas.getContext('2d');
  if (!context) throw new TypeError('this browser has no 2D canvas');
  return context;
}

class FakePreview implements Preview {
  #document: TimelineDocument | null = null;
  #surface: OffscreenCanvas | null = null;
  #state: PreviewState = { status: 'empty', frame: 0, shownFrame: 0, droppedFrames: 0, proxy: 'none', error: null };
  #timer: ReturnType<typeof setInterval> | null = null;
  readonly #listeners = new Set<(state: PreviewState) => void>();

  attach(surface: OffscreenCanvas): void {
    this.#surface = surface;
    this.#draw();
  }

  resize(width: number, height: number): void {
    if (!this.#surface) return;
    this.#surface.width = Math.max(1, Math.round(width));
    this.#surface.height = Math.max(1, Math.round(height));
    this.#draw();
  }

  setDocument(document: TimelineDocument): void {
    this.#document = document;
    if (this.#state.status === 'empty' && document.totalFrames > 0) this.#set({ status: 'paused' });
    else if (document.totalFrames === 0) this.#set({ status: 'empty' });
    this.#draw();
  }

  seek(frame: number): void {
    const end = this.#document?.totalFrames ?? 0;
    const at = Math.max(0, Math.min(frame, end));
    this.#set({ frame: at, shownFrame: at });
    this.#draw();
  }

  play(rate = 1): Promise<void> {
    const document = this.#document;
    if (!document || document.totalFrames === 0) return Promise.resolve();
    if (rate > 0 && this.#state.frame >= document.totalFrames - 1) this.seek(0);
    this.#stop();
    const { num, den } = document.settings.frameRate;
    this.#set({ status: 'playing' });
    this.#timer = setInterval(
      () => {
        const next = this.#state.frame + Math.sign(rate);
        if (next < 0 || next >= document.totalFrames) this.pause();
        else this.seek(next);
      },
      (1000 * den) / (num * Math.abs(rate)),
    );
    return Promise.resolve();
  }

  pause(): void {
    this.#stop();
    if (this.#state.status === 'playing') this.#set({ status: 'paused' });
  }

  setVolume(_volume: number): void {
    /* silent */
  }

  useProxies(_use: boolean): void {
    /* there are none */
  }

  state(): PreviewState {
    return this.#state;
  }

  subscribe(listener: (state: PreviewState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  capture(frame: number): Promise<ImageBitmap> {
    const canvas = new OffscreenCanvas(320, 180);
    paint(contextOf(canvas), 320, 180, (frame * 3) % 360, String(frame));
    return Promise.resolve(canvas.transferToImageBitmap());
  }

  dispose(): void {
    this.#stop();
    this.#listeners.clear();
    this.#surface = null;
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #draw(): void {
    const surface = this.#surface;
    if (!surface) return;
    const { frame } = this.#state;
    const empty = (this.#document?.totalFrames ?? 0) === 0;
    const context = contextOf(surface);
    if (empty) {
      context.fillStyle = '#000';
      context.fillRect(0, 0, surface.width, surface.height);
      return;
    }
    paint(context, surface.width, surface.height, (frame * 3) % 360, String(frame));
  }

  #set(change: Partial<PreviewState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener(this.#state);
  }
}

/** A render engine that draws coloured pictures with numbers: deterministic, and without a codec. */
export function createFakeRenderEngine(options: FakeRenderOptions = {}): RenderEngine {
  const exports = createFakeExports(options);
  return {
    presets: [
      { id: 'lms-1080p', height: 1080, videoBitrate: 5_000_000, audioBitrate: 160_000 },
      { id: 'lms-720p', height: 720, videoBitrate: 2_500_000, audioBitrate: 128_000 },
      { id: 'smallest', height: 480, videoBitrate: 800_000, audioBitrate: 96_000 },
      { id: 'audio-only', height: 0, videoBitrate: 0, audioBitrate: 128_000 },
    ],

    converter: options.converter ?? null,

    async probe(file) {
      return options.probe ? options.probe(file) : { facts: createProbeFacts(), poster: null };
    },

    async *filmstrip(request, call = {}): AsyncIterable<FilmstripPicture> {
      const width = Math.round((request.height * 16) / 9);
      for (const timeSeconds of request.timesSeconds) {
        await pause(0, call.signal);
        const canvas = new OffscreenCanvas(width, request.height);
        paint(contextOf(canvas), width, request.height, hueOf(request.assetId), timeSeconds.toFixed(0));
        yield { timeSeconds, bitmap: canvas.transferToImageBitmap() };
      }
    },

    async *peaks(request, call = {}): AsyncIterable<PeaksChunk> {
      const size = request.peaksPerSecond * 10;
      for (let part = 0; part < 6; part += 1) {
        await pause(0, call.signal);
        const max = Float32Array.from({ length: size }, (_, index) => {
          const bin = part * size + index;
          return Math.abs(Math.sin(bin / 37) * Math.sin(bin / 5.3) * Math.sin(bin / 211)) * 0.9 + 0.03;
        });
        yield { startBin: part * size, min: max.map((value) => -value), max };
      }
    },

    createPreview: () => new FakePreview(),

    capabilities: () => Promise.resolve({ formats: options.formats ?? [mp4, webm] }),

    ...exports,
  };
}
