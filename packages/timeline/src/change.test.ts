import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  applyChange,
  ChangeBuilder,
  changesTouch,
  diffDocuments,
  emptyChange,
  fitChange,
  invertChange,
  isEmptyChange,
  mapChange,
  mergeChanges,
  squashChanges,
  type Change,
} from './change.js';
import type { ClipRecord, TimelineRecord } from './records.js';
import { createClip, createProject, ids } from './test-support/builders.js';

const a = createClip('a', ids.main, 0, 50);
const b = createClip('b', ids.main, 60, 90);
const longer: ClipRecord = { ...a, durationFrames: 60 };
const renamed: ClipRecord = { ...a, name: 'Renamed' };
const add = (...records: readonly TimelineRecord[]): Change => ({
  ...emptyChange,
  added: Object.fromEntries(records.map((record) => [record.id, record])),
});
const remove = (...records: readonly TimelineRecord[]): Change => invertChange(add(...records));
const update = (from: TimelineRecord, to: TimelineRecord): Change => ({
  ...emptyChange,
  updated: { [from.id]: [from, to] },
});
/** As plain objects, so that prototypes don't count. */
const plain = (change: Change): Change => JSON.parse(JSON.stringify(change)) as Change;

describe('two changes, one after the other', () => {
  test('that remove and add again are an update, or nothing when it comes back as it was', () => {
    assert.deepEqual(plain(squashChanges(remove(a), add(longer))), plain(update(a, longer)));
    assert.ok(isEmptyChange(squashChanges(remove(a), add({ ...a }))));
  });

  test('that update and remove, remove what was there at first', () => {
    assert.deepEqual(plain(squashChanges(update(a, longer), remove(longer))), plain(remove(a)));
  });

  test('that add and update, add what it became', () => {
    assert.deepEqual(plain(squashChanges(add(a), update(a, longer))), plain(add(longer)));
  });

  test('that update there and back are nothing, though it is another object', () => {
    assert.ok(isEmptyChange(squashChanges(update(a, longer), update(longer, { ...a }))));
    assert.ok(isEmptyChange(squashChanges(update(a, longer), update(longer, a))));
  });
});

describe('gathering', () => {
  test('is empty until something changes, and again when all of it came back', () => {
    const builder = new ChangeBuilder();
    assert.ok(builder.isEmpty());
    builder.record('a', a, longer);
    assert.equal(builder.isEmpty(), false);
    builder.record('a', longer, a);
    assert.ok(builder.isEmpty());
    builder.record('a', null, null);
    builder.record('a', a, a);
    assert.ok(builder.isEmpty());
  });
});

describe('whether changes touch', () => {
  test('is whether there is a record in both, whatever each does with it', () => {
    assert.ok(changesTouch(update(a, longer), remove(a)));
    assert.ok(changesTouch(add(a), add(a, b)));
    assert.ok(changesTouch(add(a, b), add(b)));
    assert.equal(changesTouch(update(a, longer), update(b, { ...b, name: 'B' })), false);
    assert.equal(changesTouch(emptyChange, emptyChange), false);
    assert.equal(mergeChanges(update(a, longer), { ...update(b, { ...b, name: 'B' }), removed: { a } }), null);
  });
});

describe('a change that comes after another', () => {
  test('is the very same where they touch nothing of each other', () => {
    const change = update(a, longer);
    assert.equal(mapChange(change, update(b, { ...b, name: 'B' })), change);
  });

  test('leaves alone what it does not touch of several', () => {
    const over: Change = { ...update(a, renamed), added: { b } };
    const change: Change = { ...update(a, longer), removed: { c: { ...b, id: 'c' as ClipRecord['id'] } } };
    const mapped = plain(mapChange(change, over));
    assert.deepEqual(mapped.updated['a'], plain(update(renamed, { ...renamed, durationFrames: 60 })).updated['a']);
    assert.deepEqual(Object.keys(mapped.removed), ['c']);
  });

  test('changes what the other one added under its name', () => {
    assert.deepEqual(plain(mapChange(add(longer), add(a))), plain(update(a, longer)));
    assert.deepEqual(plain(mapChange(remove(longer), add(a))), plain(remove(a)));
  });

  test('adds anew what the other one removed', () => {
    assert.deepEqual(plain(mapChange(add(longer), remove(a))), plain(add(longer)));
  });

  test('merges keyframes property by property, and takes a list of them as one value', () => {
    const frame = (value: number): ClipRecord['keyframes'][keyof ClipRecord['keyframes']] => [
      { frame: 0, value, easing: 'linear' } as never,
    ];
    const faded: ClipRecord = { ...a, keyframes: { opacity: frame(0) } as ClipRecord['keyframes'] };
    const turned: ClipRecord = { ...a, keyframes: { rotation: frame(9) } as ClipRecord['keyframes'] };
    const mapped = mapChange(update(a, turned), update(a, faded));
    assert.deepEqual((mapped.updated['a']?.[1] as ClipRecord).keyframes, {
      opacity: frame(0),
      rotation: frame(9),
    });
    const other: ClipRecord = { ...a, keyframes: { opacity: frame(5) } as ClipRecord['keyframes'] };
    const wins = mapChange(update(a, other), update(a, faded));
    assert.deepEqual((wins.updated['a']?.[1] as ClipRecord).keyframes, { opacity: frame(5) });
  });

  test('takes props that are none for no props', () => {
    const odd = { ...a, props: null } as unknown as ClipRecord;
    const turned: ClipRecord = { ...a, props: { rotation: 90 } };
    const mapped = mapChange(update(a, turned), update(a, odd));
    assert.deepEqual((mapped.updated['a']?.[1] as ClipRecord).props, { rotation: 90 });
    const text = { ...a, props: 'ab' } as unknown as ClipRecord;
    const over = mapChange(update(a, turned), update(a, text));
    assert.deepEqual((over.updated['a']?.[1] as ClipRecord).props, { rotation: 90 });
  });

  test('sets no prototype by way of a field', () => {
    const evil = JSON.parse('{"__proto__":{"polluted":true}}') as object;
    const to = Object.defineProperty({ ...longer }, '__proto__', {
      value: (evil as Record<string, unknown>)['__proto__'],
      enumerable: true,
      configurable: true,
    });
    const mapped = mapChange(update(a, to), update(a, renamed));
    const merged = mapped.updated['a']?.[1] as ClipRecord & { readonly polluted?: boolean };
    assert.equal(Object.getPrototypeOf(merged), Object.prototype);
    assert.equal(merged.polluted, undefined);
    assert.deepEqual([merged.name, merged.durationFrames], ['Renamed', 60]);
  });
});

describe('fitting a change to what is there', () => {
  const document = createProject([a]);

  test('keeps the very same when all of it fits, if by value', () => {
    for (const change of [update({ ...a }, longer), remove({ ...a }), add(b), emptyChange])
      assert.equal(fitChange(document, change), change);
  });

  test('removes what is there under that name, and nothing where nothing is', () => {
    assert.deepEqual(plain(fitChange(document, remove(longer))), plain(remove(a)));
    assert.ok(isEmptyChange(fitChange(document, remove(b))));
    assert.deepEqual(plain(fitChange(document, remove(a, b))), plain(remove(a)));
  });

  test('updates in the place of adding what is there already', () => {
    assert.deepEqual(plain(fitChange(document, add(longer))), plain(update(a, longer)));
    assert.deepEqual(plain(fitChange(document, add(b, longer))), plain({ ...update(a, longer), added: { b } }));
  });

  test('updates the rest where one of several is gone', () => {
    const both: Change = { ...emptyChange, updated: { a: [a, longer], b: [b, { ...b, name: 'B' }] } };
    assert.deepEqual(plain(fitChange(document, both)), plain(update(a, longer)));
    const result = applyChange(document, both);
    assert.deepEqual([result.clips.get(a.id), result.clips.get(b.id)], [longer, undefined]);
  });
});

describe('the change between two documents', () => {
  test('has what was added, updated and removed, each in its place', () => {
    const change = diffDocuments(createProject([a, b]), createProject([longer]));
    assert.deepEqual(plain(change), plain({ added: {}, updated: { a: [a, longer] }, removed: { b } }));
    assert.deepEqual(plain(invertChange(change)), plain({ added: { b }, updated: { a: [longer, a] }, removed: {} }));
  });
});
