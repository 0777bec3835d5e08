import type { AssetKind } from '@lectern/ports';
import { readBytes, textAt, viewOf } from './file-bytes.js';

/** What a file is by its first bytes. */
export interface FileType {
  readonly name: string;
  readonly mimeType: string;
  /** Null for what isn't media at all. A video container may turn out to hold sound alone: the probe knows. */
  readonly kind: AssetKind | null;
}

interface Signature extends FileType {
  readonly matches: (head: Uint8Array) => boolean;
}

/** Enough for every signature, two MPEG audio frames and three transport packets. */
const headBytes = 16 * 1024;

const bytesAt =
  (offset: number, ...expected: readonly number[]) =>
  (head: Uint8Array): boolean =>
    expected.every((byte, index) => head[offset + index] === byte);

const textIs =
  (offset: number, ...expected: readonly string[]) =>
  (head: Uint8Array): boolean =>
    expected.some((text) => textAt(head, offset, text.length) === text);

const both =
  (...all: readonly ((head: Uint8Array) => boolean)[]) =>
  (head: Uint8Array): boolean =>
    all.every((matches) => matches(head));

/** Major and compatible brands of an ISO base media file (ISO/IEC 14496-12, 4.3), or nothing. */
function brandsOf(head: Uint8Array): readonly string[] {
  if (head.length < 12 || textAt(head, 4, 4) !== 'ftyp') return [];
  const end = Math.min(viewOf(head).getUint32(0), head.length, 256);
  const brands = [textAt(head, 8, 4)];
  for (let offset = 16; offset + 4 <= end; offset += 4) brands.push(textAt(head, offset, 4));
  return brands;
}

const majorBrand =
  (...brands: readonly string[]) =>
  (head: Uint8Array): boolean =>
    brands.includes(brandsOf(head)[0] ?? '');

const anyBrand =
  (...brands: readonly string[]) =>
  (head: Uint8Array): boolean =>
    brandsOf(head).some((brand) => brands.includes(brand));

/** The DocType of an EBML header (RFC 8794), searched near the start where every writer puts it. */
const docType =
  (expected: string) =>
  (head: Uint8Array): boolean => {
    if (!bytesAt(0, 0x1a, 0x45, 0xdf, 0xa3)(head)) return false;
    for (let i = 4; i < Math.min(head.length - 3, 128); i++) {
      if (head[i] !== 0x42 || head[i + 1] !== 0x82) continue;
      const length = (head[i + 2] ?? 0) & 0x7f;
      return textAt(head, i + 3, length).replace(/\0+$/, '') === expected;
    }
    return false;
  };

const layerBitrates: Readonly<Record<string, readonly number[]>> = {
  '1-1': [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1-2': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1-3': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2-1': [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2-2': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2-3': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const sampleRates: readonly number[] = [44_100, 48_000, 32_000];

/** Length in bytes of the MPEG audio frame there (ISO/IEC 11172-3, 2.4.1.3), or 0 when there is none. */
function mpegFrameBytes(head: Uint8Array, offset: number): number {
  const [sync = 0, second = 0, third = 0] = head.subarray(offset, offset + 3);
  if (sync !== 0xff || (second & 0xe0) !== 0xe0) return 0;
  const version = (second >> 3) & 3; // 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5
  const layer = 4 - ((second >> 1) & 3); // 4 is reserved
  const rate = sampleRates[(third >> 2) & 3];
  const kilobits = layerBitrates[`${version === 3 ? '1' : '2'}-${String(layer)}`]?.[third >> 4];
  if (version === 1 || rate === undefined || !kilobits) return 0;
  const sampleRate = rate / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const padding = (third >> 1) & 1;
  if (layer === 1) return (Math.floor((12_000 * kilobits) / sampleRate) + padding) * 4;
  const samples = layer === 3 && version !== 3 ? 72_000 : 144_000;
  return Math.floor((samples * kilobits) / sampleRate) + padding;
}

/** Length in bytes of the ADTS frame there (ISO/IEC 13818-7, 6.2), or 0 when there is none. */
function adtsFrameBytes(head: Uint8Array, offset: number): number {
  const [sync = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0] = head.subarray(offset, offset + 6);
  if (sync !== 0xff || (second & 0xf6) !== 0xf0 || ((third >> 2) & 15) > 12) return 0;
  const length = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
  return length >= 7 ? length : 0;
}

/** One sync word may be chance; two in the right distance are not. A file of a single frame ends right behind it. */
const framesBy =
  (frameBytes: (head: Uint8Array, offset: number) => number) =>
  (head: Uint8Array): boolean => {
    const first = frameBytes(head, 0);
    if (first === 0 || first > head.length) return false;
    return first === head.length || frameBytes(head, first) > 0;
  };

/** Three frames in a row behind some junk, as recorders and cutting leave it. */
const framesSoon = (head: Uint8Array): boolean => {
  for (let start = 1; start < Math.min(head.length, 4096); start++) {
    let at = start;
    let frames = 0;
    for (let length = mpegFrameBytes(head, at); length > 0 && frames < 3; length = mpegFrameBytes(head, at)) {
      at += length;
      frames++;
    }
    if (frames === 3) return true;
  }
  return false;
};

/** Packets of 188 bytes that begin with 0x47 (ISO/IEC 13818-1, 2.4.3.2), or of 192 with a time stamp before each. */
const packets =
  (size: number, offset: number) =>
  (head: Uint8Array): boolean =>
    head.length >= 3 * size && [0, 1, 2].every((n) => head[offset + n * size] === 0x47);

/** Text that begins with this, behind a byte order mark and white space. */
const markup =
  (...beginnings: readonly string[]) =>
  (head: Uint8Array): boolean => {
    const text = textAt(head, 0, 1024)
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .trimStart()
      .toLowerCase();
    return beginnings.some((beginning) => text.startsWith(beginning));
  };

const svg = (head: Uint8Array): boolean =>
  markup('<svg')(head) || (markup('<?xml', '<!--', '<!doctype svg')(head) && textAt(head, 0, 4096).includes('<svg'));

const oggCodec = (...names: readonly string[]): ((head: Uint8Array) => boolean) =>
  both(textIs(0, 'OggS'), (head) => names.some((name) => textAt(head, 28, 64).includes(name)));

const bitmapHeaders: readonly number[] = [12, 40, 52, 56, 64, 108, 124];
const bitmap = (head: Uint8Array): boolean =>
  textIs(0, 'BM')(head) && head.length >= 26 && bitmapHeaders.includes(viewOf(head).getUint32(14, true));

/** Every type that is told apart; the first that matches counts. */
const signatures: readonly Signature[] = [
  { name: 'avif', kind: 'image', mimeType: 'image/avif', matches: anyBrand('avif', 'avis') },
  {
    name: 'heic',
    kind: 'image',
    mimeType: 'image/heic',
    matches: majorBrand('heic', 'heix', 'heim', 'heis', 'hevc', 'mif1', 'msf1'),
  },
  { name: 'm4a', kind: 'audio', mimeType: 'audio/mp4', matches: majorBrand('M4A ', 'M4B ', 'F4A ') },
  { name: 'mov', kind: 'video', mimeType: 'video/quicktime', matches: majorBrand('qt  ') },
  { name: 'mp4', kind: 'video', mimeType: 'video/mp4', matches: textIs(4, 'ftyp', 'styp') },
  // QuickTime files from before there was `ftyp`.
  {
    name: 'mov',
    kind: 'video',
    mimeType: 'video/quicktime',
    matches: textIs(4, 'moov', 'mdat', 'wide', 'skip', 'free', 'pnot'),
  },
  { name: 'webm', kind: 'video', mimeType: 'video/webm', matches: docType('webm') },
  { name: 'mkv', kind: 'video', mimeType: 'video/x-matroska', matches: docType('matroska') },
  { name: 'avi', kind: 'video', mimeType: 'video/x-msvideo', matches: both(textIs(0, 'RIFF'), textIs(8, 'AVI ')) },
  { name: 'ogv', kind: 'video', mimeType: 'video/ogg', matches: oggCodec('theora') },
  { name: 'flv', kind: 'video', mimeType: 'video/x-flv', matches: both(textIs(0, 'FLV'), bytesAt(3, 1)) },
  {
    name: 'wmv',
    kind: 'video',
    mimeType: 'video/x-ms-asf',
    matches: bytesAt(0, 0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11),
  },
  {
    name: 'mpeg',
    kind: 'video',
    mimeType: 'video/mpeg',
    matches: (head) => bytesAt(0, 0, 0, 1, 0xba)(head) || bytesAt(0, 0, 0, 1, 0xb3)(head),
  },
  {
    name: 'mpeg-ts',
    kind: 'video',
    mimeType: 'video/mp2t',
    matches: (head) => packets(188, 0)(head) || packets(192, 4)(head),
  },
  { name: 'wav', kind: 'audio', mimeType: 'audio/wav', matches: both(textIs(0, 'RIFF', 'RF64'), textIs(8, 'WAVE')) },
  { name: 'flac', kind: 'audio', mimeType: 'audio/flac', matches: textIs(0, 'fLaC') },
  { name: 'ogg', kind: 'audio', mimeType: 'audio/ogg', matches: textIs(0, 'OggS') },
  { name: 'aiff', kind: 'audio', mimeType: 'audio/aiff', matches: both(textIs(0, 'FORM'), textIs(8, 'AIFF', 'AIFC')) },
  { name: 'caf', kind: 'audio', mimeType: 'audio/x-caf', matches: textIs(0, 'caff') },
  { name: 'amr', kind: 'audio', mimeType: 'audio/amr', matches: textIs(0, '#!AMR') },
  { name: 'aac', kind: 'audio', mimeType: 'audio/aac', matches: framesBy(adtsFrameBytes) },
  { name: 'mp3', kind: 'audio', mimeType: 'audio/mpeg', matches: framesBy(mpegFrameBytes) },
  {
    name: 'png',
    kind: 'image',
    mimeType: 'image/png',
    matches: bytesAt(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  },
  { name: 'jpeg', kind: 'image', mimeType: 'image/jpeg', matches: bytesAt(0, 0xff, 0xd8, 0xff) },
  { name: 'gif', kind: 'image', mimeType: 'image/gif', matches: textIs(0, 'GIF87a', 'GIF89a') },
  { name: 'webp', kind: 'image', mimeType: 'image/webp', matches: both(textIs(0, 'RIFF'), textIs(8, 'WEBP')) },
  { name: 'bmp', kind: 'image', mimeType: 'image/bmp', matches: bitmap },
  { name: 'tiff', kind: 'image', mimeType: 'image/tiff', matches: textIs(0, 'II*\0', 'MM\0*') },
  { name: 'svg', kind: null, mimeType: 'image/svg+xml', matches: svg },
  { name: 'html', kind: null, mimeType: 'text/html', matches: markup('<!doctype html', '<html') },
  { name: 'pdf', kind: null, mimeType: 'application/pdf', matches: textIs(0, '%PDF-') },
  { name: 'zip', kind: null, mimeType: 'application/zip', matches: textIs(0, 'PK\u0003\u0004', 'PK\u0005\u0006') },
  { name: 'gzip', kind: null, mimeType: 'application/gzip', matches: bytesAt(0, 0x1f, 0x8b) },
  {
    name: '7z',
    kind: null,
    mimeType: 'application/x-7z-compressed',
    matches: bytesAt(0, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c),
  },
  { name: 'rar', kind: null, mimeType: 'application/vnd.rar', matches: textIs(0, 'Rar!\u001a\u0007') },
  {
    name: 'office',
    kind: null,
    mimeType: 'application/x-ole-storage',
    matches: bytesAt(0, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1),
  },
  { name: 'midi', kind: null, mimeType: 'audio/midi', matches: textIs(0, 'MThd') },
  { name: 'rtf', kind: null, mimeType: 'application/rtf', matches: textIs(0, '{\\rtf') },
  // Last, since it looks furthest.
  { name: 'mp3', kind: 'audio', mimeType: 'audio/mpeg', matches: framesSoon },
];

const mp3: FileType = { name: 'mp3', kind: 'audio', mimeType: 'audio/mpeg' };

function typeOf(head: Uint8Array): FileType | null {
  const found = signatures.find(({ matches }) => matches(head));
  return found ? { name: found.name, kind: found.kind, mimeType: found.mimeType } : null;
}

/** What the file is, by its content alone; null when nothing fits. Its name and the type it claims play no part. */
export async function identifyFile(file: Blob): Promise<FileType | null> {
  const head = await readBytes(file, 0, headBytes);
  if (textAt(head, 0, 3) !== 'ID3' || head.length < 10) return typeOf(head);
  // An ID3v2 tag (id3.org, 3.1) stands before MP3, and now and then before AAC and FLAC.
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(6, 10);
  const tagBytes = 10 + ((a << 21) | (b << 14) | (c << 7) | d) + (((head[5] ?? 0) & 0x10) === 0 ? 0 : 10);
  return typeOf(await readBytes(file, tagBytes, headBytes)) ?? mp3;
}
