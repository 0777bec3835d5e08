import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { storeAsset } from '@lectern/ports/contracts';
import { createLocalBackend } from './local-backend.js';

describe('assets that are imported', () => {
  it('are found by their fingerprint and counted, and those that they replace are not', async () => {
    const backend = createLocalBackend({ storage: 'memory' });
    const [before, after] = ['a'.repeat(64), 'b'.repeat(64)];
    const made = await storeAsset(backend, 'one', { fingerprint: before });
    await backend.importAssets([
      { ...made, fingerprint: after, sizeBytes: 100 },
      { ...made, id: 'two', fingerprint: after },
    ]);
    assert.deepEqual(await backend.assets.findByFingerprint(before), []);
    const found = await backend.assets.findByFingerprint(after);
    assert.deepEqual(found.map(({ id }) => id).sort(), ['one', 'two']);
    const [count] = await backend.assets.overview();
    assert.deepEqual([count?.files, count?.bytes], [2, 107]);
    await backend.dispose();
  });

  it('begin a history anew', async () => {
    const backend = createLocalBackend({ storage: 'memory' });
    const made = await storeAsset(backend, 'one');
    const [upload] = await backend.assets.history('one');
    await backend.importAssets([made]);
    assert.deepEqual(await backend.assets.history('one'), []);
    await assert.rejects(backend.assets.undo(upload?.id ?? ''), { code: 'not-found' });
    await backend.assets.update('one', { name: 'New' });
    assert.deepEqual(
      (await backend.assets.history('one')).map(({ action }) => action),
      ['rename'],
    );
    await backend.dispose();
  });

  it('may come from before there were fingerprints', async () => {
    const backend = createLocalBackend({ storage: 'memory' });
    const { fingerprint: _none, verifiedSha256: _nor, ...old } = await storeAsset(backend, 'one');
    await backend.importAssets([old as never]);
    const { fingerprint, verifiedSha256 } = await backend.assets.get('one');
    assert.deepEqual([fingerprint, verifiedSha256], [null, null]);
    await backend.dispose();
  });
});
