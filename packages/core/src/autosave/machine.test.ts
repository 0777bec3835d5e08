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
  },
];
const edited: AutosaveEvent = { type: 'edited', seq: 11 };
const debounced: AutosaveEvent = { type: 'timer', name: 'debounce' };
const prepared: AutosaveEvent = { type: 'prepared', saveId: 's1', seqTo: 11, hash: 'eleven' };
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
    const { machine } = run([...sending, conflicted]);
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

  it('keeps mine on the head that was shown', () => {
    const { machine } = run([...sending, conflicted, { type: 'choose', choice: 'keep-mine' }]);
    assert.equal(machine.remote.status, 'saving');
    assert.equal(machine.remote.save?.baseRev, 7);
  });

  it('is at rest once theirs was taken', () => {
    const asked = run([...sending, conflicted, { type: 'choose', choice: 'take-theirs' }]);
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
      assert.deepEqual(effects, []);
      assert.equal(
        run([{ type: 'online' }, { type: 'show' }, { type: 'timer', name: 'retry' }], machine).machine.remote.status,
        status,
      );
      assert.equal(run([{ type: 'save', kind: 'manual' }], machine).machine.remote.status, 'saving');
    }
    assert.equal(run([...sending, answered({ outcome: 'gone' })]).machine.remote.status, 'orphaned');
    assert.equal(run([...sending, answered({ outcome: 'too-new' })]).machine.remote.reason?.code, 'too-new');
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
              assert.ok(!open.some((other) => other.type === 'append'), 'one append at a time');
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
              });
          } else if (action === 'outbox-ok' || action === 'outbox-full') {
            const row = next('write-outbox');
            if (row)
              take({
                type: 'outbox',
                saveId: row.save.saveId,
                error: action === 'outbox-ok' ? null : error('quota-exceeded'),
              });
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
