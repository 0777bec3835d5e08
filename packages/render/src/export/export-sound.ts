import { LecternError, serialiseError } from '@lectern/ports';
import { documentFromRecords, soundSpans } from '@lectern/timeline';
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
import { MixStream } from '../sound/mixer.js';
import type { SoundEncoder, SoundExportTask, SoundMessage, SoundOrder, SoundRun } from '../worker/protocol.js';
import { exportLoudness } from './export-loudness.js';
import { workingSoundCodec } from './codec-choice.js';
import { type SoundGrid, type SoundSection, planSoundSections, soundGrid, soundTailSeconds } from './section-plan.js';
import { SpanSounds } from './span-sounds.js';

/**
 * The sound may be this far ahead of the pictures, in seconds: the file interleaves both, and a section of sound is only
 * handed on when it is whole.
 */
const ahead = 9;
/**
 * Samples that ffmpeg's AAC encoder, which the extension is, puts before the first one given to it. It doesn't say so
 * in its timestamps, so they are moved here; the file then marks them as not to be heard.
 */
const extensionPriming = 1024;
/**
 * Packets that an encoder makes before the first of a run, which are thrown away: by then it is as it would be if it had
 * encoded all before. Each packet of AAC overlaps the next, and Opus predicts from what went before.
 */
const prerollPackets = 12;
/** Packets after the last of a run: what the encoder looks ahead is real sound and not the end of everything. */
const postrollPackets = 6;

/** @throws LecternError `encoder-unavailable` */
export async function soundEncoderOf(codec: 'aac' | 'opus' | null, sampleRate: number): Promise<SoundEncoder> {
  const encoding = codec && (await workingSoundCodec(codec));
  if (!encoding) throw new LecternError('encoder-unavailable', { details: { codec: codec ?? '' } });
  if (encoding === 'extension') return { name: 'extension', shift: -extensionPriming / sampleRate };
  return { name: navigator.userAgent.replaceAll(/[\d._]+/g, ''), shift: 0 };
}

/** Mixes and encodes the sound of an export, section after section, beside the worker that makes the pictures. */
export async function exportSound(task: SoundExportTask, library: MediaLibrary, signal: AbortSignal): Promise<void> {
  const { pictures } = task;
  try {
    const orders = listenForOrders(pictures, signal);
    const encoder = await soundEncoderOf(task.format.audioCodec, documentFromRecords(task.records).settings.sampleRate);
    const gain = await gainOf(task, library, signal);
    pictures.postMessage({ say: 'ready', encoder, gain } satisfies SoundMessage);
    const work = await orders.work;
    for (const [first, last] of work.runs) {
      // An encoder may fail once, as one that was taken away does: what was handed on stays, the rest is made again.
      let next = first;
      const handOn = (message: SoundMessage & { say: 'section' }): void => {
        next = message.index + 1;
        pictures.postMessage(message, [message.data.buffer]);
      };
      try {
        await encodeRun(task, work.gain, library, signal, orders, [next, last], handOn);
      } catch (error) {
        const known = serialiseError(error);
        if (signal.aborted || known.code === 'source-missing' || known.code === 'encoder-unavailable') throw error;
        await encodeRun(task, work.gain, library, signal, orders, [next, last], handOn);
      }
    }
  } catch (error) {
    pictures.postMessage({ say: 'failed', error: serialiseError(error) } satisfies SoundMessage);
    throw error;
  } finally {
    library.close();
  }
}

/** What brings the sound to the loudness that was asked for: all of it is mixed once for that. */
async function gainOf(
  { records, startFrame, endFrame, loudness, pictures }: SoundExportTask,
  library: MediaLibrary,
  signal: AbortSignal,
): Promise<number> {
  if (loudness === null) return 1;
  const onProgress = (): void => {
    pictures.postMessage({ say: 'measuring' } satisfies SoundMessage);
  };
  return (await exportLoudness({ records, startFrame, endFrame }, loudness, library, { signal, onProgress })).gain;
}

async function encodeRun(
  task: SoundExportTask,
  gain: number,
  library: MediaLibrary,
  signal: AbortSignal,
  orders: SoundOrders,
  [firstSection, lastSection]: SoundRun,
  handOn: (message: SoundMessage & { say: 'section' }) => void,
): Promise<void> {
  const codec = task.format.audioCodec;
  if (codec === null || firstSection > lastSection) return;
  const document = documentFromRecords(task.records);
  const { frameRate, sampleRate } = document.settings;
  const spans = soundSpans(document, { startFrame: task.startFrame, endFrame: task.endFrame });
  const sounds = new SpanSounds(document, library);
  const grid = soundGrid(document, task.startFrame, task.endFrame, codec);
  const sections = planSoundSections(grid).slice(firstSection, lastSection + 1);
  const cutter = new SectionCutter(grid, sections, handOn);

  // Both begin on the grid of packets, so that the packets of this run are those that one run over all would have.
  const start = sections[0]?.startSample ?? 0;
  const encodeFrom = Math.max(0, start - prerollPackets * grid.packetSamples);
  const end = sections.at(-1)?.endSample ?? 0;
  const tail = Math.min(postrollPackets * grid.packetSamples, soundTailSeconds * sampleRate);
  const encodeTo = Math.min(grid.samples, end + tail);

  const mix = new MixStream(
    { spans, frameRate, sampleRate, gain, sourceOf: (span) => sounds.of(span) },
    grid.firstSample + encodeFrom,
  );
  const source = new AudioSampleSource({
    codec,
    quality: new Quality({ bitrate: task.preset.audioBitrate }),
    onEncodedPacket: (packet, metadata) => {
      cutter.take(packet, metadata?.decoderConfig ?? null);
    },
  });
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'fragmented' }), target: new NullTarget() });
  output.addAudioTrack(source);
  await output.start();
  try {
    let at = encodeFrom;
    while (at < encodeTo) {
      throwIfAborted(signal);
      await orders.reaches(at / sampleRate - ahead);
      const length = Math.min(sampleRate, encodeTo - at);
      const { left, right } = await mix.next(length);
      const data = new Float32Array(length * 2);
      data.set(left);
      data.set(right, length);
      const timestamp = at / sampleRate;
      const sample = new AudioSample({ data, format: 'f32-planar', numberOfChannels: 2, sampleRate, timestamp });
      try {
        await source.add(sample);
      } finally {
        sample.close();
      }
      at += length;
      const frame = Math.floor((mix.position / sampleRate) * (frameRate.num / frameRate.den));
      sounds.release(spans, frame - Math.ceil(frameRate.num / frameRate.den));
    }
    await output.finalize();
    cutter.finish();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  } finally {
    sounds.closeAll();
  }
}

/** Sorts the packets of a run into its sections, by their time. Those before the first and after the last are dropped. */
class SectionCutter {
  readonly #grid: SoundGrid;
  readonly #sections: readonly SoundSection[];
  readonly #handOn: (message: SoundMessage & { say: 'section' }) => void;
  #current = 0;
  #packets: Uint8Array[] = [];
  #config: AudioDecoderConfig | null = null;

  constructor(
    grid: SoundGrid,
    sections: readonly SoundSection[],
    handOn: (message: SoundMessage & { say: 'section' }) => void,
  ) {
    this.#grid = grid;
    this.#sections = sections;
    this.#handOn = handOn;
  }

  take(packet: EncodedPacket, config: AudioDecoderConfig | null): void {
    if (config) this.#config = config;
    const { sampleRate, packetSamples, packetsPerSection } = this.#grid;
    const index = Math.round((packet.timestamp * sampleRate) / packetSamples);
    for (;;) {
      const section = this.#sections[this.#current];
      if (!section) return;
      const place = index - section.index * packetsPerSection;
      if (place < 0) return;
      if (section.isLast || place < packetsPerSection) {
        // A packet of another length would stand in the way of the next.
        if (place !== this.#packets.length) {
          throw new LecternError('render-failed', { message: `a packet of sound at ${String(packet.timestamp)} s` });
        }
        this.#packets.push(packet.data.slice());
        return;
      }
      this.#flush(section);
    }
  }

  finish(): void {
    const section = this.#sections[this.#current];
    if (section) this.#flush(section);
    if (this.#current < this.#sections.length) {
      throw new LecternError('render-failed', { message: 'the encoder of sound stopped early' });
    }
  }

  #flush(section: SoundSection): void {
    const { packetsPerSection } = this.#grid;
    const complete = section.isLast ? this.#packets.length > 0 : this.#packets.length === packetsPerSection;
    if (!this.#config || !complete) {
      throw new LecternError('render-failed', { message: `${String(this.#packets.length)} packets of sound` });
    }
    const sizes = this.#packets.map(({ byteLength }) => byteLength);
    const data = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
    let at = 0;
    for (const packet of this.#packets) {
      data.set(packet, at);
      at += packet.byteLength;
    }
    this.#packets = [];
    this.#current += 1;
    this.#handOn({ say: 'section', index: section.index, config: this.#config, data, sizes });
  }
}

/** What the worker of the pictures says. */
interface SoundOrders {
  readonly work: Promise<SoundOrder & { readonly say: 'encode' }>;
  /** Waits until the pictures are there. */
  reaches(seconds: number): Promise<void>;
}

function listenForOrders(port: MessagePort, signal: AbortSignal): SoundOrders {
  let until = 0;
  let wake: () => void = () => undefined;
  const work = new Promise<SoundOrder & { readonly say: 'encode' }>((resolve, reject) => {
    port.addEventListener('message', ({ data: order }: MessageEvent<SoundOrder>) => {
      if (order.say === 'encode') resolve(order);
      else until = order.seconds;
      wake();
    });
    signal.addEventListener('abort', () => {
      reject(new LecternError('aborted'));
      wake();
    });
  });
  port.start();
  return {
    work,
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
