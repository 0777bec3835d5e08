/** How fast exports were in this browser: frames per second at a number of pixels, kept for the next forecast. */

const key = 'lectern.export-speed';
/** Fewer frames tell nothing: workers have to start, and files to be opened. */
const leastFrames = 90;

interface Measured {
  readonly pixels: number;
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
export function knownSpeed({ width, height }: { readonly width: number; readonly height: number }): number | null {
  const pixels = width * height;
  const distance = ({ pixels: other }: Measured): number => Math.abs(Math.log(other / pixels));
  const nearest = [...read()].sort((a, b) => distance(a) - distance(b))[0];
  if (!nearest || !(nearest.framesPerSecond > 0) || distance(nearest) > Math.log(4)) return null;
  // Encoding takes about as long as there are pixels.
  return (nearest.framesPerSecond * nearest.pixels) / pixels;
}

export function rememberSpeed(
  { width, height }: { readonly width: number; readonly height: number },
  frames: number,
  seconds: number,
): void {
  if (frames < leastFrames || seconds <= 0) return;
  const pixels = width * height;
  const others = read().filter((each) => each.pixels !== pixels);
  try {
    localStorage.setItem(key, JSON.stringify([{ pixels, framesPerSecond: frames / seconds }, ...others].slice(0, 8)));
  } catch {
    // Then the next forecast measures again.
  }
}
