import { type FfmpegHost, FfmpegProcess } from './ffmpeg-process.js';
import { serveFrames } from './serve-frames.js';

/**
 * Runs an export with an ffmpeg of its own, which is loaded before it begins and ended with it.
 *
 * @param run is given what connects a worker's port with it
 * @throws LecternError `converter-unavailable`, `aborted`, and what `run` throws
 */
export async function exportWithFfmpeg<T>(
  host: FfmpegHost,
  signal: AbortSignal,
  run: (serve: (port: MessagePort) => void) => Promise<T>,
): Promise<T> {
  const ffmpeg = await FfmpegProcess.start(host, signal);
  try {
    return await run((port) => {
      serveFrames(port, ffmpeg);
    });
  } finally {
    ffmpeg.end();
  }
}
