import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  debounced,
  edited,
  error,
  leading,
  opened,
  prepared,
  refused,
  conflicted,
  run,
  sending,
  started,
  types,
} from '../../test-support/machine-steps.js';
import type { AutosaveEvent } from './machine.js';

const append: AutosaveEvent = { type: 'timer', name: 'append' };

describe('a journal that could not take an outbox row', () => {
  const journaled = [...leading, edited, append, { type: 'appended', toSeq: 11, compact: false }] as const;
  const degraded = run([
    ...journaled,
    debounced,
    prepared,
    { type: 'outbox', saveId: 's1', error: error('storage-denied') },
  ]);

  it('is tried again although no change waits to be written', () => {
    assert.equal(degraded.machine.local.status, 'degraded');
    assert.equal(started(degraded.effects).append, 1000);
    const { machine, effects } = run([append], degraded.machine);
    assert.deepEqual([machine.local.status, machine.local.reason, types(effects)], ['durable', null, []]);
  });

  it('keeps the next change again', () => {
    const { effects } = run([append, { type: 'edited', seq: 12 }], degraded.machine);
    assert.ok((started(effects).append ?? Infinity) <= 50);
  });
});

describe('a journal whose write was under way when another document was opened', () => {
  it('writes the next change, although nobody tells of that write any more', () => {
    const writing: readonly AutosaveEvent[] = [...sending, conflicted, refused, { type: 'edited', seq: 12 }, append];
    const adopted = run([...writing, { type: 'adopted', rev: 7, hash: 'theirs' }]).machine;
    assert.deepEqual([adopted.local.status, adopted.local.appendingTo], ['clean', null]);
    const { effects } = run([{ type: 'edited', seq: 13 }, append], adopted);
    assert.deepEqual(types(effects), ['stop-timer', 'append']);
  });
});

describe('a change that was acknowledged and never journaled', () => {
  it('keeps its number, so that no later one passes for acknowledged', () => {
    const { machine } = run([
      { type: 'granted', epoch: 2 },
      { ...opened, ackedSeq: 12, lastSeq: 10 },
    ]);
    assert.deepEqual([machine.local.seq, machine.local.durableSeq, machine.remote.ackedSeq], [12, 12, 12]);
  });
});

describe('a head that a newer version made', () => {
  it('is nothing to choose about: saving waits for the newer version', () => {
    const { machine } = run([...sending, conflicted, { type: 'merge-failed', error: error('too-new'), random: 0 }]);
    assert.deepEqual([machine.remote.status, machine.remote.reason?.code], ['blocked', 'too-new']);
  });
});
