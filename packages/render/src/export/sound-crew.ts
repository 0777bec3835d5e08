import { deserialiseError } from '@lectern/ports';
import { type Deferred, defer } from '../cancelling.js';
import type { SoundMessage, SoundOrder, SoundRun } from '../worker/protocol.js';
import type { SoundSetting } from './export-plan.js';
import type { SectionPacket, SectionPackets } from './part-format.js';

/**
 * Sections that one worker makes in a row, at least and at most, where there are several. Each row costs the start of an
 * encoder and some packets before and after it; what is made ahead of its turn waits in memory.
 */
const [shortestRow, longestRow] = [4, 12];

type SoundSectionMessage = SoundMessage & { readonly say: 'section' };

/** A worker that encodes sound, as the one of the pictures sees it. */
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

  encode(runs: readonly SoundRun[], gain: number): void {
    this.#port.postMessage({ say: 'encode', runs, gain } satisfies SoundOrder);
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

/** The workers that encode the sound of an export: one, and more of them when nothing else needs the processor. */
export class SoundCrew {
  readonly #first: SoundLink;
  readonly #hire: () => SoundLink;
  #links: readonly SoundLink[];
  /** Who makes a section, where it isn't the first one. */
  readonly #makers = new Map<number, SoundLink>();

  /** @param hire starts one more worker */
  constructor(first: SoundLink, hire: () => SoundLink) {
    this.#first = first;
    this.#hire = hire;
    this.#links = [first];
  }

  /** @throws LecternError `encoder-unavailable` */
  get setting(): Promise<SoundSetting> {
    return this.#first.setting;
  }

  /**
   * Has sections encoded, by so many workers at most. Called once.
   *
   * @param wanted of each section whether it is to be encoded
   */
  encode(wanted: readonly boolean[], gain: number, workers: number): void {
    const share = Math.ceil(wanted.filter(Boolean).length / workers);
    const rows = rowsOf(wanted, workers > 1 ? Math.max(shortestRow, Math.min(longestRow, share)) : Infinity);
    while (this.#links.length < Math.min(workers, rows.length)) this.#links = [...this.#links, this.#hire()];
    this.#links.forEach((link, at) => {
      const own = rows.filter((_, index) => index % this.#links.length === at);
      for (const [first, last] of own) {
        for (let section = first; section <= last; section += 1) this.#makers.set(section, link);
      }
      link.encode(own, gain);
    });
  }

  /** Asks for the sound up to here, in seconds of the export, and what it may be ahead. */
  demand(seconds: number): void {
    for (const link of this.#links) link.demand(seconds);
  }

  section(index: number): Promise<SectionPackets<AudioDecoderConfig>> {
    return (this.#makers.get(index) ?? this.#first).section(index);
  }

  /** Nothing comes any more: whoever waits for something hears why. */
  fail(error: unknown): void {
    for (const link of this.#links) link.fail(error);
  }

  check(): void {
    for (const link of this.#links) link.check();
  }

  close(): void {
    for (const link of this.#links) link.close();
  }
}

/** Runs of `true`, cut into rows of so many at most. */
export function rowsOf(wanted: readonly boolean[], longest: number): readonly SoundRun[] {
  const runs: [number, number][] = [];
  wanted.forEach((each, index) => {
    const run = runs.at(-1);
    if (!each) return;
    if (run?.[1] === index - 1 && index - run[0] < longest) run[1] = index;
    else runs.push([index, index]);
  });
  return runs;
}
