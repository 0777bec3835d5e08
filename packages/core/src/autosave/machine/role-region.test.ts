import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  answered,
  config,
  debounced,
  edited,
  failed,
  leading,
  opened,
  prepared,
  run,
  sending,
  started,
  stopped,
  types,
  written,
} from '../../test-support/machine-steps.js';
import { initialMachine, step, type AutosaveEvent } from './machine.js';

const watching = run([{ type: 'requested' }, { type: 'denied' }]).machine;
const stranded = run([...leading, edited, { type: 'lost' }]).machine;
const followed: AutosaveEvent = { type: 'followed', seq: 20, ackedSeq: 18, baseRev: 5, baseHash: 'five' };

describe('role: coming and going', () => {
  it('is nobody’s before it was asked for, with nothing to keep and nothing saved', () => {
    assert.deepEqual(initialMachine.role, { status: 'none', epoch: 0, yielding: false, stranded: 0 });
    assert.equal(initialMachine.local.status, 'clean');
    assert.equal(initialMachine.local.volatile, false);
    assert.deepEqual([initialMachine.remote.baseRev, initialMachine.remote.baseHash], [0, '']);
    assert.deepEqual(initialMachine.remote.ownHashes, []);
  });

  it('stops watching when it asks for the lead, and when it gets it', () => {
    const asking = run([{ type: 'requested' }], watching);
    assert.deepEqual(asking.machine.role, { status: 'requesting', epoch: 0, yielding: false, stranded: 0 });
    assert.deepEqual(stopped(asking.effects), ['ping', 'silence']);
    const granted = run([{ type: 'granted', epoch: 4 }], watching);
    assert.deepEqual(granted.machine.role, { status: 'leader', epoch: 4, yielding: false, stranded: 0 });
    assert.deepEqual(stopped(granted.effects), ['ping', 'silence']);
  });

  it('watches nobody unless it follows', () => {
    const asking = run([{ type: 'requested' }]).machine;
    const leader = run(leading).machine;
    for (const machine of [asking, leader, stranded]) {
      for (const event of [
        { type: 'heard' },
        { type: 'timer', name: 'ping' },
        { type: 'timer', name: 'silence' },
      ] as const)
        assert.deepEqual(run([event], machine), { machine, effects: [] });
    }
  });

  it('loses a lead once', () => {
    for (const machine of [watching, stranded])
      assert.deepEqual(run([{ type: 'lost' }], machine), { machine, effects: [] });
  });

  it('writes, sends and empties nothing more when its lead is lost', () => {
    const { machine, effects } = run([...leading, edited, { type: 'timer', name: 'append' }, { type: 'lost' }]);
    assert.deepEqual(stopped(effects), ['append', 'deadline', 'debounce', 'idle', 'retry', 'yield'].sort());
    assert.equal(machine.local.appendingTo, null);
    for (const name of ['append', 'debounce', 'deadline', 'retry', 'idle'] as const)
      assert.deepEqual(run([{ type: 'timer', name }], machine).effects, []);
  });

  it('follows at once when all was kept, as it did before it led', () => {
    const { machine, effects } = run([...leading, { type: 'lost' }]);
    assert.deepEqual(machine.role, { ...watching.role, epoch: 1 });
    assert.deepEqual(started(effects), { silence: 10_000, ping: 2000 });
    assert.deepEqual(
      types(effects).filter((type) => !type.endsWith('timer')),
      ['wait-turn', 'catch-up', 'ping'],
    );
  });
});

describe('role: a lead that was asked for', () => {
  it('hands over what is not written, without waiting for the write under way, and has 1.5 s for it', () => {
    const { effects } = run([
      ...leading,
      edited,
      { type: 'timer', name: 'append' },
      { type: 'edited', seq: 12 },
      { type: 'yield-asked' },
    ]);
    assert.deepEqual(started(effects), { yield: 1500 });
    assert.ok(effects.some((effect) => effect.type === 'append' && effect.toSeq === 12));
  });

  it('gets no more time by being asked again', () => {
    const { machine } = run([...leading, edited, { type: 'yield-asked' }]);
    assert.deepEqual(run([{ type: 'yield-asked' }], machine), { machine, effects: [] });
  });

  it('is not given away by a tab that has none, nor by the clock without being asked', () => {
    assert.deepEqual(run([{ type: 'yield-asked' }], watching), { machine: watching, effects: [] });
    const { machine } = run([...leading, edited]);
    assert.deepEqual(run([{ type: 'timer', name: 'yield' }], machine), { machine, effects: [] });
  });

  it('is no longer being given away once it is lost', () => {
    const { role } = run([...leading, edited, { type: 'yield-asked' }, { type: 'timer', name: 'yield' }]).machine;
    assert.deepEqual(role, { status: 'follower', epoch: 1, yielding: false, stranded: 1 });
  });

  it('goes with what the back end has, too, though the journal failed', () => {
    const { machine, effects } = run([...sending, { type: 'yield-asked' }, answered({ outcome: 'ok', rev: 4 })]);
    assert.ok(types(effects).includes('release'));
    assert.equal(machine.role.stranded, 0);
  });
});

describe('role: stranded changes', () => {
  it('counts what neither the journal nor the back end has', () => {
    const kept: AutosaveEvent = { type: 'appended', toSeq: 12, compact: false };
    const { role } = run([...leading, { type: 'edited', seq: 13 }, kept, { type: 'lost' }]).machine;
    assert.equal(role.stranded, 1);
  });

  it('keeps the save that is on its way, and no other', () => {
    const { machine } = run([...sending, { type: 'save', kind: 'publish' }, { type: 'lost' }]);
    assert.equal(machine.remote.save?.saveId, 's1');
    assert.equal(machine.remote.wanted, null, 'what was to come after it is off');
    assert.equal(run([...sending, failed('server'), { type: 'lost' }]).machine.remote.save, null);
    const durable = run([...sending, { type: 'appended', toSeq: 11, compact: false }, { type: 'lost' }]);
    assert.equal(durable.machine.remote.save, null, 'the next tab sends what the journal has');
  });

  it('are fewer when a save of some of them arrives', () => {
    const { machine } = run([...sending, { type: 'edited', seq: 13 }, { type: 'lost' }]);
    assert.equal(machine.role.stranded, 3);
    const saved = run([answered({ outcome: 'ok', rev: 4 })], machine);
    assert.equal(saved.machine.role.stranded, 2);
    assert.equal(saved.machine.remote.ackedSeq, 11);
    assert.equal(saved.machine.remote.save, null);
    assert.deepEqual(saved.effects, [], 'what is left is still on show');
    assert.deepEqual(run([answered({ outcome: 'ok', rev: 4 })], saved.machine).machine, saved.machine);
  });

  it('are no more than they were when the journal has what the save lacks', () => {
    const kept: AutosaveEvent = { type: 'appended', toSeq: 13, compact: false };
    const { machine } = run([...sending, { type: 'edited', seq: 14 }, kept, { type: 'lost' }]);
    assert.equal(machine.role.stranded, 1);
    assert.equal(run([answered({ outcome: 'ok', rev: 4 })], machine).machine.role.stranded, 1);
  });

  it('wait for no save any more when it failed, whatever the reason', () => {
    const { machine } = run([...sending, { type: 'lost' }]);
    assert.deepEqual(run([{ ...failed('server'), saveId: 's0' }], machine), { machine, effects: [] }, 'of another one');
    for (const code of ['server', 'offline', 'forbidden'] as const) {
      const after = run([failed(code)], machine);
      assert.equal(after.machine.remote.save, null);
      assert.equal(after.machine.role.stranded, 1);
      assert.deepEqual(after.effects, []);
    }
  });

  it('stay stranded when the save ran into another head', () => {
    const { machine } = run([...sending, { type: 'lost' }]);
    assert.deepEqual(run([answered({ outcome: 'gone' })], machine), { machine, effects: [] });
  });

  it('are nobody’s any more once they were let go, nor is their save', () => {
    const { machine } = run([...sending, { type: 'lost' }]);
    const gone = run([{ type: 'let-go' }], machine);
    assert.equal(gone.machine.remote.save, null);
    assert.equal(gone.machine.role.stranded, 0);
    assert.deepEqual(run([{ type: 'let-go' }], gone.machine), { machine: gone.machine, effects: [] });
    assert.deepEqual(
      run([{ type: 'let-go' }], run(leading).machine).effects,
      [],
      'a tab that leads lets go of nothing',
    );
  });
});

describe('role: what a follower shows', () => {
  it('is as far as the tab that edits, saved or not', () => {
    const { machine, effects } = run([followed], watching);
    assert.deepEqual(effects, []);
    assert.deepEqual(
      [machine.local.seq, machine.local.durableSeq, machine.local.status, machine.local.reason],
      [20, 20, 'durable', null],
    );
    const { status, ackedSeq, baseRev, baseHash, reason } = machine.remote;
    assert.deepEqual([status, ackedSeq, baseRev, baseHash, reason], ['dirty', 18, 5, 'five', null]);
    const saved = run([{ ...followed, ackedSeq: 20 }], machine).machine;
    assert.deepEqual([saved.local.status, saved.remote.status], ['clean', 'synced']);
  });

  it('is saved by nobody here, whatever the clock, the page or a person says', () => {
    const { machine } = run([followed], watching);
    const events: readonly AutosaveEvent[] = [
      ...(['append', 'debounce', 'deadline', 'retry', 'idle'] as const).map(
        (name) => ({ type: 'timer', name }) as const,
      ),
      { type: 'hide' },
      { type: 'online' },
      { type: 'save', kind: 'manual' },
      { type: 'edited', seq: 21 },
    ];
    for (const event of events) assert.deepEqual(step(machine, event, config), { machine, effects: [] });
  });

  it('is neither what a tab leads nor what is stranded in it', () => {
    for (const machine of [run(leading).machine, stranded])
      assert.deepEqual(run([followed], machine), { machine, effects: [] });
  });
});

describe('opening', () => {
  it('begins with clocks that stand still and a journal as far as it was read', () => {
    const { machine, effects } = run(leading);
    assert.deepEqual(stopped(effects), ['append', 'deadline', 'debounce', 'idle', 'retry'].sort());
    assert.deepEqual(machine.local, {
      status: 'clean',
      seq: 10,
      durableSeq: 10,
      appendingTo: null,
      failures: 0,
      reason: null,
      volatile: false,
    });
    assert.equal(machine.remote.status, 'synced');
    const behind = run([
      { type: 'granted', epoch: 1 },
      { ...opened, lastSeq: 12 },
    ]);
    assert.equal(behind.machine.local.status, 'durable');
    assert.equal(behind.machine.remote.status, 'dirty');
    assert.deepEqual(started(behind.effects), { debounce: 1500, deadline: 30_000 });
  });

  it('forgets what was under way before', () => {
    const { machine } = run([...leading, edited, debounced, prepared, written, failed('server'), opened]);
    assert.deepEqual(machine, run(leading).machine);
  });

  it('never saves a document of a newer version, whatever is asked', () => {
    const { machine } = run([
      { type: 'granted', epoch: 1 },
      { ...opened, lastSeq: 12, tooNew: true },
    ]);
    assert.equal(machine.remote.status, 'blocked');
    assert.equal(machine.remote.reason?.code, 'too-new');
    for (const event of [
      { type: 'save', kind: 'manual' },
      { type: 'hide' },
      { type: 'online' },
      { type: 'timer', name: 'retry' },
    ] as const)
      assert.deepEqual(run([event], machine).effects, []);
  });

  it('asks again in thirty seconds where the back end could not be asked, if it leads', () => {
    const unreachable: AutosaveEvent = { ...opened, unreachable: { code: 'offline', message: '', details: {} } };
    assert.deepEqual(started(run([{ type: 'granted', epoch: 1 }, unreachable]).effects), { retry: 30_000 });
    const follower = run([unreachable], watching);
    assert.equal(follower.machine.remote.status, 'offline');
    assert.deepEqual(started(follower.effects), {});
    assert.deepEqual(started(run([{ ...opened, lastSeq: 12 }], watching).effects), {}, 'nor does it save');
  });
});
