/** The media library's grid at 100,000 assets, against the same grid at 1,000, in the same browser and over the same back end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serve } from '../../scripts/serve.mjs';
import { launchWithProfile } from '../browser.mjs';

const small = 1000;
const large = 100_000;
const rounds = 5;
const searchBudgetMs = 200;

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * @param {string} origin
 * @param {number} count
 */
async function measure(origin, count) {
  const profile = await mkdtemp(path.join(tmpdir(), 'lectern-bench-'));
  const context = await launchWithProfile(profile);
  try {
    const page = await context.newPage();
    const open = async () => {
      await page.goto(`${origin}/library.html`);
      await page.waitForFunction(() => 'bench' in globalThis);
    };
    await open();
    await page.evaluate((wanted) => /** @type {any} */ (globalThis).bench.fill(wanted), count);
    /** @type {number[]} */
    const firstPage = [];
    /** @type {number[]} */
    const search = [];
    /** @type {{elements: number, medianMs: number, blankFraction: number, jumpMs: number}[]} */
    const scroll = [];
    for (let round = 0; round < rounds; round += 1) {
      await open();
      firstPage.push(await page.evaluate(() => /** @type {any} */ (globalThis).bench.firstPage()));
      scroll.push(await page.evaluate(() => /** @type {any} */ (globalThis).bench.scroll(120)));
      search.push(await page.evaluate(() => /** @type {any} */ (globalThis).bench.search('needle')));
    }
    return {
      firstPageMs: median(firstPage),
      searchMs: median(search),
      scrollMs: median(scroll.map(({ medianMs }) => medianMs)),
      jumpMs: median(scroll.map(({ jumpMs }) => jumpMs)),
      blankFraction: median(scroll.map(({ blankFraction }) => blankFraction)),
      elements: median(scroll.map(({ elements }) => elements)),
    };
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @type {import('./run.mjs').Suite['run']} */
export async function run({ log }) {
  const server = await serve({ mounts: { '/': 'tests/bench/pages', '/lectern/': 'packages/lectern/cdn' } });
  try {
    log(`  ${small.toLocaleString('en')} assets …`);
    const few = await measure(server.origin, small);
    log(`  ${large.toLocaleString('en')} assets …`);
    const many = await measure(server.origin, large);
    return [
      { name: 'search at 100,000, of its budget of 200 ms', value: searchBudgetMs / many.searchMs, unit: '×' },
      { name: 'first page at 100,000, as fast as at 1,000', value: few.firstPageMs / many.firstPageMs, unit: '×' },
      { name: 'step of scrolling at 100,000, as fast as at 1,000', value: few.scrollMs / many.scrollMs, unit: '×' },
      { name: 'elements in the page at 100,000, as few as at 1,000', value: few.elements / many.elements, unit: '×' },
      { name: 'steps of scrolling with cards to be seen', value: 1 - many.blankFraction, unit: '×' },
      { name: 'first page at 100,000 (less is better)', value: many.firstPageMs, unit: 'ms' },
      { name: 'search at 100,000 (less is better)', value: many.searchMs, unit: 'ms' },
      { name: 'jump to the middle of 100,000 (less is better)', value: many.jumpMs, unit: 'ms' },
      { name: 'elements in the page at 100,000 (less is better)', value: many.elements, unit: 'elements' },
    ];
  } finally {
    await server.close();
  }
}
