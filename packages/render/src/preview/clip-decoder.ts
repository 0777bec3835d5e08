import { EncodedPacketSink, type VideoSample, VideoSampleSink } from 'mediabunny';
import { PictureReader } from '../media/picture-reader.js';
import type { PictureFile } from './preview-media.js';

/** What decodes the pictures of one clip: forwards as they play, one by one, and whole stretches. */
export class ClipDecoder {
  readonly file: PictureFile;
  /** Whether it was told to do without the hardware, after a decoder there had failed. */
  readonly isSoftware: boolean;
  /** Goes forward. */
  readonly reader: PictureReader;
  readonly #sink: VideoSampleSink;
  readonly #packets: EncodedPacketSink;
  #stretch: AsyncGenerator<VideoSample, void> | null = null;

  /** @throws TypeError when the file has no pictures */
  constructor(file: PictureFile, isSoftware: boolean) {
    const { video } = file.media;
    if (!video) throw new TypeError('a file without pictures has no decoder of them');
    const hardwareAcceleration = isSoftware ? 'prefer-software' : 'no-preference';
    this.file = file;
    this.isSoftware = isSoftware;
    this.reader = new PictureReader(file.media, hardwareAcceleration);
    this.#sink = new VideoSampleSink(video, { hardwareAcceleration });
    this.#packets = new EncodedPacketSink(video);
  }

  /** When the key frame at or before a place of the file begins. */
  async keyTime(time: number): Promise<number | null> {
    return (await this.#packets.getKeyPacket(time, { metadataOnly: true }))?.timestamp ?? null;
  }

  /** The picture of a key frame; the caller closes it. */
  keyPicture(keyTime: number): Promise<VideoSample | null> {
    return this.#sink.getSample(keyTime);
  }

  /**
   * Decodes `[from, to]` of the file in order. Each picture is lent to `take`, which is waited for, with the time at which
   * the next one begins. Another stretch ends this one.
   */
  async stretch(from: number, to: number, take: (sample: VideoSample, end: number) => Promise<void>): Promise<void> {
    void this.#stretch?.return();
    const samples = this.#sink.samples(from, to + 0.001);
    this.#stretch = samples;
    let held: VideoSample | null = null;
    try {
      for (;;) {
        const next: VideoSample | null = (await samples.next()).value ?? null;
        const before: VideoSample | null = held;
        held = next;
        try {
          if (before && this.#stretch === samples) {
            await take(before, next?.timestamp ?? before.timestamp + before.duration);
          }
        } finally {
          before?.close();
        }
        if (!next || this.#stretch !== samples) return;
      }
    } finally {
      held?.close();
      if (this.#stretch === samples) this.#stretch = null;
      await samples.return();
    }
  }

  /** Gives up what is being looked for: nobody wants it any more. */
  cancel(): void {
    this.reader.cancel();
    this.cancelStretch();
  }

  cancelStretch(): void {
    const stretch = this.#stretch;
    this.#stretch = null;
    void stretch?.return();
  }

  async close(): Promise<void> {
    this.cancelStretch();
    await this.reader.close();
  }
}
