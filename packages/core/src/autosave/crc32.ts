const table: Uint32Array = /* @__PURE__ */ (() => {
  const made = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    made[byte] = value;
  }
  return made;
})();
const encoder: TextEncoder = new TextEncoder();

/** CRC-32 (ISO 3309, as in zip and PNG) of a text's UTF-8 bytes, as an unsigned number. */
export function crc32(text: string): number {
  let value = 0xffffffff;
  for (const byte of encoder.encode(text)) value = (table[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
