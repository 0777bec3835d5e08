import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DropCounter, dueFrame, untilNext } from './frame-pace.js';

test('the frame that is due follows the clock, both ways', () => {
  assert.equal(dueFrame({ frame: 30, time: 1000, speed: 0.03 }, 2000), 60);
  assert.equal(dueFrame({ frame: 30, time: 1000, speed: -0.06 }, 1500), 0);
  assert.equal(dueFrame({ frame: 30, time: 1000, speed: 0 }, 9000), 30);
});

test('the next look is when the next frame begins, and never later than a 60th of a second', () => {
  const close = (value: number, expected: number): void => {
    assert.ok(Math.abs(value - expected) < 1e-6, `${String(value)}, not ${String(expected)}`);
  };
  close(untilNext({ frame: 0.75, time: 0, speed: 0.03 }, 0), 0.25 / 0.03);
  close(untilNext({ frame: 0.25, time: 0, speed: -0.03 }, 0), 0.25 / 0.03);
  close(untilNext({ frame: 0, time: 0, speed: 0.001 }, 0), 1000 / 60);
  close(untilNext({ frame: 0, time: 0, speed: 0 }, 0), 1000 / 60);
});

test('a frame that never showed is counted, however long the picture stood still', () => {
  const drops = new DropCounter();
  for (const frame of [10, 11, 12, 14]) drops.shown(frame, 1);
  assert.equal(drops.count, 1);
  drops.shown(114, 1);
  assert.equal(drops.count, 100);
});

test('frames that a fast rate passes over aren’t dropped, and neither are those between two places', () => {
  const drops = new DropCounter();
  for (const frame of [0, 4, 8, 12]) drops.shown(frame, 4);
  assert.equal(drops.count, 0);
  drops.shown(24, 4);
  assert.equal(drops.count, 2);
  drops.begin();
  for (const frame of [900, 899, 898, 896]) drops.shown(frame, 1);
  assert.equal(drops.count, 3);
});

test('at half the speed a frame shows twice and none is dropped', () => {
  const drops = new DropCounter();
  for (const frame of [0, 0, 1, 1, 2]) drops.shown(frame, 0.5);
  assert.equal(drops.count, 0);
});
