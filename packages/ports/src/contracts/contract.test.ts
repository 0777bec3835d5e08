import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Backend } from '../backend.js';
import { LecternError } from '../errors.js';
import { type ContractSuite, runContract } from './contract.js';
import { ContractFailure, expectEqual, expectError } from './expectations.js';

function fakeBackend(disposed: string[], name: string): Backend {
  return { name, dispose: () => Promise.resolve(disposed.push(name)) } as unknown as Backend;
}

describe('running a contract', () => {
  it('gives each case a subject of its own and lets go of it, also after a failure', async () => {
    const disposed: string[] = [];
    const suite: ContractSuite = {
      name: 'things',
      cases: [
        { name: 'go well', run: ({ openPeer }) => openPeer().then(() => undefined), needs: ['openPeer'] },
        { name: 'go wrong', run: () => Promise.reject(new Error('wrong')) },
      ],
    };
    const cases = new Map<string, () => Promise<void>>();
    let made = 0;
    const makeSubject = () => ({
      backend: fakeBackend(disposed, `subject ${String(++made)}`),
      openPeer: async () => fakeBackend(disposed, 'peer'),
    });
    runContract(suite, makeSubject, { it: (name, run) => cases.set(name, run), offers: ['openPeer'] });
    assert.deepEqual([...cases.keys()], ['things: go well', 'things: go wrong']);
    await cases.get('things: go well')?.();
    await assert.rejects(async () => cases.get('things: go wrong')?.(), /wrong/);
    assert.deepEqual(disposed, ['subject 1', 'peer', 'subject 2']);
  });

  it('leaves cases that need more than is offered to the host', () => {
    const suite: ContractSuite = {
      name: 'things',
      cases: [{ name: 'fill up', needs: ['fillUp'], run: async () => undefined }],
    };
    const skipped: string[] = [];
    const never = (): never => assert.fail('the case was registered');
    runContract(suite, never, { it: never, skip: (name, missing) => skipped.push(`${name} (${missing})`) });
    assert.deepEqual(skipped, ['things: fill up (fillUp)']);
  });
});

describe('the expectations of the contracts', () => {
  it('compare as JSON does, whatever the order of keys', () => {
    expectEqual({ a: 1, b: [{ c: null, d: 2 }] }, { b: [{ d: 2, c: null }], a: 1 }, 'rows');
    assert.throws(() => {
      expectEqual([1, 2], [2, 1], 'order');
    }, ContractFailure);
    assert.throws(() => {
      expectEqual({ a: null }, {}, 'null');
    }, ContractFailure);
  });

  it('accept the documented error and nothing else', async () => {
    const error = new LecternError('in-use', { details: { places: ['Lesson'] } });
    assert.equal(await expectError('in-use', Promise.reject(error), 'remove'), error);
    await assert.rejects(
      expectError('in-use', Promise.reject(new LecternError('conflict')), 'remove'),
      ContractFailure,
    );
    await assert.rejects(expectError('in-use', Promise.reject(new Error('in-use')), 'remove'), ContractFailure);
    await assert.rejects(expectError('in-use', Promise.resolve(1), 'remove'), ContractFailure);
  });
});
