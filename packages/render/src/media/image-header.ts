/** What the first bytes of a still say. */
export interface ImageFacts {
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp' | 'avif' | 'heic' | 'bmp';
  readonly mimeType: string;
  /** As stored, before an EXIF rotation; 0 when the header doesn't say. */
  readonly width: number;
  readonly height: number;
  /** Whether the format of this file can hold transparency. */
  readonly hasAlpha: boolean;
}

const headerBytes = 262_144;

/** Reads a still's size from its header, without decoding it. Null when the file isn't a still. */
export async function readImageFacts(blob: Blob): Promise<ImageFacts | null> {
  const bytes = new Uint8Array(await blob.slice(0, headerBytes).arrayBuffer());
  if (bytes.length < 12) return null;
  return png(bytes) ?? jpeg(bytes) ?? gif(bytes) ?? webp(bytes) ?? isoImage(bytes) ?? bmp(bytes);
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function big16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function big32(bytes: Uint8Array, at: number): number {
  return big16(bytes, at) * 65536 + big16(bytes, at + 2);
}

function little16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/** https://www.w3.org/TR/png/#11IHDR */
function png(bytes: Uint8Array): ImageFacts | null {
  if (big32(bytes, 0) !== 0x89504e47 || ascii(bytes, 12, 4) !== 'IHDR') return null;
  const colourType = bytes[25] ?? 0;
  const transparent = (colourType & 4) !== 0 || colourType === 3;
  return {
    format: 'png',
    mimeType: 'image/png',
    width: big32(bytes, 16),
    height: big32(bytes, 20),
    hasAlpha: transparent,
  };
}

/** ITU-T T.81, B.1.1.3: the first frame header that isn't DHT (C4), JPG (C8) or DAC (CC). */
function jpeg(bytes: Uint8Array): ImageFacts | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8 || bytes[2] !== 0xff) return null;
  const facts = { format: 'jpeg', mimeType: 'image/jpeg', hasAlpha: false } as const;
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { ...facts, width: big16(bytes, at + 7), height: big16(bytes, at + 5) };
    }
    at += marker === 0xff ? 1 : 2 + big16(bytes, at + 2);
  }
  return { ...facts, width: 0, height: 0 };
}

function gif(bytes: Uint8Array): ImageFacts | null {
  if (ascii(bytes, 0, 4) !== 'GIF8') return null;
  return {
    format: 'gif',
    mimeType: 'image/gif',
    width: little16(bytes, 6),
    height: little16(bytes, 8),
    hasAlpha: true,
  };
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function webp(bytes: Uint8Array): ImageFacts | null {
  if (ascii(bytes, 0, 4) !== 'RIFF' || ascii(bytes, 8, 4) !== 'WEBP') return null;
  const facts = { format: 'webp', mimeType: 'image/webp' } as const;
  switch (ascii(bytes, 12, 4)) {
    case 'VP8 ':
      return { ...facts, width: little16(bytes, 26) & 0x3fff, height: little16(bytes, 28) & 0x3fff, hasAlpha: false };
    case 'VP8L': {
      const bits = (bytes[21] ?? 0) | ((bytes[22] ?? 0) << 8) | ((bytes[23] ?? 0) << 16) | ((bytes[24] ?? 0) << 24);
      return { ...facts, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1, hasAlpha: true };
    }
    default: {
      const at = (place: number): number => little16(bytes, place) + ((bytes[place + 2] ?? 0) << 16) + 1;
      return { ...facts, width: at(24), height: at(27), hasAlpha: ((bytes[20] ?? 0) & 0x10) !== 0 };
    }
  }
}

/** AVIF and HEIC: the largest `ispe` (image spatial extents, ISO/IEC 23008-12, 6.5.3) in the header. */
function isoImage(bytes: Uint8Array): ImageFacts | null {
  if (ascii(bytes, 4, 4) !== 'ftyp') return null;
  const brands = ascii(bytes, 8, Math.min(64, Math.max(0, big32(bytes, 0) - 8)));
  const avif = /avif|avis/.test(brands);
  if (!avif && !/heic|heix|hevc|heim|mif1|msf1/.test(brands.slice(0, 4))) return null;
  let width = 0;
  let height = 0;
  for (let at = 0; at + 16 < bytes.length; at += 1) {
    if (bytes[at] !== 0x69 || ascii(bytes, at, 4) !== 'ispe') continue;
    const here = { width: big32(bytes, at + 8), height: big32(bytes, at + 12) };
    if (here.width * here.height > width * height) ({ width, height } = here);
  }
  return avif
    ? { format: 'avif', mimeType: 'image/avif', width, height, hasAlpha: true }
    : { format: 'heic', mimeType: 'image/heic', width, height, hasAlpha: false };
}

function bmp(bytes: Uint8Array): ImageFacts | null {
  if (ascii(bytes, 0, 2) !== 'BM' || little16(bytes, 6) !== 0) return null;
  const signed = (at: number): number => little16(bytes, at) | (little16(bytes, at + 2) << 16) | 0;
  return {
    format: 'bmp',
    mimeType: 'image/bmp',
    width: Math.abs(signed(18)),
    height: Math.abs(signed(22)),
    hasAlpha: false,
  };
}
