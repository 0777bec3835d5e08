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
  #cancelled = false;
  #searching = false;
  #single: AsyncGenerator<VideoSample | null, void> | null = null;
  /** Calls are served one after the other: a place may be prepared while another is asked for. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Sees each picture that is passed on the way, before it is closed, and when the next one begins (file time). */
  onPassed: ((sample: VideoSample, end: number) => void) | null = null;
  /** Seconds before the place asked for from which pictures are passed and not skipped. */
  lead = 0;

  /** @throws TypeError when the file has no pictures */
  constructor(media: TimedMedia, hardwareAcceleration: HardwareAcceleration = 'no-preference') {
    if (!media.video) throw new TypeError('a file without pictures has no reader of them');
    this.#media = media;
    this.#sink = new VideoSampleSink(media.video, { hardwareAcceleration });
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
  at(seconds: number): Promise<VideoSample | null> {
    const turn = this.#turn.then(async () => {
      this.#searching = true;
      try {
        return await this.#at(seconds);
      } finally {
        this.#searching = false;
      }
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #at(seconds: number): Promise<VideoSample | null> {
    if (this.#closed) return null;
    if (this.#cancelled) await this.#stop();
    const time = this.#media.origin + seconds;
    if (!(await this.#isAhead(time))) await this.#start(time);
    while (this.#next && this.#next.timestamp <= time) {
      if (this.#current) this.#pass(this.#current, this.#next.timestamp);
      this.#current = this.#next;
      this.#next = await this.#pull();
    }
    // What a cancelled search stopped at is no answer.
    return this.#cancelled ? null : this.#current;
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
    this.#samples = this.#sink.samples(time - this.lead);
    this.#current = await this.#pull();
    this.#next = this.#current ? await this.#pull() : null;
  }

  async #pull(): Promise<VideoSample | null> {
    const pulled = await this.#samples?.next();
    const sample = pulled?.value ?? null;
    if (this.#closed || this.#cancelled) {
      sample?.close();
      return null;
    }
    return sample;
  }

  #pass(sample: VideoSample, end: number): void {
    try {
      this.onPassed?.(sample, end);
    } finally {
      sample.close();
    }
  }

  async #stop(): Promise<void> {
    this.#cancelled = false;
    this.#current?.close();
    this.#next?.close();
    this.#current = null;
    this.#next = null;
    const samples = this.#samples;
    this.#samples = null;
    await samples?.return();
  }

  /** Whether `at` would go on from here, and not begin anew at a key frame. */
  async reaches(seconds: number): Promise<boolean> {
    await this.#turn;
    return !this.#cancelled && this.#isAhead(this.#media.origin + seconds);
  }

  /**
   * One picture and nothing after it: the fastest way to a place where nobody goes on from. The caller closes it. Null
   * when it was cancelled, or there is none.
   */
  async only(seconds: number): Promise<VideoSample | null> {
    const samples = this.#sink.samplesAtTimestamps([this.#media.origin + seconds]);
    this.#single = samples;
    try {
      const pulled = await samples.next();
      return pulled.value ?? null;
    } finally {
      if (this.#single === samples) this.#single = null;
      await samples.return();
    }
  }

  /** When the picture after the current one begins (file time); infinite after the last. */
  get currentEnd(): number {
    return this.#next?.timestamp ?? Infinity;
  }

  /** Gives up what is being decoded: nobody wants it any more. The next call starts anew. */
  cancel(): void {
    void this.#single?.return();
    if (!this.#searching) return;
    this.#cancelled = true;
    void this.#samples?.return();
  }

  /** Closes every picture and the decoder. */
  async close(): Promise<void> {
    this.#closed = true;
    void this.#single?.return();
    await this.#turn;
    await this.#stop().catch(() => undefined);
  }
}
