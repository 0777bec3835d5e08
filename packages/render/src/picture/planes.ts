import { everyOther, halves, wordsOf } from './pixel-words.js';
import { type BoxWeights, PlaneShrinker, boxWeights, shrinkable } from './plane-shrinker.js';

/**
 * Arithmetic on pictures as codecs have them: 8-bit Y, U and V planes, colour at half the size each way (I420), BT.709
 * in limited range. Composing there spares the way to RGB and back, which costs more than all the rest where the
 * graphics processor is a program.
 */
export interface Planes {
  /** Pixels; even. */
  readonly width: number;
  readonly height: number;
  /** The three planes, tightly packed one after the other. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** A rectangle in pixels; its edges may be fractions. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One of the three. */
export interface Plane {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Black. Sizes are made even. */
export function createPlanes(width: number, height: number): Planes {
  const planes = { width, height, data: new Uint8Array((width * height * 3) / 2) };
  fillPlanes(planes, [16, 128, 128]);
  return planes;
}

/** Y, U and V of a picture, as views on its bytes. */
export function planesOf({ width, height, data }: Planes): readonly [Plane, Plane, Plane] {
  const luma = width * height;
  const chroma = luma / 4;
  return [
    { data: data.subarray(0, luma), width, height },
    { data: data.subarray(luma, luma + chroma), width: width / 2, height: height / 2 },
    { data: data.subarray(luma + chroma, luma + 2 * chroma), width: width / 2, height: height / 2 },
  ];
}

/** One colour everywhere. */
export function fillPlanes(planes: Planes, colour: readonly [number, number, number]): void {
  planesOf(planes).forEach((plane, index) => plane.data.fill(colour[index] as number));
}

/** BT.709, limited range, of red, green and blue 0…255. Rec. ITU-R BT.709-6, items 3.2 to 3.5. */
export function rgbToYuv(red: number, green: number, blue: number): [number, number, number] {
  const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return [
    Math.round(16 + (219 / 255) * luma),
    Math.round(128 + ((224 / 255) * (blue - luma)) / 1.8556),
    Math.round(128 + ((224 / 255) * (red - luma)) / 1.5748),
  ];
}

/** `#rrggbb` to red, green and blue 0…255; black when it is something else. */
export function parseColour(colour: string): [number, number, number] {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!match) return [0, 0, 0];
  return [parseInt(match[1] as string, 16), parseInt(match[2] as string, 16), parseInt(match[3] as string, 16)];
}

/** Which source pixels make each pixel of a row or column, and in what parts of 2¹⁴. */
interface AxisWeights {
  readonly first: Int32Array;
  readonly weights: Int16Array;
  readonly taps: number;
  /** One source pixel each, in sequence: nothing to compute. */
  readonly offset: number | null;
}

const unity = 1 << 14;

/**
 * Weights for drawing `sourceLength` pixels from `sourceStart` on as `length` pixels: linear between two pixels when it
 * grows, a triangle as wide as a drawn pixel when it shrinks, so that fine detail greys out instead of flickering.
 */
function axisWeights(sourceStart: number, sourceLength: number, length: number, available: number): AxisWeights {
  const scale = sourceLength / length;
  if (scale === 1 && Number.isInteger(sourceStart)) {
    return { first: new Int32Array(0), weights: new Int16Array(0), taps: 1, offset: sourceStart };
  }
  const radius = Math.max(1, scale);
  const taps = Math.min(available, Math.ceil(radius * 2) + 1);
  const first = new Int32Array(length);
  const weights = new Int16Array(length * taps);
  const part = new Float64Array(taps);
  for (let n = 0; n < length; n += 1) {
    const centre = sourceStart + (n + 0.5) * scale - 0.5;
    const start = Math.max(0, Math.min(available - taps, Math.ceil(centre - radius)));
    first[n] = start;
    part.fill(0);
    let sum = 0;
    for (let place = Math.ceil(centre - radius); place <= Math.floor(centre + radius); place += 1) {
      const weight = 1 - Math.abs(place - centre) / radius;
      if (weight <= 0) continue;
      // Beyond the picture its edge goes on.
      const tap = Math.max(0, Math.min(taps - 1, Math.max(0, Math.min(available - 1, place)) - start));
      part[tap] = (part[tap] as number) + weight;
      sum += weight;
    }
    let left = unity;
    let heaviest = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const weight = Math.round(((part[tap] as number) / sum) * unity);
      weights[n * taps + tap] = weight;
      left -= weight;
      if (weight > (weights[n * taps + heaviest] as number)) heaviest = tap;
    }
    weights[n * taps + heaviest] = (weights[n * taps + heaviest] as number) + left;
  }
  return { first, weights, taps, offset: null };
}

type PlanePass =
  | { readonly kind: 'any'; readonly across: AxisWeights; readonly down: AxisWeights }
  | { readonly kind: 'shrink'; readonly across: BoxWeights; readonly down: BoxWeights };

/** Draws planes into planes, again and again with the same geometry; the weights and the room in between are kept. */
export class PlaneScaler {
  #key = '';
  #passes: PlanePass[] = [];
  #between: Uint8Array = new Uint8Array(0);
  #line: Int32Array = new Int32Array(0);
  readonly #shrinker: PlaneShrinker = new PlaneShrinker();

  /**
   * Draws `from` of the source into `to` (whole pixels) of the target.
   *
   * @param opacity 0…1
   */
  draw(source: Planes, from: Rectangle, target: Planes, to: Rectangle, opacity: number): void {
    const key = [source.width, source.height, from.x, from.y, from.width, from.height, to.width, to.height].join();
    const sources = planesOf(source);
    const targets = planesOf(target);
    if (key !== this.#key) {
      this.#key = key;
      this.#passes = [1, 2].map((step) => {
        const { width, height } = sources[step - 1] as Plane;
        const box = drawnBox(to, step);
        const across = [from.x / step, from.width / step, box.width, width] as const;
        const down = [from.y / step, from.height / step, box.height, height] as const;
        const shrinks = shrinkable(from.width / step / box.width) && shrinkable(from.height / step / box.height);
        return shrinks && width % 4 === 0
          ? { kind: 'shrink', across: boxWeights(...across), down: boxWeights(...down) }
          : { kind: 'any', across: axisWeights(...across), down: axisWeights(...down) };
      });
    }
    const strength = Math.round(Math.max(0, Math.min(1, opacity)) * 256);
    sources.forEach((plane, index) => {
      const step = index === 0 ? 1 : 2;
      const pass = this.#passes[step - 1] as PlanePass;
      const target = targets[index] as Plane;
      if (pass.kind === 'shrink') this.#shrinker.draw(plane, pass, target, drawnBox(to, step), strength);
      else this.#drawPlane(plane, pass.across, pass.down, target, drawnBox(to, step), strength);
    });
  }

  #drawPlane(
    source: Plane,
    across: AxisWeights,
    down: AxisWeights,
    target: Plane,
    box: Rectangle,
    strength: number,
  ): void {
    const top = Math.max(0, box.y);
    const bottom = Math.min(target.height, box.y + box.height);
    const leftEdge = Math.max(0, box.x);
    const rightEdge = Math.min(target.width, box.x + box.width);
    if (bottom <= top || rightEdge <= leftEdge) return;
    const width = rightEdge - leftEdge;
    // The rows of the source that are drawn, each scaled across first.
    const firstRow = down.offset === null ? (down.first[top - box.y] as number) : top - box.y + down.offset;
    const lastRow =
      down.offset === null
        ? (down.first[bottom - 1 - box.y] as number) + down.taps - 1
        : bottom - 1 - box.y + down.offset;
    const rows = lastRow - firstRow + 1;
    if (this.#between.length < rows * width) this.#between = new Uint8Array(rows * width);
    const between = this.#between;
    for (let row = 0; row < rows; row += 1) {
      const from = Math.min(source.height - 1, firstRow + row) * source.width;
      const into = row * width;
      if (across.offset !== null) {
        const start = from + across.offset + leftEdge - box.x;
        between.set(source.data.subarray(start, start + width), into);
        continue;
      }
      const { first, weights, taps } = across;
      for (let x = 0; x < width; x += 1) {
        const n = leftEdge - box.x + x;
        const start = from + (first[n] as number);
        const row0 = n * taps;
        let sum = unity >> 1;
        for (let tap = 0; tap < taps; tap += 1)
          sum += (weights[row0 + tap] as number) * (source.data[start + tap] as number);
        between[into + x] = sum >> 14;
      }
    }
    if (this.#line.length < width) this.#line = new Int32Array(width);
    const line = this.#line;
    for (let y = top; y < bottom; y += 1) {
      const into = y * target.width + leftEdge;
      const n = y - box.y;
      if (down.offset !== null) {
        const start = (n + down.offset - firstRow) * width;
        if (strength === 256) {
          target.data.set(between.subarray(start, start + width), into);
        } else {
          for (let x = 0; x < width; x += 1) {
            const old = target.data[into + x] as number;
            target.data[into + x] = old + ((((between[start + x] as number) - old) * strength + 128) >> 8);
          }
        }
        continue;
      }
      line.fill(unity >> 1, 0, width);
      for (let tap = 0; tap < down.taps; tap += 1) {
        const weight = down.weights[n * down.taps + tap] as number;
        if (weight === 0) continue;
        const start = ((down.first[n] as number) + tap - firstRow) * width;
        for (let x = 0; x < width; x += 1) line[x] = (line[x] as number) + weight * (between[start + x] as number);
      }
      if (strength === 256) {
        for (let x = 0; x < width; x += 1) target.data[into + x] = (line[x] as number) >> 14;
      } else {
        for (let x = 0; x < width; x += 1) {
          const old = target.data[into + x] as number;
          target.data[into + x] = old + (((((line[x] as number) >> 14) - old) * strength + 128) >> 8);
        }
      }
    }
  }
}

/** The whole pixels of a plane that a rectangle covers; `step` 2 is a colour plane. */
function drawnBox(to: Rectangle, step: number): Rectangle {
  const x = Math.round(to.x / step);
  const y = Math.round(to.y / step);
  return {
    x,
    y,
    width: Math.max(1, Math.round((to.x + to.width) / step) - x),
    height: Math.max(1, Math.round((to.y + to.height) / step) - y),
  };
}

/** A picture with alpha, ready to be blended: I420 with an alpha for the pixels and one for the colour samples. */
export interface Overlay {
  /** Where its top left corner goes; even, so that its colour samples fall on the target's. */
  readonly x: number;
  readonly y: number;
  /** Even. */
  readonly width: number;
  readonly height: number;
  readonly planes: Planes;
  readonly alpha: Uint8Array;
  readonly chromaAlpha: Uint8Array;
}

/** Turns pixels (RGBA, not premultiplied, as `getImageData` gives them) into an overlay. */
export function overlayFromPixels(
  pixels: Uint8ClampedArray | Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
): Overlay {
  const planes = { width, height, data: new Uint8Array((width * height * 3) / 2) };
  const alpha = new Uint8Array(width * height);
  const chromaAlpha = new Uint8Array((width * height) / 4);
  convert(pixels, planes, alpha, chromaAlpha);
  return { x, y, width, height, planes, alpha, chromaAlpha };
}

/** Writes opaque pixels (RGBA) into planes of the same size. */
export function planesFromPixels(pixels: Uint8ClampedArray | Uint8Array, planes: Planes): void {
  convert(pixels, planes, null, null);
}

/** The pixels of the top left `width` × `height` of planes, opaque. The inverse of `planesFromPixels`. */
export function pixelsFromPlanes(planes: Planes, width: number, height: number): ImageData {
  const pixels = new ImageData(width, height);
  const [luma, blueness, redness] = planesOf(planes);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4;
      const chroma = (y >> 1) * blueness.width + (x >> 1);
      const grey = (((luma.data[y * luma.width + x] as number) - 16) * 255) / 219;
      const blue = (((blueness.data[chroma] as number) - 128) * 255 * 1.8556) / 224;
      const red = (((redness.data[chroma] as number) - 128) * 255 * 1.5748) / 224;
      // Numbers beyond 0…255 are clamped, and rounded, by the array itself.
      pixels.data[at] = grey + red;
      pixels.data[at + 1] = grey - (0.2126 * red + 0.0722 * blue) / 0.7152;
      pixels.data[at + 2] = grey + blue;
      pixels.data[at + 3] = 255;
    }
  }
  return pixels;
}

// Rec. 709 in parts of 2¹⁶; each row's sum is what white needs to become 235 or grey 128.
const yRed = Math.round(((0.2126 * 219) / 255) * 65536);
const yGreen = Math.round(((0.7152 * 219) / 255) * 65536);
const yBlue = Math.round(((0.0722 * 219) / 255) * 65536);
const uRed = -Math.round(((0.2126 / 1.8556) * 224 * 65536) / 255);
const uBlue = Math.round(((0.9278 / 1.8556) * 224 * 65536) / 255);
const uGreen = -uRed - uBlue;
const vRed = Math.round(((0.7874 / 1.5748) * 224 * 65536) / 255);
const vBlue = -Math.round(((0.0722 / 1.5748) * 224 * 65536) / 255);
const vGreen = -vRed - vBlue;

function convert(
  pixels: Uint8ClampedArray | Uint8Array,
  { width, height, data }: Planes,
  alpha: Uint8Array | null,
  chromaAlpha: Uint8Array | null,
): void {
  const luma = width * height;
  const chroma = luma / 4;
  const half = width / 2;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let opaque = 0;
      for (let corner = 0; corner < 4; corner += 1) {
        const pixel = (y + (corner >> 1)) * width + x + (corner & 1);
        const at = pixel * 4;
        const r = pixels[at] as number;
        const g = pixels[at + 1] as number;
        const b = pixels[at + 2] as number;
        const a = alpha ? (pixels[at + 3] as number) : 255;
        data[pixel] = 16 + ((yRed * r + yGreen * g + yBlue * b + 32768) >> 16);
        if (alpha) alpha[pixel] = a;
        red += r * a;
        green += g * a;
        blue += b * a;
        opaque += a;
      }
      const at = (y >> 1) * half + (x >> 1);
      if (chromaAlpha) chromaAlpha[at] = (opaque + 2) >> 2;
      if (opaque === 0) {
        data[luma + at] = 128;
        data[luma + chroma + at] = 128;
        continue;
      }
      red = Math.round(red / opaque);
      green = Math.round(green / opaque);
      blue = Math.round(blue / opaque);
      data[luma + at] = 128 + ((uRed * red + uGreen * green + uBlue * blue + 32768) >> 16);
      data[luma + chroma + at] = 128 + ((vRed * red + vGreen * green + vBlue * blue + 32768) >> 16);
    }
  }
}

/** Blends an overlay over the target; what juts out is left out. @param opacity 0…1 */
export function blendOverlay(target: Planes, overlay: Overlay, opacity: number): void {
  const strength = Math.round(Math.max(0, Math.min(1, opacity)) * 256);
  if (strength === 0) return;
  const sources = planesOf(overlay.planes);
  const targets = planesOf(target);
  const weights = Uint16Array.from({ length: 256 }, (_, opaque) => Math.round((opaque * strength) / 255));
  sources.forEach((plane, index) => {
    const step = index === 0 ? 1 : 2;
    const alpha = index === 0 ? overlay.alpha : overlay.chromaAlpha;
    blendPlane(targets[index] as Plane, plane, alpha, weights, overlay.x / step, overlay.y / step);
  });
}

/** @param weights what each alpha counts, in parts of 256 */
function blendPlane(
  into: Plane,
  plane: Plane,
  alpha: Uint8Array,
  weights: Uint16Array,
  left: number,
  top: number,
): void {
  const fromX = Math.max(0, -left);
  const toX = Math.min(plane.width, into.width - left);
  const fromY = Math.max(0, -top);
  const toY = Math.min(plane.height, into.height - top);
  const isInWords = [left, plane.width, into.width, into.data.byteOffset, plane.data.byteOffset].every(
    (n) => n % 4 === 0,
  );
  if (!isInWords) {
    for (let y = fromY; y < toY; y += 1) {
      const row = y * plane.width;
      blendBytes(into.data, (top + y) * into.width + left, plane.data, row, alpha, weights, fromX, toX);
    }
    return;
  }
  const target = wordsOf(into.data);
  const source = wordsOf(plane.data);
  const opaque = wordsOf(alpha);
  for (let y = fromY; y < toY; y += 1) {
    const row = (y * plane.width) >> 2;
    const at = ((top + y) * into.width + left) >> 2;
    for (let word = fromX >> 2; word < toX >> 2; word += 1) {
      const four = opaque[row + word] as number;
      // Most of a title is nothing at all, or one and the same behind its letters.
      if (four === 0) continue;
      if (four !== Math.imul(four & 255, 0x01010101)) {
        blendBytes(into.data, at << 2, plane.data, row << 2, alpha, weights, word << 2, (word << 2) + 4);
        continue;
      }
      const weight = weights[four & 255] as number;
      target[at + word] = mixWords(target[at + word] as number, source[row + word] as number, weight);
    }
  }
}

function blendBytes(
  into: Uint8Array,
  at: number,
  source: Uint8Array,
  row: number,
  alpha: Uint8Array,
  weights: Uint16Array,
  from: number,
  to: number,
): void {
  for (let x = from; x < to; x += 1) {
    const weight = weights[alpha[row + x] as number] as number;
    const old = into[at + x] as number;
    into[at + x] = old + ((((source[row + x] as number) - old) * weight + 128) >> 8);
  }
}

/** Four pixels mixed at once. @param weight of `over`, in parts of 256 */
function mixWords(under: number, over: number, weight: number): number {
  const rest = 256 - weight;
  const even = (Math.imul(under & everyOther, rest) + Math.imul(over & everyOther, weight) + halves) | 0;
  const odd = (Math.imul((under >>> 8) & everyOther, rest) + Math.imul((over >>> 8) & everyOther, weight) + halves) | 0;
  return ((even >>> 8) & everyOther) | (odd & ~everyOther);
}

/** Fills a rectangle, to the nearest whole pixels. @param opacity 0…1 */
export function fillRectangle(
  target: Planes,
  rectangle: Rectangle,
  colour: readonly [number, number, number],
  opacity: number,
): void {
  const strength = Math.round(Math.max(0, Math.min(1, opacity)) * 256);
  planesOf(target).forEach((plane, index) => {
    const box = drawnBox(rectangle, index === 0 ? 1 : 2);
    const value = colour[index] as number;
    const left = Math.max(0, box.x);
    const right = Math.min(plane.width, box.x + box.width);
    const bottom = Math.min(plane.height, box.y + box.height);
    for (let y = Math.max(0, box.y); y < bottom; y += 1) {
      const row = y * plane.width;
      if (strength === 256) {
        plane.data.fill(value, row + left, row + Math.max(left, right));
        continue;
      }
      for (let x = row + left; x < row + right; x += 1) {
        const old = plane.data[x] as number;
        plane.data[x] = old + (((value - old) * strength + 128) >> 8);
      }
    }
  });
}
