import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlaneShrinker, boxWeights } from './plane-shrinker.js';
import type { Plane } from './planes.js';

/** Slopes each way, and something like noise on them: a row or column too many or too few shows. */
function texture(width: number, height: number): Plane {
  const data = Uint8Array.from({ length: width * height }, (_, n) => {
    const [x, y] = [n % width, Math.floor(n / width)];
    return 20 + (100 * x) / width + (80 * y) / height + ((x * 7 + y * 13 + ((x * y) % 11)) % 32);
  });
  return { data, width, height };
}

const blank = (width: number, height: number, value = 0): Plane => ({
  data: new Uint8Array(width * height).fill(value),
  width,
  height,
});

const whole = ({ width, height }: Plane) => ({ x: 0, y: 0, width, height });

function shrink(source: Plane, target: Plane, box = whole(target), strength = 256): void {
  const weights = {
    across: boxWeights(0, source.width, box.width, source.width),
    down: boxWeights(0, source.height, box.height, source.height),
  };
  new PlaneShrinker().draw(source, weights, target, box, strength);
}

/** What a drawn pixel covers, by fractions, one source pixel after the other. */
function meanAt(source: Plane, target: Plane, x: number, y: number): number {
  const [across, down] = [source.width / target.width, source.height / target.height];
  const part = (place: number, from: number, to: number): number =>
    Math.max(0, Math.min(to, place + 1) - Math.max(from, place));
  let sum = 0;
  for (let row = Math.floor(y * down); row < Math.min(source.height, (y + 1) * down); row += 1) {
    for (let column = Math.floor(x * across); column < Math.min(source.width, (x + 1) * across); column += 1) {
      const weight = part(row, y * down, (y + 1) * down) * part(column, x * across, (x + 1) * across);
      sum += weight * (source.data[row * source.width + column] as number);
    }
  }
  return sum / (across * down);
}

for (const [width, height] of [
  [207, 116],
  [160, 90],
  [127, 71],
  [120, 45],
  [72, 41],
  [80, 55],
  [45, 33],
  [53, 20],
  [27, 14],
  [13, 9],
] as const) {
  test(`240 × 136 shrunk to ${String(width)} × ${String(height)} is the mean of what each pixel covers`, () => {
    const source = texture(240, 136);
    const target = blank(width, height);
    shrink(source, target);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const drawn = target.data[y * width + x] as number;
        const expected = Math.round(meanAt(source, target, x, y));
        assert.ok(Math.abs(drawn - expected) <= 1, `${String(x)}, ${String(y)}: ${String(drawn)}, ${String(expected)}`);
      }
    }
  });
}

test('what weighs a drawn pixel is never less than nothing, all of it together 256, and the inner ones are alike', () => {
  for (let length = 1000; length <= 31_000; length += 37) {
    const { counts, weights, taps } = boxWeights(0.3, length / 100, 10, 320);
    counts.forEach((count, n) => {
      const parts = Array.from(weights.subarray(n * taps, (n + 1) * taps));
      // A weight below 0 would be one of about 65,500 here.
      assert.ok(parts.every((part) => part <= 256));
      assert.equal(
        parts.reduce((sum, part) => sum + part, 0),
        256,
      );
      assert.ok(new Set(parts.slice(2, count - 1)).size <= 1);
      assert.ok(parts.slice(count).every((part) => part === 0));
    });
  }
});

test('a lone bright line in a picture shrunk 30 times stays in its pixels', () => {
  const source = blank(240, 240);
  for (let y = 0; y < 240; y += 1) source.data[y * 240 + 121] = 255;
  const target = blank(8, 8);
  shrink(source, target);
  for (let n = 0; n < 64; n += 1) {
    const value = target.data[n] as number;
    assert.ok(n % 8 === 4 ? value > 0 && value < 32 : value === 0, `${String(n)}: ${String(value)}`);
  }
});

test('where a shrunk picture juts out of the target, the rest of it is the same', () => {
  const source = texture(240, 136);
  const all = blank(72, 41);
  shrink(source, all);
  for (const [left, top] of [
    [-11, -7],
    [9, 4],
    [-40, 12],
    [3, -20],
  ] as const) {
    const target = blank(50, 30, 7);
    shrink(source, target, { x: left, y: top, width: 72, height: 41 });
    for (let y = 0; y < 30; y += 1) {
      for (let x = 0; x < 50; x += 1) {
        const [column, row] = [x - left, y - top];
        const inside = column >= 0 && column < 72 && row >= 0 && row < 41;
        assert.equal(target.data[y * 50 + x], inside ? all.data[row * 72 + column] : 7);
      }
    }
  }
});

test('a shrunk picture at less than full strength is mixed with what lies under it, once, in its last odd row too', () => {
  const source = texture(240, 136);
  const full = blank(72, 41);
  shrink(source, full);
  const mixed = blank(72, 41, 200);
  shrink(source, mixed, whole(mixed), 64);
  full.data.forEach((value, n) => {
    assert.ok(Math.abs((mixed.data[n] as number) - (200 + (value - 200) / 4)) <= 0.5, String(n));
  });
});

test('one shrinker draws planes of several sizes after one another', () => {
  const shrinker = new PlaneShrinker();
  for (const [width, height, length] of [
    [64, 48, 40],
    [320, 136, 60],
    [300, 90, 10],
    [320, 136, 60],
  ] as const) {
    const source = texture(width, height);
    const [again, once] = [blank(length, length / 2), blank(length, length / 2)];
    shrink(source, once);
    const weights = { across: boxWeights(0, width, length, width), down: boxWeights(0, height, length / 2, height) };
    shrinker.draw(source, weights, again, whole(again), 256);
    assert.deepEqual(again.data, once.data);
  }
});
