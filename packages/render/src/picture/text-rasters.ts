import type { TextLayer, TextStyle } from '@lectern/timeline';
import { layOutText } from './text-layout.js';
import { parseColour } from './planes.js';

/** A title drawn once. */
export interface TextRaster {
  readonly canvas: OffscreenCanvas;
  /** What it covers of the layer's box, in project pixels from the box's top left. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const kept = 32;

/** Titles are drawn once per change and size of output, and kept while they are in use. */
export class TextRasters {
  readonly #rasters = new Map<string, TextRaster | null>();

  /** @param scale output pixels per project pixel */
  get(layer: TextLayer, scale: number): TextRaster | null {
    const { sourceWidth, sourceHeight } = layer.geometry;
    const key = JSON.stringify([layer.text, layer.style, sourceWidth, sourceHeight, scale]);
    const known = this.#rasters.get(key);
    if (known !== undefined) {
      this.#rasters.delete(key);
      this.#rasters.set(key, known);
      return known;
    }
    const raster = drawText(layer.text, layer.style, { width: sourceWidth, height: sourceHeight }, scale);
    this.#rasters.set(key, raster);
    for (const oldest of this.#rasters.keys()) {
      if (this.#rasters.size <= kept) break;
      this.#rasters.delete(oldest);
    }
    return raster;
  }

  /** Forgets all: a font has come in. */
  clear(): void {
    this.#rasters.clear();
  }
}

/** `italic 700 48px Inter`, with a family that exists everywhere behind it. */
function cssFont(style: TextStyle): string {
  const families = style.fontFamily
    .split(',')
    .map((family) => family.trim())
    .filter((family) => family !== '')
    .map((family) => (/^[\w-]+$/.test(family) ? family : `"${family.replace(/["\\]/g, '')}"`));
  if (!families.includes('sans-serif')) families.push('sans-serif');
  return `${style.italic ? 'italic ' : ''}${String(style.fontWeight)} ${String(style.fontSize)}px ${families.join(', ')}`;
}

function context2d(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new TypeError('this browser has no 2D canvas in workers');
  return context;
}

let measuring: OffscreenCanvasRenderingContext2D | null = null;

function drawText(
  text: string,
  style: TextStyle,
  box: { readonly width: number; readonly height: number },
  scale: number,
): TextRaster | null {
  measuring ??= context2d(new OffscreenCanvas(1, 1));
  const ruler = measuring;
  const font = cssFont(style);
  ruler.font = font;
  const { lines, block } = layOutText(text, style, box, (piece) => ruler.measureText(piece).width);
  if (!block) return null;

  // Glyphs reach beyond their line: accents above, descenders below, italics to the right.
  const margin = style.fontSize * 0.5;
  // Whole output pixels, so that a title isn't blurred by half of one.
  const x = Math.floor((block.x - margin) * scale) / scale;
  const y = Math.floor((block.y - margin) * scale) / scale;
  const width = Math.min(8192, Math.ceil((block.width + 2 * margin) * scale) + 2) / scale;
  const height = Math.min(8192, Math.ceil((block.height + 2 * margin) * scale) + 2) / scale;
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  const context = context2d(canvas);
  context.scale(scale, scale);
  context.translate(-x, -y);
  if (style.backgroundColour !== null && style.backgroundOpacity > 0) {
    const [red, green, blue] = parseColour(style.backgroundColour);
    context.fillStyle = `rgb(${String(red)} ${String(green)} ${String(blue)} / ${String(style.backgroundOpacity)})`;
    context.fillRect(block.x, block.y, block.width, block.height);
  }
  context.font = font;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = style.colour;
  for (const line of lines) context.fillText(line.text, line.x, line.middleY);
  return { canvas, x, y, width, height };
}
