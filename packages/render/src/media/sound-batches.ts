import { AudioSample, AudioSampleSink, type EncodedPacket, EncodedPacketSink, type InputAudioTrack } from 'mediabunny';

/** Packets that one decoder is given in a row. */
const rowPackets = 96;
/** Packets before a row that its decoder is given too: what they give isn't whole without those before them. */
const leadPackets = 4;
/**
 * Decoders at once. Each of them lives elsewhere, takes one packet after the other and answers late: for most of the time
 * of a packet nobody works.
 */
const lanes = 3;

/**
 * All sound of a track from `from` on (seconds of the file) in order, some blocks at a time. Whoever reads closes them.
 *
 * @throws what the decoder says of sound that it can't decode
 */
export async function* soundBatches(
  track: InputAudioTrack,
  from: number,
): AsyncGenerator<readonly AudioSample[], void, undefined> {
  const config = await track.getDecoderConfig();
  if (config && (await isDecoded(config))) yield* decodeRows(track, config, from);
  else for await (const sample of new AudioSampleSink(track).samples(from)) yield [sample];
}

/** PCM needs no decoder, and some codecs have one that isn't the browser's. */
async function isDecoded(config: AudioDecoderConfig): Promise<boolean> {
  if (typeof AudioDecoder === 'undefined') return false;
  const support = await AudioDecoder.isConfigSupported(config).catch(() => null);
  return support?.supported === true;
}

async function* decodeRows(
  track: InputAudioTrack,
  config: AudioDecoderConfig,
  from: number,
): AsyncGenerator<readonly AudioSample[], void> {
  const decoders = Array.from({ length: lanes }, () => new RowDecoder(config));
  const decoding: Promise<readonly AudioSample[]>[] = [];
  const close = (blocks: readonly AudioSample[]): void => {
    for (const block of blocks) block.close();
  };
  try {
    let rows = 0;
    for await (const [lead, row] of rowsOf(track, from)) {
      const decoded = (decoders[rows % lanes] as RowDecoder).decode(lead, row);
      decoded.catch(() => undefined);
      decoding.push(decoded);
      rows += 1;
      if (decoding.length === lanes) yield (await decoding.shift()) ?? [];
    }
    for (let next = decoding.shift(); next; next = decoding.shift()) yield await next;
  } finally {
    for (const each of decoding) each.then(close, () => undefined);
    for (const decoder of decoders) decoder.close();
  }
}

async function* rowsOf(
  track: InputAudioTrack,
  from: number,
): AsyncGenerator<readonly [lead: readonly EncodedPacket[], row: readonly EncodedPacket[]], void> {
  const sink = new EncodedPacketSink(track);
  const first = (await sink.getKeyPacket(from)) ?? (await sink.getFirstKeyPacket());
  if (!first) return;
  let lead: readonly EncodedPacket[] = [];
  let row: EncodedPacket[] = [];
  for await (const packet of sink.packets(first)) {
    // A decoder that was flushed goes on with a key packet only; nearly all packets of sound are.
    if (row.length >= rowPackets && packet.type === 'key') {
      yield [lead, row];
      lead = row.slice(-leadPackets);
      while (lead[0]?.type === 'delta') lead = lead.slice(1);
      row = [];
    }
    row.push(packet);
  }
  if (row.length > 0) yield [lead, row];
}

/** Decodes rows of packets, each by itself. */
class RowDecoder {
  readonly #decoder: AudioDecoder;
  #blocks: AudioSample[] = [];

  constructor(config: AudioDecoderConfig) {
    this.#decoder = new AudioDecoder({
      output: (data) => {
        this.#blocks.push(new AudioSample(data));
      },
      // Whoever waits for a row hears of it.
      error: () => undefined,
    });
    this.#decoder.configure(config);
  }

  /** The blocks of a row; those of the packets that lead to it are left out. */
  async decode(lead: readonly EncodedPacket[], row: readonly EncodedPacket[]): Promise<readonly AudioSample[]> {
    this.#blocks = [];
    for (const packet of [...lead, ...row]) this.#decoder.decode(packet.toEncodedAudioChunk());
    await this.#decoder.flush();
    const begins = (row[0]?.timestamp ?? 0) - (row[0]?.duration ?? 0) / 2;
    const [before, blocks] = [this.#blocks.filter((block) => block.timestamp < begins), this.#blocks];
    this.#blocks = [];
    if (lead.length === 0) return blocks;
    for (const block of before) block.close();
    return blocks.filter((block) => !before.includes(block));
  }

  close(): void {
    if (this.#decoder.state !== 'closed') this.#decoder.close();
    for (const block of this.#blocks) block.close();
  }
}
