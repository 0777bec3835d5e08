import { peaksPerSecond, type Waveform } from './peaks-cache.js';

/** Where on a canvas a waveform goes, in CSS pixels, and which part of the source it shows. */
export interface WaveformArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Seconds of the source at `x`. */
  readonly fromSeconds: number;
  readonly secondsPerPixel: number;
  /** Linear. */
  readonly gain: number;
}

/** Fills the shape between the lowest and the highest sample of each column; what hasn't come yet is a thin line. */
export function paintWaveform(context: CanvasRenderingContext2D, waveform: Waveform, area: WaveformArea): void {
  const middle = area.y + area.height / 2;
  const reach = area.height / 2 - 1;
  const known = waveform.filled / peaksPerSecond;
  context.beginPath();
  for (let column = 0; column < area.width; column += 1) {
    const from = area.fromSeconds + column * area.secondsPerPixel;
    let low = 0;
    let high = 0;
    if (from < known) [low, high] = waveform.range(from, from + area.secondsPerPixel);
    const top = middle - Math.min(1, high * area.gain) * reach;
    const bottom = middle - Math.max(-1, low * area.gain) * reach;
    context.rect(area.x + column, Math.min(top, middle - 0.5), 1, Math.max(1, bottom - top));
  }
  context.fill();
}
