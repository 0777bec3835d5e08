import { LecternError } from '@lectern/ports';
import { type FrameRate, type TimelineDocument, type VideoLayer, evaluate, frameToSeconds } from '@lectern/timeline';
import { EncodedPacket, EncodedPacketSink } from 'mediabunny';
import type { TimedMedia } from '../media/media-file.js';
import type { MediaLibrary } from '../media/media-library.js';
import { lookUpGuard } from '../media/picture-reader.js';
import { exportColourSpace } from '../picture/plane-compositor.js';
import { type CopyRules, type KeyPacketFacts, type PacketTable, chooseCopies, mostBitrate } from './copy-choice.js';
import { bytesOf } from './copy-joints.js';
import { AvcPackets, type CopiedPackets, Vp9Packets } from './copy-packets.js';
import type { PictureSpan } from './packet-span.js';
import { planRender } from './render-plan.js';

/** What copied packets have to fit into: the pictures of the file that is being made. */
export interface CopyTarget {
  readonly codec: 'avc' | 'vp9';
  /** Of the packets that are encoded beside the copied ones, e.g. `avc1.64001f`. */
  readonly codecString: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  /** Bits per second that the preset asks for. */
  readonly bitrate: number;
}

/** Frames of the document whose packets can be passed on from a source as they are. */
export interface CopyStretch {
  readonly startFrame: number;
  /** Exclusive. */
  readonly endFrame: number;
  readonly clipId: string;
  readonly assetId: string;
  /** Seconds of the source at `startFrame`. */
  readonly sourceSeconds: number;
  /** Bytes of its packets, as far as that is known without reading them. */
  readonly sizeBytes: number;
  /** The frame of the source, in frames of the project, at `startFrame`. */
  readonly sourceFrame: number;
  /** The first packet's place, in seconds of the file. */
  readonly firstTimestamp: number;
  /** What the packets are decoded with. */
  readonly config: VideoDecoderConfig;
  /** Tells the parameter sets of the packets apart from others in the source. */
  readonly configuration: string;
}

/**
 * The packets of a source aren't what its index promised: cut off, damaged, or set up differently on the way. What was
 * to be copied of it has to be encoded, and then the decoder says what can be shown.
 */
export class CopyError extends LecternError {
  constructor(assetId: string, message: string) {
    super('render-failed', { message, details: { asset: assetId } });
  }
}

/** Key packets that are read before they are asked for. */
const keysAhead = 4;
/** Runs that are looked at beside each other: each waits for its file much of the time. */
const runsAtOnce = 4;

/** Frames that show one source in a row at normal speed, and nothing else, as large as the project. */
interface PlainRun {
  readonly clipId: string;
  readonly assetId: string;
  readonly startFrame: number;
  endFrame: number;
  /** The frame of the source at `startFrame`, in frames of the project. */
  readonly sourceFrame: number;
}

/**
 * The stretches of `[startFrame, endFrame)` that can be copied, in order and without overlap. What lies between is
 * encoded. A source that can't be read is no reason to fail here: encoding says what is wrong with it.
 */
export async function findCopies(
  document: TimelineDocument,
  startFrame: number,
  endFrame: number,
  target: CopyTarget,
  library: MediaLibrary,
): Promise<readonly CopyStretch[]> {
  // A frame of the document is a frame of the file, or nothing fits.
  const { num, den } = document.settings.frameRate;
  if (num * target.frameRate.den !== den * target.frameRate.num) return [];
  const copiesOf = async (run: PlainRun): Promise<readonly CopyStretch[]> => {
    const source = await openSource(run.assetId, target, library);
    return source ? copiesOfRun(run, source, target) : [];
  };
  const stretches: CopyStretch[] = [];
  const runs = plainRuns(document, startFrame, endFrame);
  for (let at = 0; at < runs.length; at += runsAtOnce) {
    const found = runs.slice(at, at + runsAtOnce).map((run) => copiesOf(run).catch(() => []));
    stretches.push(...(await Promise.all(found)).flat());
  }
  return stretches;
}

/** Cuts that go on where they were cut are one run. */
export function plainRuns(document: TimelineDocument, startFrame: number, endFrame: number): readonly PlainRun[] {
  const runs: PlainRun[] = [];
  for (const segment of planRender(document, startFrame, endFrame)) {
    if (segment.kind !== 'pass') continue;
    for (let frame = segment.startFrame; frame < segment.endFrame; frame += 1) {
      const { layers } = evaluate(document, frame);
      const [layer] = layers;
      if (layers.length !== 1 || layer?.kind !== 'video' || !isUntouched(layer, document)) continue;
      const sourceFrame = sourceFrameOf(layer, frame, document);
      if (sourceFrame === null) continue;
      const last = runs.at(-1);
      const goesOn =
        last?.endFrame === frame &&
        last.assetId === layer.assetId &&
        sourceFrame - last.sourceFrame === frame - last.startFrame;
      if (goesOn) last.endFrame = frame + 1;
      else {
        const { clipId, assetId } = layer;
        runs.push({ clipId, assetId, startFrame: frame, endFrame: frame + 1, sourceFrame });
      }
    }
  }
  return runs;
}

// Fitted sizes are quotients: a hundredth of a pixel is no difference.
const slack = 0.01;

function isUntouched({ opacity, geometry }: VideoLayer, document: TimelineDocument): boolean {
  const { width, height } = document.settings;
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= slack;
  return (
    opacity === 1 &&
    geometry.rotation % 360 === 0 &&
    near(geometry.centreX, width / 2) &&
    near(geometry.centreY, height / 2) &&
    near(geometry.width, width) &&
    near(geometry.height, height) &&
    near(geometry.sourceX, 0) &&
    near(geometry.sourceY, 0)
  );
}

/** Null when the clip isn't at normal speed. */
function sourceFrameOf(layer: VideoLayer, frame: number, document: TimelineDocument): number | null {
  const clip = document.clips.get(layer.clipId);
  if (clip?.source.kind !== 'asset' || clip.source.speed.num !== clip.source.speed.den) return null;
  const asset = document.assets.get(layer.assetId);
  const whole =
    !asset ||
    asset.width === 0 ||
    (Math.abs(layer.geometry.sourceWidth - asset.width) <= slack &&
      Math.abs(layer.geometry.sourceHeight - asset.height) <= slack);
  return whole ? clip.source.trimStartFrame + frame - clip.startFrame : null;
}

/** The pictures of a source, read for copying. */
interface CopySource {
  readonly media: TimedMedia;
  readonly sink: EncodedPacketSink;
  readonly packets: CopiedPackets;
}

/** Players take a picture without colour tags for BT.709 from this height on, and for BT.601 below. */
const heightOfHd = 720;

/** Null when nothing of the source can be copied. */
async function openSource(
  assetId: string,
  target: Pick<CopyTarget, 'codec' | 'codecString' | 'width' | 'height'>,
  library: MediaLibrary,
): Promise<CopySource | null> {
  const media = await library.timed(assetId);
  const { video: track } = media;
  if (!track || (await track.getCodec()) !== target.codec) return null;
  const { width, height } = target;
  const [codedWidth, codedHeight] = [await track.getCodedWidth(), await track.getCodedHeight()];
  if ((await track.getRotation()) !== 0 || (await track.getFlip()) || (await track.canBeTransparent())) return null;
  if ((await track.getDisplayWidth()) !== width || (await track.getDisplayHeight()) !== height) return null;
  if ((await track.getSquarePixelWidth()) !== codedWidth) return null;
  if ((await track.getSquarePixelHeight()) !== codedHeight) return null;
  const colours = await track.getColorSpace();
  if (!hasOurColours(colours)) return null;
  const tagged = colours.primaries === 'bt709' && colours.transfer === 'bt709' && colours.matrix === 'bt709';
  const size = { width, height, untagged: tagged || height >= heightOfHd };
  const config = await track.getDecoderConfig();
  const description = config?.description ? bytesOf(config.description) : null;
  const packets = target.codec === 'avc' ? new AvcPackets(description, size) : new Vp9Packets(target.codecString, size);
  return { media, sink: new EncodedPacketSink(track), packets };
}

/** What the container tells must not speak against BT.709 in limited range; what it doesn't tell, the stream does. */
function hasOurColours({ primaries, transfer, matrix, fullRange }: VideoColorSpaceInit): boolean {
  const isOurs = (value: string | null | undefined): boolean => (value ?? 'bt709') === 'bt709';
  return isOurs(primaries) && isOurs(transfer) && isOurs(matrix) && fullRange !== true;
}

async function copiesOfRun(
  run: PlainRun,
  { media, sink, packets }: CopySource,
  target: CopyTarget,
): Promise<readonly CopyStretch[]> {
  const { frameRate, bitrate } = target;
  const times = Float64Array.from({ length: run.endFrame - run.startFrame }, (_, n) =>
    lookUpTime(media, run.sourceFrame + n, frameRate),
  );
  const table = await readTable(sink, times[0] ?? 0, times.at(-1) ?? 0);
  const frameSeconds = frameToSeconds(1, frameRate);
  // Far too many bits: not one packet has to be looked at.
  const bits = table.sizes.reduce((sum, size) => sum + size, 0) * 8;
  if (bits > 3 * mostBitrate(bitrate) * (times.length + 1 / frameSeconds) * frameSeconds) return [];
  const facts = new Map<number, Promise<KeyPacketFacts>>();
  const lookAt = async (index: number): Promise<KeyPacketFacts> => {
    const packet = await packetAt(sink, table, index);
    return packet ? packets.keyPacket(packet.data) : { kind: 'unfit' };
  };
  const keyPacketAt = (index: number): Promise<KeyPacketFacts> => {
    const known = facts.get(index) ?? lookAt(index);
    facts.set(index, known);
    return known;
  };
  const rules: CopyRules = {
    frameSeconds,
    bitrate,
    keyPacketAt: (index) => {
      // The next ones are read meanwhile.
      let ahead = 0;
      for (let next = index + 1; next < table.keys.length && ahead < keysAhead; next += 1) {
        if (table.keys[next] === 0) continue;
        keyPacketAt(next).catch(() => undefined);
        ahead += 1;
      }
      return keyPacketAt(index);
    },
    lastReadable: (first, last) => lastReadable(sink, table, first, last),
  };
  const chosen = await chooseCopies(table, times, rules);
  return chosen.map(({ frame, length, first, bytes, configuration, reordered }) => ({
    startFrame: run.startFrame + frame,
    endFrame: run.startFrame + frame + length,
    clipId: run.clipId,
    assetId: run.assetId,
    sourceSeconds: frameToSeconds(run.sourceFrame + frame, frameRate),
    sizeBytes: bytes,
    sourceFrame: run.sourceFrame + frame,
    firstTimestamp: table.timestamps[first] as number,
    configuration,
    config: {
      ...packets.describe(configuration, reordered),
      codedWidth: target.width,
      codedHeight: target.height,
      colorSpace: exportColourSpace,
    },
  }));
}

/** Where the reader of pictures looks a frame up, in seconds of the file. */
function lookUpTime({ origin }: TimedMedia, sourceFrame: number, frameRate: FrameRate): number {
  return origin + (frameToSeconds(sourceFrame, frameRate) + lookUpGuard(frameRate));
}

/** The packets from the key frame before `from` to those that may still be shown at `to`. Seconds of the file. */
async function readTable(sink: EncodedPacketSink, from: number, to: number): Promise<PacketTable> {
  const options = { metadataOnly: true } as const;
  const start = (await sink.getKeyPacket(from, options)) ?? (await sink.getFirstKeyPacket(options));
  const timestamps: number[] = [];
  const sizes: number[] = [];
  const keys: number[] = [];
  let last: number | null = null;
  for (let packet = start; packet; packet = await sink.getNextPacket(packet, options)) {
    // Behind a key frame come those that are shown before it, then nothing that is.
    if (last !== null && packet.timestamp > last) break;
    timestamps.push(packet.timestamp);
    sizes.push(packet.byteLength);
    keys.push(packet.type === 'key' ? 1 : 0);
    if (packet.type === 'key' && packet.timestamp > to) last ??= packet.timestamp;
  }
  return { timestamps: Float64Array.from(timestamps), sizes: Float64Array.from(sizes), keys: Uint8Array.from(keys) };
}

/** A packet with its bytes; null when they are missing. */
async function packetAt(sink: EncodedPacketSink, table: PacketTable, index: number): Promise<EncodedPacket | null> {
  const timestamp = table.timestamps[index] as number;
  const packet = await sink.getPacket(timestamp);
  return packet?.timestamp === timestamp && packet.byteLength === table.sizes[index] ? packet : null;
}

async function lastReadable(sink: EncodedPacketSink, table: PacketTable, first: number, last: number): Promise<number> {
  // What is cut off is cut off at the end.
  if (await packetAt(sink, table, last)) return last;
  let [whole, missing] = [first - 1, last];
  while (missing - whole > 1) {
    const middle = Math.floor((whole + missing) / 2);
    if (await packetAt(sink, table, middle)) whole = middle;
    else missing = middle;
  }
  return whole;
}

/**
 * The packets of a stretch. `exportStartFrame` is the frame of the document that is 0 in the file.
 *
 * Reading throws a `CopyError` where the source isn't what its index promised; what has been read until then is good,
 * but ends nowhere in particular.
 */
export async function copySpan(
  stretch: CopyStretch,
  exportStartFrame: number,
  document: TimelineDocument,
  library: MediaLibrary,
): Promise<PictureSpan> {
  const { frameRate } = document.settings;
  const { codedWidth: width = 0, codedHeight: height = 0, codec } = stretch.config;
  const target = { codec: codec.startsWith('avc') ? 'avc' : 'vp9', codecString: codec, width, height } as const;
  const source = await openSource(stretch.assetId, target, library);
  if (!source) throw new CopyError(stretch.assetId, 'the source is another one now');
  return {
    config: stretch.config,
    packets: () => readSpan(stretch, stretch.startFrame - exportStartFrame, frameRate, source),
  };
}

async function* readSpan(
  stretch: CopyStretch,
  firstIndex: number,
  frameRate: FrameRate,
  { media, sink, packets }: CopySource,
): AsyncGenerator<EncodedPacket, void> {
  const { assetId, configuration, firstTimestamp, sourceFrame } = stretch;
  const length = stretch.endFrame - stretch.startFrame;
  const start = await sink.getKeyPacket(firstTimestamp);
  const facts = start?.timestamp === firstTimestamp ? packets.keyPacket(start.data) : null;
  if (!start || facts?.kind !== 'entry' || facts.configuration !== configuration) {
    throw new CopyError(assetId, 'the first packet is another one now');
  }
  const seconds = (index: number): number => frameToSeconds(firstIndex + index, frameRate);
  let count = 0;
  for await (const packet of sink.packets(start)) {
    const plain = packets.plain(packet.data, configuration);
    const index = frameOf(packet.timestamp, media, sourceFrame, frameRate);
    if (!plain || index < 0 || index >= length) {
      throw new CopyError(assetId, `the packet at ${String(packet.timestamp)} s is damaged`);
    }
    const type = plain.isEntry ? 'key' : 'delta';
    yield new EncodedPacket(plain.data, type, seconds(index), seconds(index + 1) - seconds(index));
    count += 1;
    if (count === length) return;
  }
  throw new CopyError(assetId, `${String(length - count)} packets are missing`);
}

/** The frame from `sourceFrame` on that shows the picture which begins at `timestamp`. */
function frameOf(timestamp: number, media: TimedMedia, sourceFrame: number, frameRate: FrameRate): number {
  const passed = timestamp - lookUpTime(media, sourceFrame, frameRate);
  let index = Math.round(passed / frameToSeconds(1, frameRate));
  // By the times that were looked up themselves, so that nothing is rounded another way here.
  while (lookUpTime(media, sourceFrame + index, frameRate) < timestamp) index += 1;
  while (lookUpTime(media, sourceFrame + index - 1, frameRate) >= timestamp) index -= 1;
  return index;
}
