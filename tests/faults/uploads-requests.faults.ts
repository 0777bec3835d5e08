/** One request of a session fails; whatever was promised is there in the end, once, and every error has its words. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runRequestSweep } from './uploads-request-harness.js';
import { uploadStores } from './uploads-site.js';

for (const store of uploadStores) {
  it(`loses nothing and does nothing twice when a request fails, with bytes in ${store} (a sample)`, async () => {
    const lines: string[] = [];
    const report = await runRequestSweep({ store, every: 12, log: (line) => lines.push(line) });
    assert.deepEqual(report.problems, [], lines.join('\n'));
    assert.ok(report.requests > 15, `a session has ${report.requests} requests`);
    assert.ok(Object.keys(report.surfaced).length > 0, 'some errors came up');
  });
}
