/** Pictures and peaks along a timeline. */
import { engine } from './projects.js';
import { load, seconds } from './sources.js';

/** Sixty pictures from ten minutes. */
export async function filmstrip({ name = 'long.mp4', count = 60, every = 10 } = {}): Promise<{
  seconds: number;
  pictures: number;
}> {
  await load(name);
  const start = performance.now();
  let pictures = 0;
  const timesSeconds = Array.from({ length: count }, (_, index) => index * every + every / 2);
  for await (const { bitmap } of engine.filmstrip({ assetId: name, timesSeconds, height: 90 })) {
    pictures += 1;
    bitmap.close();
  }
  if (pictures !== count) throw new Error(`${String(pictures)} pictures came, not ${String(count)}`);
  return { seconds: seconds(start), pictures };
}

/** The peaks of a file, streamed. */
export async function peaks({ name = 'long.mp4' } = {}): Promise<{ seconds: number; bins: number }> {
  await load(name);
  const start = performance.now();
  let bins = 0;
  for await (const run of engine.peaks({ assetId: name, peaksPerSecond: 50 })) bins += run.max.length;
  return { seconds: seconds(start), bins };
}

/** The same out of `decodeAudioData` of the whole file. */
export async function peaksByDecodeAudioData({ name = 'long.mp4' } = {}): Promise<{ seconds: number; bins: number }> {
  const file = await load(name);
  const start = performance.now();
  const context = new OfflineAudioContext(2, 48_000, 48_000);
  const buffer = await context.decodeAudioData(await file.arrayBuffer());
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, index) => buffer.getChannelData(index));
  const perBin = buffer.sampleRate / 50;
  const bins = Math.ceil(buffer.length / perBin);
  const [min, max] = [new Float32Array(bins), new Float32Array(bins)];
  for (const samples of channels) {
    for (let n = 0; n < samples.length; n += 1) {
      const bin = Math.floor(n / perBin);
      const value = samples[n] as number;
      if (value > (max[bin] as number)) max[bin] = value;
      if (value < (min[bin] as number)) min[bin] = value;
    }
  }
  return { seconds: seconds(start), bins: max.length };
}
