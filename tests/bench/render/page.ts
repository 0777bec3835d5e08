/** The page of the render suite: each function does one piece of work and says how long it took. */
import { ceiling, exportA, keepTitle } from './exports.js';
import { ffmpegWasm, ffmpegWasmFilmstrip } from './ffmpeg-wasm.js';
import { playback, seeks } from './previews.js';
import { download, forgetKept, load } from './sources.js';
import { filmstrip, peaks, peaksByDecodeAudioData } from './strips.js';

const bench = {
  exportA,
  ceiling,
  keepTitle,
  ffmpegWasm,
  ffmpegWasmFilmstrip,
  seeks,
  playback,
  filmstrip,
  peaks,
  peaksByDecodeAudioData,
  /** Brings files to disk, so that this isn't measured. */
  prepare: async (names: readonly string[]): Promise<void> => {
    for (const name of names) await load(name);
  },
  download: (): void => {
    download();
    forgetKept();
  },
};
export type RenderBench = typeof bench;
(globalThis as { bench?: RenderBench }).bench = bench;
