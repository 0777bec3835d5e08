import type { SpanConfig } from './packet-span.js';

/** One packet of a section. */
export interface SectionPacket {
  /** Its place in the section: frames for pictures, packets for sound, from the section's start. */
  readonly at: number;
  readonly key: boolean;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** The packets of a section, in decode order, wherever in an export the section stands. */
export interface SectionPackets<Config extends SpanConfig = SpanConfig> {
  readonly config: Config;
  readonly packets: readonly SectionPacket[];
}

const head = 0x4c_50_41_31;
const tail = 0x4c_50_41_45;
const headBytes = 12;
const entryBytes = 8;
/** Checksum, length, mark. */
export const trailerBytes = 12;
const keyFlag = 0x80_00_00_00;

/**
 * A section as the bytes of a file. All numbers are 32 bits, little-endian:
 *
 * `mark` `length of the header` `count` · header (JSON: the decoder's configuration) · per packet `place | key << 31`
 * `size` · the packets · `checksum` `length of the whole` `mark`
 *
 * Without its last twelve bytes it is worth nothing: whoever is interrupted while it is written leaves no half section.
 */
export function writePart({ config, packets }: SectionPackets): Uint8Array<ArrayBuffer> {
  const header = padded(new TextEncoder().encode(JSON.stringify(plainConfig(config))));
  const size = packets.reduce((sum, { data }) => sum + data.byteLength, 0);
  const body = headBytes + header.byteLength + packets.length * entryBytes + size;
  const bytes = new Uint8Array(body + trailerBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, head, true);
  view.setUint32(4, header.byteLength, true);
  view.setUint32(8, packets.length, true);
  bytes.set(header, headBytes);
  let entry = headBytes + header.byteLength;
  let at = entry + packets.length * entryBytes;
  for (const packet of packets) {
    view.setUint32(entry, (packet.at | (packet.key ? keyFlag : 0)) >>> 0, true);
    view.setUint32(entry + 4, packet.data.byteLength, true);
    bytes.set(packet.data, at);
    entry += entryBytes;
    at += packet.data.byteLength;
  }
  view.setUint32(body, checksum(bytes.subarray(0, body)), true);
  view.setUint32(body + 4, bytes.byteLength, true);
  view.setUint32(body + 8, tail, true);
  return bytes;
}

/** The section in a file; null when it is torn or damaged. */
export function readPart(bytes: Uint8Array<ArrayBuffer>): SectionPackets | null {
  if (bytes.byteLength < headBytes + trailerBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const body = bytes.byteLength - trailerBytes;
  if (!isWhole(bytes.subarray(body), bytes.byteLength) || view.getUint32(0, true) !== head) return null;
  if (view.getUint32(body, true) !== checksum(bytes.subarray(0, body))) return null;
  const headerLength = view.getUint32(4, true);
  const count = view.getUint32(8, true);
  const header = bytes.subarray(headBytes, headBytes + headerLength);
  const packets: SectionPacket[] = [];
  let entry = headBytes + headerLength;
  let at = entry + count * entryBytes;
  for (let index = 0; index < count; index += 1) {
    const place = view.getUint32(entry, true);
    const size = view.getUint32(entry + 4, true);
    packets.push({ at: (place & ~keyFlag) >>> 0, key: place >= keyFlag, data: bytes.subarray(at, at + size) });
    entry += entryBytes;
    at += size;
  }
  return { config: configOf(JSON.parse(new TextDecoder().decode(header)) as PlainConfig), packets };
}

/** Whether these are the last bytes of a part of that length: what tells a finished one without reading it. */
export function isWhole(trailer: Uint8Array, length: number): boolean {
  if (trailer.byteLength < trailerBytes) return false;
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  return view.getUint32(4, true) === length && view.getUint32(8, true) === tail;
}

/** To four bytes, with spaces, which JSON doesn't mind: the checksum goes by words. */
function padded(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(text.byteLength / 4) * 4).fill(0x20);
  bytes.set(text);
  return bytes;
}

/** Finds what a disk or a crash does to a file, by words; it is no protection against anybody. */
function checksum(bytes: Uint8Array<ArrayBuffer>): number {
  let sum = 0x81_1c_9d_c5;
  const whole = bytes.byteLength & ~3;
  if (bytes.byteOffset % 4 === 0) {
    for (const word of new Uint32Array(bytes.buffer, bytes.byteOffset, whole / 4)) {
      sum = Math.imul(sum ^ word, 0x01_00_01_93);
      sum ^= sum >>> 15;
    }
  } else {
    const view = new DataView(bytes.buffer, bytes.byteOffset, whole);
    for (let at = 0; at < whole; at += 4) {
      sum = Math.imul(sum ^ view.getUint32(at, true), 0x01_00_01_93);
      sum ^= sum >>> 15;
    }
  }
  for (let at = whole; at < bytes.byteLength; at += 1) sum = Math.imul(sum ^ (bytes[at] as number), 0x01_00_01_93);
  return sum >>> 0;
}

/** A configuration as JSON: its description is bytes. */
export type PlainConfig = Readonly<Record<string, unknown>>;

export function plainConfig(config: SpanConfig): PlainConfig {
  const { description, ...rest } = config;
  return description === undefined ? { ...rest } : { ...rest, description: toBase64(bytesOf(description)) };
}

export function configOf(plain: PlainConfig): SpanConfig {
  const { description, ...rest } = plain;
  const config = rest as unknown as SpanConfig;
  return typeof description === 'string' ? { ...config, description: fromBase64(description) } : config;
}

/** A copy of the bytes of a configuration's description. */
export function bytesOf(description: AllowSharedBufferSource): Uint8Array<ArrayBuffer> {
  const bytes = ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description);
  return new Uint8Array(bytes);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
