/** Several tabs of one browser: one sends a file, the others know; when it dies, another goes on; never do two send. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { after, before, it } from 'node:test';
import type { UploadItem } from '@lectern/ports';
import type { BrowserContext, Page } from 'playwright-core';
import { launchWithProfile } from '../browser.mjs';
import { openContexts } from './clean-up.js';
import { seededBlocks } from './uploads-bytes.js';
import { atTheSameTime } from './uploads-proxy.js';
import { UploadSite, type UploadStore, uploadStores } from './uploads-site.js';

const patienceMs = 60_000;
const size = 64_000_000;

let site: UploadSite;
let context: BrowserContext;
before(async () => {
  site = await UploadSite.start();
  context = await launchWithProfile(await mkdtemp(path.join(site.scratch, 'profile-')));
  openContexts.add(context);
});
after(async () => {
  await context.close();
  openContexts.delete(context);
  await site.stop();
});

async function openTab(address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction(() => (window as Partial<Window>).uploadingPage !== undefined, undefined, { polling: 20 });
  return page;
}

/** Waits until a tab shows one upload, and that as it should be. */
async function until(page: Page, what: string, condition: (item: UploadItem) => boolean): Promise<UploadItem> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const items = await page.evaluate(() => window.uploadingPage.items());
    const [item] = items;
    if (item && items.length === 1 && condition(item)) return item;
    if (Date.now() > end) throw new Error(`Waited for ${what}; it is ${JSON.stringify(items)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Kills the process of a tab. */
async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  // It never answers.
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
}

async function storedHash(store: UploadStore, assetId: string): Promise<string> {
  const { admin, s3, url, secretKey } = site.cloud.backend;
  const { rows } = await admin.query<{ object_name: string }>(
    `select b.object_name from public.media_files f
     join public.media_blobs b on b.owner_id = f.owner_id and b.key = f.blob_key
     where f.id = $1 and f.status = 'active'`,
    [assetId],
  );
  const name = rows[0]?.object_name ?? 'nothing';
  if (store === 'b2') return (await s3.storedObjects()).find(({ key }) => key.endsWith(name))?.sha256 ?? 'nothing';
  const response = await fetch(`${url}/storage/v1/object/authenticated/media/${name}`, {
    headers: { apikey: secretKey, authorization: `Bearer ${secretKey}` },
  });
  return createHash('sha256')
    .update(new Uint8Array(await response.arrayBuffer()))
    .digest('hex');
}

for (const store of uploadStores) {
  it(`the next tab goes on when the one that sends dies or is closed, and never do two send (${store})`, async () => {
    const user = await site.cloud.newUser();
    const line = site.lines[store];
    line.reset();
    line.bytesPerSecond = 12_000_000;
    const address = site.address(user, store);
    const tabs = [await openTab(address), await openTab(address), await openTab(address)] as const;
    const [first, ...others] = tabs;
    await first.evaluate((bytes) => window.uploadingPage.add(5, bytes, 'lecture.mp4'), size);
    const { id, assetId } = await until(first, 'sending', ({ status }) => status === 'sending');
    for (const other of others) {
      const item = await until(other, 'being told', ({ status }) => status === 'sending');
      assert.deepEqual([item.id, item.elsewhere], [id, true]);
    }

    await line.untilSent(size * 0.25);
    await crash(first);
    line.everybodyDied();
    const sends = ({ status, elsewhere }: UploadItem): boolean => status === 'sending' && !elsewhere;
    const next = await Promise.any(others.map(async (page) => (await until(page, 'taking over', sends), page)));
    const last = others.find((page) => page !== next);
    assert.ok(last);
    assert.equal((await until(last, 'still being told', () => true)).elsewhere, true);

    await line.untilSent(size * 0.6);
    await next.close();
    line.everybodyDied();
    line.bytesPerSecond = Infinity;
    const done = await until(last, 'the end', ({ status }) => status === 'done');
    assert.equal(done.assetId, assetId);
    assert.deepEqual(atTheSameTime(line.sent), []);
    const expected = createHash('sha256');
    for (const block of seededBlocks(5, size)) expected.update(block);
    assert.equal(await storedHash(store, assetId), expected.digest('hex'));
    const { rows } = await site.cloud.backend.admin.query('select id from public.media_files where owner_id = $1', [
      user.id,
    ]);
    assert.equal(rows.length, 1);
    assert.deepEqual(await last.evaluate(() => window.uploadingPage.written()), { rows: [], held: 0, heldBytes: 0 });
    await last.close();
  });
}
