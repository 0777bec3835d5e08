/** Files on their way in, in the tray of the course page: what is there already, what is bad, what is called off. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LecternSession } from '@lectern/core';
import type { Locator } from 'playwright-core';
import { Demo } from './demo.js';

describe('the tray of uploads', () => {
  let demo: Demo;

  const tray = (): Locator => demo.page.locator('media-library upload-tray');
  const row = (name: string): Locator => tray().locator('.upload', { hasText: name });
  const cards = (name: string): Locator => demo.page.locator('media-library [part~="item"]', { hasText: name });
  const press = (...keys: readonly string[]): Promise<void> =>
    keys.reduce((before, key) => before.then(() => demo.page.keyboard.press(key)), Promise.resolve());
  const summary = (text: string | RegExp): Promise<void> =>
    tray().locator('[part~="summary"]', { hasText: text }).waitFor({ timeout: 30_000 });

  before(async () => {
    demo = await Demo.start();
    await demo.open();
    await demo.importFiles(['lecture.mp4', 'slide.png']);
    await cards('lecture.mp4').waitFor({ timeout: 30_000 });
    await summary('2 files added');
    await tray().getByRole('button', { name: 'Clear finished' }).click();
    await tray().locator('[part~="tray"]').waitFor({ state: 'detached' });
  });
  after(() => demo.stop());

  it('asks about a file that is there, says what is wrong with a bad one, and lets the others in', async () => {
    await demo.importFiles(['lecture.mp4', 'empty.mp4', 'tone.mp3']);
    await cards('tone.mp3').waitFor({ timeout: 30_000 });
    await row('lecture.mp4').and(demo.page.locator('[data-status="duplicate"]')).waitFor({ timeout: 30_000 });
    assert.match(await row('lecture.mp4').innerText(), /in the library already.*“lecture\.mp4”/is);
    assert.match(await row('empty.mp4').innerText(), /empty.*0 bytes/is);
    await summary(/1 needs you · 1 file couldn’t be added/);
    assert.equal(await cards('lecture.mp4').count(), 1);
  });

  it('uses the existing one, by keyboard alone', async () => {
    await tray().getByRole('button', { name: 'Hide the list of uploads' }).focus();
    await press('Tab', 'Enter');
    await row('lecture.mp4').waitFor({ state: 'detached' });
    assert.equal(await cards('lecture.mp4').count(), 1);
    // The focus goes on to what stands there now: the bad one, which goes with Delete.
    await press('Delete');
    await row('empty.mp4').waitFor({ state: 'detached' });
    await summary('2 files added');
  });

  it('replaces it: one card, two versions', async () => {
    await demo.importFiles(['lecture.mp4']);
    await tray()
      .getByRole('button', { name: /^Replace it/ })
      .click({ timeout: 30_000 });
    await summary('3 files added');
    assert.equal(await cards('lecture.mp4').count(), 1);
    const versions = await demo.page.evaluate(async () => {
      const { session } = document.querySelector('media-library') as unknown as {
        readonly session: LecternSession;
      };
      const { items } = await session.backend.assets.list({ search: 'lecture.mp4' });
      return (await session.backend.assets.versions(items[0]?.id ?? '')).length;
    });
    assert.equal(versions, 2);
  });

  it('uploads it anyway: two cards', async () => {
    await demo.importFiles(['lecture.mp4']);
    await tray()
      .getByRole('button', { name: /^Upload anyway/ })
      .click({ timeout: 30_000 });
    await cards('lecture.mp4').nth(1).waitFor({ timeout: 30_000 });
    await summary('4 files added');
  });

  it('calls off what waits for an answer, and keeps nothing of it', async () => {
    await demo.importFiles(['slide.png']);
    await tray().getByRole('button', { name: 'Cancel upload of “slide.png”' }).click({ timeout: 30_000 });
    await row('slide.png').waitFor({ state: 'detached' });
    assert.equal(await cards('slide.png').count(), 1);
    await tray().getByRole('button', { name: 'Clear finished' }).click();
    await tray().locator('[part~="tray"]').waitFor({ state: 'detached' });
    demo.assertClean();
  });
});
