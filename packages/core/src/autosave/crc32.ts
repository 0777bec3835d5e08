/** Eight tables of 256, one behind the other: eight bytes at a time (Intel's slicing-by-8). */
const tables: Uint32Array = /* @__PURE__ */ (() => {
  const made = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    made[byte] = value;
  }
  for (let index = 256; index < made.length; index += 1) {
    const before = made[index - 256] as number;
    made[index] = (made[before & 0xff] as number) ^ (before >>> 8);
  }
  return made;
})();
const encoder: TextEncoder = new TextEncoder();
/** Texts of at most a third of this many characters are encoded in place. */
const room: Uint8Array = new Uint8Array(48 * 1024);

/** CRC-32 (ISO 3309, as in zip and PNG) of a text's UTF-8 bytes, as an unsigned number. */
export function crc32(text: string): number {
  if (text.length * 3 > room.length) {
    const bytes = encoder.encode(text);
    return crc32OfBytes(bytes);
  }
  return crc32OfBytes(room, encoder.encodeInto(text, room).written);
}

/** The same of the first `length` bytes, going on from what came before them. */
export function crc32OfBytes(bytes: Uint8Array, length: number = bytes.length, before = 0): number {
  const t = tables;
  let crc = ~before;
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    crc ^= (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
    crc ^= (bytes[at + 3] as number) << 24;
    crc =
      (t[0x700 | (crc & 0xff)] as number) ^
      (t[0x600 | ((crc >>> 8) & 0xff)] as number) ^
      (t[0x500 | ((crc >>> 16) & 0xff)] as number) ^
      (t[0x400 | (crc >>> 24)] as number) ^
      (t[0x300 | (bytes[at + 4] as number)] as number) ^
      (t[0x200 | (bytes[at + 5] as number)] as number) ^
      (t[0x100 | (bytes[at + 6] as number)] as number) ^
      (t[bytes[at + 7] as number] as number);
  }
  for (; at < length; at += 1) crc = (t[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
