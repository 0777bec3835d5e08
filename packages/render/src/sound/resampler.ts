/**
 * Reads a sampled signal at other places than its samples, through a windowed sinc (Kaiser window, about 90 dB). See
 * J. O. Smith, "Digital Audio Resampling": https://ccrma.stanford.edu/~jos/resample/
 *
 * It keeps no state: a block comes out the same whatever was read before, so blocks join without a seam and a range of
 * a mix equals that range of the whole.
 */
export interface Resampling {
  /** Source samples per output sample. */
  readonly ratio: number;
  /** Source samples needed before and after a position. */
  readonly reach: number;
  /** `phases + 1` rows of `taps` weights; row p is for a position p/phases after a sample. */
  readonly weights: Float32Array;
  readonly phases: number;
  readonly taps: number;
}

const zeroCrossings = 16;
const kaiserBeta = 9;
/** Phases of ratios that don't repeat within that many; weights between two phases are interpolated. */
const interpolatedPhases = 512;
// The pass band ends a little below the lower Nyquist frequency, so that the slope of the filter ends at it.
const passBand = 0.94;

/** The filter for reading `sourceRate · speed` samples per second as `outputRate`. Made once per pair and kept. */
export function resamplingFor(sourceRate: number, outputRate: number, speed = 1): Resampling {
  const ratio = (sourceRate * speed) / outputRate;
  const key = ratio;
  const known = cache.get(key);
  if (known) return known;
  const made = design(ratio, exactPhases(ratio));
  if (cache.size > 16) cache.clear();
  cache.set(key, made);
  return made;
}

const cache = new Map<number, Resampling>();

/** The denominator of the ratio when it is a small one: positions then fall on the phases exactly. */
function exactPhases(ratio: number): number {
  for (let denominator = 1; denominator <= 640; denominator += 1) {
    const numerator = ratio * denominator;
    if (Math.abs(numerator - Math.round(numerator)) < 1e-9) return denominator;
  }
  return interpolatedPhases;
}

function design(ratio: number, phases: number): Resampling {
  const cutoff = passBand * Math.min(1, 1 / ratio);
  const reach = Math.ceil(zeroCrossings / Math.min(1, 1 / ratio));
  const taps = reach * 2;
  const weights = new Float32Array((phases + 1) * taps);
  const row = new Float64Array(taps);
  for (let phase = 0; phase <= phases; phase += 1) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = tap - (reach - 1) - phase / phases;
      const value = sinc(cutoff * distance) * kaiser(distance / reach);
      row[tap] = value;
      sum += value;
    }
    // Each row lets a constant pass unchanged.
    for (let tap = 0; tap < taps; tap += 1) weights[phase * taps + tap] = (row[tap] as number) / sum;
  }
  return { ratio, reach, weights, phases, taps };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : besselI0(kaiserBeta * Math.sqrt(1 - x * x)) / besselI0(kaiserBeta);
}

function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 40; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
    if (term < 1e-12 * sum) break;
  }
  return sum;
}

/**
 * Writes `count` output samples. Output sample n is the signal at `position + n · ratio`, counted in samples of
 * `source`; `source` must hold `reach` samples around every position.
 */
export function resample(
  { ratio, reach, weights, phases, taps }: Resampling,
  source: Float32Array,
  position: number,
  output: Float32Array,
  at: number,
  count: number,
): void {
  for (let n = 0; n < count; n += 1) {
    const place = position + n * ratio;
    let index = Math.floor(place);
    const exact = (place - index) * phases;
    let phase = Math.round(exact);
    const between = exact - phase;
    let sum = 0;
    if (Math.abs(between) < 1e-4) {
      if (phase === phases) {
        phase = 0;
        index += 1;
      }
      const row = phase * taps;
      const start = index - reach + 1;
      for (let tap = 0; tap < taps; tap += 1) sum += (weights[row + tap] as number) * (source[start + tap] as number);
    } else {
      phase = Math.floor(exact);
      const mix = exact - phase;
      const row = phase * taps;
      const start = index - reach + 1;
      for (let tap = 0; tap < taps; tap += 1) {
        const low = weights[row + tap] as number;
        const high = weights[row + taps + tap] as number;
        sum += (low + (high - low) * mix) * (source[start + tap] as number);
      }
    }
    output[at + n] = sum;
  }
}
