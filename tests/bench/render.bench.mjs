/**
 * The render engine against other ways of doing the same work in the same browser: ffmpeg.wasm, WebCodecs with nothing
 * between, the `<video>` element, `decodeAudioData`. Timeline A is a minute of 720p: three trimmed H.264 clips, a title
 * over one, a second sound track; 4 Mbit/s H.264 and AAC. ffmpeg.wasm does a fifth of it, four seconds of each clip, and
 * is counted five times.
 */
import { cpSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { serve } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import { launchWithProfile } from '../browser.mjs';
import { hasFfmpeg, makeMedia } from './render.media.mjs';

const rounds = 3;
const partSeconds = 4;

/** @param {string} folder */
async function buildPage(folder) {
  await build({
    entryPoints: [path.join(root, 'tests/bench/render.page.ts')],
    outfile: path.join(folder, 'page.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  });
  const { writeFile } = await import('node:fs/promises');
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><script type="module" src="/page.js"></script>');
}

/** @type {import('./run.mjs').Suite['run']} */
export async function run({ log }) {
  if (!hasFfmpeg()) throw new Error('The render suite makes its media with ffmpeg, which is not on this machine.');
  const folder = await mkdtemp(path.join(tmpdir(), 'lectern-bench-'));
  const media = process.env['LECTERN_BENCH_MEDIA'] ?? path.join(folder, 'media');
  mkdirSync(media, { recursive: true });
  makeMedia(media, log);
  const pages = path.join(folder, 'pages');
  mkdirSync(pages);
  await buildPage(pages);
  // ffmpeg.wasm's own worker imports its neighbours.
  cpSync(path.join(root, 'node_modules/@ffmpeg/ffmpeg/dist/esm'), path.join(folder, 'ffmpeg'), { recursive: true });
  const server = await serve({
    mounts: {
      '/': pages,
      '/media/': media,
      '/render/': 'packages/render/dist',
      '/ffmpeg/': path.join(folder, 'ffmpeg'),
      '/ffmpeg-core/': 'node_modules/@ffmpeg/core/dist/esm',
    },
  });
  const context = await launchWithProfile(path.join(folder, 'profile'));
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => {
      log(`  ${error.message}`);
    });
    await page.goto(`${server.origin}/`);
    await page.waitForFunction(() => 'bench' in globalThis);
    return await measure(page, log);
  } finally {
    await context.close();
    await server.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * @param {import('playwright-core').Page} page
 * @param {(line: string) => void} log
 */
async function measure(page, log) {
  /** @type {<N extends keyof import('./render.page.ts').RenderBench>(name: N, argument?: number) => Promise<Awaited<ReturnType<import('./render.page.ts').RenderBench[N]>>>} */
  const call = (name, argument) =>
    page.evaluate(
      ([which, given]) => /** @type {any} */ (globalThis).bench[which](given),
      /** @type {const} */ ([name, argument]),
    );
  const wanted = process.env['LECTERN_BENCH_ONLY']?.split(',') ?? ['export', 'ffmpeg', 'seek', 'filmstrip', 'peaks'];
  /** @type {{name: string, value: number, unit: string}[]} */
  const results = [];
  let fullSeconds = Number.NaN;
  if (wanted.includes('export') || wanted.includes('ffmpeg')) {
    log('  timeline A …');
    const full = [];
    const ceiling = [];
    for (let round = 0; round < rounds; round += 1) {
      ceiling.push((await call('ceiling')).seconds);
      full.push((await call('full')).seconds);
      log(`    ceiling ${ceiling.at(-1)?.toFixed(2)} s, full ${full.at(-1)?.toFixed(2)} s`);
    }
    fullSeconds = Math.min(...full);
    results.push({ name: 'full-vs-ceiling', value: Math.min(...ceiling) / fullSeconds, unit: '×' });
    results.push({ name: 'full-vs-realtime', value: 60 / fullSeconds, unit: '×' });
  }
  if (wanted.includes('ffmpeg')) {
    log(`  ffmpeg.wasm, ${3 * partSeconds} s of the minute …`);
    const wasm = await call('ffmpegWasm', partSeconds);
    const minute = (wasm.seconds / wasm.of) * 60;
    log(`    ${wasm.seconds.toFixed(1)} s, ${minute.toFixed(0)} s for the minute`);
    results.push({ name: 'full-vs-ffmpeg-wasm', value: minute / fullSeconds, unit: '×' });
  }
  if (wanted.includes('seek')) {
    log('  seeking …');
    const seeks = await call('seeks', 25);
    results.push({ name: 'seek-vs-video-element', value: seeks.videoMs / seeks.exactMs, unit: '×' });
    results.push({ name: 'seek-exact-median (less is better)', value: seeks.exactMs, unit: 'ms' });
    results.push({ name: 'seek-key-frame-median (less is better)', value: seeks.roughMs, unit: 'ms' });
  }
  if (wanted.includes('filmstrip')) {
    log('  filmstrip …');
    const ours = await call('filmstrip');
    const theirs = await call('filmstripByFfmpeg');
    results.push({ name: 'filmstrip-vs-ffmpeg-wasm', value: theirs.seconds / ours.seconds, unit: '×' });
    results.push({ name: 'filmstrip of 60 from 10 minutes (less is better)', value: ours.seconds * 1000, unit: 'ms' });
  }
  if (wanted.includes('peaks')) {
    log('  peaks …');
    const peaks = await call('peaks');
    results.push({
      name: 'peaks-vs-decode-audio-data',
      value: peaks.decodeAudioDataSeconds / peaks.seconds,
      unit: '×',
    });
    results.push({ name: 'peaks of 10 minutes (less is better)', value: peaks.seconds * 1000, unit: 'ms' });
  }
  return results;
}
