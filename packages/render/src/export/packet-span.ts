import type { EncodedPacket } from 'mediabunny';

/** What a decoder of a span's packets is set up with, as WebCodecs has it. */
export type SpanConfig = VideoDecoderConfig | AudioDecoderConfig;

/**
 * Encoded packets of a stretch of an export, from wherever they come: encoded now, kept by an earlier attempt, copied
 * from a source, or taken over from an earlier export. The file is put together from spans and knows nothing else.
 *
 * - Packets come in decode order. Times are seconds from the export's start, exact: `frameToSeconds` of the frame.
 * - Those of pictures stand for the frames of the stretch one to one, and the first is a key frame that nothing before
 *   it is needed for; nothing after the span needs a packet of it.
 * - H.264 is length-prefixed with four bytes (`avc`), its parameter sets stand in `config.description`.
 */
export interface PacketSpan<Config extends SpanConfig = SpanConfig> {
  readonly config: Config;
  /** May be read more than once; each reading starts anew. Leaving the loop lets go of what it holds. */
  packets(): AsyncIterable<EncodedPacket>;
}

export type PictureSpan = PacketSpan<VideoDecoderConfig>;
