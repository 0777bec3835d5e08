import type { Layer, LayerGeometry, TextLayer } from '@lectern/timeline';

/** What a person sees of a layer: a rectangle in project pixels, turned about its centre. */
export type LayerBox = Pick<LayerGeometry, 'centreX' | 'centreY' | 'width' | 'height' | 'rotation'>;

/** Width of words in a CSS font, in pixels. */
export type MeasureWords = (words: string, font: string) => number;

/**
 * The box around what is seen of a layer. A title's layer is as large as the picture, so its box goes around its words:
 * else a title would take every press on the picture, however small it is.
 */
export function layerBox(layer: Layer, measure: MeasureWords = measureWords): LayerBox {
  return layer.kind === 'text' ? wordsBox(layer, measure) : layer.geometry;
}

/** Room for a line of a title, as a share of the picture; the rest stays free on both sides. */
const lineShare = 0.9;

function wordsBox({ text, style, geometry }: TextLayer, measure: MeasureWords): LayerBox {
  const font = `${style.italic ? 'italic ' : ''}${String(style.fontWeight)} ${String(style.fontSize)}px ${style.fontFamily}`;
  const room = Math.max(1, geometry.sourceWidth * lineShare - 2 * style.padding);
  const lines = text
    .split(/\r\n?|\n/u)
    .flatMap((paragraph) => broken(paragraph, room, (words) => measure(words, font)));
  const scale = geometry.width / Math.max(1, geometry.sourceWidth);
  const width = (Math.max(0, ...lines.map((line) => measure(line, font))) + 2 * style.padding) * scale;
  const height = (lines.length * style.fontSize * style.lineHeight + 2 * style.padding) * scale;
  const free = (geometry.width * lineShare - width) / 2;
  const shift = style.align === 'left' ? -free : style.align === 'right' ? free : 0;
  const angle = (geometry.rotation * Math.PI) / 180;
  return {
    centreX: geometry.centreX + shift * Math.cos(angle),
    centreY: geometry.centreY + shift * Math.sin(angle),
    width,
    height,
    rotation: geometry.rotation,
  };
}

function broken(paragraph: string, room: number, widthOf: (words: string) => number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(/(?<=\s)/u)) {
    if (line !== '' && widthOf((line + word).trimEnd()) > room) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
  }
  return [...lines, line.trimEnd()];
}

let context: OffscreenCanvasRenderingContext2D | null = null;

function measureWords(words: string, font: string): number {
  context ??= new OffscreenCanvas(1, 1).getContext('2d');
  if (!context) return 0;
  if (context.font !== font) context.font = font;
  return context.measureText(words).width;
}
