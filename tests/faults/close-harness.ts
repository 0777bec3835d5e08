/**
 * Closes pages within 50 ms of an edit, in every way in which a page learns of its end, and counts what is missing
 * afterwards. (A headless browser that is told to quit doesn't tell its pages: that is a kill, and those are counted
 * elsewhere.)
 */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { FaultPages, openAsEditor, pause } from './fault-pages.js';
import type { FaultSite } from './fault-site.js';
import { SeededRandom } from './seeded-random.js';

const ways = ['close', 'close with questions', 'navigate', 'reload', 'leave'] as const;
type Way = (typeof ways)[number];

/** The longest that a page lives after its last edit, in milliseconds. */
const longestMs = 50;
const closesPerProject = 10;

export interface CloseReport {
  readonly closes: number;
  readonly lost: number;
  readonly problems: readonly string[];
}

export interface CloseOptions {
  readonly site: FaultSite;
  readonly closes: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

export async function runCloses({ site, closes, seed, log = () => undefined }: CloseOptions): Promise<CloseReport> {
  const random = new SeededRandom(seed);
  const problems: string[] = [];
  let lost = 0;
  let projectId = '';
  let remote = false;
  let made: number[] = [];
  let lastEdit = 0;
  const pages = await FaultPages.start(site);
  try {
    for (let close = 0; close < closes; close += 1) {
      if (close % closesPerProject === 0) {
        projectId = randomUUID();
        remote = (close / closesPerProject) % 2 === 1;
        made = [];
        lastEdit = 0;
      }
      const way = ways[close % ways.length] ?? 'close';
      const page = await pages.open({ remote, debounce: 300 });
      await openAsEditor(page, projectId);
      site.server.weather = random.pick(['up', 'slow', 'down', 'silent']);
      const count = random.integer(1, 3);
      const edits = Array.from({ length: count }, () => (lastEdit += 1));
      const delay = random.integer(0, longestMs - 10);
      await editAndClose(page, { way, edits, delay });
      made.push(...edits);

      site.server.weather = 'up';
      const again = await pages.open({ remote, debounce: 300 });
      const present = new Set((await openAsEditor(again, projectId)).edits);
      const missing = made.filter((edit) => !present.has(edit));
      const where = remote ? 'server' : 'in the browser';
      log(`  ${close + 1}/${closes} ${way}, ${where}, ${edits.length} edits`);
      if (missing.length > 0) {
        const problem = `${way} after ${delay} ms, ${where}: edits ${missing.join(', ')} of ${edits.join(', ')} are missing`;
        problems.push(problem);
        log(`    ${problem}`);
        lost += missing.length;
        made = made.filter((edit) => present.has(edit));
      }
      await again.close();
    }
    return { closes, lost, problems: [...problems, ...pages.uncaught] };
  } finally {
    await pages.stop();
  }
}

async function editAndClose(
  page: Page,
  { way, edits, delay }: { readonly way: Way; readonly edits: readonly number[]; readonly delay: number },
): Promise<void> {
  const inPage = way === 'navigate' || way === 'reload';
  const gone = inPage ? page.waitForEvent('framenavigated') : null;
  await page.evaluate(
    ([numbers, wait, how]) => {
      for (const number of numbers) {
        if (!window.editingPage.edit(number).accepted) throw new Error(`edit ${number} wasn't accepted`);
      }
      if (how === 'navigate') setTimeout(() => location.assign('about:blank'), wait);
      if (how === 'reload') setTimeout(() => location.reload(), wait);
    },
    [edits, delay, way] as const,
  );
  if (inPage) {
    await gone;
    await page.close();
    return;
  }
  await pause(delay);
  if (way === 'leave') {
    // Another origin: the page may be kept for a way back, until its tab closes.
    await page.goto('data:text/html,elsewhere');
    await page.close();
  } else if (way === 'close') await page.close();
  else {
    const closed = page.waitForEvent('close');
    // It answers only when the page stays.
    void page.close({ runBeforeUnload: true }).catch(() => undefined);
    await closed;
  }
}
