import {
  type AvcConfiguration,
  type SequenceParameters,
  avcCodecString,
  keepsPriorPictures,
  nalType,
  nalTypeOf,
  nalUnitsOf,
  packetOfUnits,
  readAvcConfiguration,
  readPictureParameterIds,
  readSequenceParameters,
  tellReordering,
  tellsOrderInPicture,
  writeAvcConfiguration,
} from '../media/h264-bitstream.js';
import { readVp9KeyFrame } from '../media/vp9-bitstream.js';
import type { KeyPacketFacts } from './copy-choice.js';

/** Reads the packets of one track for copying. */
export interface CopiedPackets {
  /** Whether decoding can begin at a packet, and with which parameter sets. */
  keyPacket(data: Uint8Array): KeyPacketFacts;
  /**
   * What packets of a configuration are decoded with; one of them was seen.
   *
   * @param reordered how many pictures are decoded before one that is shown before them, at most
   */
  describe(configuration: string, reordered: number): Pick<VideoDecoderConfig, 'codec' | 'description'>;
  /**
   * A packet as it is passed on, and whether decoding can begin there. Null when it isn't what it should be: damaged, or
   * with other parameter sets than its configuration's.
   */
  plain(data: Uint8Array, configuration: string): { readonly data: Uint8Array; readonly isEntry: boolean } | null;
}

/** The pictures that packets must have. */
export interface CopiedPictures {
  readonly width: number;
  readonly height: number;
  /** Whether a stream that doesn't tell its colours has the export's. */
  readonly untagged: boolean;
}

/** Units that a copy leaves out: parameter sets come with the configuration, the others mean nothing in MP4. */
const leftOut: ReadonlySet<number> = new Set([
  nalType.sps,
  nalType.pps,
  nalType.delimiter,
  nalType.endOfSequence,
  nalType.endOfStream,
  nalType.filler,
]);
/** Slices in parts, extensions for several layers and views: nothing that a browser decodes. */
const foreign: ReadonlySet<number> = new Set([2, 3, 4, 13, 14, 15, 19, 20, 21]);
/** Baseline, Main and High. */
const profiles: ReadonlySet<number> = new Set([66, 77, 100]);

/** H.264. What is passed on is length-prefixed with four bytes and without parameter sets. */
export class AvcPackets implements CopiedPackets {
  readonly #record: AvcConfiguration | null;
  readonly #lengthSize: number;
  readonly #pictures: CopiedPictures;
  readonly #configurations = new Map<string, AvcConfiguration>();

  /** @param description the track's configuration record; null for start codes (Annex B) */
  constructor(description: Uint8Array | null, pictures: CopiedPictures) {
    this.#record = description && readAvcConfiguration(description);
    this.#lengthSize = description ? (this.#record?.lengthSize ?? 4) : 0;
    this.#pictures = pictures;
  }

  keyPacket(data: Uint8Array): KeyPacketFacts {
    const units = nalUnitsOf(data, this.#lengthSize);
    const slices = units?.filter((unit) => [nalType.slice, nalType.idrSlice].some((type) => type === nalTypeOf(unit)));
    if (!units || !slices || slices.length === 0) return { kind: 'unfit' };
    if (slices.every((slice) => nalTypeOf(slice) === nalType.slice)) return { kind: 'inside' };
    const configuration = configurationWith(this.#record, units);
    const [sps] = configuration?.sps ?? [];
    const parameters = sps && readSequenceParameters(sps);
    if (!configuration || !parameters || !this.#fits(parameters)) return { kind: 'unfit' };
    const orderInPicture = configuration.pps.some(tellsOrderInPicture);
    const clean = slices.every(
      (slice) => nalTypeOf(slice) === nalType.idrSlice && keepsPriorPictures(slice, parameters, orderInPicture),
    );
    if (!clean) return { kind: 'unfit' };
    const signature = signatureOf(configuration);
    this.#configurations.set(signature, configuration);
    return { kind: 'entry', configuration: signature };
  }

  #fits(parameters: SequenceParameters): boolean {
    const { width, height, chromaFormat, bitDepth, progressive, pixelAspect, fullRange, left, top } = parameters;
    if (width !== this.#pictures.width || height !== this.#pictures.height || left !== 0 || top !== 0) return false;
    if (chromaFormat !== 1 || bitDepth !== 8 || !progressive || fullRange) return false;
    if (!profiles.has(parameters.profile)) return false;
    if (pixelAspect && pixelAspect[0] !== pixelAspect[1]) return false;
    const colours = [parameters.primaries, parameters.transfer, parameters.matrix];
    return colours.every((colour) => colour === 1 || (colour === 2 && this.#pictures.untagged));
  }

  describe(
    signature: string,
    reordered: number,
  ): { readonly codec: string; readonly description: Uint8Array<ArrayBuffer> } {
    const configuration = this.#configurations.get(signature);
    if (!configuration) throw new RangeError('no packet of that configuration was seen');
    const sps = configuration.sps.map((set) => {
      const parameters = readSequenceParameters(set);
      const told = parameters?.reorderedFrames ?? null;
      return parameters && told === null && reordered > 0 ? tellReordering(set, parameters, reordered) : set;
    });
    return {
      codec: avcCodecString(configuration),
      description: writeAvcConfiguration({ ...configuration, sps }),
    };
  }

  plain(data: Uint8Array, signature: string): { readonly data: Uint8Array; readonly isEntry: boolean } | null {
    const units = nalUnitsOf(data, this.#lengthSize);
    const configuration = this.#configurations.get(signature);
    if (!units || !configuration) return null;
    const known = [...configuration.sps, ...configuration.pps];
    const kept: Uint8Array[] = [];
    let slices = 0;
    let entries = 0;
    for (const unit of units) {
      const type = nalTypeOf(unit);
      if (foreign.has(type)) return null;
      if ((type === nalType.sps || type === nalType.pps) && !known.some((set) => isEqual(set, unit))) return null;
      if (leftOut.has(type)) continue;
      if (type === nalType.slice || type === nalType.idrSlice) slices += 1;
      if (type === nalType.idrSlice) entries += 1;
      kept.push(unit);
    }
    if (slices === 0 || (entries > 0 && entries < slices)) return null;
    return { data: packetOfUnits(kept), isEntry: entries > 0 };
  }
}

/** VP9, whose key frames say all that a decoder needs. */
export class Vp9Packets implements CopiedPackets {
  readonly #codec: string;
  readonly #pictures: CopiedPictures;

  constructor(codec: string, pictures: CopiedPictures) {
    this.#codec = codec;
    this.#pictures = pictures;
  }

  keyPacket(data: Uint8Array): KeyPacketFacts {
    const head = readVp9KeyFrame(data);
    if (!head) return { kind: 'inside' };
    const { width, height, untagged } = this.#pictures;
    const fits = head.width === width && head.height === height && head.profile === 0 && head.shown && !head.fullRange;
    const colours = head.colourSpace === 2 || (head.colourSpace === 0 && untagged);
    return fits && colours ? { kind: 'entry', configuration: 'vp9' } : { kind: 'unfit' };
  }

  describe(): { readonly codec: string } {
    return { codec: this.#codec };
  }

  plain(data: Uint8Array): { readonly data: Uint8Array; readonly isEntry: boolean } | null {
    // Two bits say that it is VP9 (6.2).
    return ((data[0] ?? 0) & 0xc0) === 0x80 ? { data, isEntry: readVp9KeyFrame(data) !== null } : null;
  }
}

/** What is in force at a packet: the track's parameter sets and, over them, the packet's own. Null when it isn't clear. */
function configurationWith(record: AvcConfiguration | null, units: readonly Uint8Array[]): AvcConfiguration | null {
  const sps = new Map<number, Uint8Array>();
  const pps = new Map<number, Uint8Array>();
  for (const unit of [...(record?.sps ?? []), ...(record?.pps ?? []), ...units]) {
    const type = nalTypeOf(unit);
    if (type === nalType.sps) {
      const parameters = readSequenceParameters(unit);
      if (!parameters) return null;
      sps.set(parameters.id, unit);
    }
    if (type === nalType.pps) {
      const ids = readPictureParameterIds(unit);
      if (!ids) return null;
      pps.set(ids.id, unit);
    }
  }
  const [only, ...others] = sps.values();
  const parameters = only && readSequenceParameters(only);
  if (!parameters || others.length > 0 || pps.size === 0) return null;
  const { profile, compatibility, level } = parameters;
  // Packets come and go: what is kept of them is copied.
  const kept = { sps: [only.slice()], pps: [...pps.values()].map((set) => set.slice()) };
  return { profile, compatibility, level, lengthSize: 4, ...kept };
}

function signatureOf({ sps, pps }: AvcConfiguration): string {
  return [...sps, ...pps]
    .map((set) => Array.from(set, (byte) => byte.toString(16).padStart(2, '0')).join(''))
    .join(' ');
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
