import type { InputAudioTrack, InputFormat } from 'mediabunny';

/**
 * What a decoder of Opus swallows after each start, and what that does to timestamps. The stream's header tells of
 * samples before the first that is to be heard (RFC 7845, 4.2); decoders drop as many wherever they begin, and count on
 * from the first packet's time as if they hadn't.
 */
export interface OpusSkip {
  /** Seconds that decoded sound is told to be earlier than it is. */
  readonly seconds: number;
  /** Whether that is so from the first packet on as well. */
  readonly fromFirst: boolean;
}

/** Null for other codecs, and for containers whose times have it in them. */
export async function readOpusSkip(audio: InputAudioTrack | null, format: InputFormat): Promise<OpusSkip | null> {
  if (!audio || (await audio.getCodec()) !== 'opus') return null;
  // In Matroska packets are told to be later by just as much (CodecDelay), and one makes up for the other.
  const isOgg = /ogg/i.test(format.name);
  if (!isOgg && !/mp4|quicktime/i.test(format.name)) return null;
  const header = (await audio.getDecoderConfig())?.description;
  if (!header) return null;
  const bytes = ArrayBuffer.isView(header)
    ? new DataView(header.buffer, header.byteOffset, header.byteLength)
    : new DataView(header);
  if (bytes.byteLength < 12) return null;
  // In Ogg the time of the first packet is that of its first sample that is heard.
  return { seconds: bytes.getUint16(10, true) / 48_000, fromFirst: !isOgg };
}
