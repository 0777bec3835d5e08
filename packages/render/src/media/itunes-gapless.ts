/** What an encoder added around the sound, in samples of the file's own rate. */
export interface ITunesGaps {
  /** Before the first sample that is to be heard. */
  readonly priming: number;
  /** After the last one. */
  readonly padding: number;
}

/** An index is read whole only up to this size: the tags of sound alone are in small ones. */
const largestIndex = 16 * 1024 * 1024;

/**
 * Reads the tag `iTunSMPB` of an MP4 file: how iTunes, and encoders after it, tell of priming where there is no edit
 * list. Null when there is no such tag, or an edit list that says it already.
 * https://developer.apple.com/library/archive/documentation/QuickTime/QTFF/QTFFAppenG/QTFFAppenG.html
 */
export async function readITunesGaps(blob: Blob): Promise<ITunesGaps | null> {
  const index = await readIndex(blob);
  if (!index || find(index, 'elst') >= 0) return null;
  const at = find(index, 'iTunSMPB');
  if (at < 0) return null;
  let text = '';
  for (const byte of index.subarray(at + 8, at + 160))
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '|';
  const match = /data[|]*\s0{8} ([0-9A-Fa-f]{8}) ([0-9A-Fa-f]{8}) [0-9A-Fa-f]{16}/.exec(text);
  if (!match) return null;
  return { priming: Number.parseInt(match[1] ?? '', 16), padding: Number.parseInt(match[2] ?? '', 16) };
}

async function readIndex(blob: Blob): Promise<Uint8Array | null> {
  let at = 0;
  for (let boxes = 0; boxes < 64 && at + 8 <= blob.size; boxes += 1) {
    const head = new DataView(await blob.slice(at, at + 16).arrayBuffer());
    let size = head.getUint32(0);
    if (size === 1 && head.byteLength === 16) size = Number(head.getBigUint64(8));
    if (size === 0) size = blob.size - at;
    if (size < 8) return null;
    const type = String.fromCharCode(head.getUint8(4), head.getUint8(5), head.getUint8(6), head.getUint8(7));
    if (type === 'moov') {
      return size > largestIndex ? null : new Uint8Array(await blob.slice(at, at + size).arrayBuffer());
    }
    at += size;
  }
  return null;
}

/** Where a word first is, or −1. */
function find(bytes: Uint8Array, word: string): number {
  const codes = Array.from(word, (character) => character.charCodeAt(0));
  const first = codes[0] as number;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (codes.every((code, index) => bytes[at + index] === code)) return at;
  }
  return -1;
}
