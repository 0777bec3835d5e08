import { LecternError } from '@lectern/ports';
import type { HardwareAcceleration } from '../worker/protocol.js';

export interface PictureEncoderOptions {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly bitrate: number;
  /** Frames per second. */
  readonly frameRate: number;
  readonly acceleration: HardwareAcceleration;
  /** When a frame of the file begins, in seconds. */
  readonly secondsAt: (index: number) => number;
  readonly onPicture: (picture: EncodedPicture) => void;
}

/** A frame as it comes out of the encoder. */
export interface EncodedPicture {
  /** Of the file. */
  readonly index: number;
  readonly key: boolean;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly config: VideoDecoderConfig;
}

/** What encodes the pictures of a file in order: the browser, or ffmpeg where it can't. */
export interface FrameEncoder {
  /** Microseconds of a frame's start, as its `VideoFrame` must have them. */
  timestampAt(index: number): number;
  /** Takes a picture and closes it; waits while the encoder is behind. @throws EncoderError when it has stopped */
  encode(frame: VideoFrame, keyFrame: boolean): Promise<void>;
  /** Lets out what the encoder still holds; more may be encoded meanwhile. @throws EncoderError */
  flush(): Promise<void>;
  close(): void;
  /** @throws EncoderError when it has stopped */
  check(): void;
}

/** Frames that wait in the encoder; enough that it never starves, few enough to hold only some pictures. */
const queued = 6;

/** Encodes the pictures of a file in order; frames may be left out, where the next one is a key frame. */
export class PictureEncoder implements FrameEncoder {
  readonly #options: PictureEncoderOptions;
  readonly #encoder: VideoEncoder;
  #config: VideoDecoderConfig | null = null;
  #failure: unknown = null;
  #wake: () => void = () => undefined;

  constructor(options: PictureEncoderOptions) {
    this.#options = options;
    const { codec, width, height, bitrate, frameRate, acceleration } = options;
    this.#encoder = new VideoEncoder({
      output: (chunk, metadata) => {
        this.#take(chunk, metadata);
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
   * @throws EncoderError when the encoder has stopped
   */
  async encode(frame: VideoFrame, keyFrame: boolean): Promise<void> {
    try {
      this.check();
      this.#encoder.encode(frame, { keyFrame });
    } catch (error) {
      this.#fail(error);
    } finally {
      frame.close();
    }
    while (this.#failure === null && this.#encoder.encodeQueueSize >= queued) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.check();
  }

  #take(chunk: EncodedVideoChunk, metadata: EncodedVideoChunkMetadata | undefined): void {
    this.#config = metadata?.decoderConfig ?? this.#config;
    if (!this.#config || this.#failure !== null) return;
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const index = Math.round((chunk.timestamp / 1e6) * this.#options.frameRate);
    try {
      this.#options.onPicture({ index, key: chunk.type === 'key', data, config: this.#config });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Lets out what the encoder still holds; more may be encoded meanwhile. @throws EncoderError */
  async flush(): Promise<void> {
    this.check();
    await this.#encoder.flush().catch((error: unknown) => {
      this.#fail(error);
    });
    this.check();
  }

  close(): void {
    if (this.#encoder.state !== 'closed') this.#encoder.close();
    this.#wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#wake();
  }

  /** @throws EncoderError when the encoder has stopped */
  check(): void {
    const error = this.#failure;
    if (error === null) return;
    if (error instanceof LecternError) throw error;
    throw new EncoderError(error);
  }
}

/** The encoder stopped, or was taken away: another one may do. */
export class EncoderError extends LecternError {
  constructor(cause: unknown) {
    super('render-failed', { cause, message: cause instanceof Error ? cause.message : 'the encoder stopped' });
  }
}
