/** A tab that the browser freezes in the middle of its work, and that wakes when another one has taken its place. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { editDurably, FaultPages, openAsEditor, openProject, pause, stateOf, until } from './fault-pages.js';
import { FaultSite } from './fault-site.js';
import { readDatabases } from './stored-rows.js';

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

/** What is stored once nothing more is being written. */
async function settled(page: Page): ReturnType<typeof readDatabases> {
  let found = await readDatabases(page, 'lectern');
  for (;;) {
    await pause(300);
    const next = await readDatabases(page, 'lectern');
    if (isDeepStrictEqual(next, found)) return found;
    found = next;
  }
}

for (const remote of [false, true]) {
  it(`lets a frozen tab that wakes write nothing, saving ${remote ? 'to a server' : 'in the browser'}`, async () => {
    const projectId = randomUUID();
    const options = { remote, debounce: 100 };
    const sleeper = await pages.open(options);
    await openAsEditor(sleeper, projectId);
    await editDurably(sleeper, 1);
    await until(sleeper, 'saved', ({ saved }) => saved);
    // Its next save is due while it sleeps.
    await editDurably(sleeper, 2);
    const connection = await pages.context.newCDPSession(sleeper);
    await connection.send('Debugger.enable');
    // An edit of which the journal knows nothing when the tab stops.
    const stopped = new Promise((resolve) => connection.once('Debugger.paused', resolve));
    const asleep = sleeper.evaluate(() => {
      window.editingPage.edit(3);
      // eslint-disable-next-line no-debugger
      debugger;
    });
    await stopped;

    const awake = await pages.open(options);
    await openProject(awake, projectId);
    await awake.evaluate(() => window.editingPage.editHere());
    await until(awake, 'the right to edit', ({ autosave }) => autosave.role === 'leader');
    assert.ok((await stateOf(awake)).edits.includes(2), 'what the journal has goes over');
    await editDurably(awake, 4);
    const { edits } = await until(awake, 'saved', ({ saved }) => saved);
    const before = await settled(awake);
    const savesBefore = remote ? await site.server.projects.revisions(projectId) : [];

    await connection.send('Debugger.resume');
    await asleep;
    const late = await sleeper.evaluate(() => window.editingPage.edit(5));
    const { autosave } = await until(sleeper, 'to be told', (state) => state.readOnly);
    assert.equal(autosave.role, 'follower');
    await pause(500);
    assert.deepEqual(await readDatabases(awake, 'lectern'), before, 'not a row is different');
    if (remote) assert.deepEqual(await site.server.projects.revisions(projectId), savesBefore);
    const { stranded, remote: where } = (await stateOf(sleeper)).autosave;
    assert.equal(stranded, late.accepted ? 2 : 1, `what only the sleeper had is told of (${where})`);
    assert.deepEqual((await stateOf(awake)).edits, edits);
    await Promise.all([sleeper.close(), awake.close()]);
    assert.deepEqual(pages.uncaught, []);
  });
}
