import {
  type CallOptions,
  type ExportFormat,
  type ExportProgress,
  type ExportRequest,
  type ExportResult,
  LecternError,
  isLecternError,
  toLecternError,
} from '@lectern/ports';
import { frameToSeconds, soundSpans } from '@lectern/timeline';
import { throwIfAborted } from '../cancelling.js';
import { exportRange, exportSize } from '../presets.js';
import type { ExportEvent, ExportOutcome, ExportTask, HardwareAcceleration } from '../worker/protocol.js';
import type { WorkerClient } from '../worker/worker-client.js';
import { type ExportSlot, claimExportSlot } from './export-slot.js';

/** A file of which nothing has come for so long isn't coming. */
const silenceMilliseconds = 20_000;
/** Writing the index of a long file may take a while. */
const finishingMilliseconds = 120_000;

export interface ExportOptions extends CallOptions {
  readonly onProgress?: (progress: ExportProgress) => void;
}

/** Runs an export in two workers of its own, one for pictures and one for sound, and ends them with it. */
export async function runExport(
  request: ExportRequest,
  startWorker: () => WorkerClient,
  { signal, onProgress }: ExportOptions,
): Promise<ExportResult> {
  const { startFrame, endFrame } = exportRange(request);
  if (endFrame <= startFrame) {
    throw new LecternError('invalid-input', { details: { path: 'range', expected: 'at least one frame' } });
  }
  const format = formatFor(request);
  onProgress?.({
    phase: 'preparing',
    frame: 0,
    totalFrames: endFrame - startFrame,
    secondsLeft: null,
    writtenBytes: 0,
  });
  const slot = await claimExportSlot(format.extension, signal);
  const awake = await keepAwake();
  try {
    const task: ExportTask = {
      records: [...request.document.records()],
      startFrame,
      endFrame,
      preset: request.preset,
      format,
    };
    const blob = await attempt(task, slot, request, startWorker, signal, onProgress);
    const size = exportSize(request.document.settings, request.preset);
    return {
      file: blob,
      ...(format.videoCodec ? size : { width: 0, height: 0 }),
      durationSeconds: frameToSeconds(endFrame - startFrame, request.document.settings.frameRate),
      format,
      frames: { copied: 0, reused: 0, encoded: endFrame - startFrame },
      release: () => slot.release(),
    };
  } catch (error) {
    await slot.release();
    throw toLecternError(error, 'render-failed');
  } finally {
    slot.finishWriting();
    await awake?.release().catch(() => undefined);
  }
}

/** Without a picture there is no codec for one, whatever the format says. */
function formatFor({ format, preset }: ExportRequest): ExportFormat {
  if (preset.height > 0 || format.videoCodec === null) return format;
  return {
    ...format,
    videoCodec: null,
    mimeType: `audio/${format.container}`,
    extension: format.container === 'mp4' ? 'm4a' : 'weba',
  };
}

async function attempt(
  task: ExportTask,
  slot: ExportSlot,
  request: ExportRequest,
  startWorker: () => WorkerClient,
  signal: AbortSignal | undefined,
  onProgress: ExportOptions['onProgress'],
): Promise<Blob> {
  const tryOnce = (acceleration: HardwareAcceleration): Promise<ExportOutcome> =>
    runWorkers(task, slot.fileName, acceleration, hasSound(task, request), startWorker, signal, onProgress);
  let outcome: ExportOutcome;
  try {
    outcome = await tryOnce('no-preference');
  } catch (error) {
    // An encoder in hardware may be taken away, or fail at a size that it claimed to know; the one in software stays.
    const again = isLecternError(error) && error.code === 'render-failed' && error.details['clip'] === undefined;
    if (!again || task.format.videoCodec === null) throw error;
    throwIfAborted(signal);
    outcome = await tryOnce('prefer-software');
  }
  return outcome.blob ?? (await slot.file(task.format.mimeType));
}

/** A timeline without any sound gives a file without a sound track, unless sound is all that was asked for. */
function hasSound({ format, startFrame, endFrame }: ExportTask, { document }: ExportRequest): boolean {
  if (format.audioCodec === null) return false;
  return format.videoCodec === null || soundSpans(document, { startFrame, endFrame }).length > 0;
}

async function runWorkers(
  task: ExportTask,
  fileName: string | null,
  acceleration: HardwareAcceleration,
  withSound: boolean,
  startWorker: () => WorkerClient,
  signal: AbortSignal | undefined,
  onProgress: ExportOptions['onProgress'],
): Promise<ExportOutcome> {
  const pictures = startWorker();
  const sound = withSound ? startWorker() : null;
  const stopping = new AbortController();
  const watch = new Watchdog((error) => {
    stopping.abort(error);
  });
  const stop = (): void => {
    stopping.abort(new LecternError('aborted', { cause: signal?.reason }));
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    throwIfAborted(signal);
    const channel = sound ? new MessageChannel() : null;
    const made = pictures.run(
      'exportPictures',
      { ...task, sound: channel?.port1 ?? null, fileName, acceleration },
      {
        transfer: channel ? [channel.port1] : [],
        onItem: (event) => {
          watch.hear(event);
          const { phase, frame, totalFrames, secondsLeft, writtenBytes } = event;
          onProgress?.({ phase, frame, totalFrames, secondsLeft, writtenBytes });
        },
      },
    );
    const heard =
      channel && sound
        ? sound.run('exportSound', { ...task, pictures: channel.port2 }, { transfer: [channel.port2] })
        : Promise.resolve();
    const stopped = new Promise<never>((_, reject) => {
      stopping.signal.addEventListener('abort', () => {
        reject(toLecternError(stopping.signal.reason, 'aborted'));
      });
    });
    stopped.catch(() => undefined);
    // The pictures hear of it when the sound fails, and say so; the other way round nobody is left to listen.
    heard.catch(() => undefined);
    return await Promise.race([made, stopped]);
  } finally {
    watch.stop();
    signal?.removeEventListener('abort', stop);
    pictures.terminate();
    sound?.terminate();
  }
}

/** Notices when an export has stopped moving, and names the clip at which it did. */
class Watchdog {
  readonly #bark: (error: LecternError) => void;
  #frame = -1;
  #phase: ExportEvent['phase'] = 'preparing';
  #clip: string | null = null;
  #bytes = 0;
  #moved = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(bark: (error: LecternError) => void) {
    this.#bark = bark;
    this.#timer = setInterval(() => {
      this.#look();
    }, 1000);
  }

  hear({ frame, phase, clip, writtenBytes }: ExportEvent): void {
    this.#clip = clip;
    if (frame === this.#frame && phase === this.#phase && writtenBytes === this.#bytes) return;
    this.#frame = frame;
    this.#phase = phase;
    this.#bytes = writtenBytes;
    this.#moved = performance.now();
  }

  #look(): void {
    const patience = this.#phase === 'finishing' ? finishingMilliseconds : silenceMilliseconds;
    if (performance.now() - this.#moved < patience) return;
    this.stop();
    this.#bark(
      new LecternError('render-failed', {
        message: `nothing has moved for ${String(patience / 1000)} s`,
        details: { frame: Math.max(0, this.#frame), ...(this.#clip === null ? {} : { clip: this.#clip }) },
      }),
    );
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** A laptop that falls asleep doesn't finish. Null where the browser can't be asked. */
async function keepAwake(): Promise<WakeLockSentinel | null> {
  try {
    return await navigator.wakeLock.request('screen');
  } catch {
    return null;
  }
}
