import { EncodedPacketSink, type InputAudioTrack, type InputFormat } from 'mediabunny';

/**
 * Some decoders swallow sound after each start and count on as if they hadn't: what they give is told to be earlier than
 * it is. The seconds that it is later, when sound was asked for from a time of the file on.
 */
export type DecoderLag = (askedFrom: number) => Promise<number>;

/** Null for codecs, and containers, in which times are right. */
export async function decoderLagOf(audio: InputAudioTrack | null, format: InputFormat): Promise<DecoderLag | null> {
  switch (await audio?.getCodec()) {
    case 'opus':
      return audio && opusLag(audio, format);
    case 'vorbis':
      return audio && vorbisLag(audio);
    default:
      return null;
  }
}

/**
 * The stream's header tells of samples before the first that is to be heard (RFC 7845, 4.2); decoders drop as many
 * wherever they begin.
 */
async function opusLag(audio: InputAudioTrack, format: InputFormat): Promise<DecoderLag | null> {
  // In Matroska packets are told to be later by just as much (CodecDelay), and one makes up for the other.
  const isOgg = /ogg/i.test(format.name);
  if (!isOgg && !/mp4|quicktime/i.test(format.name)) return null;
  const header = (await audio.getDecoderConfig())?.description;
  if (!header) return null;
  const bytes = ArrayBuffer.isView(header)
    ? new DataView(header.buffer, header.byteOffset, header.byteLength)
    : new DataView(header);
  if (bytes.byteLength < 12) return null;
  const seconds = bytes.getUint16(10, true) / 48_000;
  if (!isOgg) return () => Promise.resolve(seconds);
  // In Ogg the time of the first packet is that of its first sample that is heard.
  const first = await audio.getFirstTimestamp();
  const packets = new EncodedPacketSink(audio);
  return async (askedFrom) => {
    const packet = await packets.getPacket(askedFrom, { metadataOnly: true });
    return packet === null || packet.timestamp <= first ? 0 : seconds;
  };
}

/**
 * Each packet is joined with the one before, so the first one gives nothing and what comes is the second's. The first of
 * the stream has no length, and none is missing.
 */
function vorbisLag(audio: InputAudioTrack): DecoderLag {
  const packets = new EncodedPacketSink(audio);
  return async (askedFrom) => (await packets.getPacket(askedFrom, { metadataOnly: true }))?.duration ?? 0;
}
