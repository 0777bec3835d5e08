/**
 * Timeline A in plain numbers, for every engine that makes it: a minute of 720p30 out of three trimmed clips, a title
 * over the second, and a second sound track; 4 Mbit/s H.264 and 128 kbit/s AAC.
 */
export const width = 1280;
export const height = 720;
export const frameRate = 30;
/** Each clip takes so long. */
export const clipSeconds = 20;

/** The clips and the frame each is trimmed to: none of the key frames. @type {readonly (readonly [string, number])[]} */
export const cuts = [
  ['a.mp4', 45],
  ['b.mp4', 77],
  ['c.mp4', 20],
];
export const music = 'music.m4a';
/** Decibels. It fades in and out over a second. */
export const musicVolume = -9;
export const title = 'What is a limit?';
export const videoBitrate = 4_000_000;
export const audioBitrate = 128_000;

/** The title as a transparent picture, for engines that are given one. @returns {Promise<Blob>} */
export async function titlePicture() {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = 'rgb(0 0 0 / 50%)';
  context.fillRect(width / 2 - 300, height / 2 - 50, 600, 100);
  context.fillStyle = '#fff';
  context.font = '600 64px sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(title, width / 2, height / 2);
  return canvas.convertToBlob({ type: 'image/png' });
}

/**
 * What ffmpeg is told to make it.
 *
 * @param {object} options
 * @param {number} options.part seconds of each clip
 * @param {string} options.folder before each name, with its slash
 * @param {string} options.output
 * @param {readonly string[]} [options.threads]
 */
export function ffmpegArguments({ part, folder, output, threads = [] }) {
  const seconds = part * cuts.length;
  // A little before the frame: times in a file are rounded.
  const inputs = cuts.flatMap(([name, trim]) => [
    '-ss',
    String(trim / frameRate - 0.005),
    '-t',
    String(part),
    '-i',
    folder + name,
  ]);
  const graph = [
    '[1:v][4:v]overlay=0:0[titled]',
    '[0:v][0:a][titled][1:a][2:v][2:a]concat=n=3:v=1:a=1[v][speech]',
    `[3:a]atrim=0:${seconds},volume=${musicVolume}dB,afade=t=in:d=1,afade=t=out:st=${seconds - 1}:d=1[music]`,
    '[speech][music]amix=inputs=2:normalize=0[s]',
  ].join(';');
  return [
    ...inputs,
    ...['-i', `${folder}${music}`, '-i', `${folder}title.png`],
    ...['-filter_complex', graph, '-map', '[v]', '-map', '[s]'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '4M', '-g', '60', '-pix_fmt', 'yuv420p'],
    ...['-c:a', 'aac', '-b:a', '128k', ...threads, output],
  ];
}
