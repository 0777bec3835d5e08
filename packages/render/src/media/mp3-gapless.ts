/** What an encoder added around the sound, in samples. */
export interface Mp3Gaps {
  /** Before the first sample, what a decoder adds included. */
  readonly delay: number;
  /** After the last one. */
  readonly padding: number;
  readonly sampleRate: number;
}

/** Samples that every decoder is late by, as LAME counts it. */
const decoderDelay = 529;
const sampleRates = [44_100, 48_000, 32_000] as const;

/**
 * Reads the tag that LAME (and ffmpeg with it) leaves in the first frame of an MP3. Null when there is none: then the
 * priming is unknown. http://gabriel.mp3-tech.org/mp3infotag.html
 */
export async function readMp3Gaps(blob: Blob): Promise<Mp3Gaps | null> {
  const start = await id3Length(blob);
  const data = new DataView(await blob.slice(start, start + 4096).arrayBuffer());
  let at = 0;
  // Junk before the first frame is common.
  while (at + 4 < data.byteLength && (data.getUint16(at) & 0xffe0) !== 0xffe0) at += 1;
  if (at + 64 > data.byteLength) return null;
  const header = data.getUint32(at);
  const version = (header >> 19) & 3;
  const mono = ((header >> 6) & 3) === 3;
  const rateIndex = (header >> 10) & 3;
  const rate = sampleRates[rateIndex as 0 | 1 | 2] as number | undefined;
  if (rate === undefined) return null;
  const sideInformation = version === 3 ? (mono ? 17 : 32) : mono ? 9 : 17;
  let tag = at + 4 + sideInformation;
  const name = text(data, tag, 4);
  if (name !== 'Xing' && name !== 'Info') return null;
  const flags = data.getUint32(tag + 4);
  tag += 8;
  if (flags & 1) tag += 4;
  if (flags & 2) tag += 4;
  if (flags & 4) tag += 100;
  if (flags & 8) tag += 4;
  if (tag + 24 > data.byteLength || !/^(LAME|Lavc|Lavf)/.test(text(data, tag, 4))) return null;
  const gaps = (data.getUint8(tag + 21) << 16) | (data.getUint8(tag + 22) << 8) | data.getUint8(tag + 23);
  return {
    delay: (gaps >> 12) + decoderDelay,
    padding: Math.max(0, (gaps & 0xfff) - decoderDelay),
    sampleRate: version === 3 ? rate : version === 2 ? rate / 2 : rate / 4,
  };
}

function text(data: DataView, at: number, length: number): string {
  let characters = '';
  for (let n = 0; n < length; n += 1) characters += String.fromCharCode(data.getUint8(at + n));
  return characters;
}

/** Length of an ID3v2 tag at the start; seven bits count in each of its four bytes. */
async function id3Length(blob: Blob): Promise<number> {
  const head = new Uint8Array(await blob.slice(0, 10).arrayBuffer());
  if (head.length < 10 || head[0] !== 0x49 || head[1] !== 0x44 || head[2] !== 0x33) return 0;
  const [a, b, c, d] = head.subarray(6, 10) as unknown as [number, number, number, number];
  return 10 + (a << 21) + (b << 14) + (c << 7) + d;
}
