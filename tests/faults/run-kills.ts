/**
 * Kills Chromium again and again while it saves, and prints what was lost.
 *
 *   npm run test:faults                        30 kills
 *   npm run test:faults -- --kills 200         as many as that
 *   npm run test:faults -- --kills 200 --json  {"kills", "lost", "corrupted", "falseSaved", "worstMs"} as the last line
 *   npm run test:faults -- --closes 200        closes pages within 50 ms of an edit instead
 *   npm run test:faults -- --calls             lets each call of the browser's storage fail, one in each session
 *   npm run test:faults -- --seed 7            the same moments again (what the machine does between them is its own)
 */
import { parseArgs } from 'node:util';
import { compile } from '../../scripts/build.mjs';
import { runCloses } from './close-harness.js';
import { FaultSite } from './fault-site.js';
import { runKills } from './kill-harness.js';
import { anySeed } from './seeded-random.js';
import { runSweep, sweeps } from './storage-harness.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    closes: { type: 'string' },
    calls: { type: 'boolean', default: false },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const closing = values.closes !== undefined && values.kills === undefined;
const command = values.calls ? 'calls' : closing ? 'closes' : 'kills';
const run = { calls: failCalls, closes: close, kills: kill };
const times = Number(values.kills ?? values.closes ?? 30);
const seed = values.seed === undefined ? anySeed() : Number(values.seed);
if (!Number.isInteger(times) || times < 1 || !Number.isInteger(seed)) {
  throw new RangeError(
    `The number of times (${times}) and the seed (${seed}) have to be whole numbers, the former above 0`,
  );
}

const log = (line: string): void => void process.stderr.write(`${line}\n`);
await compile();
if (command !== 'calls') log(`${times} ${command} with seed ${seed}`);
const site = await FaultSite.start(seed);
try {
  const { figures, problems } = await run[command]();
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else {
    for (const [name, value] of Object.entries(figures)) {
      process.stdout.write(`${name.padEnd(16)}${String(value).padStart(8)}\n`);
    }
  }
  if (problems.length > 0) {
    log(`Again with: npm run test:faults -- --${command}${command === 'calls' ? '' : ` ${times} --seed ${seed}`}`);
    process.exitCode = 1;
  }
} finally {
  await site.stop();
}

interface Outcome {
  readonly figures: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

async function kill(): Promise<Outcome> {
  const report = await runKills({ site, kills: times, seed, log });
  const { kills, lost, corrupted, falseSaved, worstMs, problems } = report;
  log(`${report.edits} edits; ${report.restored} of them were only in the journal when the browser was killed.`);
  if (report.deletedByBrowser > 0)
    log(`${report.deletedByBrowser} times the browser deleted its databases itself, see docs/decisions/0009.`);
  return { figures: { kills, lost, corrupted, falseSaved, worstMs }, problems };
}

async function close(): Promise<Outcome> {
  const { closes, lost, problems } = await runCloses({ site, closes: times, seed, log });
  return { figures: { closes, lost }, problems };
}

async function failCalls(): Promise<Outcome> {
  const figures: Record<string, number> = {};
  const problems: string[] = [];
  for (const [name, failures] of Object.entries(sweeps)) {
    log(name);
    const report = await runSweep({ site, failures, log });
    figures[name] = report.failed;
    problems.push(...report.problems);
  }
  return { figures: { ...figures, problems: problems.length }, problems };
}
