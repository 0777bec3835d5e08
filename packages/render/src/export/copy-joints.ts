import { EncodedPacket } from 'mediabunny';
import {
  type AvcConfiguration,
  nalType,
  nalTypeOf,
  nalUnitsOf,
  packetOfUnits,
  readAvcConfiguration,
  readPictureParameterIds,
  readSequenceParameters,
  renumbered,
  tellReordering,
  writeAvcConfiguration,
} from '../media/h264-bitstream.js';

/** Numbers that a record has room for. */
const mostNumbers = 31;

/**
 * Makes one track of packets with different H.264 configurations: those of sources and those of the encoder.
 *
 * Each configuration's sequence parameter set gets a number of its own, and all of them stand in the track's record. The
 * picture parameter sets keep their numbers, which every slice names, and go before each key frame: they lead to the
 * right sequence parameter set. The track says that by its sample entry, `avc3` (ISO/IEC 14496-15, 5.4.2.1). Every place
 * that can be sought is complete that way, and no player sees a reason to begin with a new decoder at a joint. A track of
 * one configuration stays `avc1`, with nothing in front.
 *
 * All of them tell the same reordering, the largest: FFmpeg's decoder, which is Chromium's and Firefox's, drops pictures
 * where it grows from one key frame to the next.
 */
export class JoinedTrack {
  readonly #mixed: boolean;
  readonly #capabilities: readonly Capabilities[];
  readonly #reordered: number;
  /** The number of each configuration's sequence parameter set, by what tells configurations apart. */
  readonly #numbers = new Map<string, number>();
  /** The sequence parameter sets of the track's record, by their numbers. */
  readonly #sps: readonly Uint8Array[];
  /** A configuration that wasn't foreseen has come: from there on every key frame brings all that it needs. */
  #strayed = false;
  #first: VideoDecoderConfig | null = null;
  readonly #signatures = new WeakMap<VideoDecoderConfig, string>();
  readonly #records = new WeakMap<VideoDecoderConfig, AvcConfiguration | null>();

  /** @param known what is known to come: of copies, of what is taken over, of parts, of the encoder */
  constructor(known: Iterable<VideoDecoderConfig>) {
    const all = [...known];
    this.#reordered = Math.max(0, ...all.map((config) => reorderedIn(readRecord(config))));
    this.#capabilities = all.flatMap(({ codec }) => capabilitiesOf(codec) ?? []);
    const sps: Uint8Array[] = [];
    for (const config of all.filter(({ codec }) => isAvc(codec))) {
      const signature = this.#signatureOf(config);
      if (this.#numbers.has(signature) || this.#numbers.size >= mostNumbers) continue;
      this.#numbers.set(signature, sps.length);
      sps.push(...(this.#recordOf(config)?.sps ?? []));
    }
    this.#sps = sps;
    this.#mixed = this.#numbers.size > 1;
  }

  /** Whether the track is `avc3`. */
  get mixed(): boolean {
    return this.#mixed;
  }

  /** What the track's first packet is written with, given the configuration of its span. */
  begin(first: VideoDecoderConfig): VideoDecoderConfig {
    this.#first = first;
    const record = this.#recordOf(first);
    if (!record) return first;
    if (!this.#mixed) {
      const isTold = reorderedIn(readRecord(first)) >= this.#reordered;
      return isTold ? first : { ...first, description: writeAvcConfiguration(record) };
    }
    const needed = this.#capabilities.reduce(highest, record);
    return {
      ...first,
      codec: `avc3.${[needed.profile, needed.compatibility, needed.level].map(hex).join('')}`,
      description: writeAvcConfiguration({ ...needed, sps: this.#sps, pps: record.pps }),
    };
  }

  /** A packet of a span as it goes into the track. */
  fit(packet: EncodedPacket, config: VideoDecoderConfig): EncodedPacket {
    if (packet.type !== 'key' || !isAvc(config.codec)) return packet;
    const isForeseen = this.#mixed
      ? this.#numbers.has(this.#signatureOf(config))
      : this.#first === null || this.#signatureOf(config) === this.#signatureOf(this.#first);
    this.#strayed ||= !isForeseen;
    const record = this.#mixed || this.#strayed ? this.#recordOf(config) : null;
    const units = record && nalUnitsOf(packet.data, 4);
    if (!record || !units) return packet;
    const rest = units.filter(
      (unit) => ![nalType.sps, nalType.pps, nalType.delimiter].some((type) => type === nalTypeOf(unit)),
    );
    const data = packetOfUnits([...(this.#strayed ? record.sps : []), ...record.pps, ...rest]);
    return new EncodedPacket(data, 'key', packet.timestamp, packet.duration);
  }

  /** A configuration's record as it is in this track. */
  #recordOf(config: VideoDecoderConfig): AvcConfiguration | null {
    let record = this.#records.get(config);
    if (record === undefined) {
      record = readRecord(config);
      const number = this.#numbers.get(this.#signatureOf(config)) ?? 0;
      if (record) {
        const sps = record.sps.map((set) => renumbered(this.#telling(set), number));
        record = { ...record, sps, pps: record.pps.map((set) => renumbered(set, number)) };
      }
      this.#records.set(config, record);
    }
    return record;
  }

  #telling(sps: Uint8Array): Uint8Array {
    const parameters = readSequenceParameters(sps);
    const enough = !parameters || (parameters.reorderedFrames ?? -1) >= this.#reordered;
    return enough || this.#reordered === 0 ? sps : tellReordering(sps, parameters, this.#reordered);
  }

  /** Tells configurations apart, but for their numbers and what they say of the order: this track gives them those. */
  #signatureOf(config: VideoDecoderConfig): string {
    let signature = this.#signatures.get(config);
    if (signature === undefined) {
      const record = readRecord(config);
      const sets = record ? [...record.sps.map(withoutOrder), ...record.pps] : [];
      signature = sets.map((set) => Array.from(renumbered(set, 0), hex).join('')).join(' ');
      this.#signatures.set(config, signature);
    }
    return signature;
  }
}

/**
 * The configuration that is in force at a key packet of a joined track, and the packet without it: what a span that is
 * taken over from an earlier export begins with. `config` itself where the packet brings no parameter sets.
 */
export function separateConfiguration(
  packet: Uint8Array,
  config: VideoDecoderConfig,
): { readonly config: VideoDecoderConfig; readonly data: Uint8Array } {
  const record = readRecord(config);
  const units = record && nalUnitsOf(packet, record.lengthSize);
  if (!record || !units) return { config, data: packet };
  const pps = units.filter((unit) => nalTypeOf(unit) === nalType.pps).map((unit) => unit.slice());
  const number = pps[0] && readPictureParameterIds(pps[0])?.sps;
  const own = units.filter((unit) => nalTypeOf(unit) === nalType.sps);
  const sps = [...own, ...record.sps].find((set) => readSequenceParameters(set)?.id === number)?.slice();
  if (!sps) return { config, data: packet };
  const [profile = 0, compatibility = 0, level = 0] = sps.subarray(1, 4);
  const rest = units.filter((unit) => ![nalType.sps, nalType.pps].some((type) => type === nalTypeOf(unit)));
  return {
    config: {
      ...config,
      codec: `avc1.${[profile, compatibility, level].map(hex).join('')}`,
      description: writeAvcConfiguration({
        ...{ profile, compatibility, level },
        sps: [renumbered(sps, 0)],
        pps: pps.map((set) => renumbered(set, 0)),
      }),
    },
    data: packetOfUnits(rest),
  };
}

function readRecord({ codec, description }: VideoDecoderConfig): AvcConfiguration | null {
  return isAvc(codec) && description ? readAvcConfiguration(bytesOf(description)) : null;
}

function withoutOrder(sps: Uint8Array): Uint8Array {
  const parameters = readSequenceParameters(sps);
  return parameters ? tellReordering(sps, parameters, 0) : sps;
}

/** How far pictures are reordered, as far as the parameter sets tell: copies do. */
function reorderedIn(record: AvcConfiguration | null): number {
  return Math.max(0, ...(record?.sps ?? []).map((set) => readSequenceParameters(set)?.reorderedFrames ?? 0));
}

type Capabilities = Pick<AvcConfiguration, 'profile' | 'compatibility' | 'level'>;

/** What plays both: the richer profile, the higher level, and only those restrictions that hold for both. */
function highest(a: Capabilities, b: Capabilities): Capabilities {
  return {
    profile: Math.max(a.profile, b.profile),
    compatibility: a.compatibility & b.compatibility,
    level: Math.max(a.level, b.level),
  };
}

function capabilitiesOf(codec: string): Capabilities | null {
  const [, digits] = /^avc[13]\.([0-9a-f]{6})$/i.exec(codec) ?? [];
  if (digits === undefined) return null;
  const number = Number.parseInt(digits, 16);
  return { profile: number >> 16, compatibility: (number >> 8) & 255, level: number & 255 };
}

function isAvc(codec: string): boolean {
  return codec.startsWith('avc');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** The bytes that a configuration keeps, whatever they are kept in. */
export function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
