import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conflicted, edited, failed, leading, run, sending } from '../test-support/machine-steps.js';
import { LecternError } from '@lectern/ports';
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

describe('waiting for a change to be durable', () => {
  const unkept = run([...leading, edited]).machine;

  it('is over at once when it is, and with the write that keeps it', async () => {
    const waiters = new SaveWaiters();
    await waiters.durable(unkept, 10);
    const order: number[] = [];
    const eleven = waiters.durable(unkept, 11).then(() => order.push(11));
    const twelve = waiters.durable(unkept, 12).then(() => order.push(12));
    waiters.wake(unkept);
    await Promise.resolve();
    assert.deepEqual(order, []);
    waiters.wake(run([{ type: 'appended', toSeq: 11, compact: false }], unkept).machine);
    await eleven;
    assert.deepEqual(order, [11]);
    waiters.wake(run([{ type: 'appended', toSeq: 12, compact: false }], unkept).machine);
    await twelve;
  });

  it('goes on while a tab that lost its lead still shows the change', async () => {
    const waiters = new SaveWaiters();
    const { machine } = run([...sending]);
    let ended = false;
    const kept = waiters.durable(machine, 11).finally(() => (ended = true));
    const lost = run([{ type: 'lost' }], machine).machine;
    waiters.wake(lost);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(ended, false);
    waiters.wake({ ...lost, remote: { ...lost.remote, ackedSeq: 11 } });
    await kept;
  });
});

describe('waiting for a save', () => {
  const ended = async (work: Promise<unknown>): Promise<string> => {
    const waiting = new Promise<string>((resolve) => setImmediate(() => resolve('waits')));
    return Promise.race([
      work.then(
        () => 'saved',
        (error: unknown) => String((error as { code?: string }).code),
      ),
      waiting,
    ]);
  };
  const synced = run(leading).machine;

  it('is over at once when the back end has that change, unless a save of a kind is wanted', async () => {
    const waiters = new SaveWaiters();
    assert.equal(await ended(waiters.saved(synced, 10, null)), 'saved');
    assert.equal(await ended(waiters.saved(synced, 10, 'publish')), 'waits');
    assert.equal(await ended(waiters.saved(synced, 11, null)), 'waits');
    const unsaved = { ...synced, remote: { ...synced.remote, baseRev: 0 } };
    assert.equal(await ended(waiters.saved(unsaved, 10, null)), 'waits', 'no project is not a saved one');
    const dirty = { ...synced, remote: { ...synced.remote, status: 'dirty' } } as const;
    assert.equal(await ended(waiters.saved(dirty, 10, null)), 'waits');
  });

  it('is over with the acknowledgement of the change, and of the kind', async () => {
    const waiters = new SaveWaiters();
    const any = waiters.saved(synced, 12, null);
    const publish = waiters.saved(synced, 11, 'publish');
    waiters.acknowledge(11, 'auto');
    assert.deepEqual([await ended(any), await ended(publish)], ['waits', 'waits']);
    waiters.acknowledge(12, 'auto');
    assert.deepEqual([await ended(any), await ended(publish)], ['saved', 'waits']);
    waiters.acknowledge(12, null);
    assert.equal(await ended(publish), 'waits');
    waiters.acknowledge(12, 'publish');
    assert.equal(await ended(publish), 'saved');
  });

  it('goes on while a save may still come, and ends with the reason when it won’t', async () => {
    for (const machine of [
      synced,
      run([...leading, edited]).machine,
      run(sending).machine,
      run([...sending, conflicted]).machine,
    ]) {
      const waiters = new SaveWaiters();
      const saved = waiters.saved(machine, 11, null);
      waiters.wake(machine);
      assert.equal(await ended(saved), 'waits', machine.remote.status);
      // A reason from before says nothing about the save under way.
      const { status } = machine.remote;
      if (status === 'merging') continue;
      waiters.wake({ ...machine, remote: { ...machine.remote, reason: { code: 'server', message: '', details: {} } } });
      assert.equal(await ended(saved), 'waits', status);
    }
    for (const code of ['offline', 'server', 'forbidden', 'unauthenticated'] as const) {
      const waiters = new SaveWaiters();
      const machine = run([...sending, failed(code, { table: 'projects' })]).machine;
      const saved = waiters.saved(machine, 11, null);
      waiters.wake(machine);
      await assert.rejects(saved, { code, details: { table: 'projects' } });
    }
  });

  it('ends when another tab edits, and not while it is being asked for', async () => {
    const waiters = new SaveWaiters();
    const saved = waiters.saved(synced, 11, null);
    waiters.wake(run([{ type: 'requested' }], synced).machine);
    assert.equal(await ended(saved), 'waits');
    waiters.wake(run([{ type: 'lost' }], synced).machine);
    assert.equal(await ended(saved), 'forbidden');
  });

  it('is told once', async () => {
    const waiters = new SaveWaiters();
    const first = waiters.saved(synced, 11, null);
    waiters.reject(new LecternError('aborted'));
    assert.equal(await ended(first), 'aborted');
    const second = waiters.saved(synced, 11, null);
    waiters.acknowledge(11, 'auto');
    waiters.reject(new LecternError('aborted'));
    assert.equal(await ended(second), 'saved');
  });
});
