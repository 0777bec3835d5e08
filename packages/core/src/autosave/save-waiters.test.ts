import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run, leading, edited } from '../test-support/machine-steps.js';
import type { AutosaveEvent } from './machine/machine.js';
import { SaveWaiters } from './save-waiters.js';

describe('waiting for a change to be kept', () => {
  it('ends without it when another tab took over, whatever that one keeps under the same number', async () => {
    const waiters = new SaveWaiters();
    const { machine } = run([...leading, edited]);
    const kept = waiters.durable(machine, 11);
    const lost = run([{ type: 'lost' }], machine).machine;
    waiters.wake(lost);
    const theirs: AutosaveEvent = { type: 'followed', seq: 11, ackedSeq: 11, baseRev: 4, baseHash: 'four' };
    for (const event of [{ type: 'let-go' }, theirs] as const) waiters.wake(run([event], lost).machine);
    await assert.rejects(kept, { code: 'forbidden' });
  });
});
