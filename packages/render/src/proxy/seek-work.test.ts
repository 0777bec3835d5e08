import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWorthProxy, proxyShape } from './seek-work.js';

const facts = { width: 1920, height: 1080, frameRate: 30, keySeconds: 2, durationSeconds: 600 };

test('a source that is quick to look around in gets no proxy', () => {
  assert.equal(isWorthProxy(facts), false);
  assert.equal(isWorthProxy({ ...facts, width: 640, height: 360, keySeconds: 8 }), false);
});

test('few key frames, many pixels or many pictures a second are worth one', () => {
  assert.equal(isWorthProxy({ ...facts, keySeconds: 3 }), true);
  assert.equal(isWorthProxy({ ...facts, width: 3840, height: 2160, keySeconds: 1 }), true);
  assert.equal(isWorthProxy({ ...facts, frameRate: 60 }), true);
  assert.equal(isWorthProxy({ ...facts, width: 1280, height: 720, keySeconds: 250 / 30 }), true);
});

test('a few seconds never are', () => {
  assert.equal(isWorthProxy({ ...facts, keySeconds: 3, durationSeconds: 3 }), false);
});

test('a proxy has 540 lines, upright or not, even sides, and is never larger than its source', () => {
  const { width, height } = proxyShape(facts);
  assert.deepEqual([width, height], [960, 540]);
  const upright = proxyShape({ ...facts, width: 1080, height: 1920 });
  assert.deepEqual([upright.width, upright.height], [540, 960]);
  const odd = proxyShape({ ...facts, width: 853, height: 481 });
  assert.deepEqual([odd.width, odd.height], [854, 482]);
  const wide = proxyShape({ ...facts, width: 3440, height: 1440 });
  assert.deepEqual([wide.width, wide.height], [1290, 540]);
});
