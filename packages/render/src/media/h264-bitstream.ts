/**
 * What has to be known of an H.264 stream to pass its packets on: NAL units, parameter sets and the heads of slices.
 * Clauses are those of Rec. ITU-T H.264; the configuration record is ISO/IEC 14496-15, 5.3.3.1.
 */
import { BitReader, BitWriter } from './bit-cursor.js';

/** Types of NAL units, table 7-1. */
export const nalType = {
  slice: 1,
  idrSlice: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  delimiter: 9,
  endOfSequence: 10,
  endOfStream: 11,
  filler: 12,
} as const;

export function nalTypeOf(nal: Uint8Array): number {
  return (nal[0] ?? 0) & 31;
}

/**
 * The NAL units of a packet, without start codes and lengths.
 *
 * @param lengthSize bytes of each length; 0 for start codes (Annex B)
 * @returns null when the packet isn't made of whole NAL units
 */
export function nalUnitsOf(packet: Uint8Array, lengthSize: number): readonly Uint8Array[] | null {
  const units = lengthSize === 0 ? unitsOfAnnexB(packet) : unitsByLength(packet, lengthSize);
  // The first bit is always 0, and what has no type isn't H.264.
  return units && units.length > 0 && units.every((unit) => (unit[0] ?? 255) < 128 && nalTypeOf(unit) > 0)
    ? units
    : null;
}

function unitsByLength(packet: Uint8Array, lengthSize: number): Uint8Array[] | null {
  const units: Uint8Array[] = [];
  let at = 0;
  while (at < packet.length) {
    if (at + lengthSize > packet.length) return null;
    let length = 0;
    for (let n = 0; n < lengthSize; n += 1) length = length * 256 + (packet[at + n] as number);
    at += lengthSize;
    if (length === 0) continue;
    if (at + length > packet.length) return null;
    units.push(packet.subarray(at, at + length));
    at += length;
  }
  return units;
}

function unitsOfAnnexB(packet: Uint8Array): Uint8Array[] | null {
  const starts: number[] = [];
  for (let at = packet.indexOf(1, 2); at !== -1; at = packet.indexOf(1, at + 1)) {
    if (packet[at - 1] === 0 && packet[at - 2] === 0) starts.push(at + 1);
  }
  if (starts.length === 0) return null;
  return starts
    .map((start, index) => {
      let end = (starts[index + 1] ?? packet.length + 3) - 3;
      // Zeros between a unit and the next start code belong to neither (B.1.1).
      while (end > start && packet[end - 1] === 0) end -= 1;
      return packet.subarray(start, end);
    })
    .filter((unit) => unit.length > 0);
}

/** A packet of NAL units, each after its length in four bytes. */
export function packetOfUnits(units: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const packet = new Uint8Array(units.reduce((sum, unit) => sum + 4 + unit.length, 0));
  const view = new DataView(packet.buffer);
  let at = 0;
  for (const unit of units) {
    view.setUint32(at, unit.length);
    packet.set(unit, at + 4);
    at += 4 + unit.length;
  }
  return packet;
}

/** The bytes inside a NAL unit, without those that only keep start codes from appearing (7.4.1). */
export function payloadOf(nal: Uint8Array, limit: number = nal.length): Uint8Array {
  const bytes = new Uint8Array(Math.min(limit, nal.length));
  let length = 0;
  let zeros = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = nal[at] as number;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    bytes[length] = byte;
    length += 1;
  }
  return bytes.subarray(0, length);
}

/** The bytes of a NAL unit, with what keeps start codes from appearing in it. */
export function unitOf(bytes: Uint8Array): Uint8Array {
  const nal: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte <= 3) {
      nal.push(3);
      zeros = 0;
    }
    nal.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Uint8Array.from(nal);
}

/** The parameter sets of a stream, and what a decoder must be able to do. */
export interface AvcConfiguration {
  readonly profile: number;
  /** The constraint flags, `profile_compatibility`. */
  readonly compatibility: number;
  readonly level: number;
  /** Bytes of the length before each NAL unit. */
  readonly lengthSize: number;
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

/** Reads a configuration record (`avcC`). Null when it isn't one. */
export function readAvcConfiguration(record: Uint8Array): AvcConfiguration | null {
  const [version, profile, compatibility, level, lengths] = record;
  if (version !== 1 || profile === undefined || compatibility === undefined) return null;
  if (level === undefined || lengths === undefined) return null;
  let at = 5;
  const sets = (mask: number): Uint8Array[] | null => {
    const count = (record[at] ?? 0) & mask;
    at += 1;
    const found: Uint8Array[] = [];
    for (let n = 0; n < count; n += 1) {
      const length = (record[at] ?? 0) * 256 + (record[at + 1] ?? 0);
      const set = record.subarray(at + 2, at + 2 + length);
      if (length === 0 || set.length < length) return null;
      found.push(set);
      at += 2 + length;
    }
    return found;
  };
  const sps = sets(31);
  const pps = sps && sets(255);
  return sps && pps && { profile, compatibility, level, lengthSize: (lengths & 3) + 1, sps, pps };
}

/** Writes a configuration record, for lengths of four bytes, 4:2:0 and eight bits. */
export function writeAvcConfiguration(configuration: Omit<AvcConfiguration, 'lengthSize'>): Uint8Array<ArrayBuffer> {
  const { profile, compatibility, level, sps, pps } = configuration;
  const bytes = [1, profile, compatibility, level, 0xff, 0xe0 | sps.length];
  const add = (set: Uint8Array): void => {
    bytes.push(set.length >> 8, set.length & 255, ...set);
  };
  sps.forEach(add);
  bytes.push(pps.length);
  pps.forEach(add);
  // High and above say once more what the parameter sets say: 4:2:0, eight bits, no extensions.
  if (profile === 100) bytes.push(0xfc | 1, 0xf8, 0xf8, 0);
  return Uint8Array.from(bytes);
}

/** `avc1.PPCCLL` */
export function avcCodecString({ profile, compatibility, level }: Omit<AvcConfiguration, 'lengthSize'>): string {
  return `avc1.${[profile, compatibility, level].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** What a sequence parameter set (7.3.2.1.1) says, as far as anybody here asks. */
export interface SequenceParameters {
  readonly id: number;
  readonly profile: number;
  readonly compatibility: number;
  readonly level: number;
  /** 1 is 4:2:0. */
  readonly chromaFormat: number;
  readonly bitDepth: number;
  /** Every picture is a frame, never a field or a pair of them. */
  readonly progressive: boolean;
  /** Bits of a slice's `frame_num`. */
  readonly frameNumberBits: number;
  readonly orderType: number;
  /** Bits of a slice's `pic_order_cnt_lsb`, with `orderType` 0. */
  readonly orderBits: number;
  /** `delta_pic_order_always_zero_flag` */
  readonly orderDeltas: boolean;
  readonly separatePlanes: boolean;
  readonly referenceFrames: number;
  /** Pixels that are coded, in whole macroblocks. */
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** Pixels that are shown. */
  readonly width: number;
  readonly height: number;
  /** The left and top edges of what is shown. */
  readonly left: number;
  readonly top: number;
  /** Width to height of a pixel; null when it isn't told. */
  readonly pixelAspect: readonly [number, number] | null;
  readonly fullRange: boolean;
  /** As in ISO/IEC 23091-2; 2 is "not told", 1 is BT.709. */
  readonly primaries: number;
  readonly transfer: number;
  readonly matrix: number;
  /** Pictures that may be decoded before one that is shown before them; null when it isn't told. */
  readonly reorderedFrames: number | null;
  /** Where in the bits of the set the usability information begins (its flag), or the flag of what a decoder has to buffer. */
  readonly tail: { readonly kind: 'none' | 'unrestricted' | 'restricted'; readonly position: number };
}

/** Table E-1. */
const pixelAspects: readonly (readonly [number, number])[] = [
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
];

/** Profiles whose sets tell the chroma format and more (7.3.2.1.1). */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Reads a sequence parameter set. Null when it can't be read. */
export function readSequenceParameters(nal: Uint8Array): SequenceParameters | null {
  try {
    return nalTypeOf(nal) === nalType.sps ? sequenceParameters(payloadOf(nal)) : null;
  } catch {
    return null;
  }
}

function sequenceParameters(bytes: Uint8Array): SequenceParameters {
  const reader = new BitReader(bytes);
  reader.position = 8;
  const profile = reader.bits(8);
  const compatibility = reader.bits(8);
  const level = reader.bits(8);
  const id = reader.unsigned();
  let chromaFormat = 1;
  let bitDepth = 8;
  let separatePlanes = false;
  if (highProfiles.has(profile)) {
    chromaFormat = reader.unsigned();
    if (chromaFormat === 3) separatePlanes = reader.flag();
    bitDepth = Math.max(reader.unsigned(), reader.unsigned()) + 8;
    reader.bit();
    if (reader.flag()) skipScalingMatrix(reader, chromaFormat === 3 ? 12 : 8);
  }
  const frameNumberBits = reader.unsigned() + 4;
  const orderType = reader.unsigned();
  let orderBits = 0;
  let orderDeltas = false;
  if (orderType === 0) orderBits = reader.unsigned() + 4;
  if (orderType === 1) {
    orderDeltas = !reader.flag();
    reader.signed();
    reader.signed();
    for (let n = reader.unsigned(); n > 0; n -= 1) reader.signed();
  }
  const referenceFrames = reader.unsigned();
  reader.bit();
  const codedWidth = (reader.unsigned() + 1) * 16;
  const rows = reader.unsigned() + 1;
  const progressive = reader.flag();
  const codedHeight = rows * 16 * (progressive ? 1 : 2);
  if (!progressive) reader.bit();
  reader.bit();
  let [left, right, top, bottom] = [0, 0, 0, 0];
  if (reader.flag()) {
    // 4:2:0 crops in pairs of pixels, fields in pairs of rows.
    const [across, down] = [chromaFormat === 1 || chromaFormat === 2 ? 2 : 1, chromaFormat === 1 ? 2 : 1];
    const rowsOfCrop = down * (progressive ? 1 : 2);
    left = reader.unsigned() * across;
    right = reader.unsigned() * across;
    top = reader.unsigned() * rowsOfCrop;
    bottom = reader.unsigned() * rowsOfCrop;
  }
  const usability = readUsability(reader);
  return {
    ...{ id, profile, compatibility, level, chromaFormat, bitDepth, progressive, frameNumberBits },
    ...{ orderType, orderBits, orderDeltas, separatePlanes, referenceFrames, codedWidth, codedHeight, left, top },
    width: codedWidth - left - right,
    height: codedHeight - top - bottom,
    ...usability,
  };
}

function skipScalingMatrix(reader: BitReader, lists: number): void {
  for (let list = 0; list < lists; list += 1) {
    if (!reader.flag()) continue;
    let last = 8;
    for (let n = list < 6 ? 16 : 64; n > 0; n -= 1) {
      last = (last + reader.signed() + 256) % 256;
      if (last === 0) break;
    }
  }
}

type Usability = Pick<
  SequenceParameters,
  'pixelAspect' | 'fullRange' | 'primaries' | 'transfer' | 'matrix' | 'reorderedFrames' | 'tail'
>;

/** The video usability information, E.1.1. */
function readUsability(reader: BitReader): Usability {
  const position = reader.position;
  const colours = { fullRange: false, primaries: 2, transfer: 2, matrix: 2 };
  if (!reader.flag()) return { pixelAspect: null, ...colours, reorderedFrames: null, tail: { kind: 'none', position } };
  let pixelAspect: readonly [number, number] | null = null;
  if (reader.flag()) {
    const index = reader.bits(8);
    pixelAspect = index === 255 ? [reader.bits(16), reader.bits(16)] : (pixelAspects[index - 1] ?? null);
  }
  if (reader.flag()) reader.bit();
  if (reader.flag()) {
    reader.bits(3);
    colours.fullRange = reader.flag();
    if (reader.flag()) {
      colours.primaries = reader.bits(8);
      colours.transfer = reader.bits(8);
      colours.matrix = reader.bits(8);
    }
  }
  if (reader.flag()) {
    reader.unsigned();
    reader.unsigned();
  }
  if (reader.flag()) reader.position += 65;
  const first = reader.flag();
  if (first) skipBuffering(reader);
  const second = reader.flag();
  if (second) skipBuffering(reader);
  if (first || second) reader.bit();
  reader.bit();
  const restriction = reader.position;
  if (!reader.flag()) {
    return { pixelAspect, ...colours, reorderedFrames: null, tail: { kind: 'unrestricted', position: restriction } };
  }
  reader.bit();
  for (let n = 0; n < 4; n += 1) reader.unsigned();
  const reorderedFrames = reader.unsigned();
  return { pixelAspect, ...colours, reorderedFrames, tail: { kind: 'restricted', position: restriction } };
}

/** `hrd_parameters`, E.1.2. */
function skipBuffering(reader: BitReader): void {
  const count = reader.unsigned() + 1;
  reader.position += 8;
  for (let n = 0; n < count; n += 1) {
    reader.unsigned();
    reader.unsigned();
    reader.bit();
  }
  reader.position += 20;
}

/**
 * The set with a word on how far pictures are reordered. A decoder that isn't told guesses; when pictures in another
 * order begin in the middle of a file it guesses wrong and shows some out of order.
 */
export function tellReordering(nal: Uint8Array, parameters: SequenceParameters, reorderedFrames: number): Uint8Array {
  const writer = new BitWriter();
  writer.copy(payloadOf(nal), parameters.tail.position);
  if (parameters.tail.kind === 'none') {
    writer.bit(1);
    // Nothing told of aspect, overscan, signal, chroma, timing, two kinds of buffering, structure.
    writer.bits(8, 0);
  }
  writer.bit(1);
  writer.bit(1);
  // What is assumed where nothing is told (E.2.1), but for the order.
  for (const value of [2, 1, 16, 16, reorderedFrames, Math.max(reorderedFrames, decodedFrames(parameters))]) {
    writer.unsigned(value);
  }
  return unitOf(writer.finish());
}

/** The pictures that a decoder of a level holds at most, table A-1. */
function decodedFrames({ level, codedWidth, codedHeight, referenceFrames }: SequenceParameters): number {
  const limits = [
    [10, 396],
    [11, 900],
    [20, 2376],
    [21, 4752],
    [30, 8100],
    [31, 18_000],
    [32, 20_480],
    [41, 32_768],
    [42, 34_816],
    [50, 110_400],
    [255, 184_320],
  ] as const;
  const blocks = limits.find(([limit]) => level <= limit)?.[1] ?? 184_320;
  const fitting = Math.floor(blocks / ((codedWidth / 16) * (codedHeight / 16)));
  return Math.min(16, Math.max(referenceFrames, fitting, 1));
}

/** The number of a picture parameter set, and of the sequence parameter set that it goes with (7.3.2.2). */
export function readPictureParameterIds(nal: Uint8Array): { readonly id: number; readonly sps: number } | null {
  try {
    const reader = new BitReader(payloadOf(nal, 16));
    reader.position = 8;
    return nalTypeOf(nal) === nalType.pps ? { id: reader.unsigned(), sps: reader.unsigned() } : null;
  } catch {
    return null;
  }
}

/**
 * A parameter set with another number of its sequence parameter set: its own, or the one that it goes with. Sets that
 * can't be read stay as they are.
 */
export function renumbered(nal: Uint8Array, sps: number): Uint8Array {
  try {
    const payload = payloadOf(nal);
    const reader = new BitReader(payload);
    // A sequence parameter set has profile and level before its number, a picture parameter set its own number.
    reader.position = nalTypeOf(nal) === nalType.sps ? 32 : 8;
    if (nalTypeOf(nal) === nalType.pps) reader.unsigned();
    const start = reader.position;
    if (reader.unsigned() === sps) return nal;
    const writer = new BitWriter();
    writer.copy(payload, start);
    writer.unsigned(sps);
    writer.copy(payload, stopBitOf(payload), reader.position);
    return unitOf(writer.finish());
  } catch {
    return nal;
  }
}

/** Where the content of a unit ends: at its last bit that is set (7.3.2.11). */
function stopBitOf(payload: Uint8Array): number {
  let last = payload.length - 1;
  while (last > 0 && payload[last] === 0) last -= 1;
  const byte = payload[last] ?? 0;
  return last * 8 + 7 - Math.log2(byte & -byte);
}

/**
 * Whether a slice of an IDR picture lets the pictures before it be shown (7.3.3, 7.4.3.3): one that throws them away
 * would eat the last ones before a joint.
 */
export function keepsPriorPictures(nal: Uint8Array, parameters: SequenceParameters, orderInPicture: boolean): boolean {
  try {
    const reader = new BitReader(payloadOf(nal, 64));
    reader.position = 8;
    reader.unsigned();
    const kind = reader.unsigned() % 5;
    reader.unsigned();
    // 2 is I, 4 is SI: an IDR picture has no other.
    if (kind !== 2) return false;
    if (parameters.separatePlanes) reader.bits(2);
    reader.bits(parameters.frameNumberBits);
    if (!parameters.progressive) return false;
    reader.unsigned();
    if (parameters.orderType === 0) {
      reader.bits(parameters.orderBits);
      if (orderInPicture) reader.signed();
    }
    if (parameters.orderType === 1 && parameters.orderDeltas) {
      reader.signed();
      if (orderInPicture) reader.signed();
    }
    // `redundant_pic_cnt` is of profiles that aren't copied.
    return !reader.flag();
  } catch {
    return false;
  }
}

/** Whether slices tell their order once more (`bottom_field_pic_order_in_frame_present_flag`, 7.3.2.2). */
export function tellsOrderInPicture(pps: Uint8Array): boolean {
  try {
    const reader = new BitReader(payloadOf(pps, 16));
    reader.position = 8;
    reader.unsigned();
    reader.unsigned();
    reader.bit();
    return reader.flag();
  } catch {
    return true;
  }
}
