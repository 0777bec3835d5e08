/** Makes what the render suite measures with, by ffmpeg, in a folder of the operating system's. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Whether ffmpeg is on this machine. */
export function hasFfmpeg() {
  return spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
}

/** @param {readonly string[]} args @returns {string} what it said */
export function ffmpeg(args) {
  const { status, stderr } = spawnSync('ffmpeg', ['-hide_banner', '-nostats', '-y', ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ffmpeg failed:\n${stderr.slice(-2000)}`);
  return stderr;
}

const bt709 = ['-pix_fmt', 'yuv420p', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'];

/**
 * @param {string} file
 * @param {{source: string, seconds: number, bitrate: string, tone: number}} what
 */
function makeVideo(file, { source, seconds, bitrate, tone }) {
  if (existsSync(file)) return;
  ffmpeg([
    ...['-f', 'lavfi', '-i', `${source}:d=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=${tone}:sample_rate=48000:duration=${seconds}`],
    // Grain, so that the encoders have as much to do as with a camera's pictures.
    ...['-vf', 'noise=alls=7:allf=t'],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-b:v',
      bitrate,
      '-g',
      '60',
      '-keyint_min',
      '60',
      '-sc_threshold',
      '0',
    ],
    ...['-bf', '2', ...bt709, '-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-movflags', '+faststart', file],
  ]);
}

/**
 * Three 24 s clips of 720p30 and a minute of sound (timeline A), 30 s of 1080p with a key frame every 60 pictures, a
 * minute and ten minutes of 720p, and an hour when that is asked for.
 *
 * @param {string} folder
 * @param {boolean} long
 * @param {(line: string) => void} log
 */
export function makeMedia(folder, long, log) {
  log('  making media …');
  const at = (/** @type {string} */ name) => path.join(folder, name);
  makeVideo(at('a.mp4'), { source: 'testsrc2=s=1280x720:r=30', seconds: 24, bitrate: '4M', tone: 330 });
  makeVideo(at('b.mp4'), { source: 'testsrc=s=1280x720:r=30', seconds: 24, bitrate: '4M', tone: 440 });
  makeVideo(at('c.mp4'), { source: 'smptehdbars=s=1280x720:r=30', seconds: 24, bitrate: '4M', tone: 550 });
  makeVideo(at('hd.mp4'), { source: 'testsrc2=s=1920x1080:r=30', seconds: 30, bitrate: '8M', tone: 660 });
  if (!existsSync(at('music.m4a'))) {
    ffmpeg([
      '-f',
      'lavfi',
      '-i',
      'aevalsrc=0.2*sin(2*PI*220*t)*sin(2*PI*0.5*t)|0.2*sin(2*PI*277*t):s=48000:d=60',
      '-c:a',
      'aac',
      '-b:a',
      '128k',
      at('music.m4a'),
    ]);
  }
  makeVideo(at('minute.mp4'), { source: 'testsrc2=s=1280x720:r=30', seconds: 60, bitrate: '2M', tone: 500 });
  repeat(at('minute.mp4'), 10, at('long.mp4'));
  if (long) repeat(at('minute.mp4'), 60, at('hour.mp4'));
}

/** @param {string} file @param {number} times @param {string} output */
function repeat(file, times, output) {
  if (existsSync(output)) return;
  ffmpeg(['-stream_loop', String(times - 1), '-i', file, '-c', 'copy', '-movflags', '+faststart', output]);
}
