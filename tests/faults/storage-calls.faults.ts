/** Each call of the browser's storage fails once, and once for good. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import type { Page } from 'playwright-core';
import { FaultPages, openAsEditor, openProject, until } from './fault-pages.js';
import { FaultSite } from './fault-site.js';
import type { SessionReport, StorageFaults } from './page/storage-faults.js';

let site: FaultSite;
let pages: FaultPages;
before(async () => {
  site = await FaultSite.start();
  pages = await FaultPages.start(site);
});
after(async () => {
  await pages.stop();
  await site.stop();
});

interface Sweep {
  readonly remote: boolean;
  readonly database: string;
  readonly forGood: boolean;
}

/** Runs the session once for each call that it makes, with that call failing, and looks for its edits afterwards. */
async function sweep({ remote, database, forGood }: Sweep): Promise<number> {
  const options = { remote, debounce: 60, deadline: 500 };
  const onlooker = await pages.open(options);
  const session = async (faults: Partial<StorageFaults>): Promise<void> => {
    const projectId = randomUUID();
    const page = await pages.open({ ...options, faulty: true });
    const report = await runSession(page, projectId, { database, ...faults });
    await page.close();
    lastCalls = report.calls;
    const where = `call ${faults.failing ?? 0}`;
    assert.ok(!report.falseSaved, `${where}: called saved, and kept by nobody`);
    // What is kept nowhere but in the page is lost with it, and the page has said so.
    const promised = remote || !(report.state?.autosave.remoteVolatile ?? true) ? report.accepted : [];
    assert.deepEqual(await missingIn(onlooker, projectId, promised), [], `${where}: ${JSON.stringify(report)}`);
    if (remote) assert.deepEqual(report.accepted, [1, 2, 3, 4], `${where}: every edit is accepted`);
  };
  let lastCalls = 0;
  await session({ failing: 0 });
  const calls = lastCalls;
  assert.ok(calls > 10, `the session makes calls (${calls})`);
  for (let failing = 1; failing <= calls; failing += forGood ? 4 : 1) await session({ failing, forGood });
  await onlooker.close();
  assert.deepEqual(pages.uncaught, []);
  return calls;
}

function runSession(page: Page, projectId: string, faults: Partial<StorageFaults>): Promise<SessionReport> {
  return page.evaluate(([id, given]) => window.scriptedSession(id, given), [projectId, faults] as const);
}

async function missingIn(page: Page, projectId: string, wanted: readonly number[]): Promise<readonly number[]> {
  if (wanted.length === 0) return [];
  await openAsEditor(page, projectId);
  // A journal that stopped early may open first, and ask how it goes with the head; the head is what counts.
  await until(page, 'rest', ({ autosave: { remote } }) => remote === 'synced' || remote === 'conflict');
  await page.evaluate(() => window.editingPage.close());
  const [head] = await page.evaluate((id) => window.editingPage.kept(id), projectId);
  const edits = head?.edits ?? [];
  return wanted.filter((edit) => !edits.includes(edit));
}

it('survives the failure of each call of the journal’s database and loses nothing', async () => {
  await sweep({ remote: true, database: 'lectern-journal', forGood: false });
});

it('loses nothing when the journal’s database fails for good, from any call on, while the back end is up', async () => {
  await sweep({ remote: true, database: 'lectern-journal', forGood: true });
});

it('survives the failure of each call of the browser’s own store and loses nothing', async () => {
  await sweep({ remote: false, database: 'lectern', forGood: false });
});

it('opens a project that a failing disk left behind', async () => {
  const projectId = randomUUID();
  const page = await pages.open({ debounce: 60, faulty: true });
  await runSession(page, projectId, { database: 'lectern', failing: 60, forGood: true });
  await page.close();
  const again = await pages.open({ debounce: 60 });
  const { violations } = await openProject(again, projectId);
  assert.deepEqual(violations, []);
  await again.close();
});
