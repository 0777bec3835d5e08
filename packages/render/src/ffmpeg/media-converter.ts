import { LecternError, type CallOptions, type MediaConverter, type ProbeResult } from '@lectern/ports';
import { startFfmpegWorker } from '../start-worker.js';
import type { ConverterHost } from './converter.js';
import type { FfmpegCore, FfmpegHost } from './ffmpeg-process.js';

/** ffmpeg, as the host provides it. Its core is under the GPL and no part of Lectern. */
export interface FfmpegOptions extends FfmpegCore {
  /** Where `ffmpeg.worker.js` lies, if it isn't beside `render.worker.js`. */
  readonly workerUrl?: URL | string;
  /** The largest file that is converted, in bytes; 4 GiB when left out. */
  readonly maxBytes?: number;
  /** The largest result that is of use, in bytes: the host's own upload limit. None when left out. */
  readonly maxResultBytes?: number;
}

/** Files up to here were tried; time is what limits them. */
const triedBytes = 4 * 1024 ** 3;

/** @param renderWorkerUrl where `render.worker.js` lies, if the host says so */
export function ffmpegHost(
  { coreUrl, wasmUrl, workerUrl }: FfmpegOptions,
  renderWorkerUrl: string | undefined,
): FfmpegHost {
  return {
    coreUrl,
    ...(wasmUrl === undefined ? {} : { wasmUrl }),
    startWorker: () => startFfmpegWorker(renderWorkerUrl, workerUrl),
  };
}

export interface MediaConverterOptions {
  readonly ffmpeg: FfmpegOptions;
  readonly host: FfmpegHost;
  readonly probe: (file: Blob, options?: CallOptions) => Promise<ProbeResult>;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** A converter of which nothing is loaded before it is used. */
export function createMediaConverter({ ffmpeg, host, probe, signal: end }: MediaConverterOptions): MediaConverter {
  const { maxBytes = triedBytes, maxResultBytes = null } = ffmpeg;
  const converterHost: ConverterHost = { ...host, maxBytes, maxResultBytes, probe };
  return {
    maxBytes,
    prepare: async (file, { signal } = {}) => {
      if (end.aborted) throw new LecternError('aborted', { message: 'the render engine is disposed' });
      const { prepareConversion } = await import('./converter.js');
      const prepared = await prepareConversion(file, converterHost, signal ? AbortSignal.any([signal, end]) : end);
      end.addEventListener(
        'abort',
        () => {
          prepared.dispose();
        },
        { once: true },
      );
      return prepared;
    },
  };
}
