import { LecternError } from '@lectern/ports';
import { EncodedPacket, type EncodedVideoPacketSource } from 'mediabunny';
import type { HardwareAcceleration } from '../worker/protocol.js';

export interface PictureEncoderOptions {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly bitrate: number;
  /** Frames per second. */
  readonly frameRate: number;
  /** Frames from one key frame to the next. */
  readonly keyFrameInterval: number;
  readonly acceleration: HardwareAcceleration;
  readonly track: EncodedVideoPacketSource;
  /** When a frame of the file begins, in seconds. */
  readonly secondsAt: (index: number) => number;
}

/** Frames that wait in the encoder; enough that it never starves, few enough to hold only some pictures. */
const queued = 6;

/**
 * Encodes the pictures of a file in order. Encoders count in microseconds; what goes into the file are the exact times
 * of the frames again.
 */
export class PictureEncoder {
  readonly #options: PictureEncoderOptions;
  readonly #encoder: VideoEncoder;
  #failure: unknown = null;
  #written: Promise<void> = Promise.resolve();
  #unwritten = 0;
  #wake: () => void = () => undefined;

  constructor(options: PictureEncoderOptions) {
    this.#options = options;
    const { codec, width, height, bitrate, frameRate, acceleration } = options;
    this.#encoder = new VideoEncoder({
      output: (chunk, metadata) => {
        this.#write(chunk, metadata);
      },
      error: (error) => {
        this.#fail(error);
      },
    });
    this.#encoder.addEventListener('dequeue', () => {
      this.#wake();
    });
    this.#encoder.configure({
      codec,
      width,
      height,
      bitrate,
      framerate: frameRate,
      bitrateMode: 'variable',
      latencyMode: 'quality',
      hardwareAcceleration: acceleration,
      ...(codec.startsWith('avc') ? { avc: { format: 'avc' } } : {}),
    });
  }

  /** Microseconds of a frame's start, as its `VideoFrame` must have them. */
  timestampAt(index: number): number {
    return Math.round(this.#options.secondsAt(index) * 1e6);
  }

  /**
   * Takes a picture for frame `index` of the file and closes it; waits while the encoder is behind.
   *
   * @throws LecternError `render-failed` when the encoder has stopped
   */
  async encode(frame: VideoFrame, index: number): Promise<void> {
    try {
      this.#check();
      this.#encoder.encode(frame, { keyFrame: index % this.#options.keyFrameInterval === 0 });
    } finally {
      frame.close();
    }
    while (this.#failure === null && (this.#encoder.encodeQueueSize >= queued || this.#unwritten > 4 * queued)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#check();
  }

  #write(chunk: EncodedVideoChunk, metadata: EncodedVideoChunkMetadata | undefined): void {
    const { secondsAt, frameRate, track } = this.#options;
    const index = Math.round((chunk.timestamp / 1e6) * frameRate);
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const start = secondsAt(index);
    const packet = new EncodedPacket(data, chunk.type, start, secondsAt(index + 1) - start);
    this.#unwritten += 1;
    this.#written = this.#written
      .then(() => track.add(packet, metadata))
      .then(() => {
        this.#unwritten -= 1;
        this.#wake();
      })
      .catch((error: unknown) => {
        this.#fail(error);
      });
  }

  /** Encodes what is left and waits until all is written. */
  async finish(): Promise<void> {
    this.#check();
    await this.#encoder.flush().catch((error: unknown) => {
      this.#fail(error);
    });
    await this.#written;
    this.#check();
    this.close();
  }

  close(): void {
    if (this.#encoder.state !== 'closed') this.#encoder.close();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#wake();
  }

  #check(): void {
    const error = this.#failure;
    if (error === null) return;
    if (error instanceof LecternError) throw error;
    throw new EncoderError(error);
  }
}

/** The encoder stopped: another one may do. */
export class EncoderError extends LecternError {
  constructor(cause: unknown) {
    super('render-failed', { cause, message: cause instanceof Error ? cause.message : 'the encoder stopped' });
  }
}
