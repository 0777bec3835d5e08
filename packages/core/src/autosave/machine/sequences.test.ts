import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { config, error, leading, run } from '../../test-support/machine-steps.js';
import { step, type AutosaveEvent, type Effect } from './machine.js';

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
            else take({ type: 'merge-failed', error: error('timeout'), random: 0.5 });
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
