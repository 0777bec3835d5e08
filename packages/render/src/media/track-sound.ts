import { type AudioSample, AudioSampleSink } from 'mediabunny';
import type { PcmSource } from '../sound/mixer.js';
import { RateConverter } from '../sound/rate-converter.js';
import { SampleWindow } from '../sound/sample-window.js';
import { type Stereo, createStereo, mixDown } from '../sound/stereo.js';
import type { TimedMedia } from './media-file.js';

/** Timestamps that are off by less than this are rounding, not a gap: containers count in milliseconds. */
const jitterSeconds = 0.006;
/** Codecs that overlap their blocks need some before the place where they are to be right. */
const prerollSeconds = 0.15;
const jumpSeconds = 4;

/** The samples of a decoded block, as two channels; one array for both where it has one. */
export function stereoOf(sample: AudioSample): Stereo {
  const { numberOfFrames, numberOfChannels } = sample;
  const channel = (planeIndex: number): Float32Array => {
    const samples = new Float32Array(numberOfFrames);
    sample.copyTo(samples, { planeIndex, format: 'f32-planar' });
    return samples;
  };
  const left = channel(0);
  if (numberOfChannels === 1) return { left, right: left };
  if (numberOfChannels === 2) return { left, right: channel(1) };
  const channels = Array.from({ length: numberOfChannels }, (_, index) => (index === 0 ? left : channel(index)));
  const block = createStereo(numberOfFrames);
  mixDown(channels, numberOfFrames, block, 0);
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
  /** Where the last start was, in seconds of the file. */
  #askedFrom = 0;
  /** Seconds that are added to the times of what is decoded since the last start; null before it is known. */
  #late: number | null = null;
  #samples: AsyncGenerator<AudioSample, void> | null = null;
  #ended = false;
  #window: SampleWindow | null = null;
  /** While what is decoded has another rate than it had at the start of the file. */
  #converter: RateConverter | null = null;
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
    return window.view(start, length);
  }

  async #start(start: number): Promise<SampleWindow> {
    await this.#samples?.return();
    this.#ended = false;
    this.#late = null;
    this.#askedFrom = this.#media.origin + start / this.sampleRate - prerollSeconds;
    this.#samples = this.#sink.samples(this.#askedFrom);
    this.#window = new SampleWindow(start, jumpSeconds * this.sampleRate);
    return this.#window;
  }

  async #decodeOne(window: SampleWindow): Promise<void> {
    const pulled = await this.#samples?.next();
    const sample = pulled?.value;
    if (!sample) {
      this.#convert(window, true);
      this.#ended = true;
      return;
    }
    try {
      const { sampleRate, timestamp } = sample;
      if (this.#converter && this.#converter.from !== sampleRate) this.#convert(window, true);
      if (sampleRate !== this.sampleRate) this.#converter ??= new RateConverter(sampleRate, this.sampleRate);
      const end = this.#converter ? this.#converter.end : window.to > window.from ? window.to : null;
      this.#late ??= (await this.#media.decoderLag?.(this.#askedFrom)) ?? 0;
      const position = Math.round((timestamp + this.#late - this.#media.origin) * sampleRate);
      const follows = end !== null && Math.abs(position - end) <= jitterSeconds * sampleRate;
      const place = follows ? end : position;
      if (!this.#converter) {
        window.append(stereoOf(sample), place);
        return;
      }
      this.#converter.append(stereoOf(sample), place);
      this.#convert(window, false);
    } finally {
      sample.close();
    }
  }

  #convert(window: SampleWindow, all: boolean): void {
    const part = this.#converter?.take(all);
    if (part) window.append(part.sound, part.position);
    if (all) this.#converter = null;
  }

  async close(): Promise<void> {
    const samples = this.#samples;
    this.#samples = null;
    await samples?.return();
  }
}
