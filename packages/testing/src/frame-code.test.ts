import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeFrameCode, frameCodeCells, frameCodeHeight, readFrameCode, readFrameNumber } from './frame-code.js';
import type { FrameCode, PictureRegion } from './frame-code.js';

interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** A grey picture with a strip, dimmed, in a part of the pixels. */
function draw(
  code: FrameCode,
  {
    width,
    height,
    brightness = 1,
    region = { left: 0, top: 0, width: 1, height: 1 },
  }: {
    width: number;
    height: number;
    brightness?: number;
    region?: PictureRegion;
  },
): Pixels {
  const cells = encodeFrameCode(code);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const u = ((x + 0.5) / width - region.left) / region.width;
      const v = ((y + 0.5) / height - region.top) / region.height;
      let level = 0;
      if (u >= 0 && u < 1 && v >= 0 && v < 1) {
        level = v < frameCodeHeight ? (cells[Math.floor(u * frameCodeCells)] === true ? 255 : 0) : 110;
      }
      data.set([level * brightness, level * brightness, level * brightness, 255], (y * width + x) * 4);
    }
  }
  return { data, width, height };
}

const codes = fc.record(
  { source: fc.integer({ min: 0, max: 15 }), frame: fc.integer({ min: 0, max: 4095 }) },
  { noNullPrototype: true },
);

describe('the frame code', () => {
  it('is read back for every source and frame at any size', () => {
    fc.assert(
      fc.property(codes, fc.integer({ min: 96, max: 400 }), (code, width) => {
        const pixels = draw(code, { width, height: Math.round((width * 9) / 16) });
        assert.deepEqual(readFrameCode(pixels), code);
      }),
      { numRuns: 60 },
    );
  });

  it('is read from a picture that is faded to a fifth', () => {
    assert.equal(readFrameNumber(draw({ source: 3, frame: 1234 }, { width: 320, height: 180, brightness: 0.2 })), 1234);
  });

  it('is read from a part of the picture', () => {
    const region = { left: 0.5, top: 0.25, width: 0.4, height: 0.4 };
    const pixels = draw({ source: 1, frame: 77 }, { width: 640, height: 360, region });
    assert.equal(readFrameNumber(pixels, region), 77);
    assert.equal(readFrameNumber(pixels), null);
  });

  it('is refused when two pictures are blended', () => {
    const a = draw({ source: 1, frame: 7 }, { width: 240, height: 136 });
    const b = draw({ source: 1, frame: 8 }, { width: 240, height: 136 });
    const blend = a.data.map((value, index) => (value + (b.data[index] ?? 0)) / 2);
    assert.equal(readFrameNumber({ ...a, data: blend }), null);
  });

  it('is refused when any one cell is flipped', () => {
    const code = { source: 9, frame: 0xa5c };
    for (let cell = 0; cell < frameCodeCells; cell += 1) {
      const pixels = draw(code, { width: 240, height: 136 });
      for (let y = 0; y < 17; y += 1) {
        for (let x = cell * 10; x < cell * 10 + 10; x += 1) {
          const at = (y * 240 + x) * 4;
          const flipped = 255 - (pixels.data[at] ?? 0);
          pixels.data.set([flipped, flipped, flipped], at);
        }
      }
      assert.equal(readFrameCode(pixels), null, `cell ${String(cell)}`);
    }
  });

  it('is not seen in black, white or grey pictures', () => {
    for (const level of [0, 128, 255]) {
      const data = new Uint8ClampedArray(96 * 54 * 4).fill(level);
      assert.equal(readFrameCode({ data, width: 96, height: 54 }), null);
    }
  });
});
