import { type AudioSample, AudioSampleSink } from 'mediabunny';
import type { PcmSource } from '../sound/mixer.js';
import { SampleWindow } from '../sound/sample-window.js';
import { type Stereo, createStereo, mixDown } from '../sound/stereo.js';
import type { TimedMedia } from './media-file.js';

/** Timestamps that are off by less than this are rounding, not a gap: containers count in milliseconds. */
const jitterSeconds = 0.006;
/** Codecs that overlap their blocks need some before the place where they are to be right. */
const prerollSeconds = 0.15;
const jumpSeconds = 4;

/** The samples of a decoded block, as two channels. */
export function stereoOf(sample: AudioSample): Stereo {
  const block = createStereo(sample.numberOfFrames);
  const channels: Float32Array[] = [];
  for (let index = 0; index < sample.numberOfChannels; index += 1) {
    const channel = new Float32Array(sample.numberOfFrames);
    sample.copyTo(channel, { planeIndex: index, format: 'f32-planar' });
    channels.push(channel);
  }
  mixDown(channels, sample.numberOfFrames, block, 0);
  return block;
}

/**
 * A file's sound by samples from the start of the source. Decoded as it is read, forwards; only a few seconds are held,
 * however long the file.
 */
export class TrackSound implements PcmSource {
  readonly sampleRate: number;
  readonly #media: TimedMedia;
  readonly #sink: AudioSampleSink;
  #samples: AsyncGenerator<AudioSample, void> | null = null;
  #ended = false;
  #window: SampleWindow | null = null;
  #reading: Promise<unknown> = Promise.resolve();

  private constructor(media: TimedMedia, sink: AudioSampleSink, sampleRate: number) {
    this.#media = media;
    this.#sink = sink;
    this.sampleRate = sampleRate;
  }

  /** Null for a file without sound. The rate is that of what is decoded, which may be twice what the file says (HE-AAC). */
  static async open(media: TimedMedia): Promise<TrackSound | null> {
    if (!media.audio) return null;
    const sink = new AudioSampleSink(media.audio);
    const first = await sink.getSample(await media.audio.getFirstTimestamp());
    const sampleRate = first?.sampleRate ?? (await media.audio.getSampleRate());
    first?.close();
    return new TrackSound(media, sink, sampleRate);
  }

  read(start: number, length: number): Promise<Stereo> {
    const reading = this.#reading.then(() => this.#read(start, length));
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #read(start: number, length: number): Promise<Stereo> {
    const end = start + length;
    let window = this.#window;
    if (!window || start < window.from || start > window.to + jumpSeconds * this.sampleRate) {
      window = await this.#start(start);
    }
    while (window.to < end && !this.#ended) await this.#decodeOne(window);
    // A second stays, because blocks of a mix overlap by the reach of the resampler.
    window.dropBefore(start - this.sampleRate);
    return window.copy(start, length);
  }

  async #start(start: number): Promise<SampleWindow> {
    await this.#samples?.return();
    this.#ended = false;
    this.#samples = this.#sink.samples(this.#media.origin + start / this.sampleRate - prerollSeconds);
    this.#window = new SampleWindow(start, jumpSeconds * this.sampleRate);
    return this.#window;
  }

  async #decodeOne(window: SampleWindow): Promise<void> {
    const pulled = await this.#samples?.next();
    const sample = pulled?.value;
    if (!sample) {
      this.#ended = true;
      return;
    }
    try {
      const position = Math.round((sample.timestamp - this.#media.origin) * this.sampleRate);
      const follows = Math.abs(position - window.to) <= jitterSeconds * this.sampleRate && window.to > window.from;
      window.append(stereoOf(sample), follows ? window.to : position);
    } finally {
      sample.close();
    }
  }

  async close(): Promise<void> {
    const samples = this.#samples;
    this.#samples = null;
    await samples?.return();
  }
}
