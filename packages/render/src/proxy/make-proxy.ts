import {
  BlobSource,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  type InputVideoTrack,
  MP4,
  Mp4OutputFormat,
  Output,
  Quality,
  StreamTarget,
  VideoSampleSink,
  VideoSampleSource,
  canEncodeVideo,
} from 'mediabunny';
import { throwIfAborted } from '../cancelling.js';
import type { TimedMedia } from '../media/media-file.js';
import { contentKey } from './content-key.js';
import { ProxyShelf } from './proxy-shelf.js';
import { type ProxyShape, type SeekFacts, isWorthProxy, proxyKeyFrames, proxyShape } from './seek-work.js';

/** A proxy is made in pieces of about this many seconds, so that little is lost when somebody goes on working. */
const pieceSeconds = 10;
/** Key frames that tell how many there are. */
const keyFramesLookedAt = 24;
const packetsLookedAt = 60;

export interface ProxyOptions {
  /** Bytes that all proxies together may take. */
  readonly budgetBytes: number;
}

/** What there is of an asset's proxy. `none`: it needs none, or this browser can't make it. */
export type ProxyStanding =
  { readonly standing: 'none' } | { readonly standing: 'wanted' } | { readonly standing: 'ready'; readonly file: Blob };

/** Looks whether a source has a proxy, or should have one. */
export async function lookForProxy(media: TimedMedia, { budgetBytes }: ProxyOptions): Promise<ProxyStanding> {
  const shelf = media.video && (await ProxyShelf.open(budgetBytes));
  if (!media.video || !shelf) return { standing: 'none' };
  const facts = await seekFacts(media, media.video);
  // What shines through does so in its original only.
  if (!isWorthProxy(facts) || (await media.video.canBeTransparent())) return { standing: 'none' };
  const file = await shelf.find(await contentKey(media.blob));
  if (file) return { standing: 'ready', file };
  const { width, height, bitrate } = proxyShape(facts);
  const isPossible = await canEncodeVideo('avc', { width, height, quality: new Quality({ bitrate }) });
  return { standing: isPossible ? 'wanted' : 'none' };
}

/**
 * Makes the next piece of a source's proxy, and the whole out of the pieces once all are there. A proxy has the pictures
 * of its source one to one, at the same times from its start.
 *
 * @returns the proxy, or null while pieces are missing
 */
export async function makeProxyPiece(
  media: TimedMedia,
  { budgetBytes }: ProxyOptions,
  signal: AbortSignal,
): Promise<Blob | null> {
  const shelf = await ProxyShelf.open(budgetBytes);
  if (!media.video || !shelf) return null;
  const key = await contentKey(media.blob);
  const finished = await shelf.find(key);
  if (finished) return finished;
  const starts = await pieceStarts(media, media.video);
  const pieces = await shelf.pieces(key);
  const missing = starts.findIndex((_, number) => !pieces.has(number));
  throwIfAborted(signal);
  if (missing >= 0) {
    const shape = proxyShape(await seekFacts(media, media.video));
    const from = starts[missing] ?? 0;
    const bytes = await encodePiece(media, media.video, shape, from, starts[missing + 1] ?? Infinity, signal);
    await shelf.putPiece(key, missing, bytes);
    return null;
  }
  const file = await shelf.create(key);
  try {
    const target = new StreamTarget(
      new WritableStream({
        write: ({ data, position }) => {
          file.write(data, position);
        },
      }),
    );
    await joinPieces(
      starts.map((start, number) => ({ start, file: pieces.get(number) as Blob })),
      target,
      signal,
    );
  } catch (error) {
    file.close();
    throw error;
  }
  return shelf.finish(key, file.close());
}

async function seekFacts(media: TimedMedia, video: InputVideoTrack): Promise<SeekFacts> {
  const { averagePacketRate } = await video.computePacketStats(packetsLookedAt);
  const packets = new EncodedPacketSink(video);
  const end = await video.computeDuration();
  let packet = await packets.getFirstKeyPacket({ metadataOnly: true });
  const first = packet?.timestamp ?? 0;
  let last = first;
  let count = 0;
  while (packet && count < keyFramesLookedAt) {
    last = packet.timestamp;
    packet = await packets.getNextKeyPacket(packet, { metadataOnly: true });
    count += 1;
    if (!packet) last = end;
  }
  return {
    width: await video.getDisplayWidth(),
    height: await video.getDisplayHeight(),
    frameRate: averagePacketRate,
    keySeconds: (last - first) / Math.max(1, packet ? count - 1 : count),
    durationSeconds: end - media.origin,
  };
}

/** Where each piece begins, in seconds of the source: at key frames of the source, so that none is decoded twice. */
async function pieceStarts(media: TimedMedia, video: InputVideoTrack): Promise<readonly number[]> {
  const packets = new EncodedPacketSink(video);
  const starts = [0];
  let packet = await packets.getFirstKeyPacket({ metadataOnly: true });
  while (packet) {
    const start = packet.timestamp - media.origin;
    if (start - (starts.at(-1) ?? 0) >= pieceSeconds) starts.push(start);
    packet = await packets.getNextKeyPacket(packet, { metadataOnly: true });
  }
  return starts;
}

async function encodePiece(
  media: TimedMedia,
  video: InputVideoTrack,
  { width, height, bitrate }: ProxyShape,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const target = new BufferTarget();
  const source = new VideoSampleSource({
    codec: 'avc',
    quality: new Quality({ bitrate }),
    alpha: 'discard',
    // Each picture is a step of its own: none may be left out, however the encoder likes it.
    latencyMode: 'quality',
    sizeChangeBehavior: 'fill',
    transform: { width, height, force: true },
  });
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  output.addVideoTrack(source);
  await output.start();
  try {
    let number = 0;
    for await (const sample of new VideoSampleSink(video).samples(media.origin + from, media.origin + to)) {
      try {
        throwIfAborted(signal);
        const time = sample.timestamp - media.origin - from;
        // The one that covers the start belongs to the piece before, if there is one.
        if (from > 0 && time < -tolerance) continue;
        sample.setTimestamp(Math.max(0, time));
        await source.add(sample, { keyFrame: number % proxyKeyFrames === 0 });
        number += 1;
      } finally {
        sample.close();
      }
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  }
  if (!target.buffer) throw new TypeError('the muxer gave no bytes');
  return new Uint8Array(target.buffer);
}

/** Less than any two pictures are apart. */
const tolerance = 1e-5;

async function joinPieces(
  pieces: readonly { readonly start: number; readonly file: Blob }[],
  target: StreamTarget,
  signal: AbortSignal,
): Promise<void> {
  const source = new EncodedVideoPacketSource('avc');
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target });
  output.addVideoTrack(source);
  await output.start();
  try {
    let config: VideoDecoderConfig | null = null;
    for (const { start, file } of pieces) {
      const input = new Input({ source: new BlobSource(file), formats: [MP4] });
      try {
        const track = await input.getPrimaryVideoTrack();
        if (!track) continue;
        const own = await track.getDecoderConfig();
        if (config === null) config = own;
        else if (!isSameConfig(config, own)) throw new TypeError('the pieces of a proxy are encoded differently');
        for await (const packet of new EncodedPacketSink(track).packets()) {
          throwIfAborted(signal);
          const moved = packet.clone({ timestamp: packet.timestamp + start });
          await source.add(moved, config ? { decoderConfig: config } : undefined);
        }
      } finally {
        input.dispose();
      }
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  }
}

function isSameConfig(a: VideoDecoderConfig, b: VideoDecoderConfig | null): boolean {
  return b !== null && a.codec === b.codec && bytesOf(a.description) === bytesOf(b.description);
}

function bytesOf(description: AllowSharedBufferSource | undefined): string {
  if (!description) return '';
  const view = ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description);
  return view.join(' ');
}
