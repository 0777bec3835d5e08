/** How fast exports were in this browser: frames per second at a number of pixels, kept for the next forecast. */

import type { ExportFormat } from '@lectern/ports';

const key = 'lectern.export-speed';
/** Fewer frames tell nothing: workers have to start, and files to be opened. */
const leastFrames = 90;

/** Until it was measured here, what ffmpeg does in WebAssembly on a slow machine, in pixels per second. */
const ffmpegPixelsPerSecond = 15e6;

type Encoder = ExportFormat['encoder'];

interface Measured {
  readonly pixels: number;
  readonly encoder?: Encoder;
  readonly framesPerSecond: number;
}

function read(): readonly Measured[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? (stored as Measured[]) : [];
  } catch {
    // No storage here, or something else in it.
    return [];
  }
}

/** Frames per second at a size, from the export of the nearest size; null before there was any like it. */
export function knownSpeed(
  { width, height }: { readonly width: number; readonly height: number },
  encoder: Encoder = 'browser',
): number | null {
  const pixels = width * height;
  const distance = ({ pixels: other }: Measured): number => Math.abs(Math.log(other / pixels));
  const alike = read().filter((each) => (each.encoder ?? 'browser') === encoder);
  const nearest = alike.sort((a, b) => distance(a) - distance(b))[0];
  if (!nearest || !(nearest.framesPerSecond > 0) || distance(nearest) > Math.log(4)) {
    return encoder === 'ffmpeg' ? ffmpegPixelsPerSecond / pixels : null;
  }
  // Encoding takes about as long as there are pixels.
  return (nearest.framesPerSecond * nearest.pixels) / pixels;
}

export function rememberSpeed(
  { width, height }: { readonly width: number; readonly height: number },
  frames: number,
  seconds: number,
  encoder: Encoder = 'browser',
): void {
  if (frames < leastFrames || seconds <= 0) return;
  const pixels = width * height;
  const others = read().filter((each) => each.pixels !== pixels || (each.encoder ?? 'browser') !== encoder);
  try {
    localStorage.setItem(
      key,
      JSON.stringify([{ pixels, encoder, framesPerSecond: frames / seconds }, ...others].slice(0, 8)),
    );
  } catch {
    // Then the next forecast measures again.
  }
}
