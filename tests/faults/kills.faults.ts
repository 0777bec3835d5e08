/** Chromium is killed while it saves; nothing that had a quarter of a second is lost, and nothing was called saved in vain. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { FaultSite } from './fault-site.js';
import { runKills } from './kill-harness.js';
import { anySeed } from './seeded-random.js';

let site: FaultSite;
before(async () => {
  site = await FaultSite.start(anySeed());
});
after(() => site.stop());

it('loses no edit older than 250 ms and claims no save that was none in 30 kills of the browser', async () => {
  const seed = anySeed();
  const lines: string[] = [];
  const report = await runKills({ site, kills: 30, seed, log: (line) => lines.push(line) });
  const { kills, lost, corrupted, falseSaved, problems } = report;
  assert.deepEqual(
    { kills, lost, corrupted, falseSaved, problems },
    { kills: 30, lost: 0, corrupted: 0, falseSaved: 0, problems: [] },
    `Again with: npm run test:faults -- --kills 30 --seed ${seed}\n${lines.join('\n')}`,
  );
  assert.ok(report.restored > 0, 'some edits were only in the journal when the browser was killed');
});

it('notices a journal that keeps nothing', async () => {
  const report = await runKills({ site, kills: 2, seed: 1, broken: 'journal' });
  assert.ok(report.lost > 0);
});

it('notices a server that says it saved and didn’t', async () => {
  const report = await runKills({ site, kills: 1, seed: 1, broken: 'server' });
  assert.ok(report.falseSaved > 0);
});
