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
  /** Phases that a position moves by from one output sample to the next; null for a ratio that doesn't fall on phases. */
  readonly step: number | null;
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
  const exact = exactPhases(ratio);
  const made = design(ratio, exact ?? interpolatedPhases, exact === null ? null : Math.round(ratio * exact));
  if (cache.size > 16) cache.clear();
  cache.set(key, made);
  return made;
}

const cache = new Map<number, Resampling>();

/** The denominator of the ratio when it is a small one: positions then fall on the phases exactly. */
function exactPhases(ratio: number): number | null {
  for (let denominator = 1; denominator <= 640; denominator += 1) {
    const numerator = ratio * denominator;
    if (Math.abs(numerator - Math.round(numerator)) < 1e-9) return denominator;
  }
  return null;
}

function design(ratio: number, phases: number, step: number | null): Resampling {
  const cutoff = passBand * Math.min(1, 1 / ratio);
  // Even, so that the taps can be gone through four at a time.
  const reach = 2 * Math.ceil(zeroCrossings / Math.min(1, 1 / ratio) / 2);
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
  return { ratio, reach, weights, phases, taps, step };
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
 * A place in the source, as the filter counts: in whole phases where the ratio falls on them. Halves go up, and so does
 * what is only just below one: a place that is the same must not be rounded to either side.
 */
function originOf({ phases, step }: Resampling, base: number): number {
  return step === null ? base : Math.floor(base * phases + 0.5001);
}

/** The source samples that output samples `[from, from + count)` are made of; see `resample`. */
export function neededFor(
  filter: Resampling,
  base: number,
  from: number,
  count: number,
): { readonly start: number; readonly length: number } {
  const first = Math.floor(base + from * filter.ratio) - filter.reach - 1;
  const last = Math.ceil(base + (from + count - 1) * filter.ratio) + filter.reach + 2;
  return { start: first, length: last - first };
}

/**
 * Writes `count` output samples from number `from` on. Number n is the signal at `base + n · ratio`, in source samples;
 * `source` begins with number `start` of them and holds what `neededFor` says. A number comes out the same to the last
 * bit, whatever block it is in.
 */
export function resample(
  filter: Resampling,
  source: Float32Array,
  start: number,
  base: number,
  from: number,
  output: Float32Array,
  at: number,
  count: number,
): void {
  const { ratio, reach, weights, phases, taps, step } = filter;
  const origin = originOf(filter, base);
  if (step === null) {
    for (let n = 0; n < count; n += 1) {
      const place = origin + (from + n) * ratio;
      const index = Math.floor(place);
      const exact = (place - index) * phases;
      const phase = Math.floor(exact);
      const mix = exact - phase;
      const row = phase * taps;
      const first = index - start - reach + 1;
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) {
        const low = weights[row + tap] as number;
        const high = weights[row + taps + tap] as number;
        sum += (low + (high - low) * mix) * (source[first + tap] as number);
      }
      output[at + n] = sum;
    }
    return;
  }
  const place = origin + from * step;
  let index = Math.floor(place / phases);
  let phase = place - index * phases;
  index += 1 - start - reach;
  const whole = Math.floor(step / phases);
  const part = step - whole * phases;
  for (let n = 0; n < count; n += 1) {
    const row = phase * taps;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let tap = 0; tap < taps; tap += 4) {
      a += (weights[row + tap] as number) * (source[index + tap] as number);
      b += (weights[row + tap + 1] as number) * (source[index + tap + 1] as number);
      c += (weights[row + tap + 2] as number) * (source[index + tap + 2] as number);
      d += (weights[row + tap + 3] as number) * (source[index + tap + 3] as number);
    }
    output[at + n] = a + b + (c + d);
    index += whole;
    phase += part;
    if (phase >= phases) {
      phase -= phases;
      index += 1;
    }
  }
}
