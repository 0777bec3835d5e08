/**
 * Saving in a real browser: opening a project of 1 MB with 10,000 journaled changes on top, as the first thing that a
 * page does; appending to a journal; how long a save holds the page up.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { serve } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import { launchWithProfile } from '../browser.mjs';

const clips = 3000;
const changes = 10_000;
const rounds = 5;
const openingBudgetMs = 800;
const frameBudgetMs = 50;

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** @param {string} folder */
async function buildPage(folder) {
  await build({
    entryPoints: [path.join(root, 'tests/bench/saving.page.ts')],
    outfile: path.join(folder, 'page.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  });
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><script type="module" src="/page.js"></script>');
}

/** @type {import('./run.mjs').Suite['run']} */
export async function run({ log }) {
  const folder = await mkdtemp(path.join(tmpdir(), 'lectern-bench-'));
  await buildPage(folder);
  const server = await serve({ mounts: { '/': folder } });
  const context = await launchWithProfile(path.join(folder, 'profile'));
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => {
      log(`  ${error.message}`);
    });
    const load = async () => {
      await page.goto(`${server.origin}/`);
      await page.waitForFunction(() => 'bench' in globalThis);
    };
    /** @type {<N extends keyof import('./saving.page.ts').SavingBench>(name: N, ...given: Parameters<import('./saving.page.ts').SavingBench[N]>) => Promise<Awaited<ReturnType<import('./saving.page.ts').SavingBench[N]>>>} */
    const call = (name, ...given) =>
      page.evaluate(
        ([which, list]) => /** @type {any} */ (globalThis).bench[which](...list),
        /** @type {const} */ ([name, given]),
      );
    const devtools = await context.newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    // Processor time of the page's main thread: what other work on the machine doesn't change much.
    const busySeconds = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    };
    await load();
    const { storedBytes, journalBytes } = await call('fill', clips, changes);
    log(`  ${(storedBytes / 1e6).toFixed(2)} MB stored, ${(journalBytes / 1e6).toFixed(2)} MB of changes …`);
    const opening = [];
    const journal = [];
    const parsing = [];
    const busy = [];
    for (let round = 0; round < rounds; round += 1) {
      await load();
      const before = await busySeconds();
      const opened = await call('open');
      busy.push((await busySeconds()) - before);
      if (opened.lastSeq !== changes) throw new Error(`${String(opened.lastSeq)} of ${String(changes)} were read.`);
      opening.push(opened.ms);
      journal.push(opened.journalMs);
      await load();
      parsing.push(await call('parse'));
      log(`    opened in ${opened.ms.toFixed(0)} ms, ${opened.journalMs.toFixed(0)} of them to read it`);
    }
    await load();
    log('  appending …');
    const few = await call('append', 0, 200);
    const many = await call('append', changes, 200);
    log('  saving …');
    await load();
    const save = await call('save', 30);
    return [
      {
        name: 'opening 1 MB and 10,000 changes, of its budget of 800 ms',
        value: openingBudgetMs / median(opening),
        unit: '×',
      },
      {
        name: 'opening, as fast as reading and parsing the same bytes',
        value: median(parsing) / median(opening),
        unit: '×',
      },
      { name: 'appending to 10,000 changes, as fast as to none', value: few / many, unit: '×' },
      {
        name: 'a snapshot of 1 MB, of its budget of 50 ms',
        value: frameBudgetMs / Math.max(save.firstSnapshotMs, save.snapshotMs),
        unit: '×',
      },
      { name: 'opening 1 MB and 10,000 changes (less is better)', value: median(opening), unit: 'ms' },
      { name: 'of it, the main thread is busy for (less is better)', value: median(busy) * 1000, unit: 'ms' },
      { name: 'of it, reading the journal (less is better)', value: median(journal), unit: 'ms' },
      { name: 'appending one change (less is better)', value: few, unit: 'ms' },
      {
        name: 'the first snapshot of 1 MB holds the page for (less is better)',
        value: save.firstSnapshotMs,
        unit: 'ms',
      },
      { name: 'a snapshot after an edit holds the page for (less is better)', value: save.snapshotMs, unit: 'ms' },
      { name: 'a save after an edit holds the page for (less is better)', value: save.requestMs, unit: 'ms' },
      { name: 'print and hash of 1 MB (less is better)', value: save.hashMs, unit: 'ms' },
    ];
  } finally {
    await context.close();
    await server.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
