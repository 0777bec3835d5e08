/** Calls of the browser's storage fail, once or for good. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import { FaultPages, openProject } from './fault-pages.js';
import { FaultSite } from './fault-site.js';
import { anySeed, SeededRandom } from './seeded-random.js';
import { runSession, runSweep, sweeps } from './storage-harness.js';

let site: FaultSite;
before(async () => {
  site = await FaultSite.start();
});
after(() => site.stop());

/** Some calls of a sweep, others each time. `npm run test:faults -- --calls` lets each one fail. */
async function sweepSome(name: keyof typeof sweeps, every: number): Promise<void> {
  const first = new SeededRandom(anySeed()).integer(1, every);
  const { calls, problems } = await runSweep({ site, failures: sweeps[name], first, every });
  assert.ok(calls > 10, `the session makes calls (${calls})`);
  assert.deepEqual(problems, []);
}

it('survives the failure of calls of the journal’s database and loses nothing', () => sweepSome('journal', 3));

it('loses nothing, and has no conflict with itself, when the journal’s database fails for good while the back end is up', () =>
  sweepSome('journalForGood', 6));

it('survives the failure of calls of the browser’s own store and loses nothing', () => sweepSome('store', 5));

it('opens a project that a failing disk left behind', async () => {
  const pages = await FaultPages.start(site);
  try {
    const projectId = randomUUID();
    const page = await pages.open({ debounce: 60, faulty: true });
    await runSession(page, projectId, { database: 'lectern', failing: 60, forGood: true }, false);
    await page.close();
    const again = await pages.open({ debounce: 60 });
    const { violations } = await openProject(again, projectId);
    assert.deepEqual(violations, []);
    await again.close();
  } finally {
    await pages.stop();
  }
});
