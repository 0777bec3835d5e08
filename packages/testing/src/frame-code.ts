/**
 * The machine-readable strip in our test pictures: the top eighth of the picture is one row of 24 cells, black or
 * white, that say which source a picture is from and its number in that source. Large cells survive lossy codecs and
 * scaling; the guard cells at both ends give the levels of black and white, so fades and opacity don't disturb it.
 *
 * | cells | meaning |
 * |---|---|
 * | 0, 1 | guard: white, black |
 * | 2–5 | source, 0…15, highest bit first; white is 1 |
 * | 6–17 | frame number, 0…4095 |
 * | 18–21 | check: `(source + 3·high + 5·middle + 7·low + 10) mod 16` over the frame number's three nibbles |
 * | 22, 23 | guard: black, white |
 */

/** What a strip says. */
export interface FrameCode {
  /** 0…15: which fixture. */
  readonly source: number;
  /** 0…4095: the number of the picture in its source, the first is 0. */
  readonly frame: number;
}

/** RGBA pixels, as `ImageData` has them. */
export interface PixelRectangle {
  readonly data: ArrayLike<number>;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** Where the test picture lies in the pixels, in fractions of their width and height. */
export interface PictureRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Cells in the strip. */
export const frameCodeCells = 24;

/** Height of the strip as a fraction of the picture's. */
export const frameCodeHeight: number = 1 / 8;

/** The white box that flashes at the start of each second, in fractions of the picture. */
export const flashRegion: PictureRegion = { left: 0.4, top: 0.4, width: 0.2, height: 0.25 };

const wholePicture: PictureRegion = { left: 0, top: 0, width: 1, height: 1 };

// Less contrast than this (of 255) between the guards' white and black is not a strip.
const minimumContrast = 24;
// A cell must be nearer to its level than this fraction of the contrast; grey means that two pictures are blended.
const greyZone = 0.2;

function checkOf(source: number, frame: number): number {
  return (source + 3 * (frame >> 8) + 5 * ((frame >> 4) & 15) + 7 * (frame & 15) + 10) & 15;
}

/**
 * The cells to draw, true for white.
 *
 * @throws RangeError when the source isn't 0…15 or the frame isn't 0…4095
 */
export function encodeFrameCode(code: FrameCode): readonly boolean[] {
  const { source, frame } = code;
  if (!Number.isInteger(source) || source < 0 || source > 15) {
    throw new RangeError(`A source is 0…15, not ${String(source)}.`);
  }
  if (!Number.isInteger(frame) || frame < 0 || frame > 4095) {
    throw new RangeError(`A frame number is 0…4095, not ${String(frame)}.`);
  }
  const payload = (source << 16) | (frame << 4) | checkOf(source, frame);
  const cells = [true, false];
  for (let bit = 19; bit >= 0; bit -= 1) cells.push(((payload >> bit) & 1) === 1);
  cells.push(false, true);
  return cells;
}

/** Mean brightness (0…255, Rec. 709 weights) of a part of the pixels, given in pixels; NaN when it is empty. */
function meanLuma(image: PixelRectangle, left: number, top: number, right: number, bottom: number): number {
  const x0 = Math.max(0, Math.floor(left));
  const y0 = Math.max(0, Math.floor(top));
  const x1 = Math.min(image.width, Math.max(x0 + 1, Math.ceil(right)));
  const y1 = Math.min(image.height, Math.max(y0 + 1, Math.ceil(bottom)));
  let sum = 0;
  for (let y = y0; y < y1; y += 1) {
    for (let x = x0; x < x1; x += 1) {
      const at = (y * image.width + x) * 4;
      sum += 0.2126 * (image.data[at] ?? 0) + 0.7152 * (image.data[at + 1] ?? 0) + 0.0722 * (image.data[at + 2] ?? 0);
    }
  }
  return sum / ((x1 - x0) * (y1 - y0));
}

/**
 * Reads the strip.
 *
 * @param region where the picture lies, when it doesn't fill the pixels
 * @returns null when there is no strip, or when it can't be read for certain
 */
export function readFrameCode(image: PixelRectangle, region: PictureRegion = wholePicture): FrameCode | null {
  const cellWidth = (image.width * region.width) / frameCodeCells;
  const left = image.width * region.left;
  const stripHeight = image.height * region.height * frameCodeHeight;
  const top = image.height * region.top;
  const levels: number[] = [];
  for (let cell = 0; cell < frameCodeCells; cell += 1) {
    levels.push(
      meanLuma(
        image,
        left + (cell + 0.3) * cellWidth,
        top + 0.3 * stripHeight,
        left + (cell + 0.7) * cellWidth,
        top + 0.7 * stripHeight,
      ),
    );
  }
  const at = (cell: number): number => levels[cell] ?? Number.NaN;
  const white = (at(0) + at(23)) / 2;
  const black = (at(1) + at(22)) / 2;
  const contrast = white - black;
  if (!(contrast >= minimumContrast)) return null;
  let payload = 0;
  for (let cell = 0; cell < frameCodeCells; cell += 1) {
    const level = (at(cell) - black) / contrast;
    if (!(Math.abs(level - 0.5) > greyZone)) return null;
    if (cell >= 2 && cell <= 21) payload = (payload << 1) | (level > 0.5 ? 1 : 0);
    else if (level > 0.5 !== (cell === 0 || cell === 23)) return null;
  }
  const source = payload >> 16;
  const frame = (payload >> 4) & 0xfff;
  return (payload & 15) === checkOf(source, frame) ? { source, frame } : null;
}

/** The number of the picture in its source, or null when it can't be read for certain. See `readFrameCode`. */
export function readFrameNumber(image: PixelRectangle, region: PictureRegion = wholePicture): number | null {
  return readFrameCode(image, region)?.frame ?? null;
}

/** Whether the box in the middle of the picture is flashing, which it does for 1/15 s at the start of each second. */
export function readFlash(image: PixelRectangle, region: PictureRegion = wholePicture): boolean {
  const left = image.width * (region.left + region.width * (flashRegion.left + flashRegion.width * 0.25));
  const top = image.height * (region.top + region.height * (flashRegion.top + flashRegion.height * 0.25));
  const right = left + image.width * region.width * flashRegion.width * 0.5;
  const bottom = top + image.height * region.height * flashRegion.height * 0.5;
  return meanLuma(image, left, top, right, bottom) > 190;
}
