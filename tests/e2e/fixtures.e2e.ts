/** The fixtures say what their facts say, read in the browser as exports are read: otherwise no other test means much. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { countingFixtures, toneFixtures, variableRateTime } from '../../packages/testing/src/fixture-files.js';
import type { HeardTone } from '../../packages/testing/src/tone-code.js';
import type { Browser, BrowserContext } from 'playwright-core';
import { serve } from '../../scripts/serve.mjs';
import { root } from '../../scripts/workspace.mjs';
import { launchBrowser } from '../browser.mjs';
import { readMedia, readerMounts } from './read-media.js';

const fixture = (name: string): string => path.join(root, 'packages/testing/fixtures', name);

describe('the fixtures', () => {
  let browser: Browser;
  let context: BrowserContext;
  let server: Awaited<ReturnType<typeof serve>>;

  before(async () => {
    server = await serve({ mounts: readerMounts });
    browser = await launchBrowser();
    context = await browser.newContext();
  });
  after(async () => {
    await browser.close();
    await server.close();
  });

  for (const facts of Object.values(countingFixtures)) {
    it(`${facts.name} has its ${String(facts.frames)} numbered pictures at their times, and its tones`, async () => {
      const { video, audio } = await readMedia(context, server.origin, fixture(facts.name), { windowSeconds: 0.25 });
      assert.ok(video);
      assert.deepEqual([video.codec, video.width, video.height], [facts.videoCodec, facts.width, facts.height]);
      assert.deepEqual(
        video.pictures.map(({ code }) => code),
        Array.from({ length: facts.frames }, (_, frame) => ({ source: facts.source, frame })),
      );
      const { num, den } = facts.frameRate;
      for (const [frame, { timestamp }] of video.pictures.entries()) {
        const time = facts.name === 'count-vfr.mp4' ? variableRateTime(frame) : (frame * den) / num;
        // WebM counts in milliseconds, and Opus's priming moves the start by some.
        assert.ok(Math.abs(timestamp - time) < 0.009, `picture ${String(frame)} at ${String(timestamp)}`);
      }
      assert.equal(audio?.codec ?? null, facts.audioCodec);
      if (!audio) return;
      for (const { start, tones } of audio.windows) {
        if (start % 1 === 0 || start >= Math.floor(facts.durationSeconds)) continue;
        assert.deepEqual(
          [tones[0]?.source, tones[0]?.second],
          [facts.source, Math.floor(start)],
          `at ${String(start)}`,
        );
      }
      const flashes = video.pictures
        .filter(({ flash }, index) => flash && !video.pictures[index - 1]?.flash)
        .map(({ timestamp }) => timestamp);
      assert.equal(flashes.length, Math.ceil(facts.durationSeconds - 0.1));
      for (const [second, flash] of flashes.entries()) {
        const beep = audio.beeps[second] ?? Number.NaN;
        assert.ok(Math.abs(flash - beep) < den / num + 0.012, `flash at ${String(flash)}, beep at ${String(beep)}`);
      }
    });
  }

  for (const facts of Object.values(toneFixtures)) {
    it(`${facts.name} has its tones`, async () => {
      const { audio } = await readMedia(context, server.origin, fixture(facts.name), { windowSeconds: 0.25 });
      assert.ok(audio);
      for (const second of [0, 1, 2, 3]) {
        const heard: HeardTone | undefined = audio.windows[second * 4 + 2]?.tones[0];
        assert.deepEqual([heard?.source, heard?.second], [facts.source, second]);
        assert.ok(Math.abs((heard?.amplitude ?? 0) - 0.2) < 0.03, String(heard?.amplitude));
      }
    });
  }
});
