/**
 * Kills Chromium again and again while it saves, and prints what was lost.
 *
 *   npm run test:faults                        30 kills
 *   npm run test:faults -- --kills 200         as many as that
 *   npm run test:faults -- --kills 200 --json  {"kills", "lost", "corrupted", "falseSaved", "worstMs", "machineMs"} as the last line
 *   npm run test:faults -- --closes 200        closes pages within 50 ms of an edit instead
 *   npm run test:faults -- --calls             lets each call of the browser's storage fail, one in each session
 *   npm run test:faults -- --uploads 100       kills it while it uploads 200 MB; --store supabase or b2, both without it
 *   npm run test:faults -- --exports 50        kills it while it exports
 *   npm run test:faults -- --requests          lets each request of a session fail in turn, in each way
 *   npm run test:faults -- --seed 7            the same moments again (what the machine does between them is its own)
 */
import { parseArgs } from 'node:util';
import { compile } from '../../scripts/build.mjs';
import { runCloses } from './close-harness.js';
import { ExportSite, runExportKills } from './export-kill-harness.js';
import { FaultSite } from './fault-site.js';
import { runKills } from './kill-harness.js';
import { anySeed } from './seeded-random.js';
import { runSweep, sweeps } from './storage-harness.js';
import { runUploadKills } from './uploads-kill-harness.js';
import { runRequestSweep } from './uploads-request-harness.js';
import { uploadStores, UploadSite } from './uploads-site.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    closes: { type: 'string' },
    calls: { type: 'boolean', default: false },
    uploads: { type: 'string' },
    exports: { type: 'string' },
    store: { type: 'string' },
    requests: { type: 'boolean', default: false },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const closing = values.closes !== undefined && values.kills === undefined;
const command = values.requests
  ? 'requests'
  : values.uploads !== undefined
    ? 'uploads'
    : values.exports !== undefined
      ? 'exports'
      : values.calls
        ? 'calls'
        : closing
          ? 'closes'
          : 'kills';
const run = {
  calls: failCalls,
  closes: close,
  kills: kill,
  uploads: killUploads,
  exports: killExports,
  requests: failRequests,
};
const times = Number(values.uploads ?? values.exports ?? values.kills ?? values.closes ?? 30);
const stores = uploadStores.filter((store) => values.store === undefined || store === values.store);
if (stores.length === 0)
  throw new RangeError(`There is no store ${values.store ?? ''}, only ${uploadStores.join(', ')}`);
const seed = values.seed === undefined ? anySeed() : Number(values.seed);
if (!Number.isInteger(times) || times < 1 || !Number.isInteger(seed)) {
  throw new RangeError(
    `The number of times (${times}) and the seed (${seed}) have to be whole numbers, the former above 0`,
  );
}

const log = (line: string): void => void process.stderr.write(`${line}\n`);
await compile();
const counted = command !== 'calls' && command !== 'requests';
if (counted) log(`${times} ${command} with seed ${seed}`);
const site = ['uploads', 'exports', 'requests'].includes(command) ? null : await FaultSite.start(seed);
try {
  const { figures, problems } = await run[command]();
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else {
    for (const [name, value] of Object.entries(figures)) {
      process.stdout.write(`${name.padEnd(16)}${String(value).padStart(8)}\n`);
    }
  }
  if (problems.length > 0) {
    log(`Again with: npm run test:faults -- --${command}${counted ? ` ${times} --seed ${seed}` : ''}`);
    process.exitCode = 1;
  }
} finally {
  await site?.stop();
}

/** @throws TypeError for a command that needs none */
function savingSite(): FaultSite {
  if (site === null) throw new TypeError(`${command} has no page that saves`);
  return site;
}

interface Outcome {
  readonly figures: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

async function kill(): Promise<Outcome> {
  const report = await runKills({ site: savingSite(), kills: times, seed, log });
  const { kills, lost, corrupted, falseSaved, worstMs, machineMs, problems } = report;
  log(`${report.edits} edits; ${report.restored} of them were only in the journal when the browser was killed.`);
  if (report.deletedByBrowser > 0)
    log(`${report.deletedByBrowser} times the browser deleted its databases itself, see docs/decisions/0009.`);
  return { figures: { kills, lost, corrupted, falseSaved, worstMs, machineMs }, problems };
}

async function close(): Promise<Outcome> {
  const { closes, lost, problems } = await runCloses({ site: savingSite(), closes: times, seed, log });
  return { figures: { closes, lost }, problems };
}

async function failCalls(): Promise<Outcome> {
  const figures: Record<string, number> = {};
  const problems: string[] = [];
  for (const [name, failures] of Object.entries(sweeps)) {
    log(name);
    const report = await runSweep({ site: savingSite(), failures, log });
    figures[name] = report.failed;
    problems.push(...report.problems);
  }
  return { figures: { ...figures, problems: problems.length }, problems };
}

async function killUploads(): Promise<Outcome> {
  const figures: Record<string, number> = {};
  const problems: string[] = [];
  const uploads = await UploadSite.start();
  try {
    for (const store of stores) {
      const { problems: found, ...counts } = await runUploadKills({ site: uploads, store, kills: times, seed, log });
      for (const [name, value] of Object.entries(counts)) figures[`${store}.${name}`] = value;
      problems.push(...found);
    }
  } finally {
    await uploads.stop();
  }
  return { figures, problems };
}

async function killExports(): Promise<Outcome> {
  const exporting = await ExportSite.start();
  try {
    const { problems, ...figures } = await runExportKills({ site: exporting, kills: times, seed, log });
    return { figures, problems };
  } finally {
    await exporting.stop();
  }
}

async function failRequests(): Promise<Outcome> {
  const figures: Record<string, number> = {};
  const problems: string[] = [];
  for (const store of stores) {
    const report = await runRequestSweep({ store, every: 1, log });
    figures[`${store}.requests`] = report.requests;
    figures[`${store}.sessions`] = report.sessions;
    figures[`${store}.problems`] = report.problems.length;
    problems.push(...report.problems);
  }
  return { figures, problems };
}
