import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  answered,
  conflicted,
  config,
  debounced,
  edited,
  error,
  failed,
  leading,
  prepared,
  refused,
  run,
  sending,
  types,
  written,
} from '../../test-support/machine-steps.js';
import { step, type AutosaveEvent, type Effect } from './machine.js';

describe('local: the journal', () => {
  it('waits a moment for more changes before it writes the first one', () => {
    const { machine, effects } = run([...leading, edited]);
    assert.equal(machine.local.status, 'pending');
    const timer = effects.find((effect) => effect.type === 'start-timer' && effect.name === 'append');
    assert.ok(timer?.type === 'start-timer' && timer.ms <= 50);
  });

  it('writes at once what was changed while it was writing', () => {
    const { machine, effects } = run([
      ...leading,
      edited,
      { type: 'timer', name: 'append' },
      { type: 'edited', seq: 12 },
      { type: 'appended', toSeq: 11, compact: false },
    ]);
    assert.equal(machine.local.status, 'writing');
    assert.deepEqual(effects, [
      { type: 'stop-timer', name: 'append' },
      { type: 'append', toSeq: 12 },
    ]);
  });

  it('is degraded with its reason while it cannot write, tries again, and hurries the back end', () => {
    const full = run([
      ...leading,
      edited,
      { type: 'timer', name: 'append' },
      { type: 'append-failed', error: error('quota-exceeded') },
    ]);
    assert.equal(full.machine.local.status, 'degraded');
    assert.equal(full.machine.local.reason?.code, 'quota-exceeded');
    const timers = Object.fromEntries(
      full.effects.flatMap((effect) => (effect.type === 'start-timer' ? [[effect.name, effect.ms]] : [])),
    );
    assert.equal(timers['deadline'], 5000);
    assert.equal(timers['append'], 1000);
    const again = run([{ type: 'timer', name: 'append' }], full.machine);
    assert.deepEqual(types(again.effects), ['stop-timer', 'append']);
    assert.equal(again.machine.local.status, 'degraded', 'it is not well before a write succeeded');
    assert.equal(run([{ type: 'appended', toSeq: 11, compact: false }], again.machine).machine.local.status, 'durable');
  });

  it('ends the tab’s role when its epoch is over', () => {
    const { machine } = run([
      ...leading,
      edited,
      { type: 'timer', name: 'append' },
      { type: 'append-failed', error: error('conflict') },
    ]);
    assert.equal(machine.role.status, 'follower');
    assert.equal(run([{ type: 'edited', seq: 12 }], machine).machine, machine, 'a follower takes no edits');
  });

  it('is emptied only when all of it is acknowledged', () => {
    const idle: AutosaveEvent = { type: 'timer', name: 'idle' };
    assert.deepEqual(types(run([...leading, edited, idle]).effects), ['compact']);
    const saved = run([
      ...sending,
      { type: 'appended', toSeq: 11, compact: false },
      answered({ outcome: 'ok', rev: 4 }),
      idle,
    ]);
    assert.deepEqual(types(saved.effects), ['clear-journal']);
  });
});

describe('remote: the back end', () => {
  it('saves a moment after the last change and at the latest at the deadline', () => {
    const first = run([...leading, edited]);
    assert.equal(first.machine.remote.status, 'dirty');
    const starts = (effects: readonly Effect[]): readonly string[] =>
      effects.flatMap((effect) => (effect.type === 'start-timer' ? [effect.name] : []));
    assert.ok(starts(first.effects).includes('deadline'));
    const second = run([{ type: 'edited', seq: 12 }], first.machine);
    assert.deepEqual(starts(second.effects), ['debounce'], 'the deadline stays that of the first change');
    assert.equal(run([{ type: 'timer', name: 'deadline' }], second.machine).machine.remote.status, 'saving');
  });

  it('sends only after the outbox row is written', () => {
    const afterPrepared = run([...leading, edited, debounced, prepared]);
    assert.deepEqual(types(afterPrepared.effects), ['write-outbox']);
    assert.deepEqual(types(run([written], afterPrepared.machine).effects), ['send']);
  });

  it('is synced after an ok, with the new base', () => {
    const { machine, effects } = run([...sending, answered({ outcome: 'ok', rev: 4 })]);
    assert.equal(machine.remote.status, 'synced');
    assert.equal(machine.remote.baseRev, 4);
    assert.equal(machine.remote.baseHash, 'eleven');
    assert.equal(machine.remote.ackedSeq, 11);
    assert.equal(types(effects)[0], 'acknowledge');
  });

  it('is dirty again after an ok when there were more changes', () => {
    const { machine } = run([...sending, { type: 'edited', seq: 12 }, answered({ outcome: 'ok', rev: 4 })]);
    assert.equal(machine.remote.status, 'dirty');
    assert.equal(machine.remote.ackedSeq, 11);
  });

  it('sends nothing when undo led back to what is saved', () => {
    const { machine, effects } = run([...leading, edited, debounced, { ...prepared, hash: 'three' }]);
    assert.equal(machine.remote.status, 'synced');
    assert.ok(!types(effects).includes('write-outbox'));
  });

  it('publishes even when nothing changed, as a revision of its own', () => {
    const { machine, effects } = run([
      ...leading,
      { type: 'save', kind: 'publish' },
      { ...prepared, seqTo: 10, hash: 'three' },
    ]);
    assert.equal(machine.remote.save?.kind, 'publish');
    assert.deepEqual(types(effects), ['write-outbox']);
  });

  for (const code of ['timeout', 'server', 'rate-limited', 'unknown'] as const) {
    it(`tries the same save again after ${code}`, () => {
      const { machine, effects } = run([...sending, failed(code)]);
      assert.equal(machine.remote.status, 'backoff');
      assert.deepEqual(types(effects), ['start-timer']);
      const again = run([{ type: 'timer', name: 'retry' }], machine);
      const send = again.effects.find((effect) => effect.type === 'send');
      assert.equal(send?.type === 'send' ? send.save.saveId : null, 's1');
    });
  }

  it('waits longer each time, at most thirty seconds, and as long as it is told', () => {
    let { machine } = run(sending);
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const next = step(machine, { ...failed('server'), random: 1 }, config);
      for (const effect of next.effects) if (effect.type === 'start-timer') waits.push(effect.ms);
      ({ machine } = step(next.machine, { type: 'timer', name: 'retry' }, config));
    }
    assert.deepEqual(
      waits,
      [...waits].sort((a, b) => a - b),
    );
    assert.equal(waits.at(-1), 30_000);
    const told = run([...sending, failed('rate-limited', { retryAfterMs: 42_000 })]);
    assert.deepEqual(told.effects, [{ type: 'start-timer', name: 'retry', ms: 42_000 }]);
  });

  it('goes on from offline when the page is online or seen again', () => {
    const { machine } = run([...sending, failed('offline')]);
    assert.equal(machine.remote.status, 'offline');
    for (const type of ['online', 'show'] as const)
      assert.equal(run([{ type }], machine).machine.remote.status, 'saving');
  });

  it('waits for the same user when the session has ended', () => {
    const { machine } = run([...sending, failed('unauthenticated')]);
    assert.equal(machine.remote.status, 'authLost');
    assert.equal(
      run([{ type: 'online' }, { type: 'timer', name: 'retry' }], machine).machine.remote.status,
      'authLost',
    );
    const back = run([{ type: 'signed-in' }], machine);
    assert.deepEqual(types(back.effects), ['stop-timer', 'send']);
  });

  it('stops saving in a conflict and goes on journaling', () => {
    const { machine } = run([...sending, conflicted, refused]);
    assert.equal(machine.remote.status, 'conflict');
    assert.equal(machine.remote.conflict?.headRev, 7);
    const more = run(
      [
        { type: 'edited', seq: 12 },
        { type: 'timer', name: 'append' },
      ],
      machine,
    );
    assert.ok(types(more.effects).includes('append'));
    assert.equal(run([{ type: 'save', kind: 'manual' }], more.machine).machine.remote.status, 'conflict');
  });

  it('takes a head with the very same content for its own save', () => {
    const { machine } = run([
      ...sending,
      answered({ outcome: 'conflict', headRev: 7, headAuthor: 'me', headAt: '', headHash: 'eleven', keptAs: 9 }),
    ]);
    assert.equal(machine.remote.status, 'synced');
    assert.equal(machine.remote.baseRev, 7);
  });

  it('merges before it asks anybody, and saves on the head that it merged', () => {
    const asked = run([...sending, conflicted]);
    assert.equal(asked.machine.remote.status, 'merging');
    assert.deepEqual(types(asked.effects), ['stop-timer', 'merge']);
    const merged = run(
      [
        { type: 'edited', seq: 12 },
        { type: 'merged', rev: 7, hash: 'theirs' },
      ],
      asked.machine,
    );
    assert.equal(merged.machine.remote.status, 'saving');
    assert.equal(merged.machine.remote.save?.baseRev, 7);
    assert.equal(merged.machine.remote.ackedSeq, 10, 'nothing of mine is acknowledged by that');
  });

  it('tries a merge again that the network broke off, and asks a person where what it needs can’t be read', () => {
    const merging = run([...sending, conflicted]).machine;
    const failing: AutosaveEvent = { type: 'merge-failed', error: error('timeout'), random: 0 };
    const later = run([failing], merging);
    assert.equal(later.machine.remote.status, 'merging');
    assert.deepEqual(later.effects, [{ type: 'start-timer', name: 'retry', ms: 1000 }]);
    assert.deepEqual(types(run([{ type: 'timer', name: 'retry' }], later.machine).effects), ['stop-timer', 'merge']);
    assert.deepEqual(types(run([{ type: 'online' }], later.machine).effects), ['stop-timer', 'merge']);
    assert.equal(run([{ ...failing, error: error('corrupt') }], merging).machine.remote.status, 'conflict');
    assert.equal(run([{ ...failing, error: error('not-found') }], merging).machine.remote.status, 'orphaned');
    assert.equal(run([{ ...failing, error: error('unauthenticated') }], merging).machine.remote.status, 'authLost');
  });

  it('makes the kind of save that was asked for once it has merged', () => {
    const { machine } = run([
      ...sending,
      { type: 'save', kind: 'publish' },
      conflicted,
      { type: 'save', kind: 'manual' },
      { type: 'merged', rev: 7, hash: 'theirs' },
    ]);
    assert.equal(machine.remote.save?.kind, 'publish');
  });

  it('keeps mine on the head that was shown', () => {
    const { machine } = run([...sending, conflicted, refused, { type: 'choose', choice: 'keep-mine' }]);
    assert.equal(machine.remote.status, 'saving');
    assert.equal(machine.remote.save?.baseRev, 7);
  });

  it('is at rest once theirs was taken', () => {
    const asked = run([...sending, conflicted, refused, { type: 'choose', choice: 'take-theirs' }]);
    assert.deepEqual(types(asked.effects), ['adopt']);
    const { machine } = run([{ type: 'adopted', rev: 7, hash: 'theirs' }], asked.machine);
    assert.equal(machine.remote.status, 'synced');
    assert.equal(machine.remote.baseRev, 7);
    assert.equal(machine.remote.ackedSeq, machine.local.seq);
  });

  it('never retries what was refused for good, until it is asked to', () => {
    for (const [code, status] of [
      ['forbidden', 'orphaned'],
      ['not-found', 'orphaned'],
      ['invalid-input', 'blocked'],
      ['quota-exceeded', 'blocked'],
    ] as const) {
      const { machine, effects } = run([...sending, failed(code)]);
      assert.equal(machine.remote.status, status);
      assert.deepEqual(
        effects.filter(({ type }) => type !== 'stop-timer'),
        [],
      );
      assert.equal(
        run([{ type: 'online' }, { type: 'show' }, { type: 'timer', name: 'retry' }], machine).machine.remote.status,
        status,
      );
      assert.equal(run([{ type: 'save', kind: 'manual' }], machine).machine.remote.status, 'saving');
    }
    assert.equal(run([...sending, answered({ outcome: 'gone' })]).machine.remote.status, 'orphaned');
    assert.equal(run([...sending, answered({ outcome: 'too-new' })]).machine.remote.reason?.code, 'too-new');
  });

  it('sends what can go with the page without waiting for its row, and only once', () => {
    const going = run([...leading, edited, { type: 'hide' }, { ...prepared, keepalive: true }]);
    assert.deepEqual(types(going.effects), ['write-outbox', 'send']);
    const send = going.effects.find((effect) => effect.type === 'send');
    assert.equal(send?.keepalive, true);
    assert.deepEqual(run([written], going.machine).effects, []);
    const failing = run([failed('server'), { type: 'hide' }], going.machine);
    const again = failing.effects.find((effect) => effect.type === 'send');
    assert.equal(again?.save.saveId, 's1');
    assert.equal(again.keepalive, true);
  });

  it('writes and sends at once when the page is hidden', () => {
    const { effects, machine } = run([...leading, edited, { type: 'hide' }]);
    assert.ok(types(effects).includes('append'));
    assert.ok(types(effects).includes('prepare'));
    assert.equal(machine.remote.status, 'saving');
  });

  it('saves what the back end lacks when it opens, and shows why it couldn’t be asked', () => {
    const behind: AutosaveEvent = {
      type: 'opened',
      baseRev: 3,
      baseHash: 'three',
      ackedSeq: 10,
      lastSeq: 14,
      unreachable: null,
      ownHashes: [],
      tooNew: false,
      volatile: false,
    };
    assert.equal(run([{ type: 'granted', epoch: 2 }, behind]).machine.remote.status, 'dirty');
    const offline = run([
      { type: 'granted', epoch: 2 },
      { ...behind, unreachable: error('offline') },
    ]);
    assert.equal(offline.machine.remote.status, 'offline');
    assert.equal(run([{ type: 'online' }], offline.machine).machine.remote.status, 'saving');
  });
});

describe('role: which tab edits', () => {
  const watching = run([{ type: 'requested' }, { type: 'denied' }]);

  it('watches the tab that edits: follows it, asks after it, and waits for its turn', () => {
    assert.equal(watching.machine.role.status, 'follower');
    assert.deepEqual(
      watching.effects.map((effect) =>
        'name' in effect ? `${effect.type} ${effect.name} ${'ms' in effect ? String(effect.ms) : ''}` : effect.type,
      ),
      ['wait-turn', 'catch-up', 'start-timer silence 10000', 'ping', 'start-timer ping 2000'],
    );
    assert.deepEqual(types(run([{ type: 'timer', name: 'ping' }], watching.machine).effects), ['ping', 'start-timer']);
  });

  it('takes the lead from a tab that was silent for ten seconds, and not from one that answered', () => {
    assert.deepEqual(run([{ type: 'heard' }], watching.machine).effects, [
      { type: 'start-timer', name: 'silence', ms: 10_000 },
    ]);
    const { machine, effects } = run([{ type: 'timer', name: 'silence' }], watching.machine);
    assert.equal(machine.role.status, 'requesting');
    assert.deepEqual(effects.at(-1), { type: 'steal' });
    assert.equal(run([{ type: 'granted', epoch: 5 }], machine).machine.role.status, 'leader');
    assert.equal(run([{ type: 'denied' }], machine).machine.role.status, 'follower');
  });

  it('answers as long as it leads', () => {
    assert.deepEqual(run([...leading, { type: 'pinged' }]).effects, [{ type: 'beat' }]);
    assert.deepEqual(run([{ type: 'pinged' }], watching.machine).effects, []);
  });

  it('gives the lead away only when its last change is kept, or nothing more is to be hoped for', () => {
    const asked = run([...leading, edited, { type: 'yield-asked' }]);
    assert.equal(asked.machine.role.yielding, true);
    assert.deepEqual(types(asked.effects), ['start-timer', 'stop-timer', 'append']);
    const kept = run([{ type: 'appended', toSeq: 11, compact: false }], asked.machine);
    assert.equal(kept.machine.role.status, 'follower');
    assert.equal(kept.machine.role.stranded, 0);
    assert.ok(types(kept.effects).includes('release'));
    const late = run([{ type: 'timer', name: 'yield' }], asked.machine);
    assert.ok(types(late.effects).includes('release'));
    assert.equal(late.machine.role.stranded, 1);
    assert.deepEqual(types(run([...leading, { type: 'yield-asked' }]).effects).slice(0, 2), ['start-timer', 'release']);
  });

  it('holds on to changes that nothing kept, until somebody decides', () => {
    const { machine, effects } = run([...leading, edited, { type: 'lost' }]);
    assert.equal(machine.role.stranded, 1);
    assert.ok(!types(effects).includes('wait-turn'), 'it neither follows nor leads');
    assert.deepEqual(run([{ type: 'timer', name: 'silence' }], machine).effects, []);
    const gone = run([{ type: 'let-go' }], machine);
    assert.equal(gone.machine.role.stranded, 0);
    assert.deepEqual(types(gone.effects).slice(0, 2), ['wait-turn', 'catch-up']);
  });

  it('lets a save that was on its way still rescue them', () => {
    const lost = run([...sending, { type: 'lost' }]);
    assert.equal(lost.machine.role.stranded, 1);
    const saved = run([answered({ outcome: 'ok', rev: 4 })], lost.machine);
    assert.equal(saved.machine.role.stranded, 0);
    assert.deepEqual(types(saved.effects).slice(0, 2), ['wait-turn', 'catch-up'], 'and writes nothing itself');
  });

  it('has nothing durable but what the back end has, where the journal goes with the page', () => {
    const opened: AutosaveEvent = { ...(leading[1] as Extract<AutosaveEvent, { type: 'opened' }>), volatile: true };
    const asked = run([
      { type: 'granted', epoch: 1 },
      opened,
      edited,
      { type: 'yield-asked' },
      { type: 'appended', toSeq: 11, compact: false },
    ]);
    assert.equal(asked.machine.role.status, 'leader');
    assert.equal(run([{ type: 'timer', name: 'yield' }], asked.machine).machine.role.stranded, 1);
  });
});
