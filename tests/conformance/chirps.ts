/**
 * The sound of the sources: a short sweep every quarter of a second. Where a sweep lies is found by correlation, to a
 * fraction of a sample; eight different ones take turns, so that a shift by one of them is a sweep that isn't found.
 */

/** Seconds from one sweep's start to the next. */
export const chirpInterval = 0.25;
/** Seconds from the start of the sound to the first sweep. */
export const firstChirp = 0.1;
/** Seconds. */
export const chirpLength = 0.06;
const amplitude = 0.4;
const kinds = 8;
/** Further than this from its place a sweep isn't looked for, in seconds: half the way to the next one. */
const reach = 0.12;
/** Of 1: less alike than this is another sound. Lossy codecs leave 0.9 and more. */
const leastLikeness = 0.6;

/** Seconds from the start of the sound to a sweep's. */
export function chirpTime(index: number, interval: number = chirpInterval): number {
  return firstChirp + index * interval;
}

/** How many whole sweeps there are in a sound of that many seconds. */
export function chirpCount(seconds: number, interval: number = chirpInterval): number {
  return Math.max(0, Math.floor((seconds - firstChirp - chirpLength) / interval) + 1);
}

/** Writes a sweep into samples; `position` is the sample (whole or not) that it starts at. */
function addChirp(samples: Float32Array, position: number, index: number, sampleRate: number): void {
  const length = chirpLength * sampleRate;
  const kind = index % kinds;
  const low = 500 + 350 * kind;
  const [from, to] = kind % 2 === 0 ? [low, low + 1400] : [low + 1400, low];
  for (let n = Math.max(0, Math.ceil(position)); n < Math.min(samples.length, position + length); n += 1) {
    const t = (n - position) / sampleRate;
    const phase = 2 * Math.PI * (from * t + ((to - from) * t * t) / (2 * chirpLength));
    samples[n] = (samples[n] ?? 0) + amplitude * Math.sin(phase) * Math.sin((Math.PI * t) / chirpLength) ** 2;
  }
}

/** One channel of sweeps. */
export function chirpSound(seconds: number, sampleRate: number, interval: number = chirpInterval): Float32Array {
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  for (let index = 0; index < chirpCount(seconds, interval); index += 1) {
    addChirp(samples, chirpTime(index, interval) * sampleRate, index, sampleRate);
  }
  return samples;
}

const references = new Map<string, Float32Array>();

function referenceOf(index: number, sampleRate: number): Float32Array {
  const key = `${String(index % kinds)} ${String(sampleRate)}`;
  let reference = references.get(key);
  if (!reference) {
    reference = new Float32Array(Math.ceil(chirpLength * sampleRate));
    addChirp(reference, 0, index, sampleRate);
    references.set(key, reference);
  }
  return reference;
}

/**
 * When a sweep really starts, in seconds; null when it isn't within a tenth of a second of where it is expected.
 *
 * @param samples one channel
 * @param expected seconds
 */
export function findChirp(samples: Float32Array, sampleRate: number, index: number, expected: number): number | null {
  const reference = referenceOf(index, sampleRate);
  const centre = Math.round(expected * sampleRate);
  const span = Math.round(reach * sampleRate);
  // Far fewer samples than there are tell about where it lies: the sweeps stay below 5 kHz.
  const step = Math.max(1, Math.floor(sampleRate / 11_000));
  let best = -Infinity;
  let at = centre;
  for (let place = centre - span; place <= centre + span; place += step) {
    const value = likeness(samples, place, reference, step);
    if (value > best) [best, at] = [value, place];
  }
  const coarse = at;
  best = -Infinity;
  for (let place = coarse - 2 * step; place <= coarse + 2 * step; place += 1) {
    const value = likeness(samples, place, reference, 1);
    if (value > best) [best, at] = [value, place];
  }
  if (best < leastLikeness) return null;
  // The top of the parabola through the three highest values.
  const [before, after] = [likeness(samples, at - 1, reference, 1), likeness(samples, at + 1, reference, 1)];
  const bend = before - 2 * best + after;
  const shift = bend < 0 ? (before - after) / (2 * bend) : 0;
  return (at + shift) / sampleRate;
}

/** Correlation of a reference with the samples at a place, −1…1. */
function likeness(samples: Float32Array, place: number, reference: Float32Array, step: number): number {
  let product = 0;
  let ours = 0;
  let theirs = 0;
  for (let n = 0; n < reference.length; n += step) {
    const a = samples[place + n] ?? 0;
    const b = reference[n] as number;
    product += a * b;
    ours += a * a;
    theirs += b * b;
  }
  return ours < 1e-9 ? 0 : product / Math.sqrt(ours * theirs);
}
