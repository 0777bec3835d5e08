/** Pages that are closed right after an edit. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { runCloses } from './close-harness.js';
import { FaultSite } from './fault-site.js';
import { anySeed } from './seeded-random.js';

let site: FaultSite;
before(async () => {
  site = await FaultSite.start();
});
after(() => site.stop());

// Chromium sometimes stops answering the harness between two tabs, which says nothing about saving; until that is
// understood, this is run by hand: npm run test:faults -- --closes 200
const skip = process.env['LECTERN_CLOSES'] === undefined ? 'the browser may stop answering; see the comment' : false;

it('loses nothing when a tab is closed, left or reloaded within 50 ms of an edit', { skip }, async () => {
  const seed = anySeed();
  const { lost, problems } = await runCloses({ site, closes: 20, seed });
  assert.deepEqual({ lost, problems }, { lost: 0, problems: [] }, `npm run test:faults -- --closes 20 --seed ${seed}`);
});
