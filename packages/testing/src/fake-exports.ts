import {
  LecternError,
  type CallOptions,
  type ExportedFrames,
  type ExportEstimate,
  type ExportForecast,
  type ExportFormat,
  type ExportOptions,
  type ExportRequest,
  type ExportResult,
  type Json,
  type RenderEngine,
  type UnfinishedExport,
} from '@lectern/ports';
import type { TimelineDocument } from '@lectern/timeline';
import { createFakeRenderEngine } from './fake-render-engine.js';

const steps = 20;

/** What a browser keeps of exports beyond the page that made it: engines that share one are pages of one browser. */
export interface FakeExportDisk {
  /** By the name of the export. */
  readonly kept: Map<string, KeptExport>;
  /** Which export has its turn. */
  readonly turn: FakeLock;
}

interface KeptExport {
  readonly startedAt: number;
  readonly request: ExportRequest;
  readonly context: Json;
  /** 0…`steps`; those before it are on disk. */
  step: number;
  /** Held by the page that works on it. */
  readonly lock: FakeLock;
}

export function createFakeExportDisk(): FakeExportDisk {
  return { kept: new Map(), turn: new FakeLock() };
}

/** One at a time, first come first served. */
class FakeLock {
  #isHeld = false;
  readonly #waiting: (() => void)[] = [];

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** @returns what lets it go. @throws `aborted` */
  async take(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw new LecternError('aborted');
    if (this.#isHeld)
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => {
          const at = this.#waiting.indexOf(turn);
          if (at !== -1) this.#waiting.splice(at, 1);
          reject(new LecternError('aborted'));
        };
        const turn = (): void => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        this.#waiting.push(turn);
        signal.addEventListener('abort', abort, { once: true });
      });
    this.#isHeld = true;
    let gone = false;
    return () => {
      if (gone) return;
      gone = true;
      const next = this.#waiting.shift();
      // Handed over without a gap that somebody else could slip into.
      if (next) next();
      else this.#isHeld = false;
    };
  }
}

export interface FakeExportOptions {
  /** How long an export takes, in milliseconds of real time; 0 when left out. */
  readonly exportMs?: number;
  /** Lets exports fail in their middle with this error; as a function it is asked at each attempt, from 1 on. */
  readonly exportError?: LecternError | ((attempt: number) => LecternError | null);
  /** What a forecast says, given what it would say. */
  readonly forecast?: (
    usual: ExportForecast,
    request: ExportRequest,
    options: CallOptions,
  ) => ExportForecast | Promise<ExportForecast>;
  /** How much of an earlier export can be taken over, 0…1; 0.9 when left out. */
  readonly reusable?: number;
  /** Hands the file over without a handle to it, as where there is no private file system. */
  readonly inMemory?: boolean;
  /** A disk of its own when left out. */
  readonly disk?: FakeExportDisk;
}

type FakeExports = Pick<
  RenderEngine,
  'estimate' | 'forecast' | 'export' | 'unfinishedExports' | 'discardExport' | 'dispose'
>;

/** Exports that take their time and keep their promises, with files that nothing in can be decoded of. */
export function createFakeExports(options: FakeExportOptions): FakeExports {
  const disk = options.disk ?? createFakeExportDisk();
  const stepMs = (options.exportMs ?? 0) / steps;
  const ending = new AbortController();
  /** Lets go of exports that this page works on, or whose files it hasn't released: when it is gone, others may. */
  const held = new Set<() => void>();
  let attempts = 0;

  const run = async (request: ExportRequest, call: ExportOptions): Promise<ExportResult> => {
    const signal = call.signal ? AbortSignal.any([call.signal, ending.signal]) : ending.signal;
    if (signal.aborted) throw new LecternError('aborted');
    attempts += 1;
    const failure = typeof options.exportError === 'function' ? options.exportError(attempts) : options.exportError;
    const totalFrames = framesOf(request);
    const { id } = call;
    const kept = (id === undefined ? null : disk.kept.get(id)) ?? {
      startedAt: Date.now(),
      request,
      context: call.context ?? null,
      step: 0,
      lock: new FakeLock(),
    };
    if (id !== undefined) disk.kept.set(id, kept);
    const tell = (phase: 'waiting' | 'preparing' | 'rendering' | 'finishing', moved = false): void => {
      call.onProgress?.({
        phase,
        frame: Math.round((totalFrames * kept.step) / steps),
        totalFrames,
        secondsLeft: moved ? (stepMs * (steps - kept.step)) / 1000 : null,
        writtenBytes: kept.step * 10_000,
      });
    };
    const free = await kept.lock.take(signal);
    const letGo = (): void => {
      held.delete(letGo);
      free();
    };
    held.add(letGo);
    try {
      if (disk.turn.isHeld) tell('waiting');
      const finish = await disk.turn.take(signal);
      const begunAt = kept.step;
      try {
        tell('preparing');
        for (; kept.step < steps; kept.step += 1) {
          await pause(stepMs, signal);
          if (failure && kept.step === steps / 2) throw failure;
          tell('rendering', kept.step > begunAt);
        }
        tell('finishing');
        // Whoever aborts now still gets what is finished the next time.
        await pause(0, signal);
      } finally {
        finish();
      }
      const { width, height, durationSeconds } = estimateFake(request);
      const file = fakeFile(request.format);
      return {
        file,
        ...(options.inMemory ? {} : { handle: { getFile: () => Promise.resolve(file) } }),
        width,
        height,
        durationSeconds,
        format: request.format,
        frames: framesMade(totalFrames, begunAt, request.reuseAssetId === undefined ? 0 : (options.reusable ?? 0.9)),
        release: () => {
          if (id !== undefined && disk.kept.get(id) === kept) disk.kept.delete(id);
          letGo();
          return Promise.resolve();
        },
      };
    } catch (error) {
      letGo();
      throw error;
    }
  };

  return {
    estimate: estimateFake,

    async forecast(request, call = {}) {
      await pause(0, call.signal);
      const { sizeBytes, durationSeconds } = estimateFake(request);
      const usual: ExportForecast = {
        sizeBytes,
        spaceBytes: sizeBytes * 2,
        freeBytes: 100e9,
        renderSeconds: durationSeconds / 5,
        copiedFrames: 0,
      };
      return options.forecast ? options.forecast(usual, request, call) : usual;
    },

    export: (request, call = {}) => run(request, call),

    unfinishedExports: () =>
      Promise.resolve(
        [...disk.kept]
          .filter(([, { lock }]) => !lock.isHeld)
          .map(([id, { startedAt, request, context, step }]): UnfinishedExport => {
            const totalFrames = framesOf(request);
            return { id, startedAt, request, context, totalFrames, frame: Math.round((totalFrames * step) / steps) };
          })
          .sort((a, b) => a.startedAt - b.startedAt),
      ),

    discardExport: (id) => {
      disk.kept.delete(id);
      return Promise.resolve();
    },

    dispose: () => {
      ending.abort();
      for (const letGo of held) letGo();
      held.clear();
    },
  };
}

/** Leaves an export half done on the disk, as a page does that goes in its middle. `context` says whose it is. */
export async function leaveUnfinished(
  disk: FakeExportDisk,
  document: TimelineDocument,
  context: { readonly namespace: string; readonly projectId: string; readonly name: string },
): Promise<string> {
  const engine = createFakeRenderEngine({ disk, exportError: new LecternError('unknown') });
  const id = crypto.randomUUID();
  const [preset] = engine.presets;
  const { formats } = await engine.capabilities(1280, 720);
  const [format] = formats;
  if (preset && format) await engine.export({ document, preset, format }, { id, context }).catch(() => undefined);
  engine.dispose();
  return id;
}

function estimateFake({ document, preset, range }: Omit<ExportRequest, 'format'>): ExportEstimate {
  const { frameRate, width, height } = document.settings;
  const durationSeconds = (framesOf({ document, ...(range ? { range } : {}) }) * frameRate.den) / frameRate.num;
  const target = preset.height === 0 ? 0 : Math.min(height, preset.height);
  return {
    durationSeconds,
    sizeBytes: Math.round(((preset.videoBitrate + preset.audioBitrate) * durationSeconds) / 8),
    width: Math.round((width * target) / height / 2) * 2,
    height: target,
  };
}

function framesOf({ document, range }: Pick<ExportRequest, 'document' | 'range'>): number {
  return range ? range.endFrame - range.startFrame : document.totalFrames;
}

function framesMade(totalFrames: number, begunAt: number, reusable: number): ExportedFrames {
  const before = Math.round((totalFrames * begunAt) / steps);
  const takenOver = Math.round((totalFrames - before) * reusable);
  return { copied: 0, reused: before + takenOver, encoded: totalFrames - before - takenOver };
}

/** Waits. @throws `aborted` */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(new LecternError('aborted'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

const box = (type: string, payload: Uint8Array): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(8 + payload.length);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(payload, 8);
  return bytes;
};

/** Bytes that pass for a file of the format as far as its structure tells: nothing in it can be decoded. */
function fakeFile(format: ExportFormat): Blob {
  const filling = new Uint8Array(200_000);
  const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
  const parts =
    format.container === 'mp4'
      ? [box('ftyp', ascii('isom\0\0\0\0isommp42')), box('moov', new Uint8Array(0)), box('mdat', filling)]
      : [Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84, 0x77, 0x65, 0x62, 0x6d), filling];
  return new Blob(parts, { type: format.mimeType });
}
