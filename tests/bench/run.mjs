/**
 * Measures. Figures are ratios from one run on one machine, more is better unless a name says otherwise.
 *
 *   npm run bench                          all suites
 *   npm run bench -- timeline              one of them: timeline, library, render, saving, uploads, backend
 *   npm run bench -- library --json        {"suite": "library", "results": [{"name", "value", "unit"}]}, one line a suite
 *   npm run bench -- render --long         an hour where it is ten minutes else
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from '../../scripts/build.mjs';

/**
 * @typedef {object} Result
 * @property {string} name what was measured, and where less is better that too
 * @property {number} value NaN (`null` in JSON) when it could not be measured; the note says why
 * @property {string} unit `×` for ratios, `ms`, `MB` …
 * @property {string} [target] what it is meant to come to
 * @property {boolean} [met] whether it does
 * @property {string} [note]
 */
/**
 * @typedef {object} Suite
 * @property {(options: {log: (line: string) => void, long?: boolean}) => Promise<readonly Result[] | {results: readonly Result[]}>} run
 */

const suites = ['timeline', 'library', 'render', 'saving', 'uploads', 'backend'];
const asJson = process.argv.includes('--json');
const long = process.argv.includes('--long');
const given = process.argv.slice(2).filter((argument) => !['--json', '--long'].includes(argument));
const unknown = given.filter((name) => !suites.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no suite "${unknown.join(', ')}". There are: ${suites.join(', ')}\n`);
  process.exit(2);
}

/** @param {string} line */
const log = (line) => void process.stderr.write(`${line}\n`);

/** @param {number} value */
const format = (value) =>
  value.toLocaleString('en', value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });

await build({ log });
let failed = false;
for (const suite of given.length > 0 ? given : suites) {
  const file = path.join(import.meta.dirname, `${suite}.bench.mjs`);
  if (!existsSync(file)) {
    log(`tests/bench/${suite}.bench.mjs is missing.`);
    failed = true;
    continue;
  }
  log(`Measuring ${suite} …`);
  try {
    /** @type {Suite} */
    const { run } = await import(pathToFileURL(file).href);
    const answer = await run({ log, long });
    const results = 'results' in answer ? answer.results : answer;
    if (asJson) process.stdout.write(`${JSON.stringify({ suite, results })}\n`);
    else {
      const width = Math.max(...results.map(({ name }) => name.length));
      process.stdout.write(`\n${suite}\n`);
      for (const { name, value, unit, target, met, note } of results) {
        const measured = Number.isNaN(value) ? 'not measured' : `${format(value)} ${unit}`;
        const judged = target === undefined ? '' : `  ${target} ${met ? 'met' : 'NOT MET'}`;
        process.stdout.write(`  ${name.padEnd(width)}  ${measured}${judged}${note ? `  (${note})` : ''}\n`);
      }
    }
  } catch (error) {
    log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    failed = true;
  }
}
process.exitCode = failed ? 1 : 0;
