import { type FilmstripPicture, type FilmstripRequest, LecternError } from '@lectern/ports';
import { EncodedPacketSink, type EncodedPacket, VideoSample, VideoSampleSink } from 'mediabunny';
import { throwIfAborted } from '../cancelling.js';
import { SmallPictures } from '../picture/small-pictures.js';
import type { MediaLibrary } from './media-library.js';
import type { TimedMedia } from './media-file.js';

/** Decoded pictures that may be outstanding: browsers stall when more are kept from their decoder. */
const outstanding = 6;
/** Key frames that are read ahead of the decoder. */
const readAhead = 4;

/**
 * Pictures of a source, one for each time asked for. First those for which a key frame is near enough, which costs one
 * decoded picture each; then, exactly, those that lie far from any.
 *
 * @throws LecternError `aborted`, `undecodable`
 */
export async function* readFilmstrip(
  library: MediaLibrary,
  request: FilmstripRequest,
  signal: AbortSignal,
): AsyncGenerator<FilmstripPicture, void> {
  const file = await library.open(request.assetId);
  throwIfAborted(signal);
  if (file.kind === 'image') {
    const bitmap = await library.bitmap(request.assetId);
    for (const timeSeconds of request.timesSeconds) {
      throwIfAborted(signal);
      yield { timeSeconds, bitmap: await scaled(bitmap, bitmap.width, bitmap.height, request.height) };
    }
    return;
  }
  if (!file.video) return;
  const config = await file.video.getDecoderConfig();
  if (!config || !(await file.video.canDecode())) {
    throw new LecternError('undecodable', { details: { codec: config?.codec ?? 'unknown' } });
  }
  const { near, far } = await coveringKeyFrames(file, request.timesSeconds);
  yield* fromKeyFrames(file, near, request.height, signal);
  yield* exactly(file, far, request.height, signal);
}

interface KeyFrameTimes {
  readonly packet: EncodedPacket;
  readonly times: readonly number[];
}

/** Half the distance between two pictures of the strip: a key frame nearer than that looks right. */
function tolerance(times: readonly number[]): number {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || times.length < 2) return 0.5;
  return Math.max(0.5, (last - first) / (times.length - 1) / 2);
}

async function coveringKeyFrames(
  { video, origin }: TimedMedia,
  times: readonly number[],
): Promise<{ near: readonly KeyFrameTimes[]; far: readonly number[] }> {
  const sink = new EncodedPacketSink(video as NonNullable<typeof video>);
  const near: { packet: EncodedPacket; times: number[] }[] = [];
  const far: number[] = [];
  const reach = tolerance(times);
  const first = await sink.getFirstKeyPacket({ metadataOnly: true });
  for (const time of times) {
    const at = origin + time;
    const before = (await sink.getKeyPacket(at, { metadataOnly: true })) ?? first;
    const after = before && at > before.timestamp ? await sink.getNextKeyPacket(before, { metadataOnly: true }) : null;
    const packet = after && Math.abs(after.timestamp - at) < at - (before?.timestamp ?? 0) ? after : before;
    if (!packet || Math.abs(packet.timestamp - at) > reach) {
      far.push(time);
      continue;
    }
    const previous = near.at(-1);
    if (previous?.packet.sequenceNumber === packet.sequenceNumber) previous.times.push(time);
    else near.push({ packet, times: [time] });
  }
  return { near, far };
}

/** Decodes nothing but key frames, with a decoder of our own: a sink would decode from each on to the next. */
async function* fromKeyFrames(
  { video }: TimedMedia,
  wanted: readonly KeyFrameTimes[],
  height: number,
  signal: AbortSignal,
): AsyncGenerator<FilmstripPicture, void> {
  if (!video || wanted.length === 0) return;
  const config = await video.getDecoderConfig();
  if (!config) return;
  const [rotation, flip] = [await video.getRotation(), await video.getFlip()];
  const small = new SmallPictures(height);
  const packets = new KeyPackets(new EncodedPacketSink(video), wanted);
  const decoded: VideoFrame[] = [];
  let failure: unknown = null;
  let wake: () => void = () => undefined;
  const decoder = new VideoDecoder({
    output: (frame) => {
      decoded.push(frame);
      wake();
    },
    error: (error) => {
      failure = error;
      wake();
    },
  });
  const pictures = new Map(wanted.map((each, index) => [index, each.times]));
  async function* drawDecoded(): AsyncGenerator<FilmstripPicture, void> {
    for (let frame = decoded.shift(); frame; frame = decoded.shift()) {
      // The timestamp carries the place in the list, because decoders give back nothing else.
      const times = pictures.get(frame.timestamp) ?? [];
      const sample = new VideoSample(frame, { rotation, flip, timestamp: 0 });
      try {
        const drawn = await small.draw(sample);
        for (const timeSeconds of times.slice(1)) yield { timeSeconds, bitmap: await createImageBitmap(drawn) };
        const [timeSeconds] = times;
        if (timeSeconds === undefined) drawn.close();
        else yield { timeSeconds, bitmap: drawn };
      } finally {
        sample.close();
      }
    }
  }
  try {
    decoder.configure(config);
    for (const index of wanted.keys()) {
      throwIfAborted(signal);
      const full = await packets.read(index);
      if (!full) continue;
      decoder.decode(new EncodedVideoChunk({ type: 'key', timestamp: index, data: full.data }));
      yield* drawDecoded();
      while (decoder.decodeQueueSize + decoded.length >= outstanding && failure === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          decoder.addEventListener(
            'dequeue',
            () => {
              resolve();
            },
            { once: true },
          );
        });
        yield* drawDecoded();
      }
      if (failure) throw new LecternError('undecodable', { cause: failure, details: { codec: config.codec } });
    }
    const flushed = decoder.flush().then(
      () => true,
      (error: unknown) => {
        failure = error;
        return true;
      },
    );
    // Frames are drawn while the decoder empties: one that is out of them waits for ours to be closed.
    for (let done = false; !done;) {
      done = await Promise.race([
        flushed,
        new Promise<boolean>(
          (resolve) =>
            (wake = () => {
              resolve(false);
            }),
        ),
      ]);
      yield* drawDecoded();
    }
    if (failure) throw new LecternError('undecodable', { cause: failure, details: { codec: config.codec } });
  } finally {
    for (const frame of decoded) frame.close();
    if (decoder.state !== 'closed') decoder.close();
  }
}

/** Reads the bytes of key frames, some of them ahead of the one that is wanted. */
class KeyPackets {
  readonly #sink: EncodedPacketSink;
  readonly #wanted: readonly KeyFrameTimes[];
  readonly #reading = new Map<number, Promise<EncodedPacket | null>>();

  constructor(sink: EncodedPacketSink, wanted: readonly KeyFrameTimes[]) {
    this.#sink = sink;
    this.#wanted = wanted;
  }

  read(index: number): Promise<EncodedPacket | null> {
    for (let next = index; next <= index + readAhead; next += 1) this.#start(next);
    const reading = this.#reading.get(index) ?? Promise.resolve(null);
    this.#reading.delete(index);
    return reading;
  }

  #start(index: number): void {
    const wanted = this.#wanted[index];
    if (!wanted || this.#reading.has(index)) return;
    const reading = this.#sink.getKeyPacket(wanted.packet.timestamp, { verifyKeyPackets: false });
    // Told of when it is its turn; a strip that is left before doesn't care.
    reading.catch(() => undefined);
    this.#reading.set(index, reading);
  }
}

async function* exactly(
  { video, origin }: TimedMedia,
  times: readonly number[],
  height: number,
  signal: AbortSignal,
): AsyncGenerator<FilmstripPicture, void> {
  if (!video || times.length === 0) return;
  const small = new SmallPictures(height);
  const samples = new VideoSampleSink(video).samplesAtTimestamps(times.map((time) => origin + time));
  let index = 0;
  try {
    for await (const sample of samples) {
      const timeSeconds = times[index] as number;
      index += 1;
      if (!sample) continue;
      try {
        throwIfAborted(signal);
        yield { timeSeconds, bitmap: await small.draw(sample) };
      } finally {
        sample.close();
      }
    }
  } finally {
    await samples.return();
  }
}

async function scaled(bitmap: ImageBitmap, width: number, height: number, toHeight: number): Promise<ImageBitmap> {
  return createImageBitmap(bitmap, {
    resizeHeight: toHeight,
    resizeWidth: Math.max(1, Math.round((width / height) * toHeight)),
    resizeQuality: 'medium',
  });
}
