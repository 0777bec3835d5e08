import { expectEqual } from './expectations.js';

/** Bytes that repeat nowhere in a way that would hide a part that is missing, doubled or in another's place. */
export function sampleBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed * 2_654_435_761;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export async function expectBytes(blob: Blob, expected: Uint8Array, what: string): Promise<void> {
  const got = new Uint8Array(await blob.arrayBuffer());
  expectEqual(got.length, expected.length, `${what}: length`);
  let i = 0;
  while (i < expected.length && got[i] === expected[i]) i++;
  expectEqual(i, expected.length, `${what}: bytes that are the same`);
}
