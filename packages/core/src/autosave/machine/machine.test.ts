import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LecternErrorCode, SaveAnswer, SerialisedError } from '@lectern/ports';
import fc from 'fast-check';
import { initialMachine, step, type AutosaveEvent, type AutosaveMachine, type Effect } from './machine.js';

const config = { debounceMs: 1500, deadlineMs: 30_000 };
const error = (code: LecternErrorCode, details = {}): SerialisedError => ({ code, message: code, details });

/** Runs events one after the other; keeps the effects of the last one apart. */
function run(
  events: readonly AutosaveEvent[],
  from: AutosaveMachine = initialMachine,
): { machine: AutosaveMachine; effects: readonly Effect[] } {
  let machine = from;
  let effects: readonly Effect[] = [];
  for (const event of events) ({ machine, effects } = step(machine, event, config));
  return { machine, effects };
}

const leading: readonly AutosaveEvent[] = [
  { type: 'granted', epoch: 1 },
  {
    type: 'opened',
    baseRev: 3,
    baseHash: 'three',
    ackedSeq: 10,
    lastSeq: 10,
    unreachable: null,
    ownHashes: [],
    tooNew: false,
    volatile: false,
  },
];
const edited: AutosaveEvent = { type: 'edited', seq: 11 };
const debounced: AutosaveEvent = { type: 'timer', name: 'debounce' };
const prepared: AutosaveEvent = { type: 'prepared', saveId: 's1', seqTo: 11, hash: 'eleven', keepalive: false };
const written: AutosaveEvent = { type: 'outbox', saveId: 's1', error: null };
const answered = (answer: SaveAnswer): AutosaveEvent => ({ type: 'answered', saveId: 's1', answer });
const failed = (code: LecternErrorCode, details = {}): AutosaveEvent => ({
  type: 'send-failed',
  saveId: 's1',
  error: error(code, details),
  random: 0.5,
});
const sending = [...leading, edited, debounced, prepared, written];
const conflicted = answered({
  outcome: 'conflict',
  headRev: 7,
  headAuthor: 'ana',
  headAt: '2026-03-02T09:00:00Z',
  headHash: 'theirs',
  keptAs: 1_000_001,
});
const refused: AutosaveEvent = {
  type: 'merge-refused',
  conflict: { headRev: 7, headAuthor: 'ana', headAt: '2026-03-02T09:00:00Z', headHash: 'theirs' },
};
const types = (effects: readonly Effect[]): string[] => effects.map((effect) => effect.type);

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
      { type: 'prepared', saveId: 's1', seqTo: 10, hash: 'three' },
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
      const next = step(machine, { ...failed('server'), random: 1 } as AutosaveEvent, config);
      for (const effect of next.effects) if (effect.type === 'start-timer') waits.push(effect.ms);
      ({ machine } = step(next.machine, { type: 'timer', name: 'retry' }, config));
    }
    assert.deepEqual(
      waits,
      [...waits].sort((a, b) => a - b),
    );
    assert.equal(waits.at(-1), 30_000);
    const told = run([...sending, failed('rate-limited', { retryAfterSeconds: 42 })]);
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
    const failing: AutosaveEvent = { type: 'merge-failed', error: error('network'), random: 0 };
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

describe('any sequence of events', () => {
  type Result =
    | 'append-ok'
    | 'append-full'
    | 'prepare'
    | 'outbox-ok'
    | 'outbox-full'
    | 'ok'
    | 'conflict'
    | 'offline'
    | 'server'
    | 'unauthenticated'
    | 'merge-ok'
    | 'merge-refused'
    | 'merge-failed'
    | 'adopt';
  const outside: readonly AutosaveEvent[] = [
    { type: 'edited', seq: 0 },
    { type: 'timer', name: 'append' },
    { type: 'timer', name: 'debounce' },
    { type: 'timer', name: 'deadline' },
    { type: 'timer', name: 'retry' },
    { type: 'timer', name: 'idle' },
    { type: 'hide' },
    { type: 'show' },
    { type: 'online' },
    { type: 'save', kind: 'manual' },
    { type: 'save', kind: 'publish' },
    { type: 'signed-out' },
    { type: 'signed-in' },
    { type: 'choose', choice: 'keep-mine' },
    { type: 'choose', choice: 'take-theirs' },
  ];
  /** What may come of an effect. */
  const results: Readonly<Partial<Record<Effect['type'], readonly Result[]>>> = {
    append: ['append-ok', 'append-ok', 'append-full'],
    prepare: ['prepare'],
    'write-outbox': ['outbox-ok', 'outbox-ok', 'outbox-full'],
    send: ['ok', 'ok', 'conflict', 'offline', 'server', 'unauthenticated'],
    merge: ['merge-ok', 'merge-refused', 'merge-failed'],
    adopt: ['adopt'],
  };

  it('keeps at most one save under way, acknowledges only what was sent, and never calls unsaved work saved', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9999), { minLength: 10, maxLength: 80 }), (script) => {
        let { machine } = run(leading);
        let saves = 0;
        let rev = 3;
        const open: Effect[] = [];
        const acknowledged = new Set([10]);
        const next = <Type extends Effect['type']>(type: Type): Extract<Effect, { type: Type }> | null => {
          const index = open.findIndex((effect) => effect.type === type);
          return index === -1 ? null : (open.splice(index, 1)[0] as Extract<Effect, { type: Type }>);
        };
        const take = (event: AutosaveEvent): void => {
          const result = step(machine, event, config);
          ({ machine } = result);
          for (const effect of result.effects) {
            if (effect.type === 'append')
              assert.ok(
                open.every((other) => other.type !== 'append' || other.toSeq < effect.toSeq),
                'no append that is under way already',
              );
            if (effect.type === 'send') {
              assert.ok(!open.some((other) => other.type === 'send'), 'one save in flight');
              assert.equal(effect.save.saveId, machine.remote.save?.saveId);
            }
            open.push(effect);
          }
          const { local, remote } = machine;
          assert.ok(remote.ackedSeq <= local.seq);
          if (remote.status === 'synced') assert.equal(remote.ackedSeq, local.seq, 'synced means all of it');
          if (local.status === 'clean') assert.equal(remote.ackedSeq, local.seq, 'clean means all of it');
          if (local.status === 'durable') assert.ok(local.durableSeq >= local.seq);
          assert.ok(acknowledged.has(remote.ackedSeq), 'nothing is acknowledged that nobody acknowledged');
        };
        for (const dice of script) {
          // What is under way gets its answer about as often as something happens outside.
          const likely = open.flatMap((effect) => results[effect.type] ?? []);
          const from = likely.length > 0 && dice % 2 === 0 ? likely : outside;
          const action = from[Math.floor(dice / 2) % from.length];
          if (action === undefined) continue;
          if (typeof action !== 'string') {
            take(action.type === 'edited' ? { type: 'edited', seq: machine.local.seq + 1 } : action);
            continue;
          }
          if (action === 'append-ok' || action === 'append-full') {
            const append = next('append');
            if (append)
              take(
                action === 'append-ok'
                  ? { type: 'appended', toSeq: append.toSeq, compact: false }
                  : { type: 'append-failed', error: error('quota-exceeded') },
              );
          } else if (action === 'prepare') {
            if (next('prepare'))
              take({
                type: 'prepared',
                saveId: `s${String((saves += 1))}`,
                seqTo: machine.local.seq,
                hash: `h${String(machine.local.seq)}`,
                keepalive: dice % 3 === 0,
              });
          } else if (action === 'outbox-ok' || action === 'outbox-full') {
            const row = next('write-outbox');
            if (row)
              take({
                type: 'outbox',
                saveId: row.save.saveId,
                error: action === 'outbox-ok' ? null : error('quota-exceeded'),
              });
          } else if (action === 'merge-ok' || action === 'merge-refused' || action === 'merge-failed') {
            if (!next('merge')) continue;
            const head = { headRev: rev, headAuthor: 'ana', headAt: '', headHash: 'theirs' };
            if (action === 'merge-ok') take({ type: 'merged', rev, hash: 'theirs' });
            else if (action === 'merge-refused') take({ type: 'merge-refused', conflict: head });
            else take({ type: 'merge-failed', error: error('network'), random: 0.5 });
          } else if (action === 'adopt') {
            if (next('adopt') && machine.remote.status === 'conflict') {
              acknowledged.add(machine.local.seq);
              take({ type: 'adopted', rev: (rev += 1), hash: `theirs${String(rev)}` });
            }
          } else {
            const send = next('send');
            if (!send) continue;
            const { saveId, seqTo } = send.save;
            if (action === 'ok') {
              acknowledged.add(seqTo);
              take({ type: 'answered', saveId, answer: { outcome: 'ok', rev: (rev += 1) } });
            } else if (action === 'conflict') {
              take({
                type: 'answered',
                saveId,
                answer: {
                  outcome: 'conflict',
                  headRev: (rev += 1),
                  headAuthor: 'ana',
                  headAt: '',
                  headHash: 'theirs',
                  keptAs: 1,
                },
              });
            } else take({ type: 'send-failed', saveId, error: error(action), random: 0.3 });
          }
        }
      }),
      { numRuns: 6000, seed: 20260302 },
    );
  });
});
