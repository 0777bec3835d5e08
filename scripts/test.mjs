/**
 * Runs the tests and counts them. The last line is always `N passed, N failed`.
 *
 *   npm test                          everything but the stories, which `npm run verify` tests
 *   npm test -- unit browser          some lanes: unit, architecture, browser, contract, conformance, copy, faults, e2e,
 *                                     storybook, real
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, compile } from './build.mjs';
import { findChromium } from './find-chromium.mjs';
import { findPostgres } from './find-postgres.mjs';
import { filesBelow, packages, root } from './workspace.mjs';

/** @typedef {{passed: number, failed: number}} Counts */

const scratch = mkdtempSync(path.join(tmpdir(), 'lectern-tests-'));

/** @param {string} text */
const write = (text) => void process.stdout.write(text);
/** Where the output of lanes that run beside others goes, until they are over. @type {Map<string, (text: string) => void>} */
const printing = new Map();

/**
 * Runs a test runner of ours, which writes its counts to a file.
 *
 * @param {string} lane
 * @param {readonly string[]} args of node
 * @returns {Promise<Counts>}
 */
async function runCounted(lane, args) {
  const report = path.join(scratch, `${lane}.json`);
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LECTERN_TEST_REPORT: report },
  });
  const print = printing.get(lane) ?? write;
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', print);
  const code = await new Promise((resolve) => child.once('close', resolve));
  /** @type {Counts} */
  let counts;
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    counts = { passed: 0, failed: 0 };
  }
  // A runner that broke before or after its tests is a failure too.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/**
 * @param {string} lane
 * @param {readonly string[]} files
 * @param {readonly string[]} [more] options of node
 */
function nodeTests(lane, files, more = []) {
  if (files.length === 0) return Promise.resolve({ passed: 0, failed: 0 });
  return runCounted(lane, [
    '--import',
    'tsx',
    '--test',
    '--test-reporter=./scripts/node-test-reporter.mjs',
    '--test-reporter-destination=stdout',
    ...more,
    ...files,
  ]);
}

const unitFiles = () =>
  packages().flatMap(({ folder }) =>
    filesBelow(`${folder}/src`, '.test.ts').filter((file) => !/\.(browser|contract)\.test\.ts$/.test(file)),
  );

/** What runs against a back end with a PostgreSQL of its own. */
const contractFiles = () => [
  ...filesBelow('packages/testing/local-backend/src', '.test.ts'),
  ...filesBelow('supabase/tests', '.test.ts'),
  ...packages().flatMap(({ folder }) => filesBelow(`${folder}/src`, '.contract.test.ts')),
  ...filesBelow('tests/security', '.security.ts'),
];

const realVariables = ['LECTERN_SUPABASE_URL', 'LECTERN_SUPABASE_PUBLISHABLE_KEY', 'LECTERN_SUPABASE_SECRET_KEY'];

/** @type {Record<string, () => Promise<Counts>>} */
const lanes = {
  unit: async () => {
    await compile();
    // Node itself leaves one core idle, which on a machine of two is half of it.
    return nodeTests('unit', unitFiles(), ['--test-concurrency=2']);
  },
  architecture: () => nodeTests('architecture', filesBelow('tests/architecture', '.test.ts')),
  browser: async () => {
    findChromium();
    await compile();
    return runCounted('browser', ['node_modules/@web/test-runner/dist/bin.js']);
  },
  contract: async () => {
    findPostgres();
    await compile();
    // Each file has servers of its own and waits for them much of the time.
    return nodeTests('contract', contractFiles(), ['--test-concurrency=2']);
  },
  conformance: () => runCounted('conformance', ['--import', 'tsx', 'tests/conformance/run.ts']),
  copy: async () => {
    findChromium();
    // The worker as it is shipped, and what the page imports.
    await build({ log: (line) => process.stdout.write(`${line}\n`) });
    return nodeTests('copy', filesBelow('tests/copy', '.test.ts'), ['--test-timeout=600000']);
  },
  faults: async () => {
    findChromium();
    await compile();
    const files = filesBelow('tests/faults', '.faults.ts');
    // What is told of a quarter of a second needs the machine for itself; who waits for transfers and exports doesn't.
    const beside = files.filter((file) => /\/(uploads|exports|full-disk|damaged|newer)[^/]*$/.test(file));
    const alone = files.filter((file) => !beside.includes(file));
    // A browser that stops answering is a failure, not a wait without end.
    const patience = '--test-timeout=300000';
    const first = await nodeTests('faults', alone, ['--test-concurrency=1', patience]);
    const rest = await nodeTests('faults', beside, ['--test-concurrency=2', patience]);
    return { passed: first.passed + rest.passed, failed: first.failed + rest.failed };
  },
  e2e: async () => {
    findChromium();
    findPostgres();
    await build({ log: (line) => process.stdout.write(`${line}\n`) });
    // One file after the other: each has a browser of its own, and encoding wants all cores.
    return nodeTests('e2e', filesBelow('tests/e2e', '.e2e.ts'), ['--test-concurrency=1']);
  },
  real: async () => {
    const missing = realVariables.filter((name) => !process.env[name]);
    if (missing.length > 0) {
      const line = '═'.repeat(78);
      process.stdout.write(
        `${line}\nSKIPPED: nothing was tested against a live Supabase project or B2.\n` +
          `Set ${missing.join(', ')}\n(and LECTERN_B2_SIGNER_URL for B2) to a project that is for tests alone.\n${line}\n`,
      );
      return { passed: 0, failed: 0 };
    }
    await compile();
    return nodeTests('real', filesBelow('tests/real', '.real.ts'), ['--test-concurrency=1']);
  },
  storybook: async () => {
    findChromium();
    await build({ log: (line) => process.stdout.write(`${line}\n`) });
    const built = spawnSync(
      process.execPath,
      ['node_modules/storybook/dist/bin/dispatcher.js', 'build', '--quiet', '-o', 'storybook-static'],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
    );
    if (built.status !== 0) throw new Error(`Storybook doesn't build.\n${built.stdout}${built.stderr}`);
    return nodeTests('storybook', filesBelow('tests/storybook', '.test.ts'));
  },
};

const usual = ['unit', 'architecture', 'contract', 'browser', 'conformance', 'copy', 'faults', 'e2e'];
const given = process.argv.slice(2);
const wanted = given.length > 0 ? given : usual;
for (const lane of wanted) {
  if (!(lane in lanes)) {
    process.stderr.write(`There is no lane "${lane}". There are: ${Object.keys(lanes).join(', ')}\n`);
    process.exit(2);
  }
}

/** Lanes that wait for their servers much of the time run beside each other; the others want the machine for themselves. */
const together = [['contract', 'browser']];

/**
 * @param {string} lane
 * @returns {Promise<Counts>}
 */
async function runLane(lane) {
  try {
    return (await lanes[lane]?.()) ?? { passed: 0, failed: 1 };
  } catch (error) {
    (printing.get(lane) ?? write)(`${error instanceof Error ? error.message : String(error)}\n`);
    return { passed: 0, failed: 1 };
  }
}

/** @param {string} lane */
const heading = (lane) => `\n── ${lane} ${'─'.repeat(70 - lane.length)}\n`;

/**
 * Runs lanes beside each other. The first one is seen as it goes, what the others print comes after it, each in one piece.
 *
 * @param {readonly string[]} names
 */
async function runBeside(names) {
  /** @type {[lane: string, counts: Counts, seconds: number][]} */
  const results = [];
  /** @type {Map<string, string[]>} */
  const held = new Map();
  await Promise.all(
    names.map(async (lane, index) => {
      if (index === 0) write(heading(lane));
      else {
        const pieces = [heading(lane)];
        held.set(lane, pieces);
        printing.set(lane, (text) => void pieces.push(text));
      }
      const began = performance.now();
      const counts = await runLane(lane);
      results.push([lane, counts, (performance.now() - began) / 1000]);
    }),
  );
  for (const pieces of held.values()) pieces.forEach(write);
  return results;
}

/** @type {Counts} */
const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const summary = [];
/** @type {string[]} */
const left = Object.keys(lanes).filter((lane) => wanted.includes(lane));
for (let lane = left[0]; lane !== undefined; lane = left[0]) {
  const first = lane;
  const beside = together.find((group) => group.includes(first)) ?? [first];
  const names = beside.filter((name) => left.includes(name));
  left.splice(0, left.length, ...left.filter((name) => !names.includes(name)));
  for (const [name, counts, seconds] of await runBeside(names)) {
    total.passed += counts.passed;
    total.failed += counts.failed;
    summary.push(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds.toFixed(0)} s`);
  }
}
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`\n${summary.join('\n')}\n${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
