import { FilmstripCache } from './filmstrip-cache.js';

/** Where on a canvas a strip goes, in CSS pixels, and which part of the source it shows. */
export interface StripArea {
  /** Left edge on the canvas. */
  readonly x: number;
  readonly width: number;
  readonly height: number;
  /** Distance of `x` from where the source would begin, so that pictures stay where they are while an edge is trimmed. */
  readonly sourceX: number;
  readonly secondsPerPixel: number;
  /** Width by height of a picture. */
  readonly aspect: number;
}

interface Slot {
  readonly x: number;
  readonly width: number;
  readonly time: number;
}

/** The places of the pictures and the times, on the cache's grid, that they show. */
export function stripSlots(area: StripArea): readonly Slot[] {
  const width = Math.max(16, area.height * area.aspect);
  const step = FilmstripCache.step(width * area.secondsPerPixel);
  const slots: Slot[] = [];
  for (let index = Math.floor(area.sourceX / width); index * width < area.sourceX + area.width; index += 1) {
    const seconds = Math.max(0, index * width * area.secondsPerPixel);
    slots.push({ x: area.x + index * width - area.sourceX, width, time: Math.floor(seconds / step + 1e-6) * step });
  }
  return slots;
}

/** Draws what is there; where nothing is, the still, if there is one. */
export function paintStrip(
  context: CanvasRenderingContext2D,
  area: StripArea,
  picture: (seconds: number) => ImageBitmap | null,
): void {
  context.save();
  context.beginPath();
  context.rect(area.x, 0, area.width, area.height);
  context.clip();
  for (const slot of stripSlots(area)) {
    const bitmap = picture(slot.time);
    if (bitmap) drawCovering(context, bitmap, slot.x, slot.width, area.height);
  }
  context.restore();
}

function drawCovering(
  context: CanvasRenderingContext2D,
  bitmap: ImageBitmap,
  x: number,
  width: number,
  height: number,
): void {
  const scale = Math.max(width / bitmap.width, height / bitmap.height);
  const sourceWidth = width / scale;
  const sourceHeight = height / scale;
  context.drawImage(
    bitmap,
    (bitmap.width - sourceWidth) / 2,
    (bitmap.height - sourceHeight) / 2,
    sourceWidth,
    sourceHeight,
    x,
    0,
    width + 0.5,
    height,
  );
}
