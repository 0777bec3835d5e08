import {
  type ExportFormat,
  type ExportOptions,
  type ExportRequest,
  type ExportResult,
  LecternError,
  isLecternError,
  toLecternError,
} from '@lectern/ports';
import { frameToSeconds } from '@lectern/timeline';
import { throwIfAborted } from '../cancelling.js';
import { estimateExport, exportRange, exportSize } from '../presets.js';
import type { ExportOutcome, ExportTask, HardwareAcceleration } from '../worker/protocol.js';
import type { HelperServices, WorkerClient } from '../worker/worker-client.js';
import { ExportSlot, type WriteText } from './export-slot.js';
import { type TryRoom, freeSpace } from './free-space.js';
import { rememberSpeed } from './known-speed.js';
import { keepAwake } from './wake-lock.js';
import { Watchdog } from './watchdog.js';

/** When the worker of the sound has failed, that of the pictures says so itself, or is dead after this. */
const answerMilliseconds = 3000;
/** An export is begun again this often: with what is kept of it, that costs little. */
const attempts = 4;

/** What an export needs of the engine. */
export interface ExportHost {
  readonly startWorker: (serve?: HelperServices) => WorkerClient;
  readonly write: WriteText;
  readonly tryRoom: TryRoom;
  /** Whether packets of sources may be passed on as they are. */
  readonly copiesPackets: boolean;
}

/** Runs an export in workers of its own, one for pictures and one or more for sound, and ends them with it. */
export async function runExport(
  request: ExportRequest,
  host: ExportHost,
  { signal, id, context = null, onProgress }: ExportOptions,
): Promise<ExportResult> {
  const { startFrame, endFrame } = exportRange(request);
  if (endFrame <= startFrame) {
    throw new LecternError('invalid-input', { details: { path: 'range', expected: 'at least one frame' } });
  }
  const totalFrames = endFrame - startFrame;
  const say = (phase: 'waiting' | 'preparing'): void =>
    onProgress?.({ phase, frame: 0, totalFrames, secondsLeft: null, writtenBytes: 0 });
  const onWaiting = (): void => {
    say('waiting');
  };
  const slot = await ExportSlot.claim(id ?? null, host.write, signal, onWaiting);
  try {
    await slot.writeDown(request, context);
    await slot.waitForTurn(signal, onWaiting);
    say('preparing');
    return await exportInTurn(request, slot, host, signal, onProgress);
  } catch (error) {
    await slot.suspend();
    throw toLecternError(error, 'render-failed');
  } finally {
    slot.endTurn();
  }
}

async function exportInTurn(
  request: ExportRequest,
  slot: ExportSlot,
  host: ExportHost,
  signal: AbortSignal | undefined,
  onProgress: ExportOptions['onProgress'],
): Promise<ExportResult> {
  throwIfAborted(signal);
  const { startFrame, endFrame } = exportRange(request);
  const totalFrames = endFrame - startFrame;
  const format = formatFor(request);
  const { frameRate } = request.document.settings;
  const size = format.videoCodec ? exportSize(request.document.settings, request.preset) : { width: 0, height: 0 };
  const result = async (file: Blob | string, frames: ExportResult['frames']): Promise<ExportResult> => {
    const handle = typeof file === 'string' ? await slot.handle(file) : null;
    const onDisk = await handle?.getFile();
    return {
      // A file takes its type from its name, which knows nothing of `audio/mp4`.
      file: onDisk?.slice(0, onDisk.size, format.mimeType) ?? (file as Blob),
      ...(handle ? { handle } : {}),
      ...size,
      durationSeconds: frameToSeconds(totalFrames, frameRate),
      format,
      frames,
      release: () => slot.release(),
    };
  };
  const finished = await slot.finished();
  if (finished) {
    try {
      return await result(finished.fileName, { copied: 0, reused: totalFrames, encoded: 0 });
    } catch {
      // The note is there and the file isn't: it is made again.
    }
  }
  const awake = keepAwake();
  try {
    await requireSpace(request, slot, host.tryRoom);
    const task: ExportTask = {
      records: [...request.document.records()],
      startFrame,
      endFrame,
      preset: request.preset,
      format,
      reuseAssetId: request.reuseAssetId ?? null,
      loudness: request.loudness ?? null,
      notCopied: host.copiesPackets ? [] : [...request.document.assets.keys()],
    };
    const { outcome, fileName } = await attempt(task, slot, host, signal, onProgress);
    if (size.height > 0) rememberSpeed(size, outcome.frames.encoded, outcome.encodingSeconds, format.encoder);
    if (outcome.blob || fileName === null) return await result(outcome.blob ?? new Blob(), outcome.frames);
    await slot.finish(fileName, outcome.frames);
    return await result(fileName, outcome.frames);
  } finally {
    awake.release();
  }
}

/** @throws LecternError `quota-exceeded` with `neededBytes` and `freeBytes` */
async function requireSpace(request: ExportRequest, slot: ExportSlot, tryRoom: TryRoom): Promise<void> {
  const { sizeBytes } = estimateExport(request);
  const kept = await slot.kept();
  const neededBytes = slot.isNamed ? Math.max(sizeBytes, 2 * sizeBytes - kept.bytes) : sizeBytes;
  const freeBytes = await freeSpace(neededBytes, tryRoom);
  if (freeBytes !== null && neededBytes > freeBytes) {
    throw new LecternError('quota-exceeded', { details: { neededBytes, freeBytes } });
  }
}

/** Without a picture there is no codec for one, whatever the format says. */
export function formatFor({ format, preset }: Pick<ExportRequest, 'format' | 'preset'>): ExportFormat {
  if (preset.height > 0 || format.videoCodec === null) return format;
  return {
    ...format,
    videoCodec: null,
    mimeType: `audio/${format.container}`,
    extension: format.container === 'mp4' ? 'm4a' : 'weba',
  };
}

/** How an attempt is made; what went wrong with one changes it for the next. */
interface Manner {
  readonly acceleration: HardwareAcceleration;
  readonly withReuse: boolean;
  readonly notCopied: readonly string[];
}

async function attempt(
  task: ExportTask,
  slot: ExportSlot,
  host: ExportHost,
  signal: AbortSignal | undefined,
  onProgress: ExportOptions['onProgress'],
): Promise<{ readonly outcome: ExportOutcome; readonly fileName: string | null }> {
  let manner: Manner = { acceleration: 'no-preference', withReuse: true, notCopied: task.notCopied };
  for (let left = attempts; ;) {
    throwIfAborted(signal);
    const place = await slot.place(task.format.extension);
    try {
      const given = manner.withReuse ? task : { ...task, reuseAssetId: null };
      const outcome = await runWorkers({ ...given, ...manner, place }, host.startWorker, signal, onProgress);
      return { outcome, fileName: outcome.blob ? null : (place?.fileName ?? null) };
    } catch (error) {
      const next = left > 1 ? mannerAfter(error, manner, task) : null;
      if (!next) throw error;
      // Each damaged source is found once; everything else counts.
      if (next.notCopied.length === manner.notCopied.length) left -= 1;
      manner = next;
    }
  }
}

/** How to try it again after an error; null when that is of no use. */
function mannerAfter(error: unknown, manner: Manner, task: ExportTask): Manner | null {
  if (!isLecternError(error) || error.code !== 'render-failed') return null;
  const damaged = error.details['notCopied'];
  if (typeof damaged === 'string' && !manner.notCopied.includes(damaged)) {
    return { ...manner, notCopied: [...manner.notCopied, damaged] };
  }
  if (error.details['withoutReuse'] === true) return { ...manner, withReuse: false };
  if (error.details['again'] === true) return manner;
  // An encoder in hardware may be taken away, or fail at a size that it claimed to know; the one in software stays.
  const isClip = error.details['clip'] !== undefined;
  if (isClip || task.format.videoCodec === null || manner.acceleration === 'prefer-software') return null;
  return { ...manner, acceleration: 'prefer-software' };
}

async function runWorkers(
  task: ExportTask & Manner & { readonly place: Awaited<ReturnType<ExportSlot['place']>> },
  startWorker: ExportHost['startWorker'],
  signal: AbortSignal | undefined,
  onProgress: ExportOptions['onProgress'],
): Promise<ExportOutcome> {
  const { withReuse: _, ...rest } = task;
  const stopping = new AbortController();
  const sounds: WorkerClient[] = [];
  const startSound = (port: MessagePort, loudness: number | null): void => {
    const sound = startWorker();
    sounds.push(sound);
    // The pictures hear of it when the sound fails, and say so first, unless its worker has died.
    sound.run('exportSound', { ...rest, loudness, pictures: port }, { transfer: [port] }).catch((error: unknown) => {
      setTimeout(() => {
        stopping.abort(error);
      }, answerMilliseconds);
    });
  };
  const pictures = startWorker({
    // The first one has listened to all of it: what it found is told to the others.
    sound: (port) => {
      startSound(port, null);
    },
  });
  const watch = new Watchdog((error) => {
    stopping.abort(error);
  });
  const stop = (): void => {
    stopping.abort(new LecternError('aborted', { cause: signal?.reason }));
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    throwIfAborted(signal);
    const channel = task.format.audioCodec === null ? null : new MessageChannel();
    const made = pictures.run(
      'exportPictures',
      { ...rest, sound: channel?.port1 ?? null },
      {
        transfer: channel ? [channel.port1] : [],
        onItem: (event) => {
          watch.hear(event);
          const { phase, frame, totalFrames, secondsLeft, writtenBytes } = event;
          onProgress?.({ phase, frame, totalFrames, secondsLeft, writtenBytes });
        },
      },
    );
    made.catch(() => undefined);
    if (channel) startSound(channel.port2, rest.loudness);
    const stopped = new Promise<never>((_, reject) => {
      stopping.signal.addEventListener('abort', () => {
        reject(toLecternError(stopping.signal.reason, 'aborted'));
      });
    });
    stopped.catch(() => undefined);
    return await Promise.race([made, stopped]);
  } finally {
    watch.stop();
    signal?.removeEventListener('abort', stop);
    for (const worker of [pictures, ...sounds]) worker.terminate();
  }
}
