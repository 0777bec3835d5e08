import { type FrameRate, frameToSeconds } from '@lectern/timeline';
import { EncodedPacketSink, type VideoSample, VideoSampleSink } from 'mediabunny';
import type { TimedMedia } from './media-file.js';

/**
 * How far after a frame's start its picture may begin and still be the frame's picture, in seconds.
 *
 * A frame shows what its source shows in the middle of it (as ffmpeg's `fps` filter rounds). That way rounded
 * timestamps never shift a picture to the neighbouring frame, and 30000/1001 in a project of 30 runs without one
 * picture doubled at the start. Just under half: a source of twice the rate has a picture exactly there.
 */
export function lookUpGuard(rate: FrameRate): number {
  const frame = frameToSeconds(1, rate);
  return frame / 2 - Math.min(0.002, frame / 8);
}

/** Further ahead than this a key frame is looked for, instead of decoding all that lies between. */
const jumpSeconds = 0.75;

/**
 * The pictures of a source by time, decoded in order: made for going forward, where each picture is decoded once.
 * Timestamps are looked up, never computed from a rate, so a variable rate is exact.
 */
export class PictureReader {
  readonly #media: TimedMedia;
  readonly #sink: VideoSampleSink;
  readonly #packets: EncodedPacketSink;
  #samples: AsyncGenerator<VideoSample, void> | null = null;
  #current: VideoSample | null = null;
  #next: VideoSample | null = null;
  #closed = false;
  /** Sees each picture that is passed on the way to the one asked for, before it is closed. */
  onPassed: ((sample: VideoSample) => void) | null = null;

  /** @throws TypeError when the file has no pictures */
  constructor(media: TimedMedia) {
    if (!media.video) throw new TypeError('a file without pictures has no reader of them');
    this.#media = media;
    this.#sink = new VideoSampleSink(media.video);
    this.#packets = new EncodedPacketSink(media.video);
  }

  /** Starts decoding towards a place, so that it is there when it is asked for. */
  async prepare(seconds: number): Promise<void> {
    await this.at(seconds);
  }

  /**
   * The picture that is shown at `seconds` of the source; the last one stands to the end. The reader keeps and closes
   * it: it is valid until the next call.
   */
  async at(seconds: number): Promise<VideoSample | null> {
    const time = this.#media.origin + seconds;
    if (!(await this.#isAhead(time))) await this.#start(time);
    while (this.#next && this.#next.timestamp <= time) {
      if (this.#current) this.#pass(this.#current);
      this.#current = this.#next;
      this.#next = await this.#pull();
    }
    return this.#current;
  }

  /** Whether going on from where the reader is leads to `time` without a detour. */
  async #isAhead(time: number): Promise<boolean> {
    const here = this.#current?.timestamp;
    if (here === undefined || time < here) return false;
    if (!this.#next || time - here <= jumpSeconds) return true;
    const key = await this.#packets.getKeyPacket(time, { metadataOnly: true });
    return key === null || key.timestamp <= this.#next.timestamp;
  }

  async #start(time: number): Promise<void> {
    await this.#stop();
    this.#samples = this.#sink.samples(time);
    this.#current = await this.#pull();
    this.#next = this.#current ? await this.#pull() : null;
  }

  async #pull(): Promise<VideoSample | null> {
    const pulled = await this.#samples?.next();
    const sample = pulled?.value ?? null;
    if (this.#closed) {
      sample?.close();
      return null;
    }
    return sample;
  }

  #pass(sample: VideoSample): void {
    try {
      this.onPassed?.(sample);
    } finally {
      sample.close();
    }
  }

  async #stop(): Promise<void> {
    this.#current?.close();
    this.#next?.close();
    this.#current = null;
    this.#next = null;
    const samples = this.#samples;
    this.#samples = null;
    await samples?.return();
  }

  /** Closes every picture and the decoder. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#stop().catch(() => undefined);
  }
}
