/** Journals that something has damaged on the disk: the last good state opens, and what can't be read is set aside. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, it } from 'node:test';
import { editDurably, FaultPages, openAsEditor, until } from './fault-pages.js';
import { FaultSite } from './fault-site.js';
import type { PageState } from './page/editing-page.js';
import { damageJournal, readDatabases, type Damage } from './stored-rows.js';

const options = { remote: true, debounce: 100 };
let site: FaultSite;
let pages: FaultPages;
before(async () => {
  site = await FaultSite.start();
  pages = await FaultPages.start(site);
});
afterEach(() => {
  site.server.weather = 'up';
});
after(async () => {
  await pages.stop();
  await site.stop();
});

/**
 * Edits 1 and 2 are at the server, 3 to 7 in the journal alone: 3 in its snapshot, 4 to 7 as entries. The server stays
 * out of reach, so that the page's last request is turned away too.
 */
async function leaveJournal(): Promise<string> {
  const projectId = randomUUID();
  const page = await pages.open(options);
  await openAsEditor(page, projectId);
  await editDurably(page, 1);
  await editDurably(page, 2);
  await until(page, 'saved', ({ saved }) => saved);
  await page.evaluate(() => window.editingPage.close());
  site.server.weather = 'down';
  await openAgain(page, projectId);
  for (const edit of [3, 4, 5, 6, 7]) await editDurably(page, edit);
  await page.close();
  return projectId;
}

async function openAgain(page: Awaited<ReturnType<FaultPages['open']>>, projectId: string): Promise<PageState> {
  site.server.weather = 'up';
  const state = await openAsEditor(page, projectId);
  site.server.weather = 'down';
  return state;
}

/** Entries of a project in the journal, in order. */
async function entriesOf(page: Awaited<ReturnType<FaultPages['open']>>, projectId: string): Promise<readonly number[]> {
  const [journal] = Object.values(await readDatabases(page, 'lectern-journal/'));
  const rows = (journal?.['wal'] ?? []).map((row) => JSON.parse(row) as { projectId: string; seq: number });
  return rows.filter((row) => row.projectId === projectId).map(({ seq }) => seq);
}

for (const damage of ['garbled', 'truncated'] satisfies Damage[]) {
  it(`opens what stands before a ${damage} entry, says so, and keeps the rest aside`, async () => {
    const projectId = await leaveJournal();
    const page = await pages.open(options);
    const seq = (await entriesOf(page, projectId)).at(2);
    assert.ok(seq !== undefined, 'there are entries');
    await damageJournal(page, { table: 'wal', projectId, seq, damage });
    site.server.weather = 'up';
    const state = await openAsEditor(page, projectId);
    assert.deepEqual(state.edits, [1, 2, 3, 4, 5]);
    assert.deepEqual(state.violations, []);
    assert.ok(state.notices.includes('autosave.quarantined'), `it is said: ${state.notices.join(', ')}`);
    assert.equal(await page.evaluate(() => window.editingPage.quarantined()), 1);
    const [journal] = Object.values(await readDatabases(page, 'lectern-journal/'));
    const aside = (journal?.['quarantine'] ?? []).filter((row) => row.includes(projectId)).join();
    for (const edit of [7]) assert.ok(aside.includes(`edit ${edit}`), `edit ${edit} can be found there`);
    await editDurably(page, 8);
    await until(page, 'saved', ({ saved }) => saved);
    await page.close();
    assert.deepEqual(pages.uncaught, []);
  });

  it(`opens what the server has when the snapshot is ${damage}, says so, and keeps the snapshot aside`, async () => {
    const projectId = await leaveJournal();
    const page = await pages.open(options);
    await damageJournal(page, { table: 'snapshot', projectId, damage });
    site.server.weather = 'up';
    const state = await openAsEditor(page, projectId);
    assert.deepEqual(state.edits, [1, 2]);
    assert.ok(state.notices.includes('autosave.quarantined'), `it is said: ${state.notices.join(', ')}`);
    assert.equal(await page.evaluate(() => window.editingPage.quarantined()), 1);
    const [journal] = Object.values(await readDatabases(page, 'lectern-journal/'));
    const aside = (journal?.['quarantine'] ?? []).filter((row) => row.includes(projectId)).join();
    for (const edit of [4, 5, 6, 7]) assert.ok(aside.includes(`edit ${edit}`), `edit ${edit} can be found there`);
    assert.deepEqual(await entriesOf(page, projectId), []);
    await editDurably(page, 8);
    const { edits } = await until(page, 'saved', ({ saved }) => saved);
    assert.deepEqual(edits, [1, 2, 8]);
    await page.close();
    assert.deepEqual(pages.uncaught, []);
  });
}
