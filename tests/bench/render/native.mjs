/** ffmpeg as it is installed on this machine, and what it says of the likeness of pictures. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { ffmpeg } from './media.mjs';
import { clipSeconds, cuts, ffmpegArguments, frameRate } from './timeline-a.mjs';

/**
 * Timeline A by libx264 veryfast, with as many threads as it likes.
 *
 * @param {string} media
 * @param {string} output
 */
export function nativeExport(media, output) {
  const start = performance.now();
  ffmpeg(ffmpegArguments({ part: clipSeconds, folder: media + path.sep, output }));
  return { seconds: (performance.now() - start) / 1000 };
}

/** Sixty pictures from ten minutes, key frames only. @param {string} media @param {string} folder */
export function nativeFilmstrip(media, folder) {
  const pictures = path.join(folder, 'p%03d.jpg');
  const start = performance.now();
  const source = path.join(media, 'long.mp4');
  ffmpeg(['-skip_frame', 'nokey', '-i', source, '-vf', 'fps=0.1,scale=-2:90', '-q:v', '5', pictures]);
  const seconds = (performance.now() - start) / 1000;
  for (let n = 1; n <= 61; n += 1) rmSync(pictures.replace('%03d', String(n).padStart(3, '0')), { force: true });
  return { seconds };
}

/**
 * SSIM of a file of timeline A against its sources, over the forty seconds without a title (each engine sets that a
 * little differently).
 *
 * @param {string} media
 * @param {string} file
 */
export function ssim(media, file) {
  const sources = cuts.flatMap(([name, trim]) => [
    ...['-ss', String(trim / frameRate - 0.005), '-t', String(clipSeconds), '-i', path.join(media, name)],
  ]);
  const length = clipSeconds * frameRate;
  const steady = `settb=1/${frameRate},setpts=N`;
  const graph = [
    `[0:v]${steady},select='lt(n,${length})+gte(n,${2 * length})',${steady},format=yuv420p[made]`,
    `[1:v]trim=end_frame=${length},${steady}[first]`,
    `[3:v]trim=end_frame=${length},${steady}[third]`,
    `[first][third]concat=n=2:v=1,${steady},format=yuv420p[meant]`,
    '[made][meant]ssim',
  ].join(';');
  const said = ffmpeg(['-r', String(frameRate), '-i', file, ...sources, '-filter_complex', graph, '-f', 'null', '-']);
  const found = /SSIM .*All:([\d.]+)/.exec(said);
  if (!found) throw new Error(`ffmpeg said nothing of the likeness:\n${said.slice(-500)}`);
  return Number(found[1]);
}
