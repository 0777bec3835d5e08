import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LecternErrorCode, SaveKind } from '@lectern/ports';
import {
  answered,
  config,
  conflicted,
  debounced,
  edited,
  error,
  failed,
  leading,
  opened,
  prepared,
  refused,
  run,
  sending,
  started,
  stopped,
  types,
  written,
} from '../../test-support/machine-steps.js';
import { step, type AutosaveEvent, type AutosaveMachine, type Effect } from './machine.js';

const save = (kind: SaveKind): AutosaveEvent => ({ type: 'save', kind });
const again: AutosaveEvent = { type: 'edited', seq: 12 };
const ok = answered({ outcome: 'ok', rev: 4 });
const retry: AutosaveEvent = { type: 'timer', name: 'retry' };
const conflicting = run([...sending, conflicted, refused]).machine;
const merging = run([...sending, conflicted]).machine;
const unsaved: readonly AutosaveEvent[] = [
  { type: 'granted', epoch: 1 },
  { ...opened, baseRev: 0, baseHash: '', ackedSeq: 0, lastSeq: 0 },
];

/** The one effect of that kind. */
function only<Type extends Effect['type']>(effects: readonly Effect[], type: Type): Extract<Effect, { type: Type }> {
  const [first, ...more] = effects.filter((effect) => effect.type === type);
  assert.ok(first);
  assert.deepEqual(more, []);
  return first as Extract<Effect, { type: Type }>;
}

function ignores(machine: AutosaveMachine, ...events: readonly AutosaveEvent[]): void {
  for (const event of events) assert.deepEqual(run([event], machine), { machine, effects: [] }, event.type);
}

describe('remote: when a save begins', () => {
  it('takes the document and stops all clocks', () => {
    const { machine, effects } = run([...leading, edited, debounced]);
    assert.deepEqual(stopped(effects), ['deadline', 'debounce', 'retry']);
    assert.deepEqual(only(effects, 'prepare'), { type: 'prepare', kind: 'auto', urgent: false });
    assert.deepEqual(machine.remote.save, {
      saveId: null,
      kind: 'auto',
      baseRev: 3,
      seqTo: 11,
      hash: '',
      isSent: false,
    });
    assert.equal(machine.remote.reason, null);
  });

  it('hurries when the page may be about to go', () => {
    const { effects } = run([...leading, edited, { type: 'hide' }]);
    assert.deepEqual(only(effects, 'prepare'), { type: 'prepare', kind: 'auto', urgent: true });
  });

  it('is by the clock only while there is something to save and nobody saves it', () => {
    for (const name of ['debounce', 'deadline'] as const) {
      const timer: AutosaveEvent = { type: 'timer', name };
      for (const events of [leading, sending, [...sending, failed('server')], [...sending, failed('forbidden')]])
        ignores(run(events).machine, timer);
      ignores(conflicting, timer);
    }
  });

  it('is at the deadline that was set, where that is nearer than the one of a full disk', () => {
    const near = { debounceMs: 100, deadlineMs: 2000 };
    let { machine } = run([...leading, edited, { type: 'timer', name: 'append' }]);
    const failing = step(machine, { type: 'append-failed', error: error('quota-exceeded') }, near);
    assert.equal(started(failing.effects).deadline, 2000);
    // What is edited while the disk is full has five seconds at most.
    ({ machine } = run([...sending, { type: 'append-failed', error: error('quota-exceeded') }, ok]));
    assert.equal(started(run([again], machine).effects).deadline, 5000);
  });

  it('waits for nothing in a page that is hidden, and for its end if one is under way', () => {
    ignores(run([...sending, { type: 'appended', toSeq: 11, compact: false }]).machine, { type: 'hide' });
    ignores(run(leading).machine, { type: 'hide' });
  });
});

describe('remote: a save that somebody asks for', () => {
  it('is none where nothing changed, unless it makes a revision of its own', () => {
    ignores(run(leading).machine, save('manual'), save('auto'));
    for (const kind of ['publish', 'restore'] as const) {
      const { machine, effects } = run([...leading, save(kind)]);
      assert.equal(machine.remote.save?.kind, kind);
      assert.equal(only(effects, 'prepare').kind, kind);
    }
  });

  it('makes a project of one that nobody has saved', () => {
    ignores(run(unsaved).machine, save('auto'));
    const { effects } = run([...unsaved, save('manual')]);
    assert.equal(only(effects, 'prepare').kind, 'manual');
    const sent = run([...unsaved, save('manual'), { ...prepared, hash: '' }]);
    assert.deepEqual(types(sent.effects), ['write-outbox'], 'even of an empty one');
  });

  it('begins at once where a change waits or the project was lost', () => {
    assert.equal(run([...leading, edited, save('manual')]).machine.remote.save?.kind, 'manual');
    assert.equal(run([...sending, failed('not-found'), save('manual')]).machine.remote.save?.kind, 'manual');
    assert.equal(run([...sending, failed('invalid-input'), save('manual')]).machine.remote.save?.kind, 'manual');
    ignores(run([...sending, answered({ outcome: 'too-new' })]).machine, save('manual'), save('publish'));
  });

  it('follows the one under way, the weightiest of all that were asked for', () => {
    const order = ['auto', 'manual', 'restore', 'publish'] as const;
    for (const [index, weightier] of order.entries()) {
      for (const lighter of order.slice(0, index + 1)) {
        for (const asked of [
          [lighter, weightier],
          [weightier, lighter],
        ]) {
          const { machine, effects } = run([...sending, ...asked.map(save), ok]);
          assert.equal(machine.remote.save?.kind, weightier, asked.join(', '));
          assert.equal(machine.remote.wanted, null);
          assert.equal(only(effects, 'acknowledge').kind, 'auto');
        }
      }
    }
  });

  it('begins no second one while one is under way', () => {
    const { machine, effects } = run([...sending, save('manual')]);
    assert.deepEqual(effects, []);
    assert.equal(machine.remote.save?.saveId, 's1');
  });

  it('sends a waiting save again before its own, and nothing of its own where both are of a kind', () => {
    for (const code of ['server', 'offline', 'unauthenticated'] as const) {
      const waiting = run([...sending, failed(code)]).machine;
      const same = run([save('auto')], waiting);
      assert.equal(same.machine.remote.wanted, null);
      assert.equal(only(same.effects, 'send').save.saveId, 's1');
      const more = run([save('publish')], waiting);
      assert.equal(only(more.effects, 'send').save.kind, 'auto');
      assert.equal(run([ok], more.machine).machine.remote.save?.kind, 'publish');
    }
  });

  it('gives a merge that waits another try, and leaves one under way alone', () => {
    assert.deepEqual(run([save('manual')], merging).effects, []);
    const waiting = run([{ type: 'merge-failed', error: error('timeout'), random: 0 }], merging).machine;
    const { machine, effects } = run([save('manual')], waiting);
    assert.deepEqual(types(effects), ['stop-timer', 'merge']);
    assert.equal(machine.remote.wanted, 'manual');
  });

  it('is no answer to a conflict', () => {
    ignores(conflicting, save('manual'), save('publish'), save('auto'));
  });
});

describe('remote: a save that was prepared', () => {
  const preparing = [...leading, edited, debounced];

  it('is written to the outbox as it will be sent, then sent as it was written', () => {
    const row = only(run([...preparing, prepared]).effects, 'write-outbox').save;
    assert.deepEqual(row, { saveId: 's1', kind: 'auto', baseRev: 3, seqTo: 11, hash: 'eleven', isSent: false });
    const { machine, effects } = run([...preparing, prepared, written]);
    assert.deepEqual(effects, [{ type: 'send', save: row, keepalive: false }]);
    assert.equal(machine.remote.save?.isSent, true);
  });

  it('is as far as the document was taken, not as far as it is now', () => {
    const { machine } = run([...preparing, again, prepared]);
    assert.equal(machine.remote.save?.seqTo, 11);
    const later = run([...preparing, again, { ...prepared, seqTo: 12 }, written, ok]).machine;
    assert.equal(later.remote.ackedSeq, 12);
    assert.equal(later.remote.status, 'synced');
  });

  it('is the only one: a second preparation is not sent', () => {
    ignores(run(sending).machine, { ...prepared, saveId: 's2' });
    ignores(run([...leading, edited]).machine, prepared);
    ignores(run([...sending, failed('server')]).machine, { ...prepared, saveId: 's2' });
  });

  it('is acknowledged unsent when it is what the back end has', () => {
    for (const kind of ['auto', 'manual'] as const) {
      const { machine, effects } = run([...leading, edited, save(kind), { ...prepared, hash: 'three' }]);
      assert.deepEqual(only(effects, 'acknowledge'), {
        type: 'acknowledge',
        saveId: null,
        kind: null,
        rev: 3,
        hash: 'three',
        seqTo: 11,
      });
      assert.equal(machine.remote.ackedSeq, 11);
      assert.equal(machine.remote.save, null);
    }
    const restored = run([...leading, edited, save('restore'), { ...prepared, hash: 'three' }]);
    assert.deepEqual(types(restored.effects), ['write-outbox']);
  });

  it('is sent where it is what the back end had, but others saved since', () => {
    const mine = run([{ type: 'choose', choice: 'keep-mine' }], conflicting).machine;
    assert.deepEqual(types(run([{ ...prepared, hash: 'three' }], mine).effects), ['write-outbox']);
  });

  it('blocks saving with the reason when it cannot be made, until it is asked for', () => {
    const { machine } = run([...preparing, { type: 'prepare-failed', error: error('corrupt') }]);
    assert.equal(machine.remote.status, 'blocked');
    assert.equal(machine.remote.reason?.code, 'corrupt');
    assert.equal(machine.remote.save, null);
    assert.equal(run([save('manual')], machine).machine.remote.status, 'saving');
    ignores(conflicting, { type: 'prepare-failed', error: error('corrupt') });
  });
});

describe('remote: the outbox row', () => {
  const row = [...leading, edited, debounced, prepared];

  it('sends all the same when it could not be written, and says that nothing is kept here', () => {
    const { machine, effects } = run([...row, { type: 'outbox', saveId: 's1', error: error('quota-exceeded') }]);
    assert.equal(machine.local.status, 'degraded');
    assert.equal(machine.local.reason?.code, 'quota-exceeded');
    assert.equal(only(effects, 'send').save.saveId, 's1');
    assert.equal(started(effects).append, 1000, 'what is not written is tried soon');
  });

  it('sends nothing once another tab holds the journal', () => {
    const { machine, effects } = run([...row, { type: 'outbox', saveId: 's1', error: error('conflict') }]);
    assert.equal(machine.role.status, 'follower');
    assert.ok(!types(effects).includes('send'));
  });

  it('says nothing about another save, or about one that is over', () => {
    ignores(run(row).machine, { type: 'outbox', saveId: 's0', error: null });
    ignores(run([...leading, edited, debounced]).machine, written);
    ignores(run([...sending, ok]).machine, written);
    ignores(run([...sending, failed('server')]).machine, written, { ...written, error: error('quota-exceeded') });
  });
});

describe('remote: answers', () => {
  it('acknowledge the save that was sent, with its revision and hash, and let the journal be emptied later', () => {
    const { machine, effects } = run([...sending, { type: 'appended', toSeq: 11, compact: false }, ok]);
    assert.deepEqual(effects, [
      { type: 'acknowledge', saveId: 's1', kind: 'auto', rev: 4, hash: 'eleven', seqTo: 11 },
      { type: 'start-timer', name: 'idle', ms: 30_000 },
    ]);
    assert.equal(machine.local.status, 'clean');
    assert.equal(machine.remote.save, null);
    const unwritten = run([...sending, { type: 'timer', name: 'append' }, ok]);
    assert.equal(unwritten.machine.local.status, 'writing', 'a write under way is still under way');
  });

  it('give what came after them its own time', () => {
    const { effects, machine } = run([...sending, again, ok]);
    assert.deepEqual(started(effects), { debounce: 1500, deadline: 30_000 });
    assert.equal(machine.remote.save, null);
  });

  it('mean nothing to a save that is not under way', () => {
    ignores(run([...sending, ok]).machine, ok, failed('server'), answered({ outcome: 'gone' }));
    const { machine } = run(sending);
    ignores(machine, { type: 'answered', saveId: 's0', answer: { outcome: 'ok', rev: 9 } });
    ignores(machine, { type: 'send-failed', saveId: 's0', error: error('server'), random: 0 });
    ignores(run([failed('server')], machine).machine, failed('server'));
  });

  it('begin the count of failures anew', () => {
    const { machine } = run([...sending, failed('server'), retry, ok]);
    assert.equal(machine.remote.failures, 0);
    assert.equal(machine.remote.reason, null);
  });

  it('say that the project is gone, or newer than this program, and end all that waits', () => {
    for (const [outcome, status, code] of [
      ['gone', 'orphaned', 'not-found'],
      ['too-new', 'blocked', 'too-new'],
    ] as const) {
      const { machine, effects } = run([...sending, again, save('publish'), answered({ outcome })]);
      assert.deepEqual(stopped(effects), ['deadline', 'debounce', 'retry']);
      assert.deepEqual(
        [machine.remote.status, machine.remote.reason?.code, machine.remote.save, machine.remote.wanted],
        [status, code, null, null],
      );
      assert.deepEqual(machine.remote.reason?.details, {});
    }
  });

  it('take an earlier save of this user at the head for the base of the same save', () => {
    const own = run([
      { type: 'granted', epoch: 2 },
      { ...opened, lastSeq: 11, ownHashes: ['other', 'theirs'] },
      save('publish'),
      prepared,
      written,
    ]).machine;
    const { machine, effects } = run([conflicted], own);
    assert.deepEqual(only(effects, 'prepare'), { type: 'prepare', kind: 'publish', urgent: false });
    assert.deepEqual([machine.remote.baseRev, machine.remote.baseHash, machine.remote.save?.baseRev], [7, 'theirs', 7]);
    assert.equal(machine.remote.conflict, null);
    assert.deepEqual(machine.remote.ownHashes, []);
    const next = run(
      [
        { ...prepared, saveId: 's2' },
        { ...written, saveId: 's2' },
      ],
      machine,
    ).machine;
    const foreign = run([{ ...conflicted, saveId: 's2' }], next);
    assert.equal(foreign.machine.remote.status, 'merging', 'once: after that it is somebody else’s');
  });
});

describe('remote: failures', () => {
  const codes: Readonly<Partial<Record<LecternErrorCode, string>>> = {
    unauthenticated: 'authLost',
    forbidden: 'orphaned',
    'not-found': 'orphaned',
    'invalid-input': 'blocked',
    'already-exists': 'blocked',
    'quota-exceeded': 'blocked',
    'storage-denied': 'blocked',
    'file-too-large': 'blocked',
    'too-new': 'blocked',
    corrupt: 'blocked',
    offline: 'offline',
    timeout: 'backoff',
    server: 'backoff',
    'rate-limited': 'backoff',
    unknown: 'backoff',
  };

  for (const [code, status] of Object.entries(codes) as readonly [LecternErrorCode, string][])
    it(`lead from ${code} to ${status}, which says why`, () => {
      const { machine } = run([...sending, failed(code)]);
      assert.equal(machine.remote.status, status);
      assert.equal(machine.remote.reason?.code, code);
      const keepsSave = status === 'authLost' || status === 'offline' || status === 'backoff';
      assert.equal(machine.remote.save?.saveId ?? null, keepsSave ? 's1' : null);
    });

  it('wait at random between one second and twice as long each time, up to thirty', () => {
    let { machine } = run(sending);
    const waits: (number | undefined)[] = [];
    for (let round = 0; round < 7; round += 1) {
      const failing = run([failed('server')], machine);
      waits.push(started(failing.effects).retry);
      ({ machine } = run([retry], failing.machine));
    }
    assert.deepEqual(waits, [1500, 2500, 4500, 8500, 15_500, 15_500, 15_500]);
    assert.equal(started(run([...sending, { ...failed('server'), random: 0 }]).effects).retry, 1000);
  });

  it('probe every thirty seconds while offline', () => {
    assert.deepEqual(run([...sending, failed('offline')]).effects, [
      { type: 'start-timer', name: 'retry', ms: 30_000 },
    ]);
  });

  it('end with the retry: the very same save, without its reason, and not with a keepalive', () => {
    const waiting = run([...sending, again, failed('server')]).machine;
    const { machine, effects } = run([retry], waiting);
    assert.deepEqual(stopped(effects), ['retry']);
    const { save: sent, keepalive } = only(effects, 'send');
    assert.deepEqual([sent.saveId, sent.seqTo, sent.baseRev, keepalive], ['s1', 11, 3, false]);
    assert.deepEqual([machine.remote.status, machine.remote.reason], ['saving', null]);
  });

  it('are over at once when the page is hidden, with a keepalive', () => {
    for (const code of ['server', 'offline'] as const) {
      const { effects } = run([...sending, failed(code), { type: 'hide' }]);
      assert.equal(only(effects, 'send').keepalive, true);
    }
    const ended = run([...sending, { type: 'appended', toSeq: 11, compact: false }, failed('unauthenticated')]);
    ignores(ended.machine, { type: 'hide' });
  });

  it('of an opening end in rest where nothing is to be saved, and in a save where something is', () => {
    const unreachable = error('offline');
    const opening = (lastSeq: number): AutosaveMachine =>
      run([
        { type: 'granted', epoch: 1 },
        { ...opened, lastSeq, unreachable },
      ]).machine;
    const rest = run([retry], opening(10));
    assert.equal(rest.machine.remote.status, 'synced');
    assert.equal(rest.machine.remote.reason, null);
    assert.deepEqual(started(rest.effects), { idle: 30_000 });
    const more = run([retry], opening(12));
    assert.deepEqual(only(more.effects, 'prepare'), { type: 'prepare', kind: 'auto', urgent: false });
    const asked = run([save('publish')], opening(10));
    assert.equal(only(asked.effects, 'prepare').kind, 'publish');
  });

  it('mean nothing to what rests, waits for its time or waits for a person', () => {
    for (const machine of [run(leading).machine, run([...leading, edited]).machine, conflicting])
      ignores(machine, retry, { type: 'show' }, { type: 'online' }, { type: 'offline' });
    ignores(run(sending).machine, retry, { type: 'show' });
    ignores(run([...sending, failed('server'), retry]).machine, retry, { type: 'online' });
  });
});

describe('remote: the idle journal', () => {
  const idle: AutosaveEvent = { type: 'timer', name: 'idle' };

  it('is folded, not emptied, while a save is under way', () => {
    assert.deepEqual(run([...leading, save('publish'), idle]).effects, [{ type: 'compact' }]);
    assert.deepEqual(run([...leading, idle]).effects, [{ type: 'clear-journal' }]);
  });
});

describe('remote: signing out and in', () => {
  it('pauses what waits and goes on with it, as it was', () => {
    for (const [events, effect] of [
      [[...leading, edited], 'prepare'],
      [[...sending, failed('server')], 'send'],
      [[...sending, failed('offline')], 'send'],
    ] as const) {
      const out = run([...events, { type: 'signed-out' }]);
      assert.equal(out.machine.remote.status, 'authLost');
      assert.equal(out.machine.remote.reason?.code, 'unauthenticated');
      assert.deepEqual(out.machine.remote.reason.details, {});
      assert.deepEqual(stopped(out.effects), ['deadline', 'debounce', 'retry']);
      const back = run([{ type: 'signed-in' }], out.machine);
      assert.ok(types(back.effects).includes(effect));
      assert.equal(back.machine.remote.status, 'saving');
    }
  });

  it('is nothing to what rests, what is under way, and what waits for a person', () => {
    for (const machine of [run(leading).machine, run(sending).machine, merging, conflicting])
      ignores(machine, { type: 'signed-out' }, { type: 'signed-in' });
    ignores(run([...sending, failed('server')]).machine, { type: 'signed-in' });
  });

  it('saves what was edited in between', () => {
    const { machine } = run([...leading, edited, { type: 'signed-out' }, again, { type: 'signed-in' }]);
    assert.equal(machine.remote.save?.seqTo, 12);
  });
});

describe('remote: a merge', () => {
  it('has no save under way, and the conflict in view', () => {
    assert.deepEqual(stopped(run([...sending, conflicted]).effects), ['retry']);
    assert.equal(merging.remote.save, null);
    assert.equal(merging.remote.reason, null);
    assert.deepEqual(merging.remote.conflict, {
      headRev: 7,
      headAuthor: 'ana',
      headAt: '2026-03-02T09:00:00Z',
      headHash: 'theirs',
      keptAs: 1_000_001,
      keptSeq: 11,
    });
    assert.equal(merging.remote.wanted, 'auto');
  });

  it('begins its own count of failures', () => {
    const failing = run([...sending, failed('server'), retry, failed('server'), retry, conflicted]).machine;
    assert.equal(failing.remote.failures, 0);
    ignores(merging, retry, { type: 'online' });
    const later = run([{ type: 'merge-failed', error: error('timeout'), random: 0.5 }], failing);
    assert.equal(started(later.effects).retry, 1500);
    assert.equal(later.machine.remote.reason?.code, 'timeout');
    assert.equal(run([retry], later.machine).machine.remote.reason, null);
    const merged = run([{ type: 'merged', rev: 8, hash: 'eight' }], later.machine).machine;
    assert.equal(merged.remote.failures, 0);
  });

  it('saves on the head that it merged, which is the base from then on', () => {
    const { machine, effects } = run([{ type: 'merged', rev: 8, hash: 'eight' }], merging);
    assert.deepEqual([machine.remote.baseRev, machine.remote.baseHash], [8, 'eight']);
    assert.deepEqual(only(effects, 'prepare'), { type: 'prepare', kind: 'auto', urgent: false });
    assert.equal(machine.remote.conflict, null);
  });

  it('that was refused waits for a person, with the head as it is by then', () => {
    const failing = run([{ type: 'merge-failed', error: error('timeout'), random: 0 }], merging).machine;
    const { machine } = run(
      [{ type: 'merge-refused', conflict: { headRev: 9, headAuthor: 'ben', headAt: 'later', headHash: 'nine' } }],
      failing,
    );
    assert.equal(machine.remote.reason?.code, 'conflict');
    assert.deepEqual(machine.remote.reason.details, {});
    assert.deepEqual([machine.remote.wanted, machine.remote.failures], [null, 0]);
    assert.deepEqual(machine.remote.conflict, {
      headRev: 9,
      headAuthor: 'ben',
      headAt: 'later',
      headHash: 'nine',
      keptAs: 1_000_001,
      keptSeq: 11,
    });
  });

  it('that ended says nothing any more', () => {
    const failing: AutosaveEvent = { type: 'merge-failed', error: error('timeout'), random: 0 };
    for (const machine of [run(leading).machine, run(sending).machine, conflicting])
      ignores(machine, { type: 'merged', rev: 8, hash: 'eight' }, refused, failing);
    ignores(conflicting, { ...refused, conflict: { ...refused.conflict, headRev: 99 } });
  });

  it('with a head of a newer version is for nobody here to decide', () => {
    const { machine } = run([{ type: 'merge-failed', error: error('too-new'), random: 0 }], merging);
    assert.deepEqual([machine.remote.status, machine.remote.conflict], ['blocked', null]);
    ignores(machine, save('manual'));
  });

  it('that must not go on stops all that waits', () => {
    const { machine, effects } = run([{ type: 'merge-failed', error: error('forbidden'), random: 0 }], merging);
    assert.equal(machine.remote.status, 'orphaned');
    assert.equal(machine.remote.conflict, null);
    assert.deepEqual(stopped(effects), ['deadline', 'debounce', 'retry']);
  });
});

describe('remote: a conflict', () => {
  it('knows how much of what is here is a revision already', () => {
    const { machine } = run([{ type: 'kept-aside', seq: 15 }], conflicting);
    assert.deepEqual(machine.remote.conflict, { ...conflicting.remote.conflict, keptSeq: 15 });
    ignores(run(leading).machine, { type: 'kept-aside', seq: 15 });
  });

  it('is decided by a person: by saving on the head that was shown, by opening it, or by both', () => {
    const mine = run([{ type: 'choose', choice: 'keep-mine' }], conflicting);
    assert.deepEqual(only(mine.effects, 'prepare'), { type: 'prepare', kind: 'manual', urgent: false });
    assert.deepEqual([mine.machine.remote.save?.baseRev, mine.machine.remote.baseRev], [7, 3]);
    assert.deepEqual(run([{ type: 'choose', choice: 'take-theirs' }], conflicting).effects, [{ type: 'adopt' }]);
    assert.deepEqual(run([{ type: 'choose', choice: 'keep-both' }], conflicting).effects, [{ type: 'fork' }]);
  });

  it('is none to decide before it is shown, or after', () => {
    for (const choice of ['keep-mine', 'take-theirs', 'keep-both'] as const)
      for (const machine of [run(leading).machine, merging]) ignores(machine, { type: 'choose', choice });
  });

  it('is over when the head was opened here: all of that is the back end’s', () => {
    const edits = run([{ type: 'edited', seq: 14 }], conflicting).machine;
    const { machine, effects } = run([{ type: 'adopted', rev: 7, hash: 'theirs' }], edits);
    assert.deepEqual(stopped(effects), ['deadline', 'debounce', 'retry']);
    assert.deepEqual(only(effects, 'acknowledge'), {
      type: 'acknowledge',
      saveId: null,
      kind: null,
      rev: 7,
      hash: 'theirs',
      seqTo: 14,
    });
    assert.equal(machine.local.durableSeq, 14);
    assert.equal(machine.local.status, 'clean');
    assert.equal(machine.remote.conflict, null);
    assert.equal(machine.remote.status, 'synced');
  });

  it('runs into the next head on its own, when there was another save since', () => {
    const mine = run([{ type: 'choose', choice: 'keep-mine' }, prepared, written], conflicting).machine;
    const { machine } = run([failed('server'), retry, conflicted], mine);
    assert.equal(machine.remote.status, 'merging');
    assert.equal(machine.remote.wanted, 'manual');
  });
});

describe('remote: the clocks of a document that is edited', () => {
  it('go on from the last change, and only while nothing is under way', () => {
    assert.deepEqual(started(run([...leading, edited, again]).effects), { debounce: 1500 });
    assert.deepEqual(started(run([...sending, again]).effects), {});
    const { machine } = run([...sending, failed('server')]);
    assert.equal(started(step(machine, again, config).effects).debounce, undefined);
  });
});
