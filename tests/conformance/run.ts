/**
 * The conformance suite: sources whose pictures and sounds say where they are from, cut in projects, and what preview
 * and export make of them. Prints a table; its last line counts.
 *
 *   npm run conformance                           what npm test takes: about two minutes
 *   npm run conformance -- --all                  every rate, every frame, an hour of sound
 *   npm run conformance -- h264-30.mp4 av1.mp4    some sources; --all with them too
 *   npm run conformance -- --media <folder>       files of your own as well (or LECTERN_CONFORMANCE_MEDIA)
 *   npm run conformance -- --json                 {"rows": […]} as the last line
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/workspace.mjs';
import { EnginePage } from './engine-page.js';
import { hasFfmpeg } from './ffmpeg.js';
import { makeSource } from './make-source.js';
import { type Row, measure, openSource } from './measure.js';
import { sources } from './sources.js';
import { tableOf } from './table.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    media: { type: 'string' },
  },
});
const log = (line: string): void => void process.stderr.write(`${line}\n`);

async function run(): Promise<readonly Row[]> {
  const unknown = positionals.filter((name) => sources.every((source) => source.name !== name));
  if (unknown.length > 0) throw new RangeError(`There is no source ${unknown.join(', ')}.`);
  const chosen = sources.filter(({ name, slow }) =>
    positionals.length > 0 ? positionals.includes(name) : values.all || slow !== true,
  );
  const kept = path.join(root, 'tests/conformance/.cache');
  mkdirSync(kept, { recursive: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'lectern-conformance-files-'));
  const page = await EnginePage.open(kept, log);
  const rows: Row[] = [];
  try {
    for (const source of chosen) {
      try {
        const file = await makeSource(kept, source.name, source.make);
        const opened = await openSource(page, source, file);
        if ('skipped' in opened) {
          rows.push(opened);
          continue;
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
      }
    }
  } finally {
    await page.close();
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

if (!hasFfmpeg()) {
  process.stderr.write(
    'The conformance suite makes its sources with ffmpeg and reads exports with it. Install ffmpeg.\n',
  );
  process.exit(1);
}
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
