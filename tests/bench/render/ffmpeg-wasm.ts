/** ffmpeg.wasm at the same work. Loading it, and giving it the files, isn't measured. */
import { FFmpeg } from '@ffmpeg/ffmpeg';
import { clipSeconds, cuts, ffmpegArguments, music, titlePicture } from './timeline-a.mjs';

export type Threads = 'single' | 'multi';

async function start(threads: Threads): Promise<{ ffmpeg: FFmpeg; log: string[] }> {
  const ffmpeg = new FFmpeg();
  const log: string[] = [];
  ffmpeg.on('log', ({ message }) => log.push(message));
  const core = threads === 'multi' ? '/ffmpeg-core-mt' : '/ffmpeg-core';
  await ffmpeg.load({
    coreURL: `${core}/ffmpeg-core.js`,
    wasmURL: `${core}/ffmpeg-core.wasm`,
    ...(threads === 'multi' ? { workerURL: `${core}/ffmpeg-core.worker.js` } : {}),
    classWorkerURL: '/ffmpeg/worker.js',
  });
  return { ffmpeg, log };
}

async function give(ffmpeg: FFmpeg, name: string): Promise<void> {
  await ffmpeg.writeFile(name, new Uint8Array(await (await fetch(`/media/${name}`)).arrayBuffer()));
}

async function timed(ffmpeg: FFmpeg, log: readonly string[], args: string[]): Promise<number> {
  const before = performance.now();
  const code = await ffmpeg.exec(args);
  const took = (performance.now() - before) / 1000;
  if (code !== 0) throw new Error(`ffmpeg.wasm: ${log.slice(-8).join('\n')}`);
  return took;
}

/** Timeline A with `part` seconds of each clip, by x264 veryfast and its AAC encoder. */
export async function ffmpegWasm({
  part = clipSeconds,
  threads = 'single',
}: {
  part?: number;
  threads?: Threads;
}): Promise<{ seconds: number; of: number }> {
  const { ffmpeg, log } = await start(threads);
  try {
    for (const name of [...cuts.map(([cut]) => cut), music]) await give(ffmpeg, name);
    await ffmpeg.writeFile('title.png', new Uint8Array(await (await titlePicture()).arrayBuffer()));
    const args = ffmpegArguments({
      part,
      folder: '',
      output: 'out.mp4',
      // Left to itself the build with threads asks for more than it has and stands still.
      threads: ['-threads', threads === 'multi' ? '4' : '1'],
    });
    return { seconds: await timed(ffmpeg, log, args), of: part * cuts.length };
  } finally {
    ffmpeg.terminate();
  }
}

/** Sixty pictures from ten minutes, key frames only. */
export async function ffmpegWasmFilmstrip(): Promise<{ seconds: number }> {
  const { ffmpeg, log } = await start('single');
  try {
    await give(ffmpeg, 'long.mp4');
    const args = ['-skip_frame', 'nokey', '-i', 'long.mp4', '-vf', 'fps=0.1,scale=-2:90', '-q:v', '5', 'p%03d.jpg'];
    return { seconds: await timed(ffmpeg, log, args) };
  } finally {
    ffmpeg.terminate();
  }
}
