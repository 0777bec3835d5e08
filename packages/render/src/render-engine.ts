import type { FilmstripPicture, PeaksChunk, Preview, RenderEngine, SourceResolver } from '@lectern/ports';
import { LecternError } from '@lectern/ports';
import { type ExportHost, runExport } from './export/export-job.js';
import { forecastRequest } from './export/forecast-request.js';
import { discardKept, listUnfinished } from './export/kept-exports.js';
import type { FfmpegHost } from './ffmpeg/ffmpeg-process.js';
import { type FfmpegOptions, createMediaConverter, ffmpegHost } from './ffmpeg/media-converter.js';
import { estimateExport, exportPresets } from './presets.js';
import { EnginePreview } from './preview/preview.js';
import { ProxyKeeper, proxyWorld } from './proxy/proxy-keeper.js';
import { startWorker } from './start-worker.js';
import type { WorkerFont } from './worker/protocol.js';
import { WorkerClient, type WorkerClientOptions } from './worker/worker-client.js';
import { WorkerPool } from './worker/worker-pool.js';

/** What the engine needs from its host. */
export interface RenderEngineOptions {
  /** Finds the bytes of an asset by its id. */
  readonly resolveSource: SourceResolver;
  /** Where `render.worker.js` lies, if it isn't beside this package's own files. */
  readonly workerUrl?: URL | string;
  /** Fonts for titles: a worker knows none of the page's own. */
  readonly fonts?: readonly RenderFont[];
  /** Pixels that the preview may keep decoded; 96 million when left out (about 46 pictures of 1080p). */
  readonly previewPixelBudget?: number;
  /**
   * Bytes on disk that proxies may take: smaller copies of sources that are slow to look around in, made while nobody
   * needs the processor and shown in previews alone. 4 GB when left out, and never more than a fifth of what the browser
   * allows; 0 makes none.
   */
  readonly proxyBudgetBytes?: number;
  /**
   * False encodes every picture anew, also those of sources that could be passed on as they are: for players that stumble
   * where an encoder's pictures meet another's. True when left out.
   */
  readonly copyPackets?: boolean;
  /**
   * Where the host keeps ffmpeg, which is loaded when it is needed: to convert what this browser can't decode, and to
   * encode where it has no encoder. Without it neither is possible.
   */
  readonly ffmpeg?: FfmpegOptions;
}

/** A font for titles. A worker knows none of the page's own `@font-face` rules. */
export interface RenderFont {
  readonly family: string;
  readonly url: URL | string;
  /** As in CSS: `400`, `700`, `100 900`; `400` when left out. */
  readonly weight?: string;
  readonly style?: 'normal' | 'italic';
}

/** Makes the engine: workers start with the first call that needs them. */
export function createRenderEngine(options: RenderEngineOptions): RenderEngine {
  return new WorkerRenderEngine(options);
}

class WorkerRenderEngine implements RenderEngine {
  readonly presets: RenderEngine['presets'] = exportPresets;
  readonly converter: RenderEngine['converter'];
  readonly #clientOptions: WorkerClientOptions;
  readonly #ffmpeg: FfmpegHost | null;
  readonly #pixelBudget: number;
  readonly #copiesPackets: boolean;
  readonly #pool: WorkerPool;
  readonly #previews = new Set<Preview>();
  readonly #proxyBudget: number;
  #proxies: ProxyKeeper | null = null;
  readonly #disposing = new AbortController();

  constructor({
    resolveSource,
    workerUrl,
    fonts = [],
    previewPixelBudget = 96_000_000,
    proxyBudgetBytes = 4e9,
    copyPackets = true,
    ffmpeg,
  }: RenderEngineOptions) {
    const url = workerUrl === undefined ? undefined : String(workerUrl);
    this.#clientOptions = { start: () => startWorker(url), resolveSource, fonts: fonts.map(workerFont) };
    this.#pixelBudget = previewPixelBudget;
    this.#copiesPackets = copyPackets;
    this.#proxyBudget = proxyBudgetBytes;
    const cores = typeof navigator === 'undefined' ? 2 : navigator.hardwareConcurrency;
    this.#pool = new WorkerPool(this.#clientOptions, Math.max(1, Math.min(4, cores - 1)));
    const { probe } = this;
    this.#ffmpeg = ffmpeg ? ffmpegHost(ffmpeg, url) : null;
    this.converter =
      ffmpeg && this.#ffmpeg
        ? createMediaConverter({ ffmpeg, host: this.#ffmpeg, probe, signal: this.#disposing.signal })
        : null;
  }

  readonly probe: RenderEngine['probe'] = async (file, { signal } = {}) =>
    this.#use().run('probe', { file }, { signal });

  filmstrip(
    request: Parameters<RenderEngine['filmstrip']>[0],
    { signal }: { signal?: AbortSignal } = {},
  ): AsyncIterable<FilmstripPicture> {
    return this.#use().items('filmstrip', request, signal, ({ bitmap }) => {
      bitmap.close();
    });
  }

  peaks(
    request: Parameters<RenderEngine['peaks']>[0],
    { signal }: { signal?: AbortSignal } = {},
  ): AsyncIterable<PeaksChunk> {
    return this.#use().items('peaks', request, signal);
  }

  createPreview(): Preview {
    this.#check();
    const preview = new EnginePreview({
      startWorker: () => new WorkerClient(this.#clientOptions),
      pixelBudget: this.#pixelBudget,
      viewProxies: this.#proxyBudget > 0 ? (viewing) => this.#keeper().view(viewing) : null,
      onDispose: () => {
        this.#previews.delete(preview);
      },
    });
    this.#previews.add(preview);
    return preview;
  }

  readonly capabilities: RenderEngine['capabilities'] = async (width, height, { signal } = {}) =>
    this.#use().run('capabilities', { width, height, withFfmpeg: this.#ffmpeg !== null }, { signal });

  readonly estimate: RenderEngine['estimate'] = estimateExport;

  readonly forecast: RenderEngine['forecast'] = async (request, { signal } = {}) =>
    forecastRequest(request, this.#copiesPackets, {
      look: (task) => this.#use().run('forecast', task, { signal }),
      tryRoom: (bytes) => this.#use().run('roomFor', { bytes }, { signal }),
    });

  readonly unfinishedExports: RenderEngine['unfinishedExports'] = () => listUnfinished();

  readonly discardExport: RenderEngine['discardExport'] = (id) => discardKept(id);

  readonly export: RenderEngine['export'] = async (request, options = {}) => {
    this.#check();
    const letGo = this.#proxyBudget > 0 ? this.#keeper().hold() : null;
    try {
      return await this.#export(request, options);
    } finally {
      letGo?.();
    }
  };

  async #export(...[request, options = {}]: Parameters<RenderEngine['export']>): ReturnType<RenderEngine['export']> {
    const { signal } = options;
    const either = signal ? AbortSignal.any([signal, this.#disposing.signal]) : this.#disposing.signal;
    const run = (serveFfmpeg?: (port: MessagePort) => void): ReturnType<RenderEngine['export']> =>
      runExport(request, this.#exportHost(serveFfmpeg), { ...options, signal: either });
    if (request.format.encoder !== 'ffmpeg') return run();
    if (!this.#ffmpeg) throw new LecternError('encoder-unavailable', { message: 'the host provides no ffmpeg' });
    const { exportWithFfmpeg } = await import('./ffmpeg/export-with-ffmpeg.js');
    return exportWithFfmpeg(this.#ffmpeg, either, run);
  }

  #exportHost(serveFfmpeg?: (port: MessagePort) => void): ExportHost {
    return {
      startWorker: (serve) =>
        new WorkerClient({
          ...this.#clientOptions,
          serve: { ...serve, ...(serveFfmpeg ? { ffmpeg: serveFfmpeg } : {}) },
        }),
      write: (folder, fileName, text) => this.#use().run('keepExport', { folder, fileName, text }),
      tryRoom: (bytes) => this.#use().run('roomFor', { bytes }),
      copiesPackets: this.#copiesPackets,
    };
  }

  dispose(): void {
    this.#disposing.abort(new LecternError('aborted'));
    for (const preview of [...this.#previews]) preview.dispose();
    this.#proxies?.dispose();
    this.#pool.dispose();
  }

  #keeper(): ProxyKeeper {
    this.#proxies ??= new ProxyKeeper(proxyWorld(() => new WorkerClient(this.#clientOptions), this.#proxyBudget));
    return this.#proxies;
  }

  #use(): WorkerClient {
    this.#check();
    return this.#pool.take();
  }

  #check(): void {
    if (this.#disposing.signal.aborted) throw new LecternError('aborted', { message: 'the render engine is disposed' });
  }
}

function workerFont({ family, url, weight = '400', style = 'normal' }: RenderFont): WorkerFont {
  return { family, url: new URL(url, globalThis.location.href).href, weight, style };
}
