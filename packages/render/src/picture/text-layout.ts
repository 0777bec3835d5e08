import type { TextStyle } from '@lectern/timeline';

/** Width of a piece of text in pixels, in the style at hand. */
export type MeasureText = (text: string) => number;

export interface TextLine {
  readonly text: string;
  /** Pixels from the box's left to where the line begins. */
  readonly x: number;
  /** Pixels from the box's top to the middle of the line. */
  readonly middleY: number;
  readonly width: number;
}

export interface TextLayout {
  readonly lines: readonly TextLine[];
  /** What the lines and the padding around them cover; null where there is nothing to see. */
  readonly block: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
}

/**
 * Lays a title out in a box: wrapped at words where it must be, aligned, and centred from top to bottom. All in pixels
 * of the project, so that every size of output breaks its lines at the same words.
 */
export function layOutText(
  text: string,
  style: TextStyle,
  box: { readonly width: number; readonly height: number },
  measure: MeasureText,
): TextLayout {
  // Nothing touches the edge of the picture: titles keep a twentieth free on both sides.
  const room = Math.max(1, box.width * 0.9 - 2 * style.padding);
  const lines = text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .flatMap((paragraph) => wrap(paragraph, room, measure));
  if (lines.every((line) => line.trim() === '')) return { lines: [], block: null };
  const lineHeight = style.fontSize * style.lineHeight;
  const widths = lines.map(measure);
  const blockWidth = Math.max(...widths) + 2 * style.padding;
  const blockHeight = lines.length * lineHeight + 2 * style.padding;
  const blockX =
    style.align === 'left'
      ? box.width * 0.05
      : style.align === 'right'
        ? box.width * 0.95 - blockWidth
        : (box.width - blockWidth) / 2;
  const blockY = (box.height - blockHeight) / 2;
  return {
    lines: lines.map((line, index) => {
      const width = widths[index] as number;
      const free = blockWidth - 2 * style.padding - width;
      const shift = style.align === 'left' ? 0 : style.align === 'right' ? free : free / 2;
      return {
        text: line,
        x: blockX + style.padding + shift,
        middleY: blockY + style.padding + (index + 0.5) * lineHeight,
        width,
      };
    }),
    block: { x: blockX, y: blockY, width: blockWidth, height: blockHeight },
  };
}

function wrap(paragraph: string, room: number, measure: MeasureText): string[] {
  if (measure(paragraph) <= room) return [paragraph];
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(/(?<=\s)/u)) {
    const longer = line + word;
    if (line === '' || measure(longer.trimEnd()) <= room) {
      line = longer;
    } else {
      lines.push(line.trimEnd());
      line = word;
    }
    while (measure(line.trimEnd()) > room) {
      const cut = fitting(line, room, measure);
      if (cut >= line.length) break;
      lines.push(line.slice(0, cut));
      line = line.slice(cut);
    }
  }
  lines.push(line.trimEnd());
  return lines;
}

/** How much of a word that is too long for a line goes on it: at least one character, never half of one. */
function fitting(word: string, room: number, measure: MeasureText): number {
  let used = 0;
  for (const character of word) {
    if (used > 0 && measure(word.slice(0, used + character.length)) > room) break;
    used += character.length;
  }
  return used;
}
