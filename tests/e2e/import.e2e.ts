/** Media comes in: every kind that is promised, and everything that goes wrong on the way, through the course page. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { contentSecurityPolicy } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import { Demo } from './demo.js';

const good = [
  'count-h264-30.mp4',
  'count-vp9-30.webm',
  'count-h264-2997.mov',
  'slide.png',
  'slide.jpg',
  'tone.mp3',
  'tone.wav',
  'tone.m4a',
  'tone.aac',
];

/** What each bad file says, in the words that a person reads. */
const bad: Readonly<Record<string, RegExp>> = {
  'empty.mp4': /empty.*(0 bytes|again)/is,
  'text.mp4': /isn’t a video, sound or picture.*MP4/is,
  'truncated.mp4': /incomplete.*again/is,
  'truncated-without-index.mp4': /incomplete.*again/is,
  'huge.png': /too many pixels.*scale it down/is,
};

function cards(demo: Demo): Locator {
  return demo.page.locator('media-library [part~="item"]');
}

function upload(demo: Demo, name: string): Locator {
  return demo.page.locator('media-library .upload', { hasText: name });
}

describe('importing', () => {
  let demo: Demo;

  before(async () => {
    demo = await Demo.start();
    await demo.open();
  });
  after(() => demo.stop());

  it('an empty library says how to begin', async () => {
    await demo.page.locator('media-library', { hasText: 'Your library is empty' }).waitFor();
  });

  it('takes nine kinds of files chosen at once, and shows a card with its length for each', async () => {
    await demo.importFiles(good);
    for (const name of good) await cards(demo).filter({ hasText: name }).waitFor({ timeout: 30_000 });
    assert.equal(await cards(demo).count(), good.length);
    await cards(demo).filter({ hasText: 'count-h264-30.mp4' }).getByText('0:06').waitFor();
    await cards(demo).filter({ hasText: 'tone.mp3' }).getByText('0:04').waitFor();
  });

  it('draws a picture for every video and picture', async () => {
    for (const name of good.filter((file) => /mp4|webm|mov|png|jpg/.test(file))) {
      const canvas = cards(demo).filter({ hasText: name }).locator('canvas');
      await demo.page.waitForFunction(
        (node) => {
          const element = node as HTMLCanvasElement;
          if (!element.hasAttribute('data-drawn')) return false;
          const copy = new OffscreenCanvas(32, 18).getContext('2d');
          copy?.drawImage(element, 0, 0, 32, 18);
          const pixels = copy?.getImageData(0, 0, 32, 18).data ?? [];
          return pixels.some((value, index) => index % 4 !== 3 && value > 32);
        },
        await canvas.elementHandle(),
        { timeout: 10_000 },
      );
    }
  });

  it('takes files that are dropped, and says of each bad one what to do while the others go on', async () => {
    await demo.dropFiles([...Object.keys(bad), 'lecture.mp4']);
    await cards(demo).filter({ hasText: 'lecture.mp4' }).waitFor({ timeout: 30_000 });
    for (const [name, words] of Object.entries(bad)) {
      await upload(demo, name).and(demo.page.locator('[data-status="failed"]')).waitFor({ timeout: 30_000 });
      assert.match(await upload(demo, name).innerText(), words, name);
      assert.equal(await cards(demo).filter({ hasText: name }).count(), 0, `${name} isn't in the library`);
    }
  });

  it('keeps a file that this browser can’t decode, and says so', async () => {
    await demo.importFiles(['undecodable-mpeg4.mp4', 'undecodable-prores.mov']);
    for (const name of ['undecodable-mpeg4.mp4', 'undecodable-prores.mov']) {
      await cards(demo).filter({ hasText: name }).waitFor({ timeout: 30_000 });
      assert.match(await upload(demo, name).innerText(), /convert|H\.264/i);
    }
  });

  it('finds by name, filters by kind, and comes back to all', async () => {
    const search = demo.page.locator('media-library').getByRole('searchbox');
    await search.fill('tone');
    await demo.page.waitForFunction(
      () => document.querySelector('media-library')?.shadowRoot?.querySelectorAll('[part~="item"]').length === 4,
    );
    await search.fill('');
    await cards(demo).filter({ hasText: 'slide.png' }).waitFor();
  });

  it('is all there after a reload', async () => {
    const before = await cards(demo).count();
    await demo.page.reload();
    await cards(demo).filter({ hasText: 'lecture.mp4' }).waitFor();
    assert.equal(await cards(demo).count(), before);
  });

  it('goes to the trash, and comes back with undo', async () => {
    const card = cards(demo).filter({ hasText: 'slide.jpg' });
    await card.click();
    await demo.page.keyboard.press('Delete');
    await card.waitFor({ state: 'detached' });
    await demo.page.getByRole('button', { name: 'Undo' }).first().click();
    await card.waitFor();
  });

  it('asked nothing of anybody else, under the policy that the README prints', async () => {
    const readme = await readFile(`${root}/README.md`, 'utf8');
    assert.ok(readme.includes(contentSecurityPolicy), 'the README prints the policy');
    demo.assertClean();
  });
});

describe('importing where the disk is full', () => {
  let demo: Demo;

  before(async () => {
    demo = await Demo.start({ quotaBytes: 120_000 });
    await demo.open();
    await demo.page.locator('media-library', { hasText: 'Your library is empty' }).waitFor();
  });
  after(() => demo.stop());

  it('says that there is no room, takes what fits, and goes on when there is room again', async () => {
    await demo.importFiles(['lecture.mp4', 'count-silent.mp4']);
    const failed = upload(demo, 'lecture.mp4').and(demo.page.locator('[data-status="failed"]'));
    await failed.waitFor({ timeout: 30_000 });
    assert.match(await failed.innerText(), /no room left.*(delete|free)/is);
    await cards(demo).filter({ hasText: 'count-silent.mp4' }).waitFor();
    await demo.setQuota(null);
    await failed.getByRole('button', { name: /again|retry/i }).click();
    await cards(demo).filter({ hasText: 'lecture.mp4' }).waitFor({ timeout: 30_000 });
    demo.assertClean();
  });
});

describe('importing where the browser denies storage', () => {
  let demo: Demo;

  before(async () => {
    demo = await Demo.start({
      initScript: `
        const denied = () => { throw new DOMException('denied by the test', 'SecurityError'); };
        Object.defineProperty(globalThis, 'indexedDB', { get: denied });
        Object.defineProperty(globalThis, 'localStorage', { get: denied });
        Object.defineProperty(Navigator.prototype, 'storage', { get: () => undefined });
      `,
    });
    await demo.open();
  });
  after(() => demo.stop());

  it('works in memory, and says that nothing is kept', async () => {
    await demo.page
      .locator('media-library')
      .getByText(/stores nothing/i)
      .first()
      .waitFor();
    await demo.importFiles(['count-silent.mp4']);
    await cards(demo).filter({ hasText: 'count-silent.mp4' }).waitFor({ timeout: 30_000 });
    demo.assertClean();
  });
});
