/** What decides how heavy a source is to look around in. */
export interface SeekFacts {
  readonly width: number;
  readonly height: number;
  /** Pictures a second. */
  readonly frameRate: number;
  /** Seconds from one key frame to the next, as a rule. */
  readonly keySeconds: number;
  readonly durationSeconds: number;
}

/**
 * Pixels that may have to be decoded before a place shows, above which a proxy is worth its making: a random seek then
 * takes about half a second without hardware. 1080p at 30 pictures a second with a key frame every three seconds is just
 * above it, with one every two below.
 */
const worthwhilePixels = 170_000_000;
/** Nobody looks around in less. */
const shortestSeconds = 4;

/** Pixels between two key frames: what the worst seek has to decode. */
export function seekWork({ width, height, frameRate, keySeconds }: SeekFacts): number {
  return width * height * Math.max(1, frameRate * keySeconds);
}

export function isWorthProxy(facts: SeekFacts): boolean {
  return facts.durationSeconds >= shortestSeconds && seekWork(facts) > worthwhilePixels;
}

/** Height of a proxy's pictures. */
const proxyHeight = 540;
/** Pictures from one key frame to the next. */
export const proxyKeyFrames = 15;
const bitsPerPixel = 0.1;

export interface ProxyShape {
  readonly width: number;
  readonly height: number;
  /** Bits per second. */
  readonly bitrate: number;
}

/** The size of a proxy, even in both directions and never larger than the source. */
export function proxyShape({
  width,
  height,
  frameRate,
}: Pick<SeekFacts, 'width' | 'height' | 'frameRate'>): ProxyShape {
  const scale = Math.min(1, proxyHeight / Math.min(width, height));
  const even = (value: number): number => Math.max(2, Math.round((value * scale) / 2) * 2);
  const shape = { width: even(width), height: even(height) };
  const pictures = Math.min(60, Math.max(10, frameRate));
  return { ...shape, bitrate: Math.round(shape.width * shape.height * pictures * bitsPerPixel) };
}
