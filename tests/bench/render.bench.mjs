/**
 * The render engine beside other ways of doing the same work, on one machine and in one browser: ffmpeg.wasm, ffmpeg
 * itself, other engines, WebCodecs with nothing between, the `<video>` element, `decodeAudioData`. Timeline A is a minute
 * of 720p: three trimmed H.264 clips, a title over one, a second sound track; 4 Mbit/s H.264 and AAC.
 *
 * Those who are compared take turns, and of each its best turn counts. ffmpeg.wasm does a fifth of the minute, four
 * seconds of each clip, and is counted five times.
 *
 *   LECTERN_BENCH_ONLY=export,peers    only these: see `groups`
 *   LECTERN_BENCH_ROUNDS=3             turns
 *   LECTERN_BENCH_MEDIA=folder         where the media are made and kept; a temporary folder when left out
 *   npm run bench -- render --long     an hour where it is ten minutes else
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { serve } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import { launchWithProfile } from '../browser.mjs';
import { hasFfmpeg, makeMedia } from './render/media.mjs';
import { nativeExport, nativeFilmstrip, ssim } from './render/native.mjs';
import { buildPeer, installPeers, peerFiles, peers, versionOf } from './render/peers.mjs';
import { peakMemory, tellsMemory } from './render/processes.mjs';
import { judged } from './render/targets.mjs';

/** @typedef {import('./render/page.ts').RenderBench} RenderBench */
/** @typedef {import('./run.mjs').Result} Result */

/** What can be chosen, in the order in which it runs. */
const groups = /** @type {const} */ ({
  export: measureExports,
  ffmpeg: measureFfmpegWasm,
  seek: measureSeeks,
  playback: measurePlayback,
  filmstrip: measureFilmstrip,
  peaks: measurePeaks,
  memory: measureMemory,
  frames: measureFrames,
});
/** Parts of `export` that may be left out, or be chosen alone; what they are compared with comes with them. */
const exportParts = ['native', 'copy', 'composed', 'peers'];
const rounds = Number(process.env['LECTERN_BENCH_ROUNDS'] ?? 3);
/** Seconds of each clip that ffmpeg.wasm does. */
const wasmPart = 4;

/**
 * What the measures work with.
 *
 * @typedef {object} Bench
 * @property {<N extends keyof RenderBench>(name: N, argument?: Parameters<RenderBench[N]>[0]) => Promise<Awaited<ReturnType<RenderBench[N]>>>} call
 *   runs a function of the page
 * @property {() => Promise<void>} reopen a new page: nothing is left of what the last one held
 * @property {(name: string) => Promise<string>} take what the page has kept, as a file
 * @property {<T>(url: string, work: (page: import('playwright-core').Page) => Promise<T>) => Promise<T>} visit a page of the
 *   other origin, which is isolated and has no policy: what peers and threads need
 * @property {(part: string) => boolean} wants
 * @property {string} media folder
 * @property {string} folder for what is made
 * @property {string} profile folder of the browser's
 * @property {boolean} long
 * @property {string | null} noPeers why peers could not be installed
 * @property {number} fullSeconds the best full export so far
 * @property {(line: string) => void} log
 */

/** @param {string} folder @param {string} name */
async function buildPage(folder, name) {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [path.join(root, 'tests/bench/render', `${name}.ts`)],
    outfile: path.join(folder, `${name}.js`),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  });
  writeFileSync(path.join(folder, 'index.html'), `<!doctype html><script type="module" src="/${name}.js"></script>`);
}

/** @type {import('./run.mjs').Suite['run']} */
export async function run({ log, long = false }) {
  if (!hasFfmpeg()) throw new Error('The render suite makes its media with ffmpeg, which is not on this machine.');
  const chosen = process.env['LECTERN_BENCH_ONLY']?.split(',');
  const unknown = chosen?.filter((name) => !(name in groups) && !exportParts.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new RangeError(
      `There is no ${unknown.join(', ')}; there are ${[...Object.keys(groups), ...exportParts].join(', ')}.`,
    );
  }
  const wants = (/** @type {string} */ part) => !chosen || chosen.includes(part);
  const folder = await mkdtemp(path.join(tmpdir(), 'lectern-bench-'));
  const media = process.env['LECTERN_BENCH_MEDIA'] ?? path.join(folder, 'media');
  mkdirSync(media, { recursive: true });
  makeMedia(media, long, log);
  const pages = path.join(folder, 'pages');
  await buildPage(pages, 'page');
  const noPeers = wants('peers') || wants('ffmpeg') ? installPeers(log) : null;
  // ffmpeg.wasm's own worker imports its neighbours.
  cpSync(path.join(root, 'node_modules/@ffmpeg/ffmpeg/dist/esm'), path.join(folder, 'ffmpeg'), { recursive: true });
  const mounts = {
    '/': pages,
    '/media/': media,
    '/render/': 'packages/render/dist',
    '/ffmpeg/': path.join(folder, 'ffmpeg'),
    '/ffmpeg-core/': 'node_modules/@ffmpeg/core/dist/esm',
    '/ffmpeg-core-mt/': path.join(peerFiles('@ffmpeg/core-mt'), 'dist/esm'),
    '/peers/': path.join(folder, 'peers'),
  };
  const server = await serve({ mounts });
  const isolated = await serve({
    mounts,
    headers: {
      'Content-Security-Policy': "default-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:",
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  });
  const profile = path.join(folder, 'profile');
  const context = await launchWithProfile(profile);
  try {
    let page = await context.newPage();
    const open = async () => {
      page.on('pageerror', (error) => log(`  ${error.message}`));
      await page.goto(`${server.origin}/`);
      await page.waitForFunction(() => 'bench' in globalThis);
    };
    await open();
    /** @type {Bench} */
    const bench = {
      call: (name, argument) =>
        page.evaluate(
          ([which, given]) => /** @type {any} */ (globalThis).bench[which](given),
          /** @type {any} */ ([name, argument]),
        ),
      reopen: async () => {
        await page.close();
        page = await context.newPage();
        await open();
      },
      take: async (name) => {
        const [download] = await Promise.all([page.waitForEvent('download'), bench.call('download')]);
        const file = path.join(folder, name);
        await download.saveAs(file);
        await download.delete();
        return file;
      },
      visit: async (url, work) => {
        const other = await context.newPage();
        other.on('pageerror', (error) => log(`  ${error.message}`));
        try {
          await other.goto(`${isolated.origin}${url}`);
          return await work(other);
        } finally {
          await other.close();
        }
      },
      wants,
      media,
      folder,
      profile,
      long,
      noPeers,
      fullSeconds: Number.NaN,
      log,
    };
    /** @type {Result[]} */
    const results = [];
    log(
      `  load ${loadavg()
        .map((each) => each.toFixed(1))
        .join(' ')}`,
    );
    for (const [name, measure] of Object.entries(groups)) {
      if (!wants(name) && !(name === 'export' && (exportParts.some(wants) || wants('ffmpeg')))) continue;
      try {
        results.push(...(await measure(bench)));
      } catch (error) {
        // The others are still worth having; what is missing is seen.
        results.push(missing(name, error));
      }
    }
    log(
      `  load ${loadavg()
        .map((each) => each.toFixed(1))
        .join(' ')}`,
    );
    return results;
  } finally {
    await context.close();
    await server.close();
    await isolated.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A measure that could not be taken, with the reason. @param {string} name @param {unknown} reason @returns {Result} */
function missing(name, reason) {
  const text = reason instanceof Error ? reason.message : String(reason);
  return { name, value: Number.NaN, unit: '', note: text.split('\n').slice(0, 3).join(' ').slice(0, 300) };
}

/**
 * Lets contenders take turns, and gives the best of each.
 *
 * @param {Bench} bench
 * @param {Readonly<Record<string, () => Promise<{seconds: number}>>>} contenders
 * @returns {Promise<{best: Record<string, number>, failed: Record<string, unknown>, made: Record<string, Record<string, unknown>>}>} what it said beside its seconds is in `made`
 */
async function takeTurns({ log }, contenders) {
  /** @type {Record<string, number>} */
  const best = {};
  /** @type {Record<string, unknown>} */
  const failed = {};
  /** @type {Record<string, Record<string, unknown>>} */
  const made = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, contender] of Object.entries(contenders)) {
      if (name in failed) continue;
      try {
        const { seconds, ...rest } = await contender();
        best[name] = Math.min(best[name] ?? Infinity, seconds);
        made[name] = rest;
        log(`    ${name} ${seconds.toFixed(2)} s ${round === 0 ? JSON.stringify(rest) : ''}`);
      } catch (error) {
        failed[name] = error;
        log(`    ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return { best, failed, made };
}

/** @param {Bench} bench */
async function measureExports(bench) {
  const { call, wants, media, folder, log } = bench;
  log('  timeline A …');
  await call('prepare', ['a.mp4', 'b.mp4', 'c.mp4', 'music.m4a']);
  await call('keepTitle');
  cpSync(await bench.take('title.png'), path.join(media, 'title.png'));
  const output = path.join(folder, 'native.mp4');
  const full = async () => {
    const made = await call('exportA', { encodeAll: true });
    if (made.copied > 0) throw new Error(`${made.copied} frames of it were copied`);
    return made;
  };
  /** @type {Record<string, () => Promise<{seconds: number}>>} */
  const contenders = { ceiling: () => call('ceiling', {}), full };
  if (wants('native')) contenders['native-ffmpeg'] = async () => nativeExport(media, output);
  if (wants('copy')) {
    contenders['copy'] = () => call('exportA', {});
    contenders['copy-short-title'] = () => call('exportA', { variant: { titleSeconds: 5 } });
    contenders['copy-cuts'] = () => call('exportA', { variant: { title: 'none' } });
    contenders['copy-cuts-silent'] = () => call('exportA', { variant: { title: 'none', music: false, speech: false } });
  }
  if (wants('composed')) {
    contenders['composed'] = () =>
      call('exportA', { variant: { title: 'all', pictureInPicture: true }, encodeAll: true });
  }
  if (wants('peers')) {
    mkdirSync(path.join(folder, 'peers'), { recursive: true });
    for (const { name, package: id, licence } of peers) {
      log(`  ${name}: ${id} ${versionOf(id)} (${licence})`);
      contenders[name] = async () => {
        if (bench.noPeers) throw new Error(bench.noPeers);
        if (!existsSync(path.join(folder, 'peers', `${name}.js`))) await buildPeer(name, path.join(folder, 'peers'));
        return bench.visit(`/peers/${name}.html`, async (page) => {
          await page.waitForFunction(() => 'peer' in globalThis, undefined, { timeout: 30_000 });
          return page.evaluate(() => /** @type {any} */ (globalThis).peer.run());
        });
      };
    }
  }
  const { best, failed, made } = await takeTurns(bench, contenders);
  /** @param {string} name */
  const of = (name) => best[name] ?? Number.NaN;
  /** @type {(row: string, contender: string, against: string) => Result} seconds of one over seconds of the other */
  const ratio = (row, contender, against) => {
    const problem = failed[contender] ?? failed[against];
    return problem === undefined ? judged(row, of(contender) / of(against), '×') : missing(row, problem);
  };
  bench.fullSeconds = of('full');
  /** @type {Result[]} */
  const results = [ratio('full-vs-ceiling', 'ceiling', 'full')];
  if ('full' in best) results.push(judged('full-vs-realtime', 60 / of('full'), '×'));
  if (wants('native')) {
    results.push(ratio('full-vs-native-ffmpeg', 'native-ffmpeg', 'full'));
    results.push(...(await measureLikeness(bench, output)));
  }
  if (wants('copy')) {
    results.push(ratio('copy-vs-full', 'full', 'copy'));
    results.push(ratio('copy-short-title-vs-full', 'full', 'copy-short-title'));
    results.push(ratio('copy-cuts-vs-full', 'full', 'copy-cuts'));
    results.push(ratio('copy-cuts-silent-vs-full', 'full', 'copy-cuts-silent'));
  }
  if (wants('composed')) results.push(ratio('composed-vs-full', 'composed', 'full'));
  if (wants('peers')) {
    for (const { name, package: id, licence } of peers) {
      const row = ratio(`full-vs-${name}`, name, 'full');
      const codecs = made[name]?.['codecs'];
      const about = [row.note, `${id} ${versionOf(id)}`, codecs && `made ${codecs}`, licence];
      results.push({ ...row, note: about.filter(Boolean).join('; ') });
    }
  }
  return results;
}

/** @param {Bench} bench @param {string} native */
async function measureLikeness({ call, take, media, log }, native) {
  log('  likeness …');
  await call('exportA', { encodeAll: true, keepIt: true });
  const full = ssim(media, await take('full.mp4'));
  await call('ceiling', { keepIt: true });
  const browser = ssim(media, await take('ceiling.h264'));
  return [
    judged('full-ssim-vs-browser-encoder', full - browser, 'SSIM'),
    judged('full-ssim', full, 'SSIM'),
    judged('native-ffmpeg-ssim', ssim(media, native), 'SSIM'),
  ];
}

/** @param {Bench} bench */
async function measureFfmpegWasm(bench) {
  const { call, visit, log, fullSeconds, noPeers } = bench;
  log(`  ffmpeg.wasm, ${3 * wasmPart} s of the minute …`);
  /** @type {Result[]} */
  const results = [];
  /** @param {string} row @param {() => Promise<{seconds: number, of: number}>} work */
  const add = async (row, work) => {
    try {
      const { seconds, of } = await work();
      const minute = (seconds / of) * 60;
      log(`    ${row}: ${seconds.toFixed(1)} s, ${minute.toFixed(0)} s for the minute`);
      results.push(judged(row, minute / fullSeconds, '×'));
    } catch (error) {
      results.push(missing(row, error));
    }
  };
  await add('full-vs-ffmpeg-wasm', () => call('ffmpegWasm', { part: wasmPart }));
  await add('full-vs-ffmpeg-wasm-mt', () => {
    if (noPeers) throw new Error(noPeers);
    return visit('/', async (page) => {
      await page.waitForFunction(() => 'bench' in globalThis);
      return page.evaluate(
        (part) => /** @type {any} */ (globalThis).bench.ffmpegWasm({ part, threads: 'multi' }),
        wasmPart,
      );
    });
  });
  return results;
}

/** @param {Bench} bench */
async function measureSeeks({ call, log }) {
  log('  seeking …');
  const { exactMs, roughMs, videoMs } = await call('seeks', {});
  return [
    judged('seek-exact-vs-video', videoMs / exactMs, '×'),
    judged('seek-exact', exactMs, 'ms', 'median; less is better'),
    judged('seek-key-frame', roughMs, 'ms', 'median; less is better'),
  ];
}

/** @param {Bench} bench */
async function measurePlayback({ call, log }) {
  log('  playing …');
  const { dropped, droppedByVideos } = await call('playback');
  return [
    judged('playback-dropped-vs-video', dropped - droppedByVideos, 'pictures of 300', 'less is better'),
    judged('playback-dropped', dropped, 'pictures of 300', 'less is better'),
    judged('playback-dropped-by-video', droppedByVideos, 'pictures of 300', 'mean of the two elements'),
  ];
}

/** @param {Bench} bench */
async function measureFilmstrip(bench) {
  const { call, log, media, folder } = bench;
  log('  filmstrip …');
  await call('prepare', ['long.mp4']);
  const { best, failed } = await takeTurns(bench, {
    filmstrip: () => call('filmstrip', {}),
    'native-ffmpeg': async () => nativeFilmstrip(media, folder),
    'ffmpeg-wasm': () => call('ffmpegWasmFilmstrip'),
  });
  const [problem] = Object.values(failed);
  if (problem !== undefined) throw problem;
  const ours = best['filmstrip'] ?? Number.NaN;
  return [
    judged('filmstrip-vs-ffmpeg-wasm', (best['ffmpeg-wasm'] ?? Number.NaN) / ours, '×'),
    judged('filmstrip-vs-native-ffmpeg', (best['native-ffmpeg'] ?? Number.NaN) / ours, '×'),
    judged('filmstrip-of-60', ours * 1000, 'ms', 'of 10 minutes; less is better'),
  ];
}

/** @param {Bench} bench */
async function measurePeaks(bench) {
  const { call, log, reopen, profile } = bench;
  log('  peaks …');
  await call('prepare', ['long.mp4']);
  const { best, failed } = await takeTurns(bench, {
    peaks: () => call('peaks', {}),
    decodeAudioData: () => call('peaksByDecodeAudioData', {}),
  });
  const [problem] = Object.values(failed);
  if (problem !== undefined) throw problem;
  const ours = best['peaks'] ?? Number.NaN;
  const results = [
    judged('peaks-time-vs-decode-audio-data', ours / (best['decodeAudioData'] ?? Number.NaN), '×', 'less is better'),
    judged('peaks-of-10-minutes', ours * 1000, 'ms', 'less is better'),
  ];
  if (!tellsMemory()) return [...results, missing('peaks-memory-vs-decode-audio-data', 'only Linux tells it')];
  await reopen();
  const streamed = await peakMemory(profile, () => call('peaks', {}));
  await reopen();
  const whole = await peakMemory(profile, () => call('peaksByDecodeAudioData', {}));
  const more = { streamed: streamed.peak - streamed.before, whole: whole.peak - whole.before };
  return [
    ...results,
    judged('peaks-memory-vs-decode-audio-data', more.streamed / more.whole, '×', 'less is better'),
    judged('peaks-memory', more.streamed, 'MB', 'over the idle page, its worker included'),
    judged('decode-audio-data-memory', more.whole, 'MB', 'over the idle page'),
  ];
}

/** @param {Bench} bench */
async function measureMemory(bench) {
  const { call, log, reopen, profile, long } = bench;
  if (!tellsMemory()) throw new Error('only Linux tells the memory of a browser');
  const minutes = long ? 60 : 10;
  const [name, shown] = long ? ['hour.mp4', '60min'] : ['long.mp4', '10min'];
  log(`  memory, ${shown} against a minute …`);
  await call('prepare', ['a.mp4', 'b.mp4', 'c.mp4', 'music.m4a', 'minute.mp4', name]);
  /** @type {Result[]} */
  const results = [];
  /**
   * @param {string} row
   * @param {() => Promise<unknown>} short
   * @param {() => Promise<unknown>} longer
   */
  const compare = async (row, short, longer) => {
    await reopen();
    const one = await peakMemory(profile, short);
    await reopen();
    const many = await peakMemory(profile, longer);
    log(
      `    ${row}: ${one.before.toFixed(0)} → ${one.peak.toFixed(0)} MB, ${many.before.toFixed(0)} → ${many.peak.toFixed(0)} MB`,
    );
    results.push(judged(`${row}memory-${shown}-vs-1min`, many.peak / one.peak, '×', 'all processes; less is better'));
    results.push(judged(`${row}memory-${shown}`, many.peak - many.before, 'MB', 'over the idle page'));
    results.push(judged(`${row}memory-1min`, one.peak - one.before, 'MB', 'over the idle page'));
  };
  await compare(
    '',
    () => call('exportA', { encodeAll: true }),
    () => call('exportA', { variant: { minutes }, encodeAll: true }),
  );
  await compare(
    'waveform-',
    () => call('peaks', { name: 'minute.mp4' }),
    () => call('peaks', { name }),
  );
  await compare(
    'filmstrip-',
    () => call('filmstrip', { name: 'minute.mp4', count: 60, every: 1 }),
    () => call('filmstrip', { name, count: 60 * minutes, every: 1 }),
  );
  return results;
}

/**
 * The conformance suite's own count: frames of the preview and of the export that show another picture than they should.
 *
 * @param {Bench} bench
 */
async function measureFrames({ log }) {
  const suite = path.join(root, 'tests/conformance/run.ts');
  if (!existsSync(suite)) return [missing('frames-wrong', 'tests/conformance is missing')];
  log('  conformance …');
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', suite, '--json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const json = stdout.split('\n').find((line) => line.startsWith('{"rows"'));
  if (json === undefined) return [missing('frames-wrong', `the suite ended with ${status}: ${stderr.slice(-200)}`)];
  /** @type {{rows: readonly {preview: {wrong: number, of: number}, exported: {wrong: number, of: number}, complaints: readonly string[]}[]}} */
  const { rows } = JSON.parse(json);
  const counts = rows.flatMap(({ preview, exported }) => [preview, exported]);
  const of = counts.reduce((sum, each) => sum + each.of, 0);
  const wrong = counts.reduce((sum, each) => sum + each.wrong, 0);
  const complaining = rows.filter(({ complaints }) => complaints.length > 0).length;
  return [
    judged(
      'frames-wrong',
      wrong,
      'frames',
      `of ${of}, ${rows.length} sources; complaints of any kind about ${complaining}`,
    ),
  ];
}
