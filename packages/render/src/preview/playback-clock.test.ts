import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heardTime, placeOn } from './playback-clock.js';

test('what is heard lags behind the context by its latency', () => {
  const context = { currentTime: 10, outputLatency: 0.2 };
  const clock = heardTime(context);
  assert.equal(clock.now(), 9.8);
  context.currentTime = 11;
  assert.equal(clock.now(), 10.8);
});

test('a latency that is told a little differently moves nothing, another way to the ear does', () => {
  const context = { currentTime: 10, outputLatency: 0.1 };
  const clock = heardTime(context);
  context.outputLatency = 0.11;
  assert.equal(clock.now(), 9.9);
  context.outputLatency = 0.3;
  assert.equal(clock.now(), 9.7);
});

test('a browser that tells no latency has none', () => {
  assert.equal(heardTime({ currentTime: 3, outputLatency: undefined as never }).now(), 3);
});

test('before the first sound is heard the place stands where it begins', () => {
  let now = 0;
  const course = { clock: { now: () => now }, frame: 100, time: 2, framesPerSecond: -60 };
  assert.equal(placeOn(course), 100);
  now = 3;
  assert.equal(placeOn(course), 40);
});
