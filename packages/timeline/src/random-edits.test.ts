import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  applyChange,
  changesTouch,
  diffDocuments,
  invertChange,
  isEmptyChange,
  mapChange,
  mergeChanges,
  squashChanges,
} from './change.js';
import { documentFromRecords } from './document.js';
import type { TimelineDocument } from './document.js';
import { emptyHistory, pushHistory, redo, undo } from './history.js';
import type { NewId } from './ids.js';
import { checkInvariants } from './invariants.js';
import { parseChange, parseTimeline, stringifyTimeline } from './schema/index.js';
import { createState } from './state.js';
import type { TimelineState, Transaction } from './state.js';
import { createClip, createNewId, createProject, createTransition, ids } from './test-support/builders.js';
import { type RandomEdit, randomEdit, randomEdits, specFor } from './test-support/random-edits.js';

const runs = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 120), seed: Number(process.env['FUZZ_SEED'] ?? 20_240_601) };

/** Something of everything, so that the first random edit has something to work on. */
function seededState(checked = true): TimelineState {
  const document = createProject([
    createClip('a', ids.main, 0, 100, { trim: 50, link: 'take' }),
    createClip('b', ids.main, 100, 190, { trim: 20 }),
    createClip('c', ids.main, 180, 300, { trim: 40 }),
    createTransition('b', 'c', 10),
    createClip('d', ids.main, 320, 400, { image: ids.picture }),
    createClip('s', ids.audio, 0, 100, { trim: 50, link: 'take' }),
    createClip('m', ids.music, 0, 600),
    createClip('o', ids.second, 90, 200, { speed: [3, 2], trim: 7 }),
    createClip('t', ids.titles, 30, 120),
    createClip('u', ids.titles, 150, 250),
  ]);
  return createState({ document, selection: { clipIds: [], trackId: null }, checked });
}

function play(start: TimelineState, edits: readonly RandomEdit[], newId: NewId): Transaction[] {
  const transactions: Transaction[] = [];
  let state = start;
  for (const edit of edits) {
    const spec = specFor(state, edit, newId);
    if (!spec) continue;
    const transaction = state.update(spec);
    transactions.push(transaction);
    state = transaction.state;
  }
  return transactions;
}

/** The stored form without the assets, which undoing leaves. */
function bytes(document: TimelineDocument): string {
  return JSON.stringify({ ...(JSON.parse(stringifyTimeline(document)) as object), assets: [] });
}

describe('random sequences of commands', () => {
  test('keep every invariant', () => {
    fc.assert(
      fc.property(randomEdits, (edits) => {
        // The state is checked: each update throws if the document it makes is broken.
        play(seededState(), edits, createNewId());
      }),
      runs,
    );
  });

  test('can be undone one by one to the same bytes, and redone to the same bytes', () => {
    fc.assert(
      fc.property(randomEdits, (edits) => {
        let state = seededState();
        let history = emptyHistory;
        const stages = [bytes(state.document)];
        for (const { change, state: next, userEvent, ...rest } of play(state, edits, createNewId())) {
          const before = history;
          history = pushHistory(history, { change, state: next, userEvent, ...rest });
          state = next;
          if (history !== before) stages.push(bytes(state.document));
          else assert.equal(bytes(state.document), stages.at(-1));
        }
        for (let stage = stages.length - 2; stage >= 0; stage -= 1) {
          const step = undo(history, state);
          assert.ok(step);
          history = step.history;
          state = state.update(step.spec).state;
          assert.equal(bytes(state.document), stages[stage]);
        }
        assert.equal(undo(history, state), null);
        for (let stage = 1; stage < stages.length; stage += 1) {
          const step = redo(history, state);
          assert.ok(step);
          history = step.history;
          state = state.update(step.spec).state;
          assert.equal(bytes(state.document), stages[stage]);
        }
        assert.equal(redo(history, state), null);
      }),
      runs,
    );
  });

  test('come to one squashed change that does the same as all of theirs', () => {
    fc.assert(
      fc.property(randomEdits, (edits) => {
        const start = seededState();
        const transactions = play(start, edits, createNewId());
        const last = transactions.at(-1);
        if (!last) return;
        const changes = transactions.map((transaction) => transaction.change);
        const forwards = changes.reduce(squashChanges);
        const end = stringifyTimeline(last.state.document);
        assert.equal(stringifyTimeline(applyChange(start.document, forwards)), end);
        const backwards = changes.reduceRight((later, change) => squashChanges(change, later));
        assert.deepEqual(plain(backwards), plain(forwards), 'squashing is associative');
        assert.equal(
          stringifyTimeline(applyChange(last.state.document, invertChange(forwards))),
          stringifyTimeline(start.document),
        );
        assert.deepEqual(
          plain(diffDocuments(start.document, last.state.document)),
          plain(forwards),
          'it is the difference of the two',
        );
      }),
      runs,
    );
  });

  test('leave documents whose stored form parses to the same document, and whose records make it anew', () => {
    fc.assert(
      fc.property(randomEdits, (edits) => {
        const document = play(seededState(), edits, createNewId()).at(-1)?.state.document ?? seededState().document;
        const text = stringifyTimeline(document);
        const parsed = parseTimeline(text);
        assert.equal(stringifyTimeline(parsed.document), text);
        assert.deepEqual([...parsed.document.records()], [...document.records()]);
        assert.deepEqual(parsed.violations, []);
        assert.equal(parsed.readOnly, false);
        const rebuilt = documentFromRecords([...document.records()].reverse());
        assert.equal(stringifyTimeline(rebuilt), text);
        assert.deepEqual(indices(rebuilt), indices(document), 'indices that were edited are those that were built');
      }),
      runs,
    );
  });

  test('make changes that survive a journal', () => {
    fc.assert(
      fc.property(randomEdits, (edits) => {
        let document = seededState().document;
        for (const { change, state } of play(seededState(), edits, createNewId())) {
          document = applyChange(document, parseChange(JSON.stringify(change)));
          assert.equal(stringifyTimeline(document), stringifyTimeline(state.document));
        }
      }),
      runs,
    );
  });

  test('never touch what is on a locked track', () => {
    fc.assert(
      fc.property(randomEdits, fc.constantFrom(ids.main, ids.audio, ids.second, ids.titles), (edits, locked) => {
        const start = seededState();
        let state = start.update({
          put: start.document.tracks.map((track) => ({ ...track, locked: track.id === locked })),
          userEvent: 'test',
        }).state;
        const before = JSON.stringify(state.document.clipsOf(locked));
        const newId = createNewId();
        for (const edit of edits) {
          // These are what may: one unlocks, the other says that it changes all clips.
          if (edit.name === 'track.set' || edit.name === 'settings.setFrameRate') continue;
          const spec = specFor(state, edit, newId);
          if (spec) state = state.update(spec).state;
          assert.equal(JSON.stringify(state.document.clipsOf(locked)), before, edit.name);
        }
      }),
      runs,
    );
  });
});

describe('two edits made from one document', () => {
  const pair = fc.tuple(randomEdits, randomEdit, randomEdit);

  test('merge to the same whichever comes first, when they touch different records', () => {
    let compared = 0;
    fc.assert(
      fc.property(pair, ([edits, one, other]) => {
        const base = play(seededState(), edits, createNewId()).at(-1)?.state ?? seededState();
        const a = specFor(base, one, createNewId('x'));
        const b = specFor(base, other, createNewId('y'));
        if (!a || !b) return;
        const changeA = base.update(a).change;
        const changeB = base.update(b).change;
        if (isEmptyChange(changeA) || isEmptyChange(changeB) || changesTouch(changeA, changeB)) return;
        compared += 1;
        const ab = applyChange(applyChange(base.document, changeA), changeB);
        const ba = applyChange(applyChange(base.document, changeB), changeA);
        assert.equal(stringifyTimeline(ab), stringifyTimeline(ba));
        const merged = mergeChanges(changeA, changeB);
        assert.ok(merged);
        assert.equal(stringifyTimeline(applyChange(base.document, merged)), stringifyTimeline(ab));
        assert.equal(mapChange(changeA, changeB), changeA);
      }),
      runs,
    );
    assert.ok(compared > runs.numRuns / 10, `only ${compared} pairs could be compared`);
  });

  test('rebase to a change that fits, when they touch the same records', () => {
    fc.assert(
      fc.property(pair, ([edits, one, other]) => {
        const start = seededState(false);
        const base = play(start, edits, createNewId()).at(-1)?.state ?? start;
        const a = specFor(base, one, createNewId('x'));
        const b = specFor(base, other, createNewId('y'));
        if (!a || !b) return;
        const changeA = base.update(a).change;
        const changeB = base.update(b).change;
        const afterA = applyChange(base.document, changeA);
        const rebased = mapChange(changeB, changeA);
        const both = applyChange(afterA, rebased);
        assert.equal(stringifyTimeline(applyChange(both, invertChange(rebased))), stringifyTimeline(afterA));
        assert.equal(
          stringifyTimeline(applyChange(afterA, changeB)),
          stringifyTimeline(both),
          'applying fits in the same way',
        );
      }),
      runs,
    );
  });
});

/** Plain JSON, without the order of keys and without prototypes. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function indices(document: TimelineDocument): unknown {
  return {
    lanes: document.tracks.map((track) => document.clipsOf(track.id).map((clip) => clip.id)),
    links: [...document.clips.values()]
      .filter((clip) => clip.linkId !== null)
      .map((clip) => [clip.id, clip.linkId === null ? [] : [...document.linkedClips(clip.linkId)].sort()])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    sizes: [document.clips.size, document.assets.size],
    totalFrames: document.totalFrames,
    violations: checkInvariants(document),
  };
}
