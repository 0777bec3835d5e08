import { LecternError, serialiseError } from '@lectern/ports';
import { type SoundSpan, type TimelineDocument, documentFromRecords, soundSpans } from '@lectern/timeline';
import {
  AudioSample,
  AudioSampleSource,
  type EncodedPacket,
  Mp4OutputFormat,
  NullTarget,
  Output,
  Quality,
} from 'mediabunny';
import { throwIfAborted } from '../cancelling.js';
import type { MediaLibrary } from '../media/media-library.js';
import { TrackSound } from '../media/track-sound.js';
import { MixStream, frameToSample } from '../sound/mixer.js';
import type { SoundDemand, SoundExportTask, SoundMessage } from '../worker/protocol.js';
import { namingClip } from './clip-pictures.js';
import { workingSoundCodec } from './codec-choice.js';

/** The sound may be this far ahead of the pictures, in seconds: the file interleaves both. */
const ahead = 3;
/**
 * Samples that ffmpeg's AAC encoder, which the extension is, puts before the first one given to it. It doesn't say so
 * in its timestamps, so they are moved here; the file then marks them as not to be heard.
 */
const extensionPriming = 1024;

/** The sound of each span, by clip: opened when its clip begins, closed once it is over. */
export class SpanSounds {
  readonly #document: TimelineDocument;
  readonly #library: MediaLibrary;
  readonly #sounds = new Map<string, Promise<TrackSound | null>>();

  constructor(document: TimelineDocument, library: MediaLibrary) {
    this.#document = document;
    this.#library = library;
  }

  /** @throws LecternError naming the clip */
  async of(span: SoundSpan): Promise<TrackSound | null> {
    let sound = this.#sounds.get(span.clipId);
    if (!sound) {
      sound = this.#library.timed(span.assetId).then((media) => TrackSound.open(media));
      this.#sounds.set(span.clipId, sound);
    }
    try {
      const opened = await sound;
      return opened && namingReads(opened, (error) => this.#name(error, span));
    } catch (error) {
      this.#sounds.delete(span.clipId);
      throw this.#name(error, span);
    }
  }

  #name(error: unknown, span: SoundSpan): LecternError {
    const clip = this.#document.clips.get(span.clipId)?.name ?? span.clipId;
    const asset = this.#document.assets.get(span.assetId)?.name ?? span.assetId;
    return namingClip(error, clip, span.startFrame, asset);
  }

  /** Closes what ended before a frame. */
  release(spans: readonly SoundSpan[], beforeFrame: number): void {
    for (const span of spans) {
      if (span.endFrame < beforeFrame) this.#close(span.clipId);
    }
  }

  closeAll(): void {
    for (const id of [...this.#sounds.keys()]) this.#close(id);
  }

  #close(clipId: string): void {
    const sound = this.#sounds.get(clipId);
    this.#sounds.delete(clipId);
    sound?.then((opened) => opened?.close()).catch(() => undefined);
  }
}

function namingReads(sound: TrackSound, name: (error: unknown) => LecternError): TrackSound {
  const read = sound.read.bind(sound);
  sound.read = (start, length) =>
    read(start, length).catch((error: unknown) => {
      throw name(error);
    });
  return sound;
}

/** Mixes and encodes the sound of an export, block after block, beside the worker that makes the pictures. */
export async function exportSound(task: SoundExportTask, library: MediaLibrary, signal: AbortSignal): Promise<void> {
  const { pictures } = task;
  try {
    await mixAndEncode(task, library, signal, (message, transfer) => {
      pictures.postMessage(message, transfer);
    });
    pictures.postMessage({ say: 'end' } satisfies SoundMessage);
  } catch (error) {
    pictures.postMessage({ say: 'failed', error: serialiseError(error) } satisfies SoundMessage);
    throw error;
  } finally {
    library.close();
  }
}

async function mixAndEncode(
  task: SoundExportTask,
  library: MediaLibrary,
  signal: AbortSignal,
  send: (message: SoundMessage, transfer: Transferable[]) => void,
): Promise<void> {
  const codec = task.format.audioCodec;
  if (codec === null) return;
  const encoding = await workingSoundCodec(codec);
  if (!encoding) throw new LecternError('encoder-unavailable', { details: { codec } });

  const document = documentFromRecords(task.records);
  const { frameRate, sampleRate } = document.settings;
  const range = { startFrame: task.startFrame, endFrame: task.endFrame };
  const spans = soundSpans(document, range);
  const sounds = new SpanSounds(document, library);
  const first = frameToSample(task.startFrame, frameRate, sampleRate);
  const last = frameToSample(task.endFrame, frameRate, sampleRate);
  const mix = new MixStream({ spans, frameRate, sampleRate, sourceOf: (span) => sounds.of(span) }, first);
  const demand = listenForDemand(task.pictures, signal);

  const shift = encoding === 'extension' ? -extensionPriming / sampleRate : 0;
  const source = new AudioSampleSource({
    codec,
    quality: new Quality({ bitrate: task.preset.audioBitrate }),
    onEncodedPacket: (packet, metadata) => {
      sendPacket(packet, metadata?.decoderConfig ?? null, shift, send);
    },
  });
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'fragmented' }), target: new NullTarget() });
  output.addAudioTrack(source);
  await output.start();
  try {
    while (mix.position < last) {
      throwIfAborted(signal);
      await demand.reaches((mix.position - first) / sampleRate - ahead);
      const timestamp = (mix.position - first) / sampleRate;
      const length = Math.min(sampleRate, last - mix.position);
      const { left, right } = await mix.next(length);
      const data = new Float32Array(length * 2);
      data.set(left);
      data.set(right, length);
      const sample = new AudioSample({ data, format: 'f32-planar', numberOfChannels: 2, sampleRate, timestamp });
      try {
        await source.add(sample);
      } finally {
        sample.close();
      }
      const frame = Math.floor((mix.position / sampleRate) * (frameRate.num / frameRate.den));
      sounds.release(spans, frame - Math.ceil(frameRate.num / frameRate.den));
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  } finally {
    sounds.closeAll();
  }
}

function sendPacket(
  packet: EncodedPacket,
  config: AudioDecoderConfig | null,
  shift: number,
  send: (message: SoundMessage, transfer: Transferable[]) => void,
): void {
  const data = packet.data.slice();
  send({ say: 'packet', data, timestamp: packet.timestamp + shift, duration: packet.duration, config }, [data.buffer]);
}

/** How far the pictures are. */
function listenForDemand(port: MessagePort, signal: AbortSignal): { reaches(seconds: number): Promise<void> } {
  let until = 0;
  let wake: () => void = () => undefined;
  port.addEventListener('message', (event: MessageEvent<SoundDemand>) => {
    until = event.data.seconds;
    wake();
  });
  port.start();
  signal.addEventListener('abort', () => {
    wake();
  });
  return {
    reaches: async (seconds) => {
      while (until < seconds && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      throwIfAborted(signal);
    },
  };
}
