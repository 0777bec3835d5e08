/**
 * Kills Chromium again and again while it saves, and prints what was lost.
 *
 *   npm run test:faults                        30 kills
 *   npm run test:faults -- --kills 200         as many as that
 *   npm run test:faults -- --kills 200 --json  {"kills", "lost", "corrupted", "falseSaved", "worstMs"} as the last line
 *   npm run test:faults -- --seed 7            the same moments again (what the machine does between them is its own)
 */
import { parseArgs } from 'node:util';
import { compile } from '../../scripts/build.mjs';
import { FaultSite } from './fault-site.js';
import { runKills } from './kill-harness.js';
import { anySeed } from './seeded-random.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const kills = Number(values.kills);
const seed = values.seed === undefined ? anySeed() : Number(values.seed);
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  throw new RangeError(`--kills ${values.kills} and --seed ${values.seed ?? ''} have to be whole numbers`);
}

const log = (line: string): void => void process.stderr.write(`${line}\n`);
await compile();
log(`${kills} kills with seed ${seed}`);
const site = await FaultSite.start(seed);
try {
  const report = await runKills({ site, kills, seed, log });
  const { lost, corrupted, falseSaved, worstMs } = report;
  log(`${report.edits} edits; ${report.restored} of them were only in the journal when the browser was killed.`);
  const figures = { kills: report.kills, lost, corrupted, falseSaved, worstMs };
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else {
    for (const [name, value] of Object.entries(figures)) {
      process.stdout.write(`${name.padEnd(12)}${String(value).padStart(8)}\n`);
    }
  }
  if (report.problems.length > 0) {
    log(`Again with: npm run test:faults -- --kills ${kills} --seed ${seed}`);
    process.exitCode = 1;
  }
} finally {
  await site.stop();
}
