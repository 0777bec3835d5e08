/**
 * A browser that is killed within a write leaves half a record in the log of its databases. Chromium goes on behind it, and
 * at the start after that it finds its log corrupt and deletes every database of the origin.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, it } from 'node:test';
import type { Page } from 'playwright-core';
import { editDurably, openAsEditor, ready, stateOf } from './fault-pages.js';
import { FaultSite } from './fault-site.js';
import { chromiumBinary, KillableBrowser } from './killable-browser.js';

let site: FaultSite;
before(async () => {
  site = await FaultSite.start(1);
});
after(() => site.stop());

/** What the first of the two writes of a record leaves: a checksum, the length of what should follow, and its type. */
const tornRecord = Buffer.from([0xd9, 0x5c, 0x5e, 0x1d, 0xda, 0x00, 0x01]);

function tearLog(profile: string): void {
  const databases = path.join(profile, 'Default', 'IndexedDB');
  const folder = readdirSync(databases).find((name) => name.endsWith('.leveldb'));
  assert.ok(folder !== undefined, 'the origin has databases');
  const logs = readdirSync(path.join(databases, folder)).filter((name) => name.endsWith('.log'));
  const last = logs.sort().at(-1);
  assert.ok(last !== undefined, 'the databases have a log');
  appendFileSync(path.join(databases, folder, last), tornRecord);
}

it('keeps everything when the browser was killed between the two halves of a record', async () => {
  const profile = path.join(site.scratch, `profile-${randomUUID()}`);
  const projectId = randomUUID();
  const live = async (work: (page: Page) => Promise<void>): Promise<void> => {
    const browser = await KillableBrowser.start(chromiumBinary(), profile, () => undefined);
    try {
      await browser.page.goto(site.address({}));
      await ready(browser.page);
      await openAsEditor(browser.page, projectId);
      await work(browser.page);
    } finally {
      await browser.kill();
    }
  };
  await live(async (page) => {
    for (const edit of [1, 2, 3]) await editDurably(page, edit);
  });
  tearLog(profile);
  await live((page) => editDurably(page, 4));
  await live(async (page) => {
    assert.deepEqual((await stateOf(page)).edits, [1, 2, 3, 4]);
  });
});
