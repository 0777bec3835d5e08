/** Other people's pages: the one-tag page, Trusted Types on top of the strict policy, and the demo's own start. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { contentSecurityPolicy } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import { Demo } from './demo.js';

describe('one tag on a page', () => {
  let demo: Demo;

  before(async () => {
    demo = await Demo.start();
  });
  after(() => demo.stop());

  it('is a studio that works, without a key or a line of configuration', async () => {
    await demo.open('html-cdn/index.html');
    await demo.page.locator('video-studio').getByRole('slider', { name: 'Playhead' }).waitFor();
    demo.assertClean();
  });
});

describe('a page that demands Trusted Types', () => {
  let demo: Demo;

  before(async () => {
    const trusted = "require-trusted-types-for 'script'; trusted-types lit-html lectern";
    demo = await Demo.start({ headers: { 'Content-Security-Policy': `${contentSecurityPolicy}; ${trusted}` } });
  });
  after(() => demo.stop());

  it('takes media in, which needs the worker, and shows them', async () => {
    await demo.open();
    await demo.importFiles(['count-silent.mp4']);
    const card = demo.page.locator('media-library [part~="item"]').filter({ hasText: 'count-silent.mp4' });
    await card.locator('canvas[data-drawn]').waitFor({ timeout: 30_000 });
    demo.assertClean();
  });

  it('opens the studio', async () => {
    await demo.open('studio.html');
    await demo.page.locator('studio-timeline').getByRole('slider', { name: 'Playhead' }).waitFor();
    demo.assertClean();
  });
});

describe('npm start', () => {
  it('says where the demo is, serves it under the policy, and stops when it is told to', async () => {
    const child = spawn(process.execPath, ['scripts/start.mjs'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    try {
      let output = '';
      const address = await new Promise<string>((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(output);
          if (found) resolve(found[0]);
        });
        child.once('close', () => reject(new Error(`It ended before it said an address: ${output}`)));
      });
      const answer = await fetch(address);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-security-policy'), contentSecurityPolicy);
      await answer.text();
    } finally {
      child.kill('SIGTERM');
    }
    assert.equal(await closed, 0);
  });
});
