import type { PeaksChunk, PeaksRequest } from '@lectern/ports';
import { throwIfAborted } from '../cancelling.js';
import { PeakBins } from '../sound/peak-bins.js';
import type { TimedMedia } from './media-file.js';
import { soundBatches } from './sound-batches.js';

/**
 * Reads a file's sound once and gives its peaks in runs, as they are found. Constant memory: only a decoded block and a
 * run of bins are held. Nothing for a file without sound.
 *
 * @throws LecternError `aborted`; `undecodable` when the browser can't decode the sound
 */
export async function* readPeaks(
  media: TimedMedia,
  { peaksPerSecond }: Pick<PeaksRequest, 'peaksPerSecond'>,
  signal: AbortSignal,
): AsyncGenerator<PeaksChunk, void> {
  if (!media.audio) return;
  const bins = new PeakBins(peaksPerSecond, Math.max(64, Math.round(peaksPerSecond * 8)));
  let scratch = new Float32Array(4096);
  for await (const batch of soundBatches(media.audio, media.origin - 0.5)) {
    try {
      throwIfAborted(signal);
      for (const sample of batch) {
        const { numberOfFrames, numberOfChannels, sampleRate } = sample;
        if (scratch.length < numberOfFrames) scratch = new Float32Array(numberOfFrames);
        const start = Math.round((sample.timestamp - media.origin) * sampleRate);
        for (let channel = 0; channel < numberOfChannels; channel += 1) {
          sample.copyTo(scratch.subarray(0, numberOfFrames), { planeIndex: channel, format: 'f32-planar' });
          bins.add(scratch, numberOfFrames, start, sampleRate);
        }
      }
    } finally {
      for (const sample of batch) sample.close();
    }
    const run = bins.takeFull();
    if (run) yield run;
  }
  const rest = bins.takeRest();
  if (rest) yield rest;
}
