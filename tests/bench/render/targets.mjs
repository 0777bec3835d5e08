/** What each measure is meant to come to. */

/**
 * @typedef {object} Target
 * @property {number} limit
 * @property {'least' | 'most'} is the limit is the least that is wanted, or the most
 */

/** @type {Readonly<Record<string, Target>>} */
export const targets = {
  'full-vs-ffmpeg-wasm': { limit: 6, is: 'least' },
  'full-vs-diffusion-studio': { limit: 2.5, is: 'least' },
  'full-vs-remotion': { limit: 3.5, is: 'least' },
  'full-vs-webav': { limit: 1.8, is: 'least' },
  'full-vs-native-ffmpeg': { limit: 1.4, is: 'least' },
  // SSIM is told in parts of a million: a difference of rounding is none.
  'full-ssim-vs-browser-encoder': { limit: -0.0005, is: 'least' },
  'full-vs-ceiling': { limit: 0.9, is: 'least' },
  'copy-vs-full': { limit: 2.8, is: 'least' },
  // In A a third is under the title: that third and the sound alone take more than 1/2.8 of a full export.
  'copy-short-title-vs-full': { limit: 2.8, is: 'least' },
  'copy-cuts-vs-full': { limit: 3, is: 'least' },
  'copy-cuts-silent-vs-full': { limit: 10, is: 'least' },
  'composed-vs-full': { limit: 1.6, is: 'most' },
  'memory-10min-vs-1min': { limit: 1.15, is: 'most' },
  'memory-60min-vs-1min': { limit: 1.15, is: 'most' },
  'waveform-memory-10min-vs-1min': { limit: 1.15, is: 'most' },
  'waveform-memory-60min-vs-1min': { limit: 1.15, is: 'most' },
  'filmstrip-memory-10min-vs-1min': { limit: 1.15, is: 'most' },
  'filmstrip-memory-60min-vs-1min': { limit: 1.15, is: 'most' },
  'seek-exact-vs-video': { limit: 1, is: 'least' },
  'seek-key-frame': { limit: 100, is: 'most' },
  'filmstrip-vs-ffmpeg-wasm': { limit: 3, is: 'least' },
  'filmstrip-vs-native-ffmpeg': { limit: 2.5, is: 'least' },
  'peaks-time-vs-decode-audio-data': { limit: 1.5, is: 'most' },
  'peaks-memory-vs-decode-audio-data': { limit: 0.1, is: 'most' },
  'playback-dropped-vs-video': { limit: 0, is: 'most' },
  'frames-wrong': { limit: 0, is: 'most' },
};

/**
 * A measure with its target beside it.
 *
 * @param {string} name
 * @param {number} value
 * @param {string} unit
 * @param {string} [note]
 * @returns {import('../run.mjs').Result}
 */
export function judged(name, value, unit, note) {
  const target = targets[name];
  const result = { name, value, unit, ...(note === undefined ? {} : { note }) };
  if (!target || Number.isNaN(value)) return result;
  const met = target.is === 'least' ? value >= target.limit : value <= target.limit;
  return { ...result, target: `${target.is === 'least' ? '≥' : '≤'} ${target.limit}`, met };
}
