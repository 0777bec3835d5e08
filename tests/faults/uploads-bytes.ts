/** Large files out of a seed, the same in a page and in Node, a block at a time. */

const blockBytes = 1024 * 1024;

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
const u32 = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);

/** What an MP4 begins with: its brand, an empty index, and the rest as media. */
function headOf(size: number): readonly number[] {
  const brand = [...u32(20), ...ascii('ftypisom'), ...u32(0), ...ascii('isom')];
  const index = [...u32(8), ...ascii('moov')];
  return [...brand, ...index, ...u32(size - brand.length - index.length), ...ascii('mdat')];
}

/** The blocks of a file of so many bytes, in order (xorshift). */
export function* seededBlocks(seed: number, size: number): Generator<Uint8Array<ArrayBuffer>> {
  let state = seed | 0 || 1;
  for (let start = 0; start < size; start += blockBytes) {
    const words = new Uint32Array(blockBytes / 4);
    for (let index = 0; index < words.length; index += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words[index] = state;
    }
    const block = new Uint8Array(words.buffer);
    if (start === 0) block.set(headOf(size));
    yield block.subarray(0, Math.min(blockBytes, size - start));
  }
}

/** A file of so many bytes; the browser may keep its pieces wherever it likes. */
export function seededFile(seed: number, size: number, name: string): File {
  const pieces: Blob[] = [];
  let block: Uint8Array<ArrayBuffer>[] = [];
  for (const next of seededBlocks(seed, size)) {
    block.push(next);
    if (block.length < 8) continue;
    pieces.push(new Blob(block));
    block = [];
  }
  return new File([...pieces, ...block], name, { type: 'video/mp4', lastModified: 1_700_000_000_000 });
}
