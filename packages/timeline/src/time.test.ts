import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  ceilScaled,
  floorScaled,
  formatTimecode,
  frameRates,
  frameToMicroseconds,
  frameToSeconds,
  isDropFrame,
  microsecondsToFrame,
  nominalFrameRate,
  parseTimecode,
  rationalEquals,
  reduceRational,
  roundScaled,
  secondsToFrame,
} from './time.js';

const rate = fc.constantFrom(...Object.values(frameRates));
const day = 24 * 3600 * 60;
const frame = fc.integer({ min: 0, max: day });

describe('frames and seconds', () => {
  test('a frame goes to seconds and back to itself at every rate, for a day', () => {
    fc.assert(fc.property(frame, rate, (at, each) => secondsToFrame(frameToSeconds(at, each), each) === at));
  });

  test('a frame goes to microseconds and back to itself at every rate, for a day', () => {
    fc.assert(fc.property(frame, rate, (at, each) => microsecondsToFrame(frameToMicroseconds(at, each), each) === at));
  });

  test('a time that was rounded to milliseconds still names its frame, which flooring it would not', () => {
    let floored = 0;
    for (let at = 0; at < 300; at += 1) {
      const seconds = Number(frameToSeconds(at, frameRates.fps30).toFixed(3));
      assert.equal(secondsToFrame(seconds, frameRates.fps30), at);
      if (Math.floor(seconds * 30) !== at) floored += 1;
    }
    assert.ok(floored > 90, 'a third of them');
  });

  test('halves of a frame round up', () => {
    assert.equal(secondsToFrame(0.5, { num: 1, den: 1 }), 1);
    assert.equal(secondsToFrame(1.5, { num: 1, den: 1 }), 2);
    assert.equal(secondsToFrame(-0.5, { num: 1, den: 1 }), 0);
    assert.ok(Object.is(secondsToFrame(-0.2, { num: 1, den: 1 }), 0), 'never minus zero');
  });

  test('NTSC seconds are exact quotients', () => {
    assert.equal(frameToSeconds(30_000, frameRates.fps2997), 1001);
    assert.equal(frameToSeconds(24_000, frameRates.fps23976), 1001);
    assert.equal(frameToMicroseconds(1, frameRates.fps2997), 33_367);
    assert.equal(frameToMicroseconds(30_000, frameRates.fps2997), 1_001_000_000);
  });
});

describe('scaling integers by a fraction', () => {
  const value = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
  const term = fc.integer({ min: 1, max: 2 ** 30 });

  test('is exact wherever the result is an integer that a number can hold, however large the product', () => {
    fc.assert(
      fc.property(value, term, term, (x, num, den) => {
        const exact = BigInt(x) * BigInt(num);
        const d = BigInt(den);
        fc.pre(exact / d < 2n ** 53n && exact / d > -(2n ** 53n));
        const floor = exact >= 0n || exact % d === 0n ? exact / d : exact / d - 1n;
        assert.equal(BigInt(floorScaled(x, { num, den })), floor);
        assert.equal(BigInt(ceilScaled(x, { num, den })), exact % d === 0n ? floor : floor + 1n);
        assert.equal(BigInt(roundScaled(x, { num, den })), 2n * (exact - floor * d) >= d ? floor + 1n : floor);
      }),
    );
  });

  test('never gives minus zero, which JSON would not keep', () => {
    assert.ok(Object.is(floorScaled(-0, { num: 1, den: 2 }), 0));
    assert.ok(Object.is(ceilScaled(-1, { num: 1, den: 2 }), 0));
    assert.ok(Object.is(roundScaled(-1, { num: 1, den: 3 }), 0));
  });
});

describe('fractions', () => {
  test('are the same number whatever their terms', () => {
    assert.ok(rationalEquals({ num: 60_000, den: 2002 }, frameRates.fps2997));
    assert.ok(!rationalEquals({ num: 2997, den: 100 }, frameRates.fps2997));
  });

  test('reduce to their smallest terms', () => {
    assert.deepEqual(reduceRational({ num: 150, den: 100 }), { num: 3, den: 2 });
    assert.deepEqual(reduceRational(frameRates.fps2997), frameRates.fps2997);
  });

  test('refuse what is not a positive fraction of integers, with the numbers', () => {
    for (const bad of [
      { num: 0, den: 1 },
      { num: 1, den: 0 },
      { num: 1.5, den: 1 },
      { num: -1, den: 1 },
    ]) {
      assert.throws(() => reduceRational(bad), new RegExp(`${bad.num}/${bad.den}`));
    }
  });
});

describe('timecode', () => {
  test('counts frames, seconds, minutes and hours', () => {
    assert.equal(formatTimecode(0, frameRates.fps25), '00:00:00:00');
    assert.equal(formatTimecode(25 * 3661 + 7, frameRates.fps25), '01:01:01:07');
    assert.equal(formatTimecode(-13, frameRates.fps24), '-00:00:00:13');
    assert.equal(formatTimecode(1439, frameRates.fps23976), '00:00:59:23');
  });

  test('drops the first two numbers of a minute at 29.97, except of every tenth', () => {
    const { fps2997 } = frameRates;
    assert.equal(formatTimecode(1799, fps2997), '00:00:59;29');
    assert.equal(formatTimecode(1800, fps2997), '00:01:00;02');
    assert.equal(formatTimecode(17_981, fps2997), '00:09:59;29');
    assert.equal(formatTimecode(17_982, fps2997), '00:10:00;00');
    assert.equal(formatTimecode(107_892, fps2997), '01:00:00;00');
  });

  test('drops four numbers of a minute at 59.94', () => {
    assert.equal(formatTimecode(3600, frameRates.fps5994), '00:01:00;04');
    assert.equal(formatTimecode(35_964, frameRates.fps5994), '00:10:00;00');
  });

  test('at 29.97 stays within two frames of the clock on the wall over a day', () => {
    const at = 24 * 107_892;
    assert.equal(formatTimecode(at, frameRates.fps2997), '24:00:00;00');
    assert.ok(Math.abs(frameToSeconds(at, frameRates.fps2997) - 24 * 3600) < 0.1);
  });

  test('is drop-frame at 29.97 and 59.94 and nowhere else', () => {
    const dropping = Object.entries(frameRates).filter(([, each]) => isDropFrame(each));
    assert.deepEqual(
      dropping.map(([name]) => name),
      ['fps2997', 'fps5994'],
    );
    assert.equal(nominalFrameRate(frameRates.fps23976), 24);
  });

  test('reads what it writes', () => {
    fc.assert(fc.property(frame, rate, (at, each) => parseTimecode(formatTimecode(at, each), each) === at));
    assert.equal(parseTimecode('-00:00:01:00', frameRates.fps25), -25);
  });

  test('reads short forms and a bare count of frames', () => {
    assert.equal(parseTimecode('90', frameRates.fps30), 90);
    assert.equal(parseTimecode('1:00', frameRates.fps30), 30);
    assert.equal(parseTimecode(' 1:02:03 ', frameRates.fps30), 62 * 30 + 3);
    assert.equal(parseTimecode('00:01:00:02', frameRates.fps2997), 1800);
  });

  test('refuses what is none, and numbers that are dropped', () => {
    for (const text of ['', 'abc', '1:60:00', '00:00:00:30', '1:2:3:4:5', '00:01:00;00', '00:01:00;01', '--1']) {
      assert.equal(parseTimecode(text, frameRates.fps2997), null, text);
    }
  });
});
