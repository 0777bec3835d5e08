/** Chromium is killed, or put to sleep, while it exports; it goes on with what is on disk, and the file is the one of an export left alone. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { ExportSite, runExportKills, runExportSleep } from './export-kill-harness.js';
import { anySeed } from './seeded-random.js';

let site: ExportSite;
before(async () => {
  site = await ExportSite.start();
});
after(() => site.stop());

it('goes on after each of 5 kills of the browser in an export, with the same frames and sound in the end', async () => {
  const seed = anySeed();
  const lines: string[] = [];
  const report = await runExportKills({ site, kills: 5, seed, log: (line) => lines.push(line) });
  const { reused, ...counts } = report;
  const again = `Again with: npm run test:faults -- --exports 5 --seed ${seed}\n${lines.join('\n')}`;
  assert.deepEqual(
    counts,
    { kills: 5, exports: 1, wrongFrames: 0, wrongSound: 0, lostFrames: 0, broken: 0, problems: [] },
    again,
  );
  assert.ok(reused > 0, `nothing was taken over. ${again}`);
});

it('goes on after a sleep that is longer than anything may stand still, as if nothing had been', async () => {
  const { problems, ...counts } = await runExportSleep({ site, seed: anySeed() }, 23_000);
  assert.deepEqual(problems, []);
  assert.deepEqual(counts, {
    kills: 0,
    exports: 1,
    wrongFrames: 0,
    wrongSound: 0,
    lostFrames: 0,
    reused: 0,
    broken: 0,
  });
});
