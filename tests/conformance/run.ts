/**
 * The conformance suite: sources whose pictures and sounds say where they are from, cut in projects, and what preview
 * and export make of them. Prints a table; its last line counts.
 *
 *   npm run conformance                           what npm test takes: about two minutes
 *   npm run conformance -- --all                  every rate, every frame, an hour of sound
 *   npm run conformance -- h264-30.mp4 av1.mp4    some sources; --all with them too
 *   npm run conformance -- --media <folder>       files of your own as well (or LECTERN_CONFORMANCE_MEDIA); - for those alone
 *   npm run conformance -- --no-build             with what is built already
 *   npm run conformance -- --json                 {"rows": […]} as the last line
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { compile } from '../../scripts/build.mjs';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { root } from '../../scripts/workspace.mjs';
import { EnginePage } from './engine-page.js';
import { requireFfmpeg } from './ffmpeg.js';
import { makeSource } from './make-source.js';
import { type Row, measure, openSource } from './measure.js';
import { measureOwn, ownRates } from './own-media.js';
import { type Source, sources } from './sources.js';
import { tableOf } from './table.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    media: { type: 'string' },
  },
});
const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** Sources that are measured beside each other, each in a browser of its own: one of two always waits for something. */
const beside = 2;

async function run(): Promise<readonly Row[]> {
  const unknown = positionals.filter((name) => name !== '-' && sources.every((source) => source.name !== name));
  if (unknown.length > 0) throw new RangeError(`There is no source ${unknown.join(', ')}.`);
  const chosen = sources.filter(({ name, sparse }) =>
    positionals.length > 0 ? positionals.includes(name) : values.all || sparse === undefined,
  );
  const kept = path.join(root, 'tests/conformance/.cache');
  mkdirSync(kept, { recursive: true });
  const rows = new Map<Source, readonly Row[]>();
  const waiting = [...chosen];
  await Promise.all(
    Array.from({ length: Math.min(beside, chosen.length) }, async () => {
      const page = await EnginePage.open(kept, log);
      try {
        for (let source = waiting.shift(); source; source = waiting.shift()) {
          rows.set(source, await measureSource(page, source, kept));
        }
      } finally {
        await page.close();
      }
    }),
  );
  return [...chosen.flatMap((source) => rows.get(source) ?? []), ...(await runOwn(kept))];
}

/** Files of a folder that was named. */
async function runOwn(kept: string): Promise<readonly Row[]> {
  const media = values.media ?? process.env['LECTERN_CONFORMANCE_MEDIA'];
  if (!media) return [];
  const rows: Row[] = [];
  const page = await EnginePage.open(kept, log, media);
  const folder = await mkdtemp(path.join(tmpdir(), 'lectern-conformance-files-'));
  try {
    for (const name of readdirSync(media).sort()) {
      for (const rate of values.all ? ownRates : ownRates.slice(0, 1)) {
        const row = await measureOwn(page, path.join(media, name), rate, folder).catch((error: unknown) =>
          brokenRow(name, 'your own', error instanceof Error ? error.message : String(error)),
        );
        rows.push(row);
        log(`${row.complaints.length === 0 ? '✓' : '✗'} ${row.source} ${row.project} ${row.complaints.join(' · ')}`);
        if (row.skipped !== null) break;
      }
      await page.call('close', `media/${name}`);
    }
  } finally {
    await page.close();
    await rm(folder, { recursive: true, force: true });
  }
  return rows;
}

async function measureSource(page: EnginePage, source: Source, kept: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const folder = await mkdtemp(path.join(tmpdir(), 'lectern-conformance-files-'));
  try {
    const file = await makeSource(kept, source.name, source.make);
    const opened = await openSource(page, source, file);
    if ('skipped' in opened) {
      rows.push(opened);
      return rows;
    }
    for (const rate of values.all ? source.rates : source.rates.slice(0, 1)) {
      const how = { everyFrame: values.all, plays: values.all || source.plays === true };
      const row = await measure(page, opened, rate, how, folder);
      rows.push(row);
      log(`${row.complaints.length === 0 ? '✓' : '✗'} ${row.source} ${row.project} ${row.complaints.join(' · ')}`);
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    rows.push(brokenRow(source.name, source.about, message));
    log(`✗ ${source.name} ${message}`);
  } finally {
    await page.call('close', source.name);
    await rm(folder, { recursive: true, force: true });
  }
  return rows;
}

function brokenRow(source: string, about: string, message: string): Row {
  const nothing = { wrong: 0, of: 0 };
  return {
    source,
    about,
    project: '',
    skipped: null,
    preview: nothing,
    exported: nothing,
    copied: 0,
    startOffset: null,
    worstOffset: null,
    drift: null,
    likeness: null,
    colour: null,
    complaints: [message],
  };
}

requireFfmpeg();
findChromium();
if (!values['no-build']) await compile();
const rows = await run();
process.stdout.write(`\n${tableOf(rows)}\n`);
const failed = rows.filter(({ complaints }) => complaints.length > 0).length;
const skipped = rows.filter((row) => row.skipped !== null && row.complaints.length === 0).length;
if (values.json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
process.stdout.write(
  `${String(rows.length - failed - skipped)} passed, ${String(failed)} failed, ${String(skipped)} skipped\n`,
);
const report = process.env['LECTERN_TEST_REPORT'];
if (report) writeFileSync(report, JSON.stringify({ passed: rows.length - failed - skipped, failed }));
process.exitCode = failed === 0 ? 0 : 1;
