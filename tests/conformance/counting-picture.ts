/**
 * The pictures of the sources: each carries its number in a row of black and white cells (see
 * packages/testing/src/frame-code.ts), fields of known colours, and something that moves.
 */
import { encodeFrameCode, frameCodeCells, frameCodeHeight } from '../../packages/testing/src/frame-code.js';
import type { PictureRegion } from '../../packages/testing/src/frame-code.js';

/** A field of one colour, in fractions of the picture. */
export interface ColourField {
  readonly region: PictureRegion;
  /** Red, green, blue, 0…255. */
  readonly colour: readonly [number, number, number];
  /** 0…1; less than 1 in sources with alpha alone. */
  readonly alpha: number;
}

const colours = [
  [200, 40, 40],
  [40, 170, 60],
  [40, 60, 210],
  [220, 200, 40],
  [40, 190, 200],
  [190, 50, 180],
  [128, 128, 128],
  [240, 240, 240],
] as const;

function row(top: number, alphaOf: (index: number) => number): readonly ColourField[] {
  return colours.map((colour, index) => ({
    region: { left: index / colours.length, top, width: 1 / colours.length, height: 0.25 },
    colour,
    alpha: alphaOf(index),
  }));
}

/** The colours of an opaque source. */
export const opaqueFields: readonly ColourField[] = row(0.25, () => 1);

/** The colours of a source with alpha: opaque above; below they are half and wholly transparent in turns. */
export const transparentFields: readonly ColourField[] = [
  ...opaqueFields,
  ...row(0.55, (index) => (index % 2 === 0 ? 0.5 : 0)),
];

/** What the pictures of a source are like. */
export interface PictureSeries {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  /** 0…15: told by every picture too. */
  readonly source: number;
  readonly alpha?: boolean;
  /** The number of the first picture. */
  readonly first?: number;
}

/** Pictures as raw RGB, or RGBA with alpha, one after the other. The buffer is a new one each time. */
export function* countingPictures(series: PictureSeries): Generator<Buffer> {
  const { width, height, count, source, alpha = false, first = 0 } = series;
  const bytes = alpha ? 4 : 3;
  const ground = Buffer.alloc(width * height * bytes);
  const box = (data: Buffer, region: PictureRegion, [r, g, b]: readonly number[], a: number): void => {
    const x0 = Math.round(region.left * width);
    const x1 = Math.round((region.left + region.width) * width);
    const y0 = Math.round(region.top * height);
    const y1 = Math.round((region.top + region.height) * height);
    if (x1 <= x0 || y1 <= y0) return;
    const line = Buffer.alloc(
      (x1 - x0) * bytes,
      Buffer.from(alpha ? [r ?? 0, g ?? 0, b ?? 0, Math.round(a * 255)] : [r ?? 0, g ?? 0, b ?? 0]),
    );
    for (let y = y0; y < y1; y += 1) line.copy(data, (y * width + x0) * bytes);
  };
  for (let x = 0; x < 32; x += 1) {
    // Grey rises and falls: what a lossy codec and a scaler do shows in slopes, not in flat fields.
    const level = 40 + 160 * Math.abs(1 - (x / 31) * 2);
    box(ground, { left: x / 32, top: 0, width: 1 / 32, height: 1 }, [level, level * 0.9, level * 0.8], 1);
  }
  for (const { region, colour, alpha: a } of alpha ? transparentFields : opaqueFields) box(ground, region, colour, a);
  for (let index = 0; index < count; index += 1) {
    const frame = first + index;
    const picture = Buffer.from(ground);
    encodeFrameCode({ source, frame: frame % 4096 }).forEach((white, cell) => {
      const level = white ? 255 : 0;
      const region = { left: cell / frameCodeCells, top: 0, width: 1 / frameCodeCells, height: frameCodeHeight };
      box(picture, region, [level, level, level], 1);
    });
    box(picture, { left: ((frame * 7) % 90) / 100, top: 0.85, width: 0.1, height: 0.12 }, [230, 120, 30], 1);
    yield picture;
  }
}
