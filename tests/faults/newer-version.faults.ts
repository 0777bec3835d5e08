/** A project whose head was saved by a newer version of Lectern. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import type { Json } from '@lectern/ports';
import { editDurably, FaultPages, openAsEditor, openProject, pause, stateOf, until } from './fault-pages.js';
import { FaultSite } from './fault-site.js';

const options = { remote: true, debounce: 100 };
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

/** Saves the head once more as a later version would, with something in it that this one knows nothing of. */
async function saveAsNewer(projectId: string): Promise<unknown> {
  const head = await site.server.head(projectId);
  assert.ok(head);
  const known = head.state as unknown as Readonly<Record<string, Json>>;
  const state = { ...known, schemaVersion: head.schemaVersion + 1, fromTheFuture: { deep: [1, 2, 3] } };
  const { totalFrames, durationSeconds, rev } = head.project;
  const answer = await site.server.projects.save({
    projectId,
    baseRev: rev,
    saveId: randomUUID(),
    hash: 'of a later version',
    schemaVersion: head.schemaVersion + 1,
    state,
    kind: 'manual',
    totalFrames,
    durationSeconds,
    assetIds: [],
  });
  assert.equal(answer.outcome, 'ok');
  return state;
}

it('opens a project of a newer version read-only, says so, and leaves it as it is', async () => {
  const projectId = randomUUID();
  const page = await pages.open(options);
  await openAsEditor(page, projectId);
  await editDurably(page, 1);
  await until(page, 'saved', ({ saved }) => saved);
  await page.evaluate(() => window.editingPage.close());
  const state = await saveAsNewer(projectId);

  await openProject(page, projectId);
  const opened = await until(page, 'the project', ({ autosave }) => autosave.role === 'leader');
  assert.deepEqual(opened.edits, [1]);
  assert.equal(opened.readOnly, true);
  assert.equal(opened.sentence, 'Made with a newer version: read-only');
  assert.equal(await page.evaluate(() => window.editingPage.edit(2).accepted), false);
  await pause(300);
  await page.evaluate(() => window.editingPage.close());
  const head = await site.server.head(projectId);
  assert.deepEqual([head?.project.rev, head?.state], [2, state]);
  await page.close();
  assert.deepEqual(pages.uncaught, []);
});

it('keeps the edits of a tab under which a newer version saved, and says why they aren’t saved', async () => {
  const projectId = randomUUID();
  const page = await pages.open(options);
  await openAsEditor(page, projectId);
  await editDurably(page, 1);
  await until(page, 'saved', ({ saved }) => saved);
  await saveAsNewer(projectId);
  await editDurably(page, 2);
  const { sentence, saved } = await until(page, 'an answer', ({ autosave: { remote } }) => remote === 'blocked');
  assert.equal(saved, false);
  assert.match(sentence, /newer version/i);
  await page.close();
  const again = await pages.open(options);
  await openProject(again, projectId);
  const { edits, readOnly } = await stateOf(again);
  assert.ok(readOnly);
  assert.ok(edits.includes(2), 'the edit is still there to be looked at');
  await again.close();
  assert.deepEqual(pages.uncaught, []);
});
