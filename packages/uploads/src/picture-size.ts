import { readBytes, textAt, viewOf } from './file-bytes.js';
import type { FileType } from './file-signatures.js';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

const headBytes = 64 * 1024;

const readers: Readonly<
  Record<string, (head: Uint8Array, file: Blob) => PictureSize | null | Promise<PictureSize | null>>
> = {
  png: pngSize,
  jpeg: (_head, file) => jpegSize(file),
  gif: gifSize,
  webp: webpSize,
  bmp: bmpSize,
  avif: largestItem,
  heic: largestItem,
};

/**
 * Pixels of a picture, read from its header before anything is decoded: a few kilobytes can unpack to gigabytes.
 * Null when the header doesn't say.
 */
export async function readPictureSize(file: Blob, type: FileType): Promise<PictureSize | null> {
  const reader = readers[type.name];
  return reader ? reader(await readBytes(file, 0, headBytes), file) : null;
}

/** IHDR is always the first chunk (PNG, 11.2.2). */
function pngSize(head: Uint8Array): PictureSize | null {
  if (head.length < 24 || textAt(head, 12, 4) !== 'IHDR') return null;
  const view = viewOf(head);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Walks the segments to the frame header (ITU T.81, B.2.2); profiles and thumbnails before it may be large. */
async function jpegSize(file: Blob): Promise<PictureSize | null> {
  const mostSegments = 500;
  let offset = 2;
  for (let n = 0; n < mostSegments; n++) {
    const head = await readBytes(file, offset, 9);
    if (head.length < 9 || head[0] !== 0xff) return null;
    const marker = head[1] ?? 0;
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    const view = viewOf(head);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: view.getUint16(5), width: view.getUint16(7) };
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    offset += standsAlone ? 2 : 2 + view.getUint16(2);
  }
  return null;
}

function gifSize(head: Uint8Array): PictureSize | null {
  if (head.length < 10) return null;
  const view = viewOf(head);
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** Simple lossy, lossless and extended form (RFC 9649, 2.5 to 2.7). */
function webpSize(head: Uint8Array): PictureSize | null {
  if (head.length < 30) return null;
  const view = viewOf(head);
  const form = textAt(head, 12, 4);
  if (form === 'VP8 ') return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (form === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (form !== 'VP8X') return null;
  const threeBytes = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  return { width: threeBytes(24) + 1, height: threeBytes(27) + 1 };
}

/** A negative height only says that the rows go downwards. */
function bmpSize(head: Uint8Array): PictureSize | null {
  if (head.length < 26) return null;
  const view = viewOf(head);
  if (view.getUint32(14, true) === 12) return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
}

/** The largest `ispe` property (ISO/IEC 23008-12, 6.5.3): a grid has one for the whole and one for its tiles. */
function largestItem(head: Uint8Array): PictureSize | null {
  const view = viewOf(head);
  let largest: PictureSize | null = null;
  for (let at = 4; at + 16 <= head.length; at++) {
    if (textAt(head, at, 4) !== 'ispe') continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}
