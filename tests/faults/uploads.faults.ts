/** Chromium is killed while it uploads; it goes on by itself, and in the end the bytes are there, once, and nothing else. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { anySeed } from './seeded-random.js';
import { runUploadKills } from './uploads-kill-harness.js';
import { UploadSite, type UploadStore } from './uploads-site.js';

let site: UploadSite;
before(async () => {
  site = await UploadSite.start();
});
after(() => site.stop());

const places: Readonly<Record<UploadStore, string>> = { supabase: 'Supabase Storage', b2: 'B2' };
for (const [store, place] of Object.entries(places) as [UploadStore, string][]) {
  it(`goes on after each of 10 kills of the browser in an upload of 200 MB to ${place}`, async () => {
    const seed = anySeed();
    const lines: string[] = [];
    const report = await runUploadKills({ site, store, kills: 10, seed, log: (line) => lines.push(line) });
    const { kills, uploads, broken, short, orphans, problems, wasted, allowedWaste, midway } = report;
    const again = `Again with: npm run test:faults -- --uploads 10 --store ${store} --seed ${seed}\n${lines.join('\n')}`;
    assert.deepEqual(
      { kills, uploads, broken, short, orphans, problems },
      { kills: 10, uploads: 1, broken: 0, short: 0, orphans: 0, problems: [] },
      again,
    );
    assert.ok(midway >= 8, `only ${midway} kills came before the last byte. ${again}`);
    assert.ok(wasted <= allowedWaste, `${wasted} bytes were wasted, of ${allowedWaste} that may be. ${again}`);
  });
}
