import assert from 'node:assert/strict';
import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { isLecternError, type LecternError } from '@lectern/ports';
import { checkFile } from './check-file.js';
import { identifyFile } from './file-signatures.js';
import { readPictureSize } from './picture-size.js';

const fixtures = path.resolve(import.meta.dirname, '../../testing/fixtures');
const limits = { maxBytes: Infinity, maxPixels: 64_000_000 };

const fixture = (name: string): Promise<Blob> => openAsBlob(path.join(fixtures, name));
const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const u32 = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
const u32le = (value: number): number[] => u32(value).reverse();
const u16 = (value: number): number[] => [value >> 8, value & 255];
const u16le = (value: number): number[] => [value & 255, value >> 8];
const blob = (...parts: readonly (readonly number[])[]): Blob => new Blob([Uint8Array.from(parts.flat())]);
const box = (type: string, content: readonly number[] = []): number[] => [
  ...u32(8 + content.length),
  ...ascii(type),
  ...content,
];
const ftyp = (brand: string, ...compatible: readonly string[]): number[] =>
  box('ftyp', [...ascii(brand), ...zeros(4), ...compatible.flatMap(ascii)]);

async function refusal(file: Blob, given = limits): Promise<LecternError> {
  try {
    await checkFile(file, given);
  } catch (error) {
    if (isLecternError(error)) return error;
    throw error;
  }
  return assert.fail('the file was taken');
}

/** An MPEG 1 layer 3 frame of 128 kbit/s and 44.1 kHz is 417 bytes long. */
const mp3Frame = [0xff, 0xfb, 0x90, 0x00, ...zeros(413)];
const adtsFrame = [0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc, ...zeros(9)];
const ebml = (docType: string): number[] => [
  0x1a,
  0x45,
  0xdf,
  0xa3,
  0x9f,
  0x42,
  0x82,
  0x80 | docType.length,
  ...ascii(docType),
];
const ogg = (codec: string): number[] => [...ascii('OggS'), ...zeros(24), ...ascii(codec), ...zeros(40)];
const transport = (size: number, offset: number): number[] =>
  Array.from({ length: 3 }, () => [...zeros(offset), 0x47, ...zeros(size - offset - 1)]).flat();

describe('the type of a file', () => {
  const heads: readonly (readonly [what: string, head: readonly number[], type: string | null])[] = [
    ['an MP4', ftyp('isom', 'iso2', 'avc1'), 'mp4'],
    ['an M4A', ftyp('M4A ', 'isom'), 'm4a'],
    ['a QuickTime file', ftyp('qt  '), 'mov'],
    ['a QuickTime file without a brand', [...u32(400), ...ascii('moov')], 'mov'],
    ['an AVIF', ftyp('avif', 'mif1'), 'avif'],
    ['an AVIF that says so second', ftyp('mif1', 'avif'), 'avif'],
    ['a HEIC', ftyp('heic', 'mif1'), 'heic'],
    ['a WebM', ebml('webm'), 'webm'],
    ['a Matroska file', ebml('matroska'), 'mkv'],
    ['an AVI', [...ascii('RIFF'), ...zeros(4), ...ascii('AVI ')], 'avi'],
    ['a WAV', [...ascii('RIFF'), ...zeros(4), ...ascii('WAVE')], 'wav'],
    ['a WAV of over 4 GiB', [...ascii('RF64'), 255, 255, 255, 255, ...ascii('WAVE')], 'wav'],
    ['a WebP', [...ascii('RIFF'), ...zeros(4), ...ascii('WEBP')], 'webp'],
    ['a FLAC', ascii('fLaC'), 'flac'],
    ['an Ogg with Opus', ogg('OpusHead'), 'ogg'],
    ['an Ogg with Theora', ogg('\u0080theora'), 'ogv'],
    ['an MP3', [...mp3Frame, ...mp3Frame], 'mp3'],
    ['an MP3 of one frame', mp3Frame, 'mp3'],
    ['an MP3 behind a tag', [...ascii('ID3'), 4, 0, 0, 0, 0, 1, 2, ...zeros(130), ...mp3Frame, ...mp3Frame], 'mp3'],
    ['an MP3 behind junk', [...zeros(300), ...mp3Frame, ...mp3Frame, ...mp3Frame], 'mp3'],
    ['an AAC in ADTS', [...adtsFrame, ...adtsFrame], 'aac'],
    ['an AAC behind a tag', [...ascii('ID3'), 4, 0, 0, 0, 0, 0, 4, ...zeros(4), ...adtsFrame, ...adtsFrame], 'aac'],
    ['a sync word by chance', [0xff, 0xfb, 0x90, 0x00, ...zeros(2000)], null],
    ['an AIFF', [...ascii('FORM'), ...zeros(4), ...ascii('AIFF')], 'aiff'],
    ['an FLV', [...ascii('FLV'), 1], 'flv'],
    ['a transport stream', transport(188, 0), 'mpeg-ts'],
    ['a camera’s transport stream', transport(192, 4), 'mpeg-ts'],
    ['a PNG', [0x89, ...ascii('PNG\r\n\u001a\n')], 'png'],
    ['a JPEG', [0xff, 0xd8, 0xff, 0xe0], 'jpeg'],
    ['a GIF', ascii('GIF89a'), 'gif'],
    ['a BMP', [...ascii('BM'), ...zeros(12), ...u32le(40), ...zeros(10)], 'bmp'],
    ['text that begins as a BMP does', ascii('BMW builds cars, and this is no picture of one.'), null],
    ['a TIFF', ascii('II*\0'), 'tiff'],
    ['an SVG', ascii('\ufeff  <?xml version="1.0"?>\n<svg xmlns=""/>'.replace('\ufeff', '\u00ef\u00bb\u00bf')), 'svg'],
    ['a web page', ascii('<!DOCTYPE html><p>No such file'), 'html'],
    ['a PDF', ascii('%PDF-1.7'), 'pdf'],
    ['a ZIP', ascii('PK\u0003\u0004'), 'zip'],
    ['text', ascii('This is a text file.'), null],
    ['one byte', [0], null],
    ['zeros', zeros(5000), null],
  ];
  for (const [what, head, type] of heads) {
    it(`knows ${what} by its first bytes`, async () => {
      assert.equal((await identifyFile(blob(head)))?.name ?? null, type);
    });
  }

  const files: Readonly<Record<string, readonly [name: string, mimeType: string]>> = {
    'count-h264-30.mp4': ['mp4', 'video/mp4'],
    'count-h264-2997.mov': ['mov', 'video/quicktime'],
    'count-vp9-30.webm': ['webm', 'video/webm'],
    'tone.m4a': ['m4a', 'audio/mp4'],
    'tone.mp3': ['mp3', 'audio/mpeg'],
    'tone.wav': ['wav', 'audio/wav'],
    'tone.aac': ['aac', 'audio/aac'],
    'slide.png': ['png', 'image/png'],
    'slide.jpg': ['jpeg', 'image/jpeg'],
    'undecodable-wmv.mp4': ['wmv', 'video/x-ms-asf'],
  };
  for (const [file, [name, mimeType]] of Object.entries(files)) {
    it(`takes ${file} for what it is`, async () => {
      const type = await checkFile(await fixture(file), limits);
      assert.deepEqual([type.name, type.mimeType], [name, mimeType]);
    });
  }
});

describe('what is refused before anything is decoded', () => {
  it('an empty file', async () => {
    assert.equal((await refusal(new Blob([]))).code, 'file-empty');
  });

  it('a file above the limit, with both sizes', async () => {
    const error = await refusal(blob(mp3Frame), { ...limits, maxBytes: 100 });
    assert.deepEqual([error.code, error.details], ['file-too-large', { sizeBytes: 417, limit: 100 }]);
  });

  it('text that calls itself a video', async () => {
    assert.equal((await refusal(await fixture('text.mp4'))).code, 'file-type-unknown');
  });

  it('what isn’t media, by the name of its type', async () => {
    const error = await refusal(blob(ascii('%PDF-1.7 and so on')));
    assert.deepEqual([error.code, error.details], ['file-type-unsupported', { type: 'pdf' }]);
  });

  it('a picture with more pixels than the limit, by its header alone', async () => {
    const error = await refusal(await fixture('huge.png'));
    assert.deepEqual(
      [error.code, error.details],
      ['image-too-large', { width: 10_000, height: 10_000, limit: 64_000_000 }],
    );
  });

  it('but not one with exactly as many', async () => {
    const png = blob([0x89, ...ascii('PNG\r\n\u001a\n')], u32(13), ascii('IHDR'), u32(8000), u32(8000));
    assert.equal((await checkFile(png, limits)).name, 'png');
  });

  it('a video that was cut off, with or without its index', async () => {
    for (const name of ['truncated.mp4', 'truncated-without-index.mp4']) {
      assert.equal((await refusal(await fixture(name))).code, 'file-truncated', name);
    }
  });

  const brand = ftyp('isom');
  const cut: Readonly<Record<string, readonly number[]>> = {
    'ends before its boxes do': [...brand, ...box('moov', zeros(50)), ...u32(1000), ...ascii('mdat'), ...zeros(100)],
    'has no index': [...brand, ...box('mdat', zeros(50))],
    'has nothing but its brand': brand,
    'ends within a 64-bit box': [...brand, ...box('moov'), ...u32(1), ...ascii('mdat'), ...zeros(4), ...u32(5000)],
    'ends within the header of a 64-bit box': [...brand, ...box('moov'), ...u32(1), ...ascii('mdat')],
    'ends within its fragmented index': [...brand, ...u32(500), ...ascii('moov'), ...zeros(20)],
  };
  for (const [what, bytes] of Object.entries(cut)) {
    it(`an MP4 that ${what}`, async () => {
      assert.equal((await refusal(blob(bytes))).code, 'file-truncated');
    });
  }

  const whole: Readonly<Record<string, readonly number[]>> = {
    'has its index first': [...brand, ...box('moov', zeros(50)), ...box('mdat', zeros(100))],
    'has its index last': [...brand, ...box('mdat', zeros(100)), ...box('moov', zeros(50))],
    'ends with a box of unsaid size': [...brand, ...box('moov'), ...u32(0), ...ascii('mdat'), ...zeros(100)],
    'has a 64-bit box': [
      ...brand,
      ...u32(1),
      ...ascii('mdat'),
      ...zeros(4),
      ...u32(116),
      ...zeros(100),
      ...box('moov'),
    ],
    'has junk behind it': [...brand, ...box('moov'), ...box('mdat'), 1, 2, 3, 4, 5, 6, 7, 8, 9],
    'is fragmented and stops in a fragment': [...brand, ...box('moov'), ...box('moof'), ...u32(900), ...ascii('mdat')],
  };
  for (const [what, bytes] of Object.entries(whole)) {
    it(`but not an MP4 that ${what}`, async () => {
      assert.equal((await checkFile(blob(bytes), limits)).name, 'mp4');
    });
  }
});

describe('the size of a picture', () => {
  const jpegSegment = (marker: number, length: number): number[] => [
    0xff,
    marker,
    ...u16(length),
    ...zeros(length - 2),
  ];
  const frame = (marker: number): number[] => [0xff, marker, ...u16(17), 8, ...u16(480), ...u16(640), 3];
  const webp = (form: string, content: readonly number[]): number[] => [
    ...ascii('RIFF'),
    ...zeros(4),
    ...ascii('WEBP'),
    ...ascii(form),
    ...zeros(4),
    ...content,
    ...zeros(20),
  ];
  const ispe = (width: number, height: number): number[] => box('ispe', [...zeros(4), ...u32(width), ...u32(height)]);
  const pictures: readonly (readonly [
    what: string,
    bytes: readonly number[],
    size: readonly [number, number] | null,
  ])[] = [
    ['a PNG', [0x89, ...ascii('PNG\r\n\u001a\n'), ...u32(13), ...ascii('IHDR'), ...u32(640), ...u32(480)], [640, 480]],
    ['a JPEG', [0xff, 0xd8, ...jpegSegment(0xe0, 16), ...frame(0xc0)], [640, 480]],
    ['a progressive JPEG', [0xff, 0xd8, ...jpegSegment(0xdb, 67), ...frame(0xc2)], [640, 480]],
    [
      'a JPEG behind large profiles',
      [0xff, 0xd8, ...jpegSegment(0xe2, 65_535), ...jpegSegment(0xe2, 65_535), ...frame(0xc0)],
      [640, 480],
    ],
    ['a JPEG with padded markers', [0xff, 0xd8, 0xff, 0xff, ...frame(0xc0)], [640, 480]],
    ['a JPEG that ends before its frame', [0xff, 0xd8, ...jpegSegment(0xe0, 16)], null],
    ['a GIF', [...ascii('GIF89a'), ...u16le(640), ...u16le(480)], [640, 480]],
    ['a lossy WebP', webp('VP8 ', [...zeros(3), 0x9d, 0x01, 0x2a, ...u16le(640), ...u16le(480)]), [640, 480]],
    ['a lossless WebP', webp('VP8L', [0x2f, ...u32le(639 | (479 << 14))]), [640, 480]],
    ['an extended WebP', webp('VP8X', [...zeros(4), 0x7f, 0x02, 0x00, 0xdf, 0x01, 0x00]), [640, 480]],
    ['a BMP', [...ascii('BM'), ...zeros(12), ...u32le(40), ...u32le(640), ...u32le(480)], [640, 480]],
    [
      'a BMP from the top down',
      [...ascii('BM'), ...zeros(12), ...u32le(40), ...u32le(640), ...u32le(-480)],
      [640, 480],
    ],
    ['an old BMP', [...ascii('BM'), ...zeros(12), ...u32le(12), ...u16le(640), ...u16le(480), ...zeros(4)], [640, 480]],
    ['an AVIF of tiles', [...ftyp('avif'), ...ispe(320, 240), ...ispe(640, 480)], [640, 480]],
  ];
  for (const [what, bytes, size] of pictures) {
    it(`is read from the header of ${what}`, async () => {
      const file = blob(bytes);
      const type = await identifyFile(file);
      assert.ok(type, 'its type is known');
      const found = await readPictureSize(file, type);
      assert.deepEqual(found && [found.width, found.height], size);
    });
  }

  it('is read from real pictures', async () => {
    for (const name of ['slide.png', 'slide.jpg']) {
      const file = await fixture(name);
      const type = await identifyFile(file);
      assert.ok(type);
      assert.deepEqual(await readPictureSize(file, type), { width: 1280, height: 720 }, name);
    }
  });
});
