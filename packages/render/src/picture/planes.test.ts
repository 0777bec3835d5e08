import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Planes,
  PlaneScaler,
  blendOverlay,
  createPlanes,
  fillRectangle,
  overlayFromPixels,
  parseColour,
  planesFromPixels,
  planesOf,
  rgbToYuv,
} from './planes.js';

function gradient(width: number, height: number): Planes {
  const planes = createPlanes(width, height);
  const [y] = planesOf(planes);
  for (let row = 0; row < height; row += 1)
    for (let x = 0; x < width; x += 1) y.data[row * width + x] = 16 + 2 * x + row;
  return planes;
}

const lumaAt = (planes: Planes, x: number, y: number): number =>
  planesOf(planes)[0].data[y * planes.width + x] as number;

test('colours are BT.709 in limited range', () => {
  assert.deepEqual(rgbToYuv(0, 0, 0), [16, 128, 128]);
  assert.deepEqual(rgbToYuv(255, 255, 255), [235, 128, 128]);
  assert.deepEqual(rgbToYuv(...parseColour('#c81e50')), [76, 133, 201]);
  assert.deepEqual(parseColour('red'), [0, 0, 0]);
});

test('pixels become the same colours as numbers do', () => {
  for (const colour of ['#ffffff', '#000000', '#c81e50', '#204060', '#00ff00']) {
    const rgb = parseColour(colour);
    const planes = createPlanes(4, 4);
    planesFromPixels(
      Uint8Array.from({ length: 64 }, (_, n) => (n % 4 === 3 ? 255 : (rgb[n % 4] as number))),
      planes,
    );
    planesOf(planes).forEach((plane, index) => {
      for (const value of plane.data) assert.ok(Math.abs(value - (rgbToYuv(...rgb)[index] as number)) <= 1, colour);
    });
  }
});

test('a picture drawn at its own size is copied, wherever it goes', () => {
  const source = gradient(32, 16);
  const target = createPlanes(64, 32);
  new PlaneScaler().draw(
    source,
    { x: 0, y: 0, width: 32, height: 16 },
    target,
    { x: 10, y: 6, width: 32, height: 16 },
    1,
  );
  for (let y = 0; y < 16; y += 1)
    for (let x = 0; x < 32; x += 1) assert.equal(lumaAt(target, x + 10, y + 6), lumaAt(source, x, y));
  assert.equal(lumaAt(target, 9, 6), 16);
  assert.equal(lumaAt(target, 42, 6), 16);
});

test('scaling keeps a gradient a gradient', () => {
  const source = gradient(32, 16);
  for (const [width, height] of [
    [64, 32],
    [16, 8],
    [24, 10],
  ] as const) {
    const target = createPlanes(width, height);
    new PlaneScaler().draw(source, { x: 0, y: 0, width: 32, height: 16 }, target, { x: 0, y: 0, width, height }, 1);
    for (let x = 2; x < width - 2; x += 1) {
      const expected = 16 + 2 * ((x + 0.5) * (32 / width) - 0.5) + ((height / 2 + 0.5) * (16 / height) - 0.5);
      assert.ok(Math.abs(lumaAt(target, x, height / 2) - expected) <= 1.5, `${String(width)}: ${String(x)}`);
    }
  }
});

test('what juts out of the target is left out on every side', () => {
  const source = gradient(32, 16);
  const target = createPlanes(16, 8);
  const scaler = new PlaneScaler();
  scaler.draw(source, { x: 0, y: 0, width: 32, height: 16 }, target, { x: -8, y: -4, width: 32, height: 16 }, 1);
  assert.equal(lumaAt(target, 0, 0), lumaAt(source, 8, 4));
  assert.equal(lumaAt(target, 15, 7), lumaAt(source, 23, 11));
  scaler.draw(source, { x: 0, y: 0, width: 32, height: 16 }, target, { x: 40, y: 0, width: 32, height: 16 }, 1);
  scaler.draw(source, { x: 0, y: 0, width: 32, height: 16 }, target, { x: -20, y: -30, width: 48, height: 50 }, 0.5);
});

test('opacity mixes with what lies under it', () => {
  const target = createPlanes(16, 8);
  fillRectangle(target, { x: 0, y: 0, width: 16, height: 8 }, [200, 128, 128], 1);
  fillRectangle(target, { x: 0, y: 0, width: 8, height: 8 }, [100, 128, 128], 0.5);
  assert.equal(lumaAt(target, 0, 0), 150);
  assert.equal(lumaAt(target, 8, 0), 200);
});

test('an overlay is blended by its alpha, and leaves the rest alone', () => {
  const pixels = new Uint8Array(4 * 4 * 4);
  for (let n = 0; n < 16; n += 1) pixels.set([255, 255, 255, n % 4 < 2 ? 255 : n % 4 === 2 ? 128 : 0], n * 4);
  const target = createPlanes(16, 8);
  blendOverlay(target, overlayFromPixels(pixels, 4, 4, 2, 2), 1);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((x) => lumaAt(target, x, 3)),
    [16, 235, 235, 126, 16],
  );
  blendOverlay(target, overlayFromPixels(pixels, 4, 4, -2, -2), 0.5);
  blendOverlay(target, overlayFromPixels(pixels, 4, 4, 14, 6), 0.5);
  assert.equal(lumaAt(target, 14, 6), 126);
});
