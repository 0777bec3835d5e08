import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ShelfEntry, entryBytes, evictions, readEntries } from './shelf-plan.js';

const day = 24 * 60 * 60 * 1000;
const now = 100 * day;
const key = (letter: string): string => letter.repeat(32);

function entry(letter: string, daysAgo: number, sizeBytes: number | null, pieces = {}): ShelfEntry {
  return { key: key(letter), usedAt: now - daysAgo * day, sizeBytes, pieces };
}

test('within the budget everything stays', () => {
  assert.deepEqual(evictions([entry('a', 50, 40), entry('b', 0, 60)], 100, now, null), []);
});

test('over it, what was used longest ago goes, and no more than has to', () => {
  const entries = [entry('a', 1, 40), entry('b', 9, 40), entry('c', 5, 40)];
  assert.deepEqual(evictions(entries, 100, now, null), [key('b')]);
  assert.deepEqual(evictions(entries, 50, now, null), [key('b'), key('c')]);
});

test('what is being made stays, however old and large', () => {
  const entries = [entry('a', 30, null, { 0: 70 }), entry('b', 1, 60)];
  assert.deepEqual(evictions(entries, 100, now, key('a')), [key('b')]);
});

test('pieces that nobody went on with for a week go in any case', () => {
  assert.deepEqual(evictions([entry('a', 8, null, { 0: 1 }), entry('b', 6, null, { 0: 1 })], 100, now, null), [
    key('a'),
  ]);
});

test('an entry counts with its pieces', () => {
  assert.equal(entryBytes(entry('a', 0, 5, { 0: 10, 1: 20 })), 35);
});

test('a list that was cut off or tampered with gives what makes sense', () => {
  assert.deepEqual(readEntries('[{"key":'), []);
  assert.deepEqual(readEntries('{"a":1}'), []);
  const good = entry('a', 0, 5);
  assert.deepEqual(readEntries(JSON.stringify([good, { key: '../x', usedAt: 1, sizeBytes: 1, pieces: {} }, null])), [
    good,
  ]);
});
