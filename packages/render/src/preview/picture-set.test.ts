import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PictureSet } from './picture-set.js';

const lagOf = (...pictures: readonly (readonly [time: number, start: number, end: number])[]): number => {
  const set = new PictureSet();
  for (const [time, start, end] of pictures) set.standsIn(time, start, end);
  return set.lag;
};

test('a picture that shows at the time is not off', () => {
  assert.equal(lagOf([1.5, 1, 2], [2.25, 2, 3]), 0);
});

test('one from before is off by what lies between its end and the time, one from after is too, the other way', () => {
  assert.equal(lagOf([2.5, 1, 2]), 0.5);
  assert.equal(lagOf([1.5, 2, 3]), -0.5);
});

test('of several, the farthest counts', () => {
  assert.equal(lagOf([2.5, 1, 2], [1, 1.25, 2], [5, 1, 2]), 3);
  assert.equal(lagOf([2.5, 1, 2], [1, 5, 6]), -4);
});
