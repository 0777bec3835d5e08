import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  answered,
  edited,
  error,
  leading,
  run,
  sending,
  started,
  stopped,
  types,
} from '../../test-support/machine-steps.js';
import type { AutosaveEvent } from './machine.js';

const appendTimer: AutosaveEvent = { type: 'timer', name: 'append' };
const appended: AutosaveEvent = { type: 'appended', toSeq: 11, compact: false };
const full: AutosaveEvent = { type: 'append-failed', error: error('quota-exceeded') };
const writing = [...leading, edited, appendTimer];

describe('local: what is written when', () => {
  it('does not empty the journal soon after a change', () => {
    assert.deepEqual(stopped(run([...leading, edited]).effects), ['idle']);
  });

  it('waits for the write under way, and not when the page may be about to go', () => {
    const more = run([...writing, { type: 'edited', seq: 12 }]);
    assert.deepEqual(run([appendTimer], more.machine).effects, []);
    const hidden = run([{ type: 'hide' }], more.machine);
    assert.ok(hidden.effects.some((effect) => effect.type === 'append' && effect.toSeq === 12));
    assert.equal(hidden.machine.local.appendingTo, 12);
  });

  it('writes the same changes once, however often the page is hidden', () => {
    const hidden = run([...leading, edited, { type: 'hide' }]);
    assert.ok(types(hidden.effects).includes('append'));
    assert.ok(!types(run([{ type: 'hide' }], hidden.machine).effects).includes('append'));
    const kept = run([appended, { type: 'hide' }], hidden.machine);
    assert.ok(!types(kept.effects).includes('append'), 'nor what is written');
  });

  it('still waits for the later of two writes when the earlier one ends', () => {
    const both = run([...writing, { type: 'edited', seq: 12 }, { type: 'hide' }, appended]);
    assert.deepEqual(both.effects, []);
    assert.equal(both.machine.local.durableSeq, 11);
    assert.equal(both.machine.local.appendingTo, 12);
    const { local } = run([{ type: 'appended', toSeq: 12, compact: false }], both.machine).machine;
    assert.deepEqual([local.durableSeq, local.appendingTo, local.status], [12, null, 'durable']);
  });

  it('knows a change for durable although an older write ends after a newer one', () => {
    const { local } = run([...writing, { type: 'appended', toSeq: 12, compact: false }, appended]).machine;
    assert.equal(local.durableSeq, 12);
  });

  it('is durable while the back end lacks something and clean when it lacks nothing', () => {
    assert.equal(run([...writing, appended]).machine.local.status, 'durable');
    assert.equal(run([...sending, answered({ outcome: 'ok', rev: 4 }), appended]).machine.local.status, 'clean');
  });

  it('is folded into a snapshot when the journal has grown long', () => {
    assert.deepEqual(run([...writing, appended]).effects, []);
    assert.deepEqual(run([...writing, { ...appended, compact: true }]).effects, [{ type: 'compact' }]);
  });
});

describe('local: a journal that cannot be written', () => {
  it('is tried again after one second, then twice as long each time, at most thirty', () => {
    let { machine } = run(writing);
    const waits: (number | undefined)[] = [];
    for (let round = 0; round < 7; round += 1) {
      const failing = run([full], machine);
      waits.push(started(failing.effects).append);
      ({ machine } = run([appendTimer], failing.machine));
    }
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    const anew = run([appended, { type: 'edited', seq: 12 }, appendTimer, full], machine);
    assert.equal(started(anew.effects).append, 1000, 'a write that succeeded begins the count anew');
  });

  it('makes room where the disk is full, and only there, and writes again when there is some', () => {
    const degraded = run([...writing, full]);
    assert.ok(degraded.effects.some(({ type }) => type === 'make-room'));
    const denied = run([...writing, { type: 'append-failed', error: error('storage-denied') }]);
    assert.ok(!types(denied.effects).includes('make-room'));
    const again = run([{ type: 'made-room' }], degraded.machine);
    assert.deepEqual(again.effects, [
      { type: 'stop-timer', name: 'append' },
      { type: 'append', toSeq: 11 },
    ]);
    assert.deepEqual(
      run([...leading, edited, { type: 'made-room' }]).effects,
      [],
      'a journal that is well has its time',
    );
  });

  it('is well again with the first write that succeeds, even when there is more to write', () => {
    const { machine } = run([...writing, full, appendTimer, { type: 'edited', seq: 12 }, appended]);
    assert.equal(machine.local.status, 'writing');
    assert.equal(machine.local.reason, null);
    assert.equal(machine.local.failures, 0);
  });

  it('stays degraded through more edits, which wait for the same retry', () => {
    const more = run([...writing, full, { type: 'edited', seq: 12 }]);
    assert.equal(more.machine.local.status, 'degraded');
    assert.equal(started(more.effects).append, undefined);
  });

  it('leaves a save under way alone', () => {
    const { effects, machine } = run([...sending, appendTimer, full]);
    assert.equal(machine.remote.status, 'saving');
    assert.deepEqual(Object.keys(started(effects)), ['append']);
  });
});
