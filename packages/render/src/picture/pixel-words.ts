/** Every other byte of a word: two pixels that can be computed at once, with room for a product each. */
export const everyOther = 0x00ff00ff;

/** What rounds the two when their products are in parts of 256. */
export const halves = 0x00800080;

/** Bytes as words of four; they begin on one. What is left over at the end isn't in it. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
}
