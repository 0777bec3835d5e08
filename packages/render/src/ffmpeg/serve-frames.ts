import { LecternError, serialiseError } from '@lectern/ports';
import type { FfmpegProcess } from './ffmpeg-process.js';
import type { FramesAnswer, FramesOrder } from './frames-protocol.js';

const framesFolder = '/frames';
const resultFolder = '/encoded';

/** Lets ffmpeg encode what comes through a port, one piece after the other. */
export function serveFrames(port: MessagePort, ffmpeg: FfmpegProcess): void {
  let before: Promise<unknown> = Promise.resolve();
  port.addEventListener('message', ({ data: order }: MessageEvent<FramesOrder>) => {
    before = before
      .then(() => encodeFrames(order, ffmpeg))
      .then(
        (file): FramesAnswer => ({ id: order.id, file, error: null }),
        (error: unknown): FramesAnswer => ({ id: order.id, file: null, error: serialiseError(error) }),
      )
      .then((answer) => {
        port.postMessage(answer);
      });
  });
  port.start();
}

async function encodeFrames(order: FramesOrder, ffmpeg: FfmpegProcess): Promise<Blob> {
  const { frames } = order;
  await ffmpeg.call(
    'LECTERN_FRAMES',
    { folder: framesFolder, name: 'file', frames },
    frames.map(({ buffer }) => buffer),
  );
  await ffmpeg.call('LECTERN_OUTPUT', { folder: resultFolder, name: 'file', fileName: null });
  const code = await ffmpeg.run(encodingArgs(order));
  const written = await ffmpeg.call('LECTERN_CLOSE', { folder: resultFolder });
  await ffmpeg.call('LECTERN_CLOSE', { folder: framesFolder });
  if (code !== 0 || !written?.blob) {
    throw new LecternError('render-failed', { message: ffmpeg.lastWords, details: { exitCode: code } });
  }
  return written.blob;
}

/**
 * `superfast` is the quickest that makes use of CABAC. Without B-frames packets come in the order of the frames, and a
 * section can be told apart from the next.
 */
function encodingArgs({ width, height, frameRate, bitrate }: FramesOrder): readonly string[] {
  const input = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${String(width)}x${String(height)}`];
  const rate = `${String(frameRate.num)}/${String(frameRate.den)}`;
  const most = ['-crf', '21', '-maxrate', String(bitrate), '-bufsize', String(2 * bitrate)];
  const colours = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'];
  return [
    ...[...input, '-r', rate, '-i', `${framesFolder}/file`],
    ...['-c:v', 'libx264', '-preset', 'superfast', '-profile:v', 'high', ...most],
    ...['-bf', '0', '-g', '100000', '-sc_threshold', '0', ...colours, '-f', 'mp4', `${resultFolder}/file`],
  ];
}
