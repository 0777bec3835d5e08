import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLocalBackend } from '@lectern/adapter-local';
import { allContracts, runContract } from '@lectern/ports/contracts';
import { type Faults, unreliable } from './unreliable.js';

const request = { id: 't', key: 'assets/a/1', sizeBytes: 1, mimeType: 'video/mp4' };

describe('an unreliable back end', () => {
  it('fails calls of any port with the code that it is told', async () => {
    const backend = unreliable(createLocalBackend({ storage: 'memory' }), () => ({
      fail: { 'transfers.send': 'offline', operations: 'server' },
    }));
    assert.equal(backend.transfers.resumable, false);
    const transfer = await backend.transfers.reserve(request);
    await assert.rejects(backend.transfers.send(transfer, new Blob(['x'])), { code: 'offline' });
    await assert.rejects(backend.operations.list(), { code: 'server' });
    assert.deepEqual((await backend.assets.list({})).items, []);
    backend.operations.subscribe(() => undefined)();
    await backend.dispose();
  });

  it('does as it is told at the time', async () => {
    let faults: Faults = { fail: { operations: 'offline' } };
    const backend = unreliable(createLocalBackend({ storage: 'memory' }), () => faults);
    await assert.rejects(backend.operations.list(), { code: 'offline' });
    faults = {};
    assert.deepEqual(await backend.operations.list(), []);
    await backend.dispose();
  });
});

describe('an unreliable back end without faults', () => {
  for (const suite of allContracts) {
    runContract(suite, () => ({ backend: unreliable(createLocalBackend({ storage: 'memory' }), () => ({})) }), { it });
  }
});
