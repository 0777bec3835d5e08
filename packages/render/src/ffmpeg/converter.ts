import {
  type CallOptions,
  type ConversionForecast,
  type ConvertOptions,
  type ConvertedFile,
  LecternError,
  type PreparedConversion,
  type ProbeResult,
  toLecternError,
} from '@lectern/ports';
import { throwIfAborted } from '../cancelling.js';
import { type ConversionPlan, type ProbedFile, type TargetFormat, planConversion } from './conversion-plan.js';
import { type ConversionSlot, claimConversionSlot } from './conversion-slot.js';
import { mostInMemory } from './converted-bytes.js';
import { type FfmpegHost, FfmpegProcess } from './ffmpeg-process.js';

/** A piece of the source is converted first, to see that it works and how fast: this much, and no longer than that. */
const trialSeconds = 2;
const trialMilliseconds = 12_000;
/** What the first seconds show of the rest is no promise. */
const sizeMargin = 1.25;

export interface ConverterHost extends FfmpegHost {
  readonly maxBytes: number;
  /** The largest result that is of use to the host, in bytes. */
  readonly maxResultBytes: number | null;
  readonly probe: (file: Blob, options?: CallOptions) => Promise<ProbeResult>;
}

/** Loads ffmpeg and looks at a file with it. Errors as `MediaConverter.prepare` has them. */
export async function prepareConversion(
  file: Blob,
  host: ConverterHost,
  signal: AbortSignal | undefined,
): Promise<PreparedConversion> {
  throwIfAborted(signal);
  if (file.size === 0) throw new LecternError('file-empty');
  if (file.size > host.maxBytes) {
    throw new LecternError('file-too-large', { details: { sizeBytes: file.size, limit: host.maxBytes } });
  }
  const target = await targetFormat();
  const process = await FfmpegProcess.start(host, signal);
  const abort = (): void => {
    process.end();
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const source = await openSource(process, file);
    const plan = planConversion(source, target, (codec) => codec === 'h264');
    const trial = await tryPiece(process, plan);
    const forecast = forecastOf(plan, trial, await freeBytes());
    assertRoom(forecast, host);
    return new Conversion({ file, host, process, source, plan, forecast });
  } catch (error) {
    process.end();
    throwIfAborted(signal);
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** H.264 and AAC, unless this browser decodes neither and VP9 instead. */
async function targetFormat(): Promise<TargetFormat> {
  if (typeof VideoDecoder === 'undefined') return 'mp4';
  const decodes = async (codec: string): Promise<boolean> =>
    VideoDecoder.isConfigSupported({ codec, codedWidth: 1280, codedHeight: 720 }).then(
      ({ supported }) => supported === true,
      () => false,
    );
  const decodesAac =
    typeof AudioDecoder === 'undefined' ||
    (await AudioDecoder.isConfigSupported({ codec: 'mp4a.40.2', sampleRate: 48_000, numberOfChannels: 2 }).then(
      ({ supported }) => supported === true,
      () => false,
    ));
  if ((await decodes('avc1.640028')) && decodesAac) return 'mp4';
  return (await decodes('vp09.00.40.08')) ? 'webm' : 'mp4';
}

const sourceFolder = '/source';
const sourcePath = `${sourceFolder}/file`;
const resultFolder = '/result';

async function openSource(process: FfmpegProcess, blob: Blob): Promise<ProbedFile> {
  await process.call('LECTERN_SOURCE', { folder: sourceFolder, name: 'file', blob });
  const report = '/source.json';
  const args = ['-v', 'error', '-print_format', 'json', '-show_format', '-show_streams', sourcePath, '-o', report];
  try {
    // It has no exit code to speak of; what it wrote tells.
    await process.call('FFPROBE', { args });
    const text = new TextDecoder().decode(await process.call('READ_FILE', { path: report }));
    return JSON.parse(text) as ProbedFile;
  } catch (error) {
    const { code } = toLecternError(error);
    if (code !== 'render-failed' && code !== 'unknown') throw error;
    throw new LecternError('undecodable', { message: process.lastWords, cause: error });
  }
}

interface Trial {
  readonly exitCode: number;
  /** Seconds of the source that were converted, and seconds that it took. */
  readonly converted: number;
  readonly took: number;
  /** Seconds for a second of the source, once it runs; null when too little was converted to tell. */
  readonly pace: number | null;
  readonly sizeBytes: number;
}

/** Converts a piece from a third on, since films begin slowly, or from the start where that can't be found. */
async function tryPiece(process: FfmpegProcess, plan: ConversionPlan): Promise<Trial> {
  const from = plan.durationSeconds > 3 * trialSeconds ? plan.durationSeconds / 3 : 0;
  const trial = await tryFrom(process, plan, from);
  const found = trial.converted > 0 || from === 0 ? trial : await tryFrom(process, plan, 0);
  if (found.exitCode === 0 || found.took * 1000 >= trialMilliseconds) return found;
  const codec = plan.videoCodec ?? plan.audioCodec ?? '';
  throw new LecternError('undecodable', { message: process.lastWords, details: { codec } });
}

async function tryFrom(process: FfmpegProcess, plan: ConversionPlan, from: number): Promise<Trial> {
  let converted = 0;
  const told: { readonly seconds: number; readonly at: number }[] = [];
  process.onProgress = (seconds) => {
    converted = Math.max(converted, seconds);
    told.push({ seconds: converted, at: performance.now() / 1000 });
  };
  const started = performance.now();
  await process.call('LECTERN_OUTPUT', { folder: resultFolder, name: 'file', fileName: null });
  const seek = from > 0 ? ['-ss', from.toFixed(3)] : [];
  const exitCode = await process.run(
    [...seek, '-i', sourcePath, '-t', String(trialSeconds), ...plan.args, `${resultFolder}/file`],
    trialMilliseconds,
  );
  const took = (performance.now() - started) / 1000;
  const written = await process.call('LECTERN_CLOSE', { folder: resultFolder });
  process.onProgress = null;
  return {
    exitCode,
    converted: Math.min(converted, trialSeconds),
    took,
    pace: paceOf(told) ?? (converted > 0.2 ? took / converted : null),
    sizeBytes: written?.size ?? 0,
  };
}

/**
 * From the first sign of life on: what comes before is the search for the place, and code that the browser is still
 * making fast.
 */
function paceOf(told: readonly { readonly seconds: number; readonly at: number }[]): number | null {
  const [first, last] = [told[0], told.at(-1)];
  if (!first || !last || last.seconds - first.seconds < 0.5) return null;
  return (last.at - first.at) / (last.seconds - first.seconds);
}

function forecastOf(plan: ConversionPlan, trial: Trial, free: number | null): ConversionForecast {
  const { kind, videoCodec, audioCodec, durationSeconds, keepsPictures, mostBitrate } = plan;
  const rate = trial.converted > 0.2 ? trial.sizeBytes / trial.converted : mostBitrate / 8;
  return {
    kind,
    videoCodec,
    audioCodec,
    durationSeconds,
    keepsPictures,
    sizeBytes: Math.ceil(rate * durationSeconds * sizeMargin),
    freeBytes: free,
    seconds: trial.pace !== null && durationSeconds > 0 ? trial.pace * durationSeconds : null,
  };
}

async function freeBytes(): Promise<number | null> {
  try {
    const { quota, usage = 0 } = await navigator.storage.estimate();
    return quota === undefined ? null : Math.max(0, quota - usage);
  } catch {
    return null;
  }
}

function assertRoom({ sizeBytes, freeBytes: free }: ConversionForecast, { maxResultBytes }: ConverterHost): void {
  if (free !== null && sizeBytes > free) {
    throw new LecternError('quota-exceeded', { details: { needed: sizeBytes, free } });
  }
  if (maxResultBytes !== null && sizeBytes > maxResultBytes) {
    throw new LecternError('file-too-large', { details: { sizeBytes, limit: maxResultBytes } });
  }
}

interface ConversionParts {
  readonly file: Blob;
  readonly host: ConverterHost;
  readonly process: FfmpegProcess;
  readonly source: ProbedFile;
  readonly plan: ConversionPlan;
  readonly forecast: ConversionForecast;
}

class Conversion implements PreparedConversion {
  readonly forecast: ConversionForecast;
  readonly #host: ConverterHost;
  readonly #process: FfmpegProcess;
  readonly #source: ProbedFile;
  readonly #plan: ConversionPlan;

  constructor({ host, process, source, plan, forecast }: ConversionParts) {
    this.#host = host;
    this.#process = process;
    this.#source = source;
    this.#plan = plan;
    this.forecast = forecast;
  }

  async convert({ signal, onProgress }: ConvertOptions = {}): Promise<ConvertedFile> {
    throwIfAborted(signal);
    const abort = (): void => {
      this.#process.end();
    };
    signal?.addEventListener('abort', abort, { once: true });
    const slot = await claimConversionSlot(this.#plan.extension, signal);
    try {
      if (slot.fileName === null && this.forecast.sizeBytes > mostInMemory) {
        throw new LecternError('file-too-large', {
          details: { sizeBytes: this.forecast.sizeBytes, limit: mostInMemory },
        });
      }
      const kept = await this.#make(this.#plan, slot, signal, onProgress);
      if (kept) return kept;
      // Passed on as they were the pictures can't be decoded after all: then they are made anew.
      const anew = await this.#make(planConversion(this.#source, this.#plan.target, false), slot, signal, onProgress);
      if (anew) return anew;
      throw new LecternError('undecodable', { message: 'the result can’t be decoded either' });
    } catch (error) {
      this.#process.end();
      await slot.release();
      throwIfAborted(signal);
      throw toLecternError(error, 'render-failed');
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Null when this browser can't decode what came out of passing the pictures on. */
  async #make(
    plan: ConversionPlan,
    slot: ConversionSlot,
    signal: AbortSignal | undefined,
    onProgress: ConvertOptions['onProgress'],
  ): Promise<ConvertedFile | null> {
    const process = this.#process;
    await process.call('LECTERN_OUTPUT', { folder: resultFolder, name: 'file', fileName: slot.fileName });
    this.#watch(plan, onProgress);
    const code = await process.run(['-i', sourcePath, ...plan.args, `${resultFolder}/file`]);
    const written = await process.call('LECTERN_CLOSE', { folder: resultFolder });
    process.onProgress = null;
    if (!written || code !== 0) {
      if (written?.isFull) throw new LecternError('quota-exceeded', { message: process.lastWords });
      throw new LecternError('render-failed', { message: process.lastWords, details: { exitCode: code } });
    }
    const handle = written.blob ? null : await slot.handle();
    const bytes = written.blob ?? (await (handle as FileSystemFileHandle).getFile());
    // A file takes its type from its name, which knows nothing of `audio/mp4`.
    const file = bytes.slice(0, bytes.size, plan.mimeType);
    const { facts } = await this.#host.probe(file, signal ? { signal } : {});
    if (!facts.decodable && plan.keepsPictures) return null;
    if (!facts.decodable) throw new LecternError('undecodable', { details: { codec: facts.videoCodec ?? '' } });
    // It is done with: its memory isn't needed while the result is stored.
    process.end();
    return {
      file,
      ...(handle ? { handle } : {}),
      kind: plan.kind,
      mimeType: plan.mimeType,
      extension: plan.extension,
      release: () => slot.release(),
    };
  }

  #watch(plan: ConversionPlan, onProgress: ConvertOptions['onProgress']): void {
    const started = performance.now();
    let fraction = 0;
    this.#process.onProgress = (seconds) => {
      if (!(plan.durationSeconds > 0)) return;
      fraction = Math.min(1, Math.max(fraction, seconds / plan.durationSeconds));
      const elapsed = (performance.now() - started) / 1000;
      onProgress?.({
        fraction,
        secondsLeft: fraction > 0.02 ? (elapsed / fraction) * (1 - fraction) : this.forecast.seconds,
      });
    };
  }

  dispose(): void {
    this.#process.end();
  }
}
