import { type ExportedFrames, LecternError, deserialiseError } from '@lectern/ports';
import { type Deferred, defer } from '../cancelling.js';
import type { SoundMessage, SoundOrder } from '../worker/protocol.js';
import type { EarlierExport } from './earlier-export.js';
import { spanOf } from './export-packets.js';
import type { ExportPlan, PlannedSound, SoundSetting } from './export-plan.js';
import type { SpanQueue } from './file-assembly.js';
import type { SectionPacket, SectionPackets } from './part-format.js';
import type { PartStore } from './part-store.js';

type SoundSectionMessage = SoundMessage & { readonly say: 'section' };

/** The worker that encodes the sound, as the one of the pictures sees it. */
export class SoundLink {
  readonly #port: MessagePort;
  readonly #ready = defer<SoundSetting>();
  readonly #sections = new Map<number, Deferred<SoundSectionMessage>>();
  #failure: { readonly error: unknown } | null = null;
  #demanded = 0;

  constructor(port: MessagePort, onBeat: () => void) {
    this.#port = port;
    this.#ready.promise.catch(() => undefined);
    port.addEventListener('message', ({ data: message }: MessageEvent<SoundMessage>) => {
      if (message.say === 'measuring') onBeat();
      else if (message.say === 'ready') this.#ready.resolve(message);
      else if (message.say === 'section') this.#sectionOf(message.index).resolve(message);
      else this.fail(deserialiseError(message.error));
    });
    port.start();
  }

  /** @throws LecternError `encoder-unavailable` */
  get setting(): Promise<SoundSetting> {
    return this.#ready.promise;
  }

  encode(runs: readonly (readonly [number, number])[]): void {
    this.#port.postMessage({ say: 'encode', runs } satisfies SoundOrder);
  }

  /** Asks for the sound up to here, in seconds of the export, and what it may be ahead. */
  demand(seconds: number): void {
    if (seconds - this.#demanded < 0.5 && seconds !== Infinity) return;
    this.#demanded = seconds;
    this.#port.postMessage({ say: 'until', seconds } satisfies SoundOrder);
  }

  async section(index: number): Promise<SectionPackets<AudioDecoderConfig>> {
    if (this.#failure) throw this.#failure.error;
    const { config, data, sizes } = await this.#sectionOf(index).promise;
    this.#sections.delete(index);
    let start = 0;
    const packets = sizes.map((size, at): SectionPacket => {
      const packet = { at, key: true, data: data.subarray(start, start + size) };
      start += size;
      return packet;
    });
    return { config, packets };
  }

  #sectionOf(index: number): Deferred<SoundSectionMessage> {
    let section = this.#sections.get(index);
    if (!section) {
      section = defer<SoundSectionMessage>();
      section.promise.catch(() => undefined);
      if (this.#failure) section.reject(this.#failure.error);
      this.#sections.set(index, section);
    }
    return section;
  }

  /** Nothing comes any more: whoever waits for something hears why. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#ready.reject(error);
    for (const section of this.#sections.values()) section.reject(error);
  }

  check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  close(): void {
    this.#port.close();
  }
}

/** What a section was promised to be isn't there: it is made the next time. */
function brokenPromise(what: string, details: Readonly<Record<string, boolean>>): LecternError {
  return new LecternError('render-failed', {
    message: `${what} has damaged sound`,
    details: { again: true, ...details },
  });
}

export interface SoundFeedOptions {
  readonly sound: NonNullable<ExportPlan['sound']>;
  readonly link: SoundLink;
  readonly parts: PartStore;
  readonly earlier: EarlierExport | null;
  readonly queue: SpanQueue<AudioDecoderConfig>;
  /** Frames that a section stands for: 0 where there are pictures. */
  readonly framesOf: (section: PlannedSound) => number;
  readonly onSection: (frames: ExportedFrames, endSeconds: number) => void;
}

/** Hands the sound to the file, section by section: kept ones, those of an earlier export, and what is encoded now. */
export async function feedSound(options: SoundFeedOptions): Promise<void> {
  const { sound, link, parts, earlier, queue, framesOf, onSection } = options;
  const { grid, encoder, sections } = sound;
  const known = parts.known;
  const isKept = ({ fingerprint }: PlannedSound): boolean => known.has(fingerprint);
  const isThere = (planned: PlannedSound): boolean =>
    isKept(planned) || (earlier?.hasSound(planned.fingerprint) ?? false);
  link.encode(runsOf(sections.map((planned) => !isThere(planned))));
  const seconds = grid.packetSamples / grid.sampleRate;
  for (const planned of sections) {
    const { section, fingerprint } = planned;
    const frames = framesOf(planned);
    await queue.room();
    let packets: SectionPackets<AudioDecoderConfig> | null;
    if (isKept(planned)) {
      packets = await parts.read(fingerprint);
      if (!packets) throw brokenPromise('a part', {});
      onSection({ copied: 0, reused: frames, encoded: 0 }, section.endSample / grid.sampleRate);
    } else if (earlier?.hasSound(fingerprint)) {
      packets = await earlier.sound(fingerprint);
      if (!packets) throw brokenPromise('the earlier export', { withoutReuse: true });
      onSection({ copied: 0, reused: frames, encoded: 0 }, section.endSample / grid.sampleRate);
    } else {
      packets = await link.section(section.index);
      parts.write(fingerprint, frames, packets);
      onSection({ copied: 0, reused: 0, encoded: frames }, section.endSample / grid.sampleRate);
    }
    const first = section.index * grid.packetsPerSection;
    queue.add(spanOf(packets, (place) => (first + place) * seconds + encoder.shift));
  }
  queue.end();
}

/** Runs of `true`, as first and last. */
export function runsOf(wanted: readonly boolean[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  wanted.forEach((each, index) => {
    const run = runs.at(-1);
    if (!each) return;
    if (run?.[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  });
  return runs;
}
