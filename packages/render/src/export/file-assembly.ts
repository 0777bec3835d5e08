import type { ExportFormat } from '@lectern/ports';
import type { FrameRate } from '@lectern/timeline';
import {
  EncodedAudioPacketSource,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  WebMOutputFormat,
} from 'mediabunny';
import { defer } from '../cancelling.js';
import type { JoinedTrack } from './copy-joints.js';
import { type Manifest, manifestTags } from './manifest.js';
import type { OutputFile } from './output-file.js';
import type { PacketSpan, SpanConfig } from './packet-span.js';

const writeBytes = 1024 * 1024;
/** Spans that wait for their turn in the file; more would only fill memory. */
const spansAhead = 3;

/** Spans of one track on their way into the file, in order. One may be promised before it is there. */
export class SpanQueue<Config extends SpanConfig> {
  readonly #spans: (PacketSpan<Config> | Promise<PacketSpan<Config>>)[] = [];
  readonly #failed = defer<never>();
  #ended = false;
  #hasFailed = false;
  #wakeReader: () => void = () => undefined;
  #wakeWriter: () => void = () => undefined;

  constructor() {
    this.#failed.promise.catch(() => undefined);
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  add(span: PacketSpan<Config> | Promise<PacketSpan<Config>>): void {
    this.#spans.push(span);
    this.#wakeReader();
  }

  /** Nothing comes any more. */
  end(): void {
    this.#ended = true;
    this.#wakeReader();
  }

  /** What was to come never will. */
  fail(error: unknown): void {
    this.#hasFailed = true;
    this.#failed.reject(error);
    this.#wakeReader();
    this.#wakeWriter();
  }

  /** Waits until there is room for one more. @throws what the queue failed with */
  async room(): Promise<void> {
    while (this.#spans.length >= spansAhead && !this.#hasFailed) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
    if (this.#hasFailed) await this.#failed.promise;
  }

  async *spans(): AsyncGenerator<PacketSpan<Config>, void> {
    for (;;) {
      if (this.#hasFailed) await this.#failed.promise;
      const span = this.#spans.shift();
      if (span) {
        this.#wakeWriter();
        yield await Promise.race([span, this.#failed.promise]);
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    }
  }
}

export interface FileAssemblyOptions {
  readonly format: ExportFormat;
  readonly file: OutputFile;
  readonly frameRate: FrameRate;
  /** Packets that each track may have; null for a file without it. */
  readonly picturePackets: number | null;
  readonly soundPackets: number | null;
  /** Makes one track of pictures that were encoded differently. */
  readonly joints: JoinedTrack;
  readonly manifest: Manifest;
}

/** Puts the file together from spans of pictures and of sound, by time, as they come. */
export class FileAssembly {
  readonly pictures: SpanQueue<VideoDecoderConfig> | null;
  readonly sound: SpanQueue<AudioDecoderConfig> | null;
  readonly #options: FileAssemblyOptions;
  readonly #output: Output;
  readonly #pictureTrack: EncodedVideoPacketSource | null = null;
  readonly #soundTrack: EncodedAudioPacketSource | null = null;

  constructor(options: FileAssemblyOptions) {
    this.#options = options;
    const { format, file, frameRate, picturePackets, soundPackets } = options;
    const writable = new WritableStream({
      write: (chunk: Parameters<OutputFile['write']>[0]) => {
        file.write(chunk);
      },
    });
    this.#output = new Output({
      // Room for the index is kept at the front, so that the file plays while it still loads.
      format: format.container === 'mp4' ? new Mp4OutputFormat({ fastStart: 'reserve' }) : new WebMOutputFormat(),
      target: new StreamTarget(writable, { chunked: true, chunkSize: writeBytes }),
    });
    this.pictures = picturePackets === null ? null : new SpanQueue();
    this.sound = soundPackets === null ? null : new SpanQueue();
    if (format.videoCodec && picturePackets !== null) {
      this.#pictureTrack = new EncodedVideoPacketSource(format.videoCodec);
      this.#output.addVideoTrack(this.#pictureTrack, {
        frameRate: clockOf(frameRate),
        maximumPacketCount: picturePackets,
      });
    }
    if (format.audioCodec && soundPackets !== null) {
      this.#soundTrack = new EncodedAudioPacketSource(format.audioCodec);
      this.#output.addAudioTrack(this.#soundTrack, { maximumPacketCount: soundPackets });
    }
    this.#output.setMetadataTags(manifestTags(format.container, options.manifest));
  }

  /** Resolves when both queues have ended and the file is whole. After an error the file is of no use. */
  async run(): Promise<void> {
    try {
      await this.#output.start();
      await this.#writeByTime();
      await this.#output.finalize();
    } catch (error) {
      this.pictures?.fail(error);
      this.sound?.fail(error);
      await this.#output.cancel().catch(() => undefined);
      throw error;
    }
  }

  async #writeByTime(): Promise<void> {
    const tracks = [
      new TrackFeed(this.pictures ? this.#picturePackets(this.pictures) : null),
      new TrackFeed(this.sound ? this.#soundPackets(this.sound) : null),
    ] as const;
    try {
      for (;;) {
        const [picture, sound] = [await tracks[0].next(), await tracks[1].next()];
        if (!picture && !sound) return;
        const first = !sound || (picture && picture.timestamp <= sound.timestamp) ? tracks[0] : tracks[1];
        await first.write();
      }
    } finally {
      for (const track of tracks) track.close();
    }
  }

  async *#picturePackets(queue: SpanQueue<VideoDecoderConfig>): AsyncGenerator<WritablePacket, void> {
    const track = this.#pictureTrack as EncodedVideoPacketSource;
    const { joints } = this.#options;
    let isFirst = true;
    for await (const span of queue.spans()) {
      for await (const packet of span.packets()) {
        const metadata = isFirst ? { decoderConfig: joints.begin(span.config) } : undefined;
        isFirst = false;
        const fitted = joints.fit(packet, span.config);
        yield { timestamp: packet.timestamp, write: () => track.add(fitted, metadata) };
      }
    }
  }

  async *#soundPackets(queue: SpanQueue<AudioDecoderConfig>): AsyncGenerator<WritablePacket, void> {
    const track = this.#soundTrack as EncodedAudioPacketSource;
    let isFirst = true;
    for await (const span of queue.spans()) {
      for await (const packet of span.packets()) {
        const given = isFirst ? { decoderConfig: span.config } : undefined;
        isFirst = false;
        yield { timestamp: packet.timestamp, write: () => track.add(packet, given) };
      }
    }
  }
}

interface WritablePacket {
  readonly timestamp: number;
  readonly write: () => Promise<void>;
}

/** A track's packets with a look at the next one. */
class TrackFeed {
  readonly #packets: AsyncGenerator<WritablePacket, void> | null;
  #next: WritablePacket | null = null;
  #ended: boolean;

  constructor(packets: AsyncGenerator<WritablePacket, void> | null) {
    this.#packets = packets;
    this.#ended = packets === null;
  }

  async next(): Promise<WritablePacket | null> {
    if (this.#next || this.#ended || !this.#packets) return this.#next;
    const pulled = await this.#packets.next();
    if (pulled.done) this.#ended = true;
    else this.#next = pulled.value;
    return this.#next;
  }

  async write(): Promise<void> {
    const packet = this.#next;
    this.#next = null;
    await packet?.write();
  }

  /** Doesn't wait: what is read from may never answer. */
  close(): void {
    this.#packets?.return().catch(() => undefined);
  }
}

/**
 * What the clock of the track of pictures is made from: hundreds of whole ticks to a frame. Chromium looks for the key
 * frame of a place that it seeks by whole ticks; with one tick to a frame, the later half of a frame before a key frame
 * would already be the key frame's.
 */
function clockOf({ num, den }: FrameRate): number {
  return (num / den) * Math.ceil(500 / den);
}
