import { EncodedPacket } from 'mediabunny';
import {
  type AvcConfiguration,
  nalType,
  nalTypeOf,
  nalUnitsOf,
  packetOfUnits,
  readAvcConfiguration,
  readSequenceParameters,
  tellReordering,
  writeAvcConfiguration,
} from '../media/h264-bitstream.js';

/**
 * Makes one track of packets with different H.264 configurations: those of sources and those of the encoder.
 *
 * Parameter sets of one number mean different things before and after a joint, so each key frame carries its own in
 * front, and the track says so by its sample entry, `avc3` (ISO/IEC 14496-15, 5.4.2.1). Every place that can be sought
 * is complete that way. A track of one configuration stays `avc1`, with nothing in front.
 */
export class JoinedTrack {
  readonly #mixed: boolean;
  readonly #capabilities: readonly Capabilities[];
  readonly #reordered: number;
  /** A configuration that wasn't foreseen has come: from there on every key frame has to be complete. */
  #strayed = false;
  #first: VideoDecoderConfig | null = null;
  readonly #signatures = new WeakMap<VideoDecoderConfig, string>();
  readonly #records = new WeakMap<VideoDecoderConfig, AvcConfiguration | null>();

  /**
   * @param known what is known to come: copies, what is taken over, parts
   * @param encoding the codec string of what is still to be encoded, as far as that comes in with other parameter sets;
   *   null when nothing is, or when `known` has it
   */
  constructor(known: Iterable<VideoDecoderConfig>, encoding: string | null) {
    const all = [...known];
    const signatures = new Set(all.map((config) => this.#signatureOf(config)));
    const strings = [...all.map(({ codec }) => codec), ...(encoding === null ? [] : [encoding])];
    this.#mixed = strings.some(isAvc) && signatures.size + (encoding === null ? 0 : 1) > 1;
    this.#capabilities = strings.flatMap((codec) => capabilitiesOf(codec) ?? []);
    this.#reordered = Math.max(0, ...all.map((config) => reorderedIn(readRecord(config))));
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
      description: writeAvcConfiguration({ ...record, ...needed }),
    };
  }

  /** A packet of a span as it goes into the track. */
  fit(packet: EncodedPacket, config: VideoDecoderConfig): EncodedPacket {
    if (packet.type !== 'key' || !isAvc(config.codec)) return packet;
    this.#strayed ||= this.#first !== null && this.#signatureOf(config) !== this.#signatureOf(this.#first);
    const record = this.#mixed || this.#strayed ? this.#recordOf(config) : null;
    const units = record && nalUnitsOf(packet.data, 4);
    if (!record || !units) return packet;
    const rest = units.filter(
      (unit) => ![nalType.sps, nalType.pps, nalType.delimiter].some((type) => type === nalTypeOf(unit)),
    );
    const data = packetOfUnits([...record.sps, ...record.pps, ...rest]);
    return new EncodedPacket(data, 'key', packet.timestamp, packet.duration);
  }

  #recordOf(config: VideoDecoderConfig): AvcConfiguration | null {
    let record = this.#records.get(config);
    if (record === undefined) {
      record = readRecord(config);
      if (record && this.#reordered > 0) record = { ...record, sps: record.sps.map((set) => this.#telling(set)) };
      this.#records.set(config, record);
    }
    return record;
  }

  #telling(sps: Uint8Array): Uint8Array {
    const parameters = readSequenceParameters(sps);
    const enough = !parameters || (parameters.reorderedFrames ?? -1) >= this.#reordered;
    return enough ? sps : tellReordering(sps, parameters, this.#reordered);
  }

  /** Tells configurations apart, but for what they say of the order: that is made the same for all. */
  #signatureOf(config: VideoDecoderConfig): string {
    let signature = this.#signatures.get(config);
    if (signature === undefined) {
      const record = readRecord(config);
      const sets = record ? [...record.sps.map(withoutOrder), ...record.pps] : [];
      signature = sets.map((set) => Array.from(set, hex).join('')).join(' ');
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
  const sps = units.filter((unit) => nalTypeOf(unit) === nalType.sps).map((unit) => unit.slice());
  const pps = units.filter((unit) => nalTypeOf(unit) === nalType.pps).map((unit) => unit.slice());
  const [first] = sps;
  if (!first || pps.length === 0) return { config, data: packet };
  const [profile = 0, compatibility = 0, level = 0] = first.subarray(1, 4);
  const rest = units.filter((unit) => ![nalType.sps, nalType.pps].some((type) => type === nalTypeOf(unit)));
  return {
    config: {
      ...config,
      codec: `avc1.${[profile, compatibility, level].map(hex).join('')}`,
      description: writeAvcConfiguration({ profile, compatibility, level, sps, pps }),
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
