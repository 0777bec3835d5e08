/**
 * The sound of our fixtures: each second of each source is a sine of its own frequency, so that a piece of a mix tells
 * which sources are in it and from where; and a short beep starts with each second, together with the picture's flash.
 */

/** What a tone says. */
export interface ToneCode {
  /** 0…15: which fixture. */
  readonly source: number;
  /** The second of the source that the sound is from; it repeats after 8. */
  readonly second: number;
}

/** A tone found in sound. */
export interface HeardTone extends ToneCode {
  /** Peak of the sine, linear, 1 is full scale. The fixtures' own is `toneAmplitude`. */
  readonly amplitude: number;
}

/** Peak of each tone in the fixtures, linear. */
export const toneAmplitude = 0.2;

/** Hz. Above all tones, and low enough for the smallest sample rate in the fixtures (22,050 Hz). */
export const beepFrequency = 4800;

/** Peak of the beep in the fixtures, linear. */
export const beepAmplitude = 0.4;

/** Seconds. */
export const beepDuration = 0.06;

const secondsPerSource = 8;
const sources = 16;

/** The frequency of a second of a source in Hz. A multiple of 30, so that each second is whole waves: no clicks. */
export function toneFrequency({ source, second }: ToneCode): number {
  return 300 + 30 * (source * secondsPerSource + (second % secondsPerSource));
}

/** Peak amplitude of one frequency in samples under a Hann window (Goertzel's algorithm). */
function amplitudeAt(samples: ArrayLike<number>, start: number, length: number, cyclesPerSample: number): number {
  const coefficient = 2 * Math.cos(2 * Math.PI * cyclesPerSample);
  let previous = 0;
  let beforePrevious = 0;
  for (let index = 0; index < length; index += 1) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / length);
    const value = (samples[start + index] ?? 0) * window + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = value;
  }
  const power = previous * previous + beforePrevious * beforePrevious - coefficient * previous * beforePrevious;
  // A Hann window halves the sum, and a sine has half of its peak at the positive frequency.
  return (4 * Math.sqrt(Math.max(0, power))) / length;
}

/**
 * The fixtures' tones in a piece of sound, loudest first. The piece should lie inside one second of each source and be
 * 0.15 s or longer; the beep at the start of each second doesn't disturb.
 *
 * @param samples one channel, −1…1
 * @param sampleRate Hz
 * @param minimumAmplitude linear; what is quieter isn't reported
 */
export function readTones(samples: ArrayLike<number>, sampleRate: number, minimumAmplitude = 0.02): HeardTone[] {
  const heard: HeardTone[] = [];
  for (let source = 0; source < sources; source += 1) {
    for (let second = 0; second < secondsPerSource; second += 1) {
      const frequency = toneFrequency({ source, second });
      const amplitude = amplitudeAt(samples, 0, samples.length, frequency / sampleRate);
      if (amplitude >= minimumAmplitude) heard.push({ source, second, amplitude });
    }
  }
  return heard.sort((a, b) => b.amplitude - a.amplitude);
}

/** The loudest tone of the fixtures in a piece of sound, or null when there is none. See `readTones`. */
export function readTone(samples: ArrayLike<number>, sampleRate: number, minimumAmplitude?: number): HeardTone | null {
  return readTones(samples, sampleRate, minimumAmplitude)[0] ?? null;
}

/**
 * When beeps start, in seconds from the first sample, to about 2 ms.
 *
 * @param samples one channel, −1…1
 * @param sampleRate Hz
 */
export function findBeeps(samples: ArrayLike<number>, sampleRate: number): number[] {
  const length = Math.round(sampleRate / 200);
  const hop = Math.max(1, Math.round(sampleRate / 1000));
  const levels: number[] = [];
  for (let start = 0; start + length <= samples.length; start += hop) {
    levels.push(amplitudeAt(samples, start, length, beepFrequency / sampleRate));
  }
  const loudest = levels.reduce((a, b) => Math.max(a, b), 0);
  if (loudest < 0.05) return [];
  const starts: number[] = [];
  let inside = false;
  levels.forEach((level, index) => {
    // Half of the full level is reached when the window is half filled.
    if (!inside && level > loudest / 2) {
      starts.push(Math.max(0, (index * hop + length / 2) / sampleRate));
      inside = true;
    } else if (inside && level < loudest / 4) inside = false;
  });
  return starts;
}
