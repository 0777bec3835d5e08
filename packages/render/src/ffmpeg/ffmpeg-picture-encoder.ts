import { deserialiseError } from '@lectern/ports';
import type { FrameRate } from '@lectern/timeline';
import { BlobSource, EncodedPacketSink, Input, MP4 } from 'mediabunny';
import { type Deferred, defer } from '../cancelling.js';
import {
  type EncodedPicture,
  EncoderError,
  type FrameEncoder,
  type PictureEncoderOptions,
} from '../export/picture-encoder.js';
import type { FramesAnswer, FramesOrder } from './frames-protocol.js';

export interface FfmpegPictureEncoderOptions extends Pick<
  PictureEncoderOptions,
  'width' | 'height' | 'bitrate' | 'secondsAt' | 'onPicture'
> {
  readonly frameRate: FrameRate;
  /** To where ffmpeg is. */
  readonly port: MessagePort;
}

/** Raw frames that are held at once, in bytes: more of them begin with a key frame of their own. */
const mostHeld = 96 * 1024 * 1024;

/** Also of encoders before this one: their answers may still come. */
let nextId = 1;

interface HeldFrame {
  readonly index: number;
  readonly planes: Uint8Array<ArrayBuffer>;
}

/**
 * Encodes with ffmpeg where the browser has no encoder. It gets the very pictures that the browser's encoder would get,
 * in pieces from one key frame to the next: while one is encoded, the next is being composed.
 */
export class FfmpegPictureEncoder implements FrameEncoder {
  readonly #options: FfmpegPictureEncoderOptions;
  readonly #framesPerSecond: number;
  readonly #waiting = new Map<number, Deferred<Blob>>();
  #held: HeldFrame[] = [];
  /** Everything that was handed over is taken in. */
  #taken: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(options: FfmpegPictureEncoderOptions) {
    this.#options = options;
    this.#framesPerSecond = options.frameRate.num / options.frameRate.den;
    options.port.addEventListener('message', this.#onAnswer);
    options.port.start();
  }

  timestampAt(index: number): number {
    return Math.round(this.#options.secondsAt(index) * 1e6);
  }

  async encode(frame: VideoFrame, keyFrame: boolean): Promise<void> {
    try {
      this.check();
      const { width, height } = this.#options;
      const index = Math.round((frame.timestamp / 1e6) * this.#framesPerSecond);
      const isFull = (this.#held.length + 1) * frameBytes(width, height) > mostHeld;
      if (this.#held.length > 0 && (keyFrame || isFull)) await this.#handOver();
      this.#held.push({ index, planes: await planesOf(frame, width, height) });
    } finally {
      frame.close();
    }
    this.check();
  }

  /** Waits for the piece before: two are in memory at the most. */
  async #handOver(): Promise<void> {
    const piece = this.#held;
    this.#held = [];
    await this.#taken;
    if (piece.length > 0 && this.#failure === null) this.#taken = this.#encodePiece(piece);
  }

  async #encodePiece(piece: readonly HeldFrame[]): Promise<void> {
    const { width, height, frameRate, bitrate, port } = this.#options;
    const id = nextId;
    nextId += 1;
    const answer = defer<Blob>();
    this.#waiting.set(id, answer);
    const frames = piece.map(({ planes }) => planes);
    const order: FramesOrder = { id, width, height, frameRate, bitrate, frames };
    port.postMessage(
      order,
      frames.map(({ buffer }) => buffer),
    );
    try {
      await this.#takeIn(await answer.promise, piece);
    } catch (error) {
      this.#failure ??= error;
    }
  }

  async #takeIn(file: Blob, piece: readonly HeldFrame[]): Promise<void> {
    const input = new Input({ source: new BlobSource(file), formats: [MP4] });
    try {
      const track = await input.getPrimaryVideoTrack();
      const config = await track?.getDecoderConfig();
      if (!track || !config) throw new RangeError('ffmpeg made no pictures');
      const pictures: EncodedPicture[] = [];
      for await (const packet of new EncodedPacketSink(track).packets()) {
        const index = piece[pictures.length]?.index;
        if (index === undefined) break;
        pictures.push({ index, key: packet.type === 'key', data: packet.data.slice(), config });
      }
      if (pictures.length !== piece.length) {
        throw new RangeError(`ffmpeg made ${String(pictures.length)} pictures of ${String(piece.length)}`);
      }
      for (const picture of pictures) this.#options.onPicture(picture);
    } finally {
      input.dispose();
    }
  }

  async flush(): Promise<void> {
    this.check();
    await this.#handOver();
    await this.#taken;
    this.check();
  }

  close(): void {
    this.#held = [];
    this.#options.port.removeEventListener('message', this.#onAnswer);
    for (const answer of this.#waiting.values()) answer.reject(new EncoderError(new RangeError('it was closed')));
    this.#waiting.clear();
  }

  check(): void {
    const error = this.#failure;
    if (error === null) return;
    throw error instanceof Error && 'code' in error ? error : new EncoderError(error);
  }

  readonly #onAnswer = ({ data }: MessageEvent<FramesAnswer>): void => {
    const answer = this.#waiting.get(data.id);
    this.#waiting.delete(data.id);
    if (data.error === null) answer?.resolve(data.file);
    else answer?.reject(deserialiseError(data.error));
  };
}

function frameBytes(width: number, height: number): number {
  return (width * height * 3) / 2;
}

/** The planes of a frame as I420. Frames for an encoder are I420, or NV12 when a decoder gave them. */
async function planesOf(frame: VideoFrame, width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const luma = width * height;
  const planes = new Uint8Array(frameBytes(width, height));
  if (frame.format === 'I420') {
    await frame.copyTo(planes, {
      layout: [
        { offset: 0, stride: width },
        { offset: luma, stride: width / 2 },
        { offset: (luma * 5) / 4, stride: width / 2 },
      ],
    });
    return planes;
  }
  if (frame.format !== 'NV12') throw new TypeError(`a frame of ${String(frame.format)}`);
  const pairs = new Uint8Array(planes.byteLength);
  await frame.copyTo(pairs, {
    layout: [
      { offset: 0, stride: width },
      { offset: luma, stride: width },
    ],
  });
  planes.set(pairs.subarray(0, luma));
  const quarter = luma / 4;
  for (let at = 0; at < quarter; at += 1) {
    planes[luma + at] = pairs[luma + 2 * at] ?? 0;
    planes[luma + quarter + at] = pairs[luma + 2 * at + 1] ?? 0;
  }
  return planes;
}
