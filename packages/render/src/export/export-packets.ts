import { EncodedPacket } from 'mediabunny';
import type { PacketSpan, SpanConfig } from './packet-span.js';
import type { SectionPackets } from './part-format.js';

/** A section's packets at their place in an export. `secondsAt` is the time of a place counted from the section's start. */
export function spanOf<Config extends SpanConfig>(
  { config, packets }: SectionPackets<Config>,
  secondsAt: (place: number) => number,
): PacketSpan<Config> {
  return {
    config,
    packets: async function* () {
      for (const { at, key, data } of packets) {
        const start = secondsAt(at);
        yield new EncodedPacket(data, key ? 'key' : 'delta', start, secondsAt(at + 1) - start);
      }
    },
  };
}
