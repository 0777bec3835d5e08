/** Every story of the built Storybook renders without an error and passes axe, light and dark. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { serve } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import { launchBrowser } from '../browser.mjs';

interface StoryEntry {
  readonly id: string;
  readonly title: string;
  readonly name: string;
  readonly type: 'story' | 'docs';
}

const index = JSON.parse(readFileSync(path.join(root, 'storybook-static/index.json'), 'utf8')) as {
  entries: Record<string, StoryEntry>;
};
const stories = Object.values(index.entries).filter(({ type }) => type === 'story');
const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** In the page. Checks what the story shows, by the rules of WCAG 2.2 AA. */
function runAxe(): Promise<readonly string[]> {
  const { axe } = globalThis as unknown as { axe: { run(context: string, options: RunOptions): Promise<AxeResults> } };
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  return axe
    .run('#storybook-root', { runOnly, resultTypes: ['violations'] })
    .then(({ violations }) =>
      violations.flatMap(({ id, help, nodes }) =>
        nodes.map(
          ({ target, failureSummary }) => `${id}: ${help} at ${JSON.stringify(target)} ${failureSummary ?? ''}`,
        ),
      ),
    );
}

describe('Storybook', () => {
  let browser: Browser;
  let page: Page;
  let server: Awaited<ReturnType<typeof serve>>;
  let problems: string[];

  before(async () => {
    // Storybook's own frame has inline scripts and styles; the strict policy is for the end-to-end tests.
    server = await serve({ mounts: { '/': 'storybook-static' }, headers: { 'Content-Security-Policy': '' } });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`console: ${message.text()}`);
    });
  });

  after(async () => {
    await browser.close();
    await server.close();
  });

  it('has stories', () => {
    assert.ok(stories.length > 0);
  });

  for (const { id, title, name } of stories) {
    for (const theme of ['light', 'dark']) {
      it(`${title} › ${name} renders and is accessible, ${theme}`, async () => {
        problems = [];
        await page.goto(`${server.origin}/iframe.html?id=${id}&viewMode=story&globals=theme:${theme}`);
        await page.waitForSelector('body.sb-show-main, body.sb-show-errordisplay', { timeout: 30_000 });
        assert.equal(await page.locator('body.sb-show-errordisplay #error-message').allTextContents().then(String), '');
        await page.waitForFunction(() => document.querySelector('#storybook-root')?.firstElementChild != null);
        // Elements fetch and lay out: wait until nothing has changed for a moment.
        await page.waitForTimeout(250);
        await page.addScriptTag({ path: axeFile });
        assert.deepEqual(await page.evaluate(runAxe), []);
        assert.deepEqual(problems, []);
      });
    }
  }
});
